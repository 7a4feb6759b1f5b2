//! The guard: no request leaves that could touch what the case did not make.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::client::{Answer, SentRequest};
use weni_conformance::guard::check;
use weni_conformance::ledger::{Fate, Ledger};
use weni_conformance::mark::{Marks, RunId};

const SOMEBODY: &str = "11111111-1111-4111-8111-111111111111";
const MINE: &str = "22222222-2222-4222-8222-222222222222";

fn request(method: &str, target: &str, body: Option<&str>) -> SentRequest {
    SentRequest {
        method: method.parse().unwrap(),
        url: format!("http://localhost/api/v2/{target}").parse().unwrap(),
        headers: HeaderMap::new(),
        body: body.map(str::to_owned),
    }
}

fn answer(status: StatusCode, body: &Value) -> Answer {
    let text = body.to_string();
    Answer { status: status.as_u16(), headers: HeaderMap::new(), text, duration: Duration::ZERO }
}

/// A ledger in which one contact stands, and its case's own text.
fn ledger() -> (Ledger, String) {
    let marks = Marks::new(&RunId::new(), 7);
    let own = marks.own.clone();
    let mut ledger = Ledger::new(marks, None);
    let made = json!({"uuid": MINE, "name": format!("{own} Ana"), "urns": []});
    let created = request("POST", "contacts.json", Some("{}"));
    ledger.note(&created, Some(&answer(StatusCode::CREATED, &made)));
    (ledger, own)
}

#[rstest]
#[case::reads("GET", "contacts.json?uuid=11111111-1111-4111-8111-111111111111", None)]
#[case::own_uuid("DELETE", "contacts.json?uuid=22222222-2222-4222-8222-222222222222", None)]
#[case::own_urn("DELETE", "contacts.json?urn=ext:OWN-a", None)]
#[case::own_update("POST", "contacts.json?uuid=22222222-2222-4222-8222-222222222222", Some("{}"))]
#[case::marked_name("POST", "contacts.json", Some(r#"{"name": "OWN Ana"}"#))]
#[case::marked_urn("POST", "contacts.json?urn=ext:OWN", Some("{}"))]
#[case::no_uuid_at_all("POST", "contacts.json?uuid=OWN", Some("{}"))]
#[case::no_object("POST", "contacts.json", Some("[]"))]
#[case::no_json("POST", "contacts.json", Some("{"))]
#[case::group_without_name("POST", "groups.json", Some("{}"))]
#[case::blank_group("POST", "groups.json", Some(r#"{"name": " "}"#))]
#[case::known_field("POST", "fields.json", Some(r#"{"label": "Weni conformance - Text"}"#))]
#[case::reserved_field("POST", "fields.json", Some(r#"{"label": "First Name"}"#))]
#[case::field_without_label("POST", "fields.json", Some("{}"))]
fn lets_through(#[case] method: &str, #[case] target: &str, #[case] body: Option<&str>) {
    let (ledger, own) = ledger();
    let put = |text: &str| text.replace("OWN", &own);
    let body = body.map(put);
    check(&request(method, &put(target), body.as_deref()), &ledger).unwrap();
}

#[rstest]
#[case::somebodys_uuid("DELETE", "contacts.json?uuid=11111111-1111-4111-8111-111111111111", None)]
#[case::in_capitals("DELETE", "groups.json?uuid=ABCDEF01-1111-4111-8111-111111111111", None)]
#[case::of_two(
    "DELETE",
    "contacts.json?uuid=22222222-2222-4222-8222-222222222222&uuid=11111111-1111-4111-8111-111111111111",
    None
)]
#[case::somebodys_urn("POST", "contacts.json?urn=tel:%2B5582999990000", Some(r#"{"name": "OWN"}"#))]
#[case::bare_number("POST", "contacts.json?urn=5582999990000", Some(r#"{"name": "OWN"}"#))]
#[case::somebodys_name("POST", "contacts.json?name=Ana", Some(r#"{"name": "OWN"}"#))]
#[case::delete_of_nothing_in_particular("DELETE", "contacts.json", None)]
#[case::delete_by_blank("DELETE", "contacts.json?urn=", None)]
#[case::delete_of_all_with_filter("DELETE", "contacts.json?group=Devs", None)]
#[case::nameless("POST", "contacts.json", Some("{}"))]
#[case::unmarked("POST", "contacts.json", Some(r#"{"name": "Ana"}"#))]
#[case::unmarked_form("POST", "contacts.json", Some("name=Ana"))]
#[case::unmarked_group("POST", "groups.json", Some(r#"{"name": "VIP"}"#))]
#[case::other_field("POST", "fields.json", Some(r#"{"label": "Nick name"}"#))]
#[case::other_field_by_form("POST", "fields.json", Some("label=Nick+name&value_type=text"))]
fn holds_back(#[case] method: &str, #[case] target: &str, #[case] body: Option<&str>) {
    let (ledger, own) = ledger();
    let put = |text: &str| text.replace("OWN", &own);
    let body = body.map(put);
    let refused = check(&request(method, &put(target), body.as_deref()), &ledger).unwrap_err().to_string();
    assert!(refused.starts_with("not sent: "), "{refused}");
}

#[test]
fn what_bears_no_mark_is_never_taken_for_the_cases_own() {
    let (mut ledger, own) = ledger();
    let created = request("POST", "contacts.json", Some(&format!(r#"{{"name": "{own}"}}"#)));
    let of_somebody = json!({"uuid": SOMEBODY, "name": "Ana", "urns": ["tel:+5582999990000"]});
    ledger.note(&created, Some(&answer(StatusCode::CREATED, &of_somebody)));
    assert!(ledger.owns(MINE) && !ledger.owns(SOMEBODY));
    assert!(matches!(&ledger.made()[1].fate, Fate::Left(reason) if reason.contains("somebody else's")));
    let delete = request("DELETE", &format!("contacts.json?uuid={SOMEBODY}"), None);
    assert!(check(&delete, &ledger).is_err());
}

#[test]
fn only_what_is_lent_may_be_deleted_besides_and_not_changed() {
    let ledger = Ledger::new(Marks::new(&RunId::new(), 0), Some(SOMEBODY.to_owned()));
    let target = format!("groups.json?uuid={SOMEBODY}");
    check(&request("DELETE", &target, None), &ledger).unwrap();
    assert!(check(&request("POST", &target, Some(r#"{"name": "x"}"#)), &ledger).is_err());
    assert_eq!(request("DELETE", &target, None).method, Method::DELETE);
}
