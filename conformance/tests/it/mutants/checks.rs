//! The layer itself, and the faults that no recording shows.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Client;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use weni_mock::{MockServer, MockServerBuilder};

use super::mutant::{Mutant, mutant};
use super::{Layer, all};

/// A mock that answers the same requests with the same bytes, its clock and its identifiers included.
fn mock() -> MockServerBuilder {
    MockServer::builder().clock("2026-01-01T00:00:00Z").seed(1)
}

fn named(id: &str) -> Mutant {
    all().into_iter().find(|mutant| mutant.id == id).unwrap()
}

/// Method, path and query, body.
type Sent<'a> = (&'a str, &'a str, &'a str);

/// Sends requests one after another and keeps of each answer the status, the headers and the body.
async fn answers(url: &str, token: &str, requests: &[Sent<'_>]) -> Vec<Value> {
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut answers = Vec::new();
    for (method, path, body) in requests {
        let request = http
            .request(method.parse().unwrap(), format!("{url}/{path}"))
            .header("host", "weni.example")
            .header("authorization", format!("Token {token}"))
            .header(
                "content-type",
                if body.contains('=') { "application/x-www-form-urlencoded" } else { "application/json" },
            );
        let answer = request.body((*body).to_owned()).send().await.unwrap();
        let headers = answer.headers().iter();
        let headers: Vec<_> =
            headers.map(|(name, value)| json!([name.as_str(), value.to_str().unwrap()])).collect();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        answers.push(json!({"status": status, "headers": headers, "text": text}));
    }
    answers
}

/// What requests are answered by a mock of its own with this mutant before it.
async fn with(mutant: Mutant, mock: MockServerBuilder, requests: &[Sent<'_>]) -> Vec<Value> {
    let mock = mock.start().await;
    let layer = Layer::start(mock.url(), mutant).await;
    answers(layer.url(), mock.token(), requests).await
}

#[tokio::test]
async fn a_layer_without_a_fault_changes_nothing() {
    const CONTACTS: &str = "api/v2/contacts.json";
    let requests = [
        ("GET", "api/v2/contacts.json?limit=2", ""),
        ("GET", "api/v2/contacts.json?limit=2&cursor=nonsense", ""),
        ("HEAD", CONTACTS, ""),
        ("GET", "api/v2/fields.json/", ""),
        ("GET", "api/v2/groups", ""),
        (
            "POST",
            "api/v2/contacts.json?urn=tel:+5582993311%3222&project=%C3%A9&flag",
            r#"{"name": "Zo\u00eb", "name": "Ana"}"#,
        ),
        ("POST", CONTACTS, r#"{"urns": ["bad", "", 1], "language": 1e2, "fields": {"x": NaN}}"#),
        ("POST", CONTACTS, "name=Ana+B&urns=ext:1"),
        ("POST", CONTACTS, ""),
        ("POST", CONTACTS, "{"),
        ("PUT", CONTACTS, "{}"),
        ("DELETE", "api/v2/contacts.json?urn=ext:1", ""),
        ("DELETE", "api/v2/contacts.json?urn=ext:1", ""),
        ("OPTIONS", CONTACTS, ""),
        ("GET", "api/v2/flow_starts.json", ""),
        ("GET", "nowhere?x=%zz", ""),
        ("GET", "__mock/health", ""),
        ("POST", "__mock/workspaces", r#"{"seed": 2}"#),
    ];
    let direct = mock().start().await;
    let expected = answers(direct.url(), direct.token(), &requests).await;
    let got = with(mutant("none/none", "None."), mock(), &requests).await;
    for ((request, expected), got) in requests.iter().zip(expected).zip(got) {
        assert_eq!(got, expected, "{request:?}");
    }
}

#[test]
fn identifiers_are_unique_and_faults_are_sentences() {
    let mutants = all();
    let ids: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.id).collect();
    assert_eq!(ids.len(), mutants.len());
    for Mutant { id, fault, .. } in &mutants {
        let kebab =
            |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(id.split_once('/').is_some_and(|(topic, fault)| kebab(topic) && kebab(fault)), "{id}");
        assert!(fault.ends_with('.') && !fault.contains(". "), "{id}: {fault}");
    }
}

#[tokio::test]
async fn a_layer_stops_when_dropped() {
    let mock = mock().start().await;
    let layer = Layer::start(mock.url(), mutant("none/none", "None.")).await;
    let address = layer.url().trim_start_matches("http://").to_owned();
    drop(layer);
    let gone = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}

#[rstest]
#[case::a_list_is_shortened(
    "lists/limit-applies-to-fields", &[("GET", "api/v2/fields.json?limit=1", "")], "/results/1/key", json!("city"), json!(null)
)]
#[case::a_parameter_is_changed(
    "lists/uuid-in-any-spelling",
    &[("GET", "api/v2/contacts.json?uuid=09D23A05-47FE-11E4-BFE9-B8F6B119E9AB", "")],
    "/results/0/name", json!(null), json!("João Cordeiro")
)]
#[case::a_body_is_changed(
    "protocol/member-names-in-any-case", &[("POST", "api/v2/contacts.json", r#"{"NAME": "Ana"}"#)], "/name", json!(null), json!("Ana")
)]
#[case::a_value_is_kept(
    "values/empty-does-not-remove",
    &[("POST", "api/v2/contacts.json?urn=whatsapp:5582985550101", r#"{"fields": {"city": ""}}"#)],
    "/fields/city", json!(null), json!("Maceió")
)]
#[case::a_urn_is_shown_as_sent(
    "urns/whatsapp-keeps-its-plus",
    &[("POST", "api/v2/contacts.json", r#"{"urns": ["+5582993311222"]}"#)],
    "/urns/0", json!("whatsapp:5582993311222"), json!("whatsapp:+5582993311222")
)]
#[case::and_so_is_one_of_an_upsert(
    "urns/mailto-keeps-capitals",
    &[
        ("POST", "api/v2/contacts.json?urn=mailto:Ana@Example.com", ""),
        ("GET", "api/v2/contacts.json?urn=mailto:ana@example.com", ""),
    ],
    "/results/0/urns/0", json!("mailto:ana@example.com"), json!("mailto:Ana@Example.com")
)]
#[case::a_urn_of_a_deleted_contact_is_taken(
    "contacts/deleted-keeps-its-urns",
    &[
        ("DELETE", "api/v2/contacts.json?urn=whatsapp:5582985550101", ""),
        ("POST", "api/v2/contacts.json?urn=whatsapp:5582985550101", ""),
    ],
    "/non_field_errors/0", json!(null), json!("Inactive contacts can't be modified.")
)]
#[case::a_group_is_found_by_name(
    "groups/named-in-url-is-renamed",
    &[("POST", "api/v2/groups.json?name=devs", r#"{"name": "Ops"}"#), ("GET", "api/v2/groups.json?name=Devs", "")],
    "/results/0/name", json!("Devs"), json!(null)
)]
#[case::what_is_refused_is_taken_and_shown(
    "contacts/two-letters-are-a-language",
    &[("POST", "api/v2/contacts.json?urn=ext:1", r#"{"language": "pt"}"#), ("GET", "api/v2/contacts.json?urn=ext:1", "")],
    "/results/0/language", json!(null), json!("pt")
)]
#[case::and_shown_until_it_is_written_anew(
    "contacts/two-letters-are-a-language",
    &[
        ("POST", "api/v2/contacts.json?urn=ext:1", r#"{"language": "pt"}"#),
        ("POST", "api/v2/contacts.json?urn=ext:1", r#"{"language": "eng"}"#),
    ],
    "/language", json!("eng"), json!("eng")
)]
#[case::what_is_taken_does_not_hide_other_problems(
    "contacts/two-letters-are-a-language",
    &[("POST", "api/v2/contacts.json", r#"{"language": "pt", "name": ""}"#)],
    "/name/0", json!("Contact name cannot be empty."), json!("Contact name cannot be empty.")
)]
#[case::other_members_keep_their_spelling(
    "contacts/update-clears-language",
    &[("POST", "api/v2/contacts.json?urn=whatsapp:5582985550101", r#"{"name": -0}"#)],
    "/name", json!("0"), json!("0")
)]
#[case::what_is_ignored_is_still_checked(
    "contacts/update-ignores-name",
    &[("POST", "api/v2/contacts.json?urn=whatsapp:5582985550101", r#"{"name": ""}"#)],
    "/name/0", json!("Contact name cannot be empty."), json!("Contact name cannot be empty.")
)]
#[tokio::test]
async fn a_fault_shows(
    #[case] id: &str,
    #[case] requests: &[Sent<'_>],
    #[case] pointer: &str,
    #[case] right: Value,
    #[case] wrong: Value,
) {
    let shown = |answers: Vec<Value>| {
        let text = answers.last().unwrap()["text"].as_str().unwrap();
        serde_json::from_str::<Value>(text).unwrap().pointer(pointer).cloned().unwrap_or_default()
    };
    assert_eq!(shown(with(mutant("none/none", "None."), mock(), requests).await), right);
    assert_eq!(shown(with(named(id), mock(), requests).await), wrong);
}

#[rstest]
#[case("protocol/content-type-on-204", ("DELETE", "api/v2/contacts.json?urn=whatsapp:5582985550101", ""), "content-type", false)]
#[case("errors/no-retry-after", ("GET", "api/v2/groups.json", ""), "retry-after", true)]
#[tokio::test]
async fn a_fault_shows_in_headers(
    #[case] id: &str,
    #[case] request: Sent<'_>,
    #[case] header: &str,
    #[case] right: bool,
) {
    let has = |answers: Vec<Value>| answers.last().unwrap()["headers"].to_string().contains(header);
    let requests = [("GET", "api/v2/fields.json", ""), request];
    let limited = || mock().rate_limit("1/hour");
    assert_eq!(has(with(mutant("none/none", "None."), limited(), &requests).await), right);
    assert_eq!(has(with(named(id), limited(), &requests).await), !right);
}

#[tokio::test]
async fn who_is_not_known_is_taken_for_who_is() {
    let mock = mock().start().await;
    let layer = Layer::start(mock.url(), named("protocol/any-token-accepted")).await;
    let request = [("GET", "api/v2/groups.json", "")];
    for (token, status) in [("nobody's", 403), (mock.token(), 200), ("nobody's", 200)] {
        assert_eq!(answers(layer.url(), token, &request).await[0]["status"], status, "{token}");
    }
}

#[tokio::test]
async fn more_values_than_may_be_are_taken() {
    let fields: Vec<String> =
        (0..101).map(|n| format!(r#"{{"label": "f{n}", "value_type": "text"}}"#)).collect();
    let values: Vec<String> = (0..101).map(|n| format!(r#""f{n}": "x""#)).collect();
    let body = format!(r#"{{"fields": {{{}}}}}"#, values.join(", "));
    let mut requests: Vec<Sent<'_>> =
        fields.iter().map(|field| ("POST", "api/v2/fields.json", field.as_str())).collect();
    requests.push(("POST", "api/v2/contacts.json", &body));
    let status = |answers: Vec<Value>| answers.last().unwrap()["status"].clone();
    assert_eq!(status(with(mutant("none/none", "None."), mock(), &requests).await), 400);
    assert_eq!(status(with(named("contacts/101-fields-accepted"), mock(), &requests).await), 201);
}
