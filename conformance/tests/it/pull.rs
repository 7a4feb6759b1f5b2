//! `weni-conformance pull`: what is pulled of a mock is loaded by another and compared.

mod failures;
mod mask;
mod repairs;
mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use weni_conformance::pull::mask::Mask;
use weni_conformance::pull::seed::Seed;
use weni_mock::MockServer;

use support::{File, answers, command, list, program, pull, recorder, seeded};

/// Groups by UUID, with the number of their members; those with a query without, for it is asked anew.
async fn groups(server: &MockServer) -> BTreeMap<String, (Value, Value)> {
    let groups = list(server, "groups.json").await;
    let shown = groups.into_iter().map(|group| {
        let is_static = group["query"].is_null();
        let uuid = group["uuid"].as_str().unwrap().to_owned();
        (uuid, (group["query"].clone(), if is_static { group["count"].clone() } else { Value::Null }))
    });
    shown.collect()
}

/// Contacts in the API's order, without their query-based groups: nobody can tell an archived contact from an active
/// one, which those would hold.
async fn contacts(server: &MockServer) -> Vec<Value> {
    let groups = groups(server).await;
    let mut contacts = list(server, "contacts.json?limit=1000").await;
    for contact in &mut contacts {
        let is_static = |group: &&Value| groups[group["uuid"].as_str().unwrap()].0.is_null();
        contact["groups"] = contact["groups"].as_array().unwrap().iter().filter(is_static).cloned().collect();
    }
    contacts
}

/// Contacts in the API's order, each text replaced by its length.
async fn lengths(server: &MockServer) -> Vec<Value> {
    let mut contacts = contacts(server).await;
    for contact in &mut contacts {
        contact["uuid"] = json!(null);
        for member in ["name", "urns", "fields"] {
            measure(&mut contact[member]);
        }
    }
    contacts
}

fn measure(value: &mut Value) {
    match value {
        Value::String(text) => *value = json!(text.chars().count()),
        Value::Array(items) => items.iter_mut().for_each(measure),
        Value::Object(members) => members.values_mut().for_each(measure),
        _ => {}
    }
}

#[tokio::test]
async fn a_pulled_workspace_answers_as_the_one_it_came_from() {
    let shop = MockServer::start().await;
    let (seed, notes, requests) = pull(shop.url(), shop.token(), 250).await;
    assert_eq!((notes.lines().count(), requests), (0, 3));
    let copy = seeded(&seed).await;
    assert_eq!(groups(&shop).await, groups(&copy).await);
    assert_eq!(contacts(&shop).await, contacts(&copy).await);
    assert_eq!(list(&shop, "fields.json").await, list(&copy, "fields.json").await);
}

#[tokio::test]
async fn a_masked_workspace_has_the_same_shape_and_none_of_the_people() {
    let shop = MockServer::start().await;
    let (seed, ..) = pull(shop.url(), shop.token(), 250).await;
    let masked = Mask::seeded(3).apply(seed.clone());
    let copy = seeded(&masked).await;
    assert_eq!(groups(&shop).await, groups(&copy).await);
    assert_eq!(list(&shop, "fields.json").await, list(&copy, "fields.json").await);
    assert_eq!(lengths(&shop).await, lengths(&copy).await);
    let text = masked.to_string().to_lowercase();
    let text = text.split_once("\"contacts\"").unwrap().1;
    for contact in &seed.contacts {
        assert!(!text.contains(&contact.uuid.to_string()));
        let paths = contact.urns.iter().map(|urn| urn.split_once(':').unwrap().1);
        let texts = contact.name.iter().chain(contact.fields.values()).map(String::as_str).chain(paths);
        let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        // What is shorter may be somebody else's by chance.
        let telling = |word: &&str| word.len() >= if word.contains(char::is_numeric) { 7 } else { 5 };
        for word in words.filter(telling) {
            assert!(!text.contains(&word.to_lowercase()), "{word}");
        }
    }
}

#[tokio::test]
async fn the_sample_is_of_those_last_modified_over_any_number_of_pages() {
    let contacts: Vec<Value> = (0..620)
        .map(|number| {
            let second = number % 60;
            let minute = number / 60;
            json!({"name": format!("Pessoa {number}"), "created_on": format!("2025-01-01T00:{minute:02}:{second:02}Z")})
        })
        .collect();
    let file = File::new(&json!({"contacts": contacts}).to_string());
    let many = MockServer::builder().data(file.path()).start().await;
    for (asked, requests) in [(0, 2), (10, 3), (250, 3), (300, 4), (1000, 5)] {
        let (seed, notes, made) = pull(many.url(), many.token(), asked).await;
        assert_eq!((seed.contacts.len(), made, notes.lines().count()), (asked.min(620), requests, 0));
        let names: Vec<_> = seed.contacts.into_iter().filter_map(|contact| contact.name).collect();
        let newest: Vec<_> = (620 - asked.min(620)..620).map(|number| format!("Pessoa {number}")).collect();
        assert_eq!(names, newest);
    }
}

#[tokio::test]
async fn the_program_sends_nothing_but_get() {
    let shop = MockServer::start().await;
    let (url, sent) = recorder(shop.url());
    let output = program(&["--url", &url, "--token", shop.token(), "--contacts", "10", "--mask"]);
    assert_eq!(output.status.code(), Some(0));
    let sent = String::from_utf8(sent.lock().unwrap().clone()).unwrap();
    let requests: Vec<_> = sent.lines().filter(|line| line.ends_with(" HTTP/1.1")).collect();
    assert_eq!(
        requests,
        [
            "GET /api/v2/groups.json HTTP/1.1",
            "GET /api/v2/fields.json HTTP/1.1",
            "GET /api/v2/contacts.json?limit=10 HTTP/1.1"
        ]
    );
    assert!(!sent.to_lowercase().contains("content-length"), "{sent}");
}

#[tokio::test]
async fn the_document_has_a_line_for_each_item_and_the_rest_is_told_on_standard_error() {
    let shop = MockServer::start().await;
    let output = program(&["--url", shop.url(), "--token", shop.token(), "--mask", "--mask-seed", "7"]);
    let (text, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let (seed, ..) = pull(shop.url(), shop.token(), 250).await;
    let masked: Seed = Mask::seeded(7).apply(seed);
    assert_eq!(text, masked.to_string());
    let items = masked.groups.len() + masked.fields.len() + masked.contacts.len();
    assert_eq!(text.lines().count(), items + 8);
    assert!(text.ends_with("}\n"), "{text}");
    assert_eq!(
        told,
        "groups: 9\nfields: 9\ncontacts: 41\n9 groups, 9 fields, 41 contacts (those last modified); 3 requests; masked\n"
    );
    assert!(!told.contains(shop.token()) && !text.contains(shop.token()));
}

#[tokio::test]
async fn the_document_can_go_to_a_file_and_the_target_come_from_the_environment() {
    let shop = MockServer::start().await;
    let file = File::new("");
    let output = command(&["--contacts", "1", "--out", file.path()])
        .env("WENI_URL", format!("{}/api/v2", shop.url()))
        .env("WENI_TOKEN", shop.token())
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.ends_with(
        "1 contact (those last modified); 3 requests; not masked (--mask): these are real people\n"
    ));
    let copy = MockServer::builder().data(file.path()).start().await;
    assert_eq!(list(&copy, "contacts.json").await.len(), 1);
}

#[test]
fn a_throttled_program_waits_as_it_is_told() {
    let page = (200, "", r#"{"next": null, "previous": null, "results": []}"#);
    let url = answers(&[page, (429, "retry-after: 1\r\n", ""), page, page]);
    let began = Instant::now();
    let output = program(&["--url", &url, "--token", "t"]);
    assert!(began.elapsed() >= Duration::from_secs(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.starts_with(
            "groups: 0\nweni-conformance: the server is asked too fast: going on in 1 s\nfields: 0\n"
        ),
        "{told}"
    );
    assert!(told.contains("; 4 requests; "), "{told}");
}
