//! What counts as the expected answer: status, body and headers together.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::case::Response;
use weni_conformance::client::Answer;
use weni_conformance::judge::judge;
use weni_conformance::matcher::Matcher;

const A: &str = "6685e933-26e1-4363-a468-8f7268ab63a9";
const B: &str = "5f05311e-8f81-4a67-a5b5-1501b6d6496a";

/// An answer as the API gives it, JSON unless `headers` say otherwise.
fn answer(status: u16, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut all = HeaderMap::from_iter([(
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("application/json"),
    )]);
    for (name, value) in headers {
        all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Answer { status, headers: all, text: body.to_string(), duration: Duration::ZERO }
}

fn expectation() -> Response {
    serde_json::from_value(json!({
        "status": 201,
        "headers": {"content-type": "application/json", "allow": "GET, POST"},
        "json": {"uuid": {"$uuid": "u"}, "name": "Ann"},
    }))
    .unwrap()
}

#[rstest]
#[case::as_expected(201, &[("allow", "GET, POST")], json!({"uuid": A, "name": "Ann"}), Ok(()))]
#[case::allow_in_another_order(201, &[("allow", "POST,GET")], json!({"uuid": A, "name": "Ann"}), Ok(()))]
#[case::further_headers(
    201, &[("allow", "GET, POST"), ("www-authenticate", "Basic")], json!({"uuid": A, "name": "Ann"}), Ok(())
)]
#[case::another_status(
    200, &[("allow", "GET, POST")], json!({"uuid": A, "name": "Ann"}),
    Err(r#"status: expected 201, got 200 {"name":"Ann","uuid":"6685e933-26e1-4363-a468-8f7268ab63a9"}"#)
)]
#[case::another_member(
    201, &[("allow", "GET, POST")], json!({"uuid": A, "name": "ann"}),
    Err(r#"/name: expected "Ann", got "ann""#)
)]
#[case::a_member_too_many(
    201, &[("allow", "GET, POST")], json!({"uuid": A, "name": "Ann", "extra": 1}),
    Err("/extra: expected nothing, got 1")
)]
#[case::another_header(
    201, &[("allow", "GET")], json!({"uuid": A, "name": "Ann"}),
    Err("header allow: expected GET, POST, got GET")
)]
#[case::no_header(
    201, &[], json!({"uuid": A, "name": "Ann"}), Err("header allow: expected GET, POST, got nothing")
)]
#[case::another_charset(
    201, &[("allow", "GET, POST"), ("content-type", "application/json; charset=utf-8")],
    json!({"uuid": A, "name": "Ann"}),
    Err("header content-type: expected application/json, got application/json; charset=utf-8")
)]
#[case::not_json(
    201, &[("allow", "GET, POST"), ("content-type", "text/html")], json!("a page"),
    Err(r#"body: expected JSON, got text/html: "a page""#)
)]
fn judges(
    #[case] status: u16,
    #[case] headers: &[(&str, &str)],
    #[case] body: Value,
    #[case] result: Result<(), &str>,
) {
    let judged = judge(&expectation(), &answer(status, headers, &body), &mut Matcher::default());
    assert_eq!(judged.map_err(|difference| difference.to_string()), result.map_err(str::to_owned));
}

#[test]
fn a_uuid_that_changes_between_two_answers_is_caught() {
    let mut matcher = Matcher::default();
    let headers = [("allow", "GET, POST")];
    let first = answer(201, &headers, &json!({"uuid": A, "name": "Ann"}));
    let second = answer(201, &headers, &json!({"uuid": B, "name": "Ann"}));
    assert_eq!(judge(&expectation(), &first, &mut matcher), Ok(()));
    let difference = judge(&expectation(), &second, &mut matcher).unwrap_err();
    assert_eq!(difference.to_string(), format!("/uuid: expected u = {A}, got {B}"));
}

#[test]
fn names_are_bound_even_where_the_status_differs() {
    let mut matcher = Matcher::default();
    judge(&expectation(), &answer(200, &[], &json!({"uuid": A, "name": "Ann"})), &mut matcher).unwrap_err();
    assert_eq!(matcher.bindings.get("u"), Some(A));
}

#[test]
fn a_body_without_expectation_is_not_looked_at() {
    let expected: Response = serde_json::from_value(json!({"status": 404})).unwrap();
    let page = answer(404, &[("content-type", "text/html")], &json!("a page"));
    assert_eq!(judge(&expected, &page, &mut Matcher::default()), Ok(()));
}
