//! The guard: no request leaves that could touch what the case did not make.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::before::Before;
use weni_conformance::client::{Answer, Endpoint, SentRequest};
use weni_conformance::guard::{Refused, check};
use weni_conformance::ledger::{Fate, Ledger};
use weni_conformance::mark::{Marks, RunId};

const SOMEBODY: &str = "11111111-1111-4111-8111-111111111111";
const MINE: &str = "22222222-2222-4222-8222-222222222222";

fn request(method: &str, target: &str, body: Option<&str>) -> SentRequest {
    let kind = match body.map(str::trim_start) {
        Some(body) if body.starts_with("--X") => "multipart/form-data; boundary=X",
        Some(body) if body.starts_with(['{', '[']) => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    SentRequest {
        method: method.parse().unwrap(),
        url: format!("http://localhost/api/v2/{target}").parse().unwrap(),
        headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]),
        body: body.map(str::to_owned),
    }
}

fn answer(status: StatusCode, body: &Value) -> Answer {
    let text = body.to_string();
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Answer { status: status.as_u16(), headers, text, duration: Duration::ZERO }
}

/// A ledger in which one contact stands, and its case's own text.
fn ledger() -> (Ledger, String) {
    let (mut ledger, made, own) = unseen();
    ledger.note(&request("GET", "contacts.json", None), Some(&list(&made)));
    (ledger, own)
}

/// A ledger in which one contact stands that no list has shown yet, the contact, and its case's own text.
fn unseen() -> (Ledger, Value, String) {
    let marks = Marks::new(&RunId::new(), 7);
    let own = marks.own.clone();
    let mut ledger = Ledger::new(marks, unknown(), None);
    let made = contact(MINE, &format!("{own} Ana"));
    let created = request("POST", "contacts.json", Some("{}"));
    ledger.note(&created, Some(&answer(StatusCode::CREATED, &made)));
    (ledger, made, own)
}

fn unknown() -> Arc<Before> {
    Arc::new(Before::unknown())
}

/// A contact made just now.
fn contact(uuid: &str, name: &str) -> Value {
    json!({"uuid": uuid, "name": name, "urns": [], "created_on": Timestamp::now().to_string()})
}

fn list(item: &Value) -> Answer {
    answer(StatusCode::OK, &json!({"next": null, "previous": null, "results": [item]}))
}

#[rstest]
#[case::reads("GET", "contacts.json?uuid=11111111-1111-4111-8111-111111111111", None)]
#[case::own_uuid("DELETE", "contacts.json?uuid=22222222-2222-4222-8222-222222222222", None)]
#[case::own_urn("DELETE", "contacts.json?urn=ext:OWN-a", None)]
#[case::own_update("POST", "contacts.json?uuid=22222222-2222-4222-8222-222222222222", Some("{}"))]
#[case::marked_name("POST", "contacts.json", Some(r#"{"name": "OWN Ana"}"#))]
#[case::marked_urn("POST", "contacts.json?urn=ext:OWN", Some("{}"))]
#[case::no_uuid_at_all("POST", "contacts.json?uuid=OWN", Some(r#"{"name": "OWN"}"#))]
#[case::own_urn_in_body("POST", "contacts.json", Some(r#"{"urns": ["ext:OWN-a", "ext:OWN-b"]}"#))]
#[case::no_number("POST", "contacts.json", Some(r#"{"name": "OWN", "urns": ["tel:abc", ""]}"#))]
#[case::own_group("POST", "contacts.json", Some(r#"{"name": "OWN", "groups": ["OWN VIP"]}"#))]
#[case::marked_form("POST", "contacts.json", Some("name=OWN+Ana&urns=ext%3AOWN"))]
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
    check(&request(method, &put(target), body.as_deref()), &ledger, false).unwrap();
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
#[case::somebodys_urn_in_body(
    "POST",
    "contacts.json?uuid=22222222-2222-4222-8222-222222222222",
    Some(r#"{"urns": ["tel:+558235550136"]}"#)
)]
#[case::somebodys_external_id("POST", "contacts.json", Some(r#"{"name": "OWN", "urns": ["ext:CLI-0039"]}"#))]
#[case::somebodys_urn_in_a_form("POST", "contacts.json", Some("name=OWN&urns%5B0%5D=ext%3ACLI-0039"))]
#[case::phone_without_leave(
    "POST",
    "contacts.json",
    Some(r#"{"name": "OWN", "urns": ["mailto:OWN@example.com"]}"#)
)]
#[case::somebodys_group(
    "POST",
    "contacts.json",
    Some(r#"{"name": "OWN", "groups": ["11111111-1111-4111-8111-111111111111"]}"#)
)]
#[case::group_by_name("POST", "contacts.json", Some(r#"{"name": "OWN", "groups": [{"name": "Devs"}]}"#))]
#[case::mark_out_of_sight("POST", "contacts.json?x=OWN", Some(r#"{"name": "Unmarked"}"#))]
#[case::mark_in_a_value("POST", "contacts.json", Some(r#"{"name": "Unmarked", "fields": {"a": "OWN"}}"#))]
#[case::other_endpoint("POST", "contact_actions.json", Some(r#"{"contacts": ["OWN"], "action": "delete"}"#))]
#[case::broadcast("POST", "broadcasts.json", Some(r#"{"text": "OWN", "urns": ["tel:+5582999990000"]}"#))]
#[case::beside_the_api("POST", "../../__mock/workspaces/default/reset", Some("OWN"))]
#[case::escaped_path("POST", "contacts%2ejson", Some(r#"{"name": "OWN"}"#))]
#[case::nameless("POST", "contacts.json", Some("{}"))]
#[case::unmarked("POST", "contacts.json", Some(r#"{"name": "Ana"}"#))]
#[case::unmarked_form("POST", "contacts.json", Some("name=Ana"))]
#[case::unmarked_group("POST", "groups.json", Some(r#"{"name": "VIP"}"#))]
#[case::other_field("POST", "fields.json", Some(r#"{"label": "Nick name"}"#))]
#[case::other_field_by_escaped_form("POST", "fields.json", Some("lab%65l=Meu+campo&value_type=text"))]
#[case::other_field_beside_the_mark("POST", "fields.json", Some("x=weni conformance&label=Meu+campo"))]
#[case::somebodys_field("POST", "fields.json?key=nickname", Some(r#"{"label": "Weni conformance - Text"}"#))]
#[case::short_external_id(
    "POST",
    "contacts.json?uuid=22222222-2222-4222-8222-222222222222",
    Some(r#"{"urns": ["ext:7"]}"#)
)]
#[case::urn_in_a_part(
    "POST",
    "contacts.json",
    Some(
        "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nOWN\r\n--X\r\nContent-Disposition: form-data; name=\"urns\"\r\n\r\nwhatsapp:5582985550101\r\n--X--\r\n"
    )
)]
#[case::a_part_named_otherwise(
    "POST",
    "contacts.json",
    Some(
        "--X\r\nContent-Disposition: form-data; name=urns\r\n\r\nwhatsapp:5582985550101\r\n--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nOWN\r\n--X--\r\n"
    )
)]
#[case::number_too_large_for_others(
    "POST",
    "contacts.json",
    Some(r#"{"name": "OWN", "urns": ["ext:7"], "x": 1e999}"#)
)]
#[case::half_a_pair("POST", "groups.json", Some(r#"{"name": "Sem marca", "x": "\ud800"}"#))]
#[case::field_beside_half_a_pair("POST", "fields.json", Some(r#"{"label": "Meu campo", "x": "\ud800"}"#))]
#[case::broken_with_a_urn("POST", "contacts.json", Some(r#"{"name": "OWN", "urns": ["ext:7"]"#))]
#[case::another_disposition(
    "POST",
    "contacts.json",
    Some("--X\r\nContent-Disposition: attachment; name=\"urns\"\r\n\r\next:7\r\n--X--\r\n")
)]
#[case::another_boundary(
    "POST",
    "contacts.json",
    Some("--XY\r\nContent-Disposition: form-data; name=\"urns\"\r\n\r\next:7\r\n--XY--\r\n")
)]
#[case::short_group("POST", "contacts.json", Some(r#"{"name": "OWN", "groups": ["AB"]}"#))]
#[case::group_named_by_a_number("POST", "groups.json", Some(r#"{"name": 5}"#))]
#[case::other_field_by_form("POST", "fields.json", Some("label=Nick+name&value_type=text"))]
fn holds_back(#[case] method: &str, #[case] target: &str, #[case] body: Option<&str>) {
    let (ledger, own) = ledger();
    let put = |text: &str| text.replace("OWN", &own);
    let body = body.map(put);
    let refused =
        check(&request(method, &put(target), body.as_deref()), &ledger, false).unwrap_err().to_string();
    assert!(refused.starts_with("not sent: "), "{refused}");
}

/// What becomes of something that a create gives.
#[track_caller]
fn given(body: &Value) -> Fate {
    let (mut ledger, own) = ledger();
    let body: Value = serde_json::from_str(&body.to_string().replace("OWN", &own)).unwrap();
    let path = if body.get("count").is_some() { "groups.json" } else { "contacts.json" };
    ledger
        .note(&request("POST", path, Some(r#"{"name": "OWN"}"#)), Some(&answer(StatusCode::CREATED, &body)));
    assert!(!ledger.owns(SOMEBODY));
    let delete = request("DELETE", &format!("{path}?uuid={SOMEBODY}"), None);
    assert!(check(&delete, &ledger, false).is_err());
    ledger.made()[1].fate.clone()
}

#[rstest]
#[case::no_mark(contact(SOMEBODY, "Ana"), "it bears no mark of this run")]
#[case::a_urn_of_its_own(
    json!({"uuid": SOMEBODY, "name": "OWN", "urns": ["ext:novo"], "created_on": "2999-05-01T00:00:00.000000Z"}),
    "it has a URN that this case did not send"
)]
#[case::made_before(
    json!({"uuid": SOMEBODY, "name": "OWN", "urns": [], "created_on": "2024-05-01T00:00:00.000000Z"}),
    "it was there before this run"
)]
#[case::made_nobody_knows_when(json!({"uuid": SOMEBODY, "name": "OWN", "urns": []}), "it was there before this run")]
#[case::group_with_people(
    json!({"uuid": SOMEBODY, "name": "OWN", "count": 4, "query": null}),
    "it was there before this run"
)]
#[case::group_with_query(
    json!({"uuid": SOMEBODY, "name": "OWN", "count": 0, "query": "age > 18"}),
    "it was there before this run"
)]
fn what_may_be_somebody_elses_is_never_taken_for_the_cases_own(#[case] body: Value, #[case] why: &str) {
    assert_eq!(given(&body), Fate::Left(format!("it may be somebody else's: {why}")));
}

#[test]
fn what_only_a_create_speaks_for_is_not_touched_until_a_list_shows_it_with_a_mark() {
    let delete = request("DELETE", &format!("contacts.json?uuid={MINE}"), None);
    let (mut ledger, made, _) = unseen();
    assert!(check(&delete, &ledger, false).is_err());
    ledger.note(&request("GET", "contacts.json", None), Some(&list(&made)));
    check(&delete, &ledger, false).unwrap();

    let (mut ledger, ..) = unseen();
    ledger.note(&request("GET", "contacts.json", None), Some(&list(&contact(MINE, "Ana Beatriz"))));
    assert!(check(&delete, &ledger, false).is_err());
    let [made] = ledger.made() else { panic!("{ledger:?}") };
    assert!(matches!(&made.fate, Fate::Left(why) if why.ends_with("a list shows it as none of this run's")));
}

#[test]
fn a_mark_that_somebody_elses_bears_tells_nothing_any_more() {
    let (mut ledger, own) = ledger();
    let by_urn = request("DELETE", &format!("contacts.json?urn=ext:{own}"), None);
    check(&by_urn, &ledger, false).unwrap();
    let old = json!({"uuid": SOMEBODY, "name": "Ana", "urns": [format!("ext:{own}")], "created_on": "2024-05-01T00:00:00Z"});
    ledger.note_found(Endpoint::Contacts, &list(&old));
    assert!(matches!(check(&by_urn, &ledger, false), Err(Refused::Confused)));
    // What is the case's own by its UUID still is.
    check(&request("DELETE", &format!("contacts.json?uuid={MINE}"), None), &ledger, false).unwrap();
}

#[test]
fn what_an_anonymous_workspace_makes_is_the_cases_own_if_it_is_new_and_named_as_sent() {
    let created = |body: &str, answered: Value| {
        let mut ledger = Ledger::new(Marks::new(&RunId::new(), 0), unknown(), None);
        ledger.note(
            &request("POST", "contacts.json", Some(body)),
            Some(&answer(StatusCode::CREATED, &answered)),
        );
        ledger.made()[0].fate.clone()
    };
    let masked = |name: Value| json!({"uuid": MINE, "name": name, "urns": ["ext:********"], "created_on": Timestamp::now().to_string()});
    assert_eq!(created(r#"{"urns": ["ext:1"]}"#, masked(Value::Null)), Fate::Standing);
    assert_eq!(created(r#"{"name": 5, "urns": ["ext:1"]}"#, masked(json!("5"))), Fate::Standing);
    assert!(matches!(created(r#"{"urns": ["ext:1"]}"#, masked(json!("Cliente Novo"))), Fate::Left(_)));
}

#[test]
fn only_what_is_lent_may_be_deleted_besides_and_not_changed() {
    let ledger = Ledger::new(Marks::new(&RunId::new(), 0), unknown(), Some(SOMEBODY.to_owned()));
    let target = format!("groups.json?uuid={SOMEBODY}");
    check(&request("DELETE", &target, None), &ledger, false).unwrap();
    assert!(check(&request("POST", &target, Some(r#"{"name": "x"}"#)), &ledger, false).is_err());
    assert_eq!(request("DELETE", &target, None).method, Method::DELETE);
}

#[test]
fn a_phone_is_stored_with_leave_alone_and_sent_where_it_is_to_be_refused() {
    let marks = Marks::new(&RunId::new(), 0);
    let body = format!(r#"{{"name": "{}", "urns": ["tel:+55201{}"]}}"#, marks.own, marks.digits);
    let creates = request("POST", "contacts.json", Some(&body));
    let ledger = Ledger::new(marks, unknown(), None);
    assert!(check(&creates, &ledger, false).is_err());
    check(&creates, &ledger, true).unwrap();
    check(&creates, &ledger.storing_others(true), false).unwrap();
}
