//! Traffic as tools write it.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::check::CheckReport;
use weni_conformance::rules;
use weni_conformance::traffic::{Exchange, as_case, of_value};

use crate::schema::Schema;
use crate::support::data;

fn read(har: Value) -> Result<Vec<Exchange>, String> {
    of_value(Path::new("x.har"), har).map(|traffic| traffic.exchanges).map_err(|error| error.to_string())
}

/// One file of each tool, in its own dialect: the same contact made, and the same list asked for.
#[rstest]
#[case::chrome("chrome.har")]
#[case::firefox("firefox.har")]
#[case::mitmproxy("mitmproxy.har")]
#[case::postman("postman.har")]
#[case::charles("charles.har")]
fn every_tool_is_understood(#[case] file: &str) {
    let text = std::fs::read_to_string(data(&format!("har/{file}"))).unwrap();
    let exchanges = read(serde_json::from_str(&text).unwrap()).unwrap();
    let [made, listed] = exchanges.as_slice() else { panic!("{exchanges:?}") };
    assert_eq!(made.line(), "POST /api/v2/contacts.json?urn=ext%3A1");
    assert_eq!((made.json(), made.status()), (Some(json!({"name": "José"})), Some(201)));
    assert_eq!(made.header("content-type"), Some("application/json"));
    assert_eq!(made.answered()["name"], "José");
    assert_eq!((listed.line().as_str(), &listed.body), ("GET /api/v2/groups.json", &None));
    assert!(made.time < listed.time);
    let lines = rules::judge(&weni_conformance::traffic::Traffic { exchanges, ..Default::default() });
    let found: Vec<_> = lines.iter().map(|found| (found.rule.id.as_str(), &found.told)).collect();
    assert!(found.is_empty(), "{found:?}");
}

fn entry(request: Value, response: Value) -> Value {
    json!({"log": {"entries": [{"startedDateTime": "2026-11-24T12:00:00.5-03:00", "request": request, "response": response}]}})
}

fn get() -> Value {
    json!({"method": "get", "url": "http://localhost/api/v2/groups.json"})
}

#[rstest]
#[case::left_out(Value::Null, None)]
#[case::blocked(json!({"status": 0, "content": {}}), None)]
#[case::reset(json!({"status": -1, "headers": null, "content": null}), None)]
#[case::no_status(json!({"status": null}), None)]
#[case::no_text(json!({"status": 200, "content": {"size": 0}}), Some(("", true)))]
#[case::whole(json!({"status": 200.0, "headers": null, "content": {"size": 2.0, "text": "[]", "encoding": null}}), Some(("[]", false)))]
#[case::unknown_size(json!({"status": 200, "content": {"size": -1, "text": "[]"}}), Some(("[]", false)))]
#[case::cut(json!({"status": 200, "content": {"size": 9, "text": "[]"}}), Some(("[]", true)))]
#[case::base64(json!({"status": 200, "content": {"size": 2, "text": "W1\r\n0", "encoding": "Base64"}}), Some(("[]", false)))]
fn what_came_back_is_read(#[case] response: Value, #[case] body: Option<(&str, bool)>) {
    let [exchange] = read(entry(get(), response)).unwrap().try_into().unwrap();
    let answer = exchange.answer.as_ref().map(|answer| (answer.body.as_str(), answer.cut));
    assert_eq!((answer, exchange.method.as_str(), exchange.took), (body, "GET", None));
}

#[rstest]
#[case::null(Value::Null, None)]
#[case::no_text(json!({"mimeType": "", "text": null, "params": null}), None)]
#[case::form(json!({"params": [{"name": "a", "value": "b c"}, {"name": "file", "fileName": "x"}]}), Some("a=b+c&file="))]
#[case::base64(json!({"text": "e30=", "_encoding": "base64"}), Some("{}"))]
#[case::binary(json!({"text": "/wA=", "encoding": "base64"}), None)]
fn what_was_sent_is_read(#[case] data: Value, #[case] body: Option<&str>) {
    let mut request = get();
    request["postData"] = data;
    let [exchange] = read(entry(request, Value::Null)).unwrap().try_into().unwrap();
    assert_eq!(exchange.body.as_deref(), body);
}

#[rstest]
#[case(json!(null), json!({"status": 200}), "entry 1: request: it is null")]
#[case(json!({"method": "GET"}), json!(null), "entry 1: request: missing field `url`")]
#[case(json!({"method": "GET", "url": "/api/v2"}), json!(null), "entry 1: request.url: `/api/v2`: relative URL")]
#[case(json!({"method": null, "url": "http://a"}), json!(null), "entry 1: request: invalid type: null")]
#[case(get(), json!({"status": 7}), "entry 1: response.status: 7 is none")]
#[case(get(), json!({"status": 1e9}), "entry 1: response.status: 1000000000 is none")]
#[case(get(), json!({"status": 200, "headers": {}}), "entry 1: response: invalid type: map")]
#[case(get(), json!({"status": 200, "content": {"text": "?", "encoding": "base64"}}), "entry 1: response.content: ")]
fn what_cannot_be_read_is_told_with_its_place(
    #[case] request: Value,
    #[case] response: Value,
    #[case] told: &str,
) {
    let error = read(entry(request, response)).unwrap_err();
    assert!(error.starts_with(&format!("x.har: {told}")), "{error}");
}

/// What stands anywhere in a file may be anything.
#[test]
fn nothing_makes_it_panic() {
    let text = std::fs::read_to_string(data("har/chrome.har")).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let mut pointers = Vec::new();
    collect(&whole, String::new(), &mut pointers);
    for pointer in pointers {
        for odd in [
            json!(null),
            json!(-1),
            json!(1e300),
            json!(""),
            json!("é%\u{0}"),
            json!([]),
            json!({}),
            json!([[null]]),
            json!(true),
        ] {
            let mut har = whole.clone();
            *har.pointer_mut(&pointer).unwrap() = odd;
            let Ok(traffic) = of_value(Path::new("x.har"), har) else { continue };
            drop(rules::judge(&traffic));
            drop(CheckReport::of(&traffic, "x.har", rules::Severity::Advice));
            drop(as_case(&traffic, "a/b", "shop"));
        }
    }
}

fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, item)| collect(item, format!("{at}/{place}"), pointers));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| collect(member, format!("{at}/{name}"), pointers));
        }
        _ => {}
    }
    pointers.push(at);
}

/// What other tools ask of an archive.
#[tokio::test(flavor = "multi_thread")]
async fn the_journals_archive_is_har_1_2() {
    let mock = weni_mock::MockServer::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let contacts = format!("{}/api/v2/contacts.json?name=Ana", mock.url());
    let authorized = |method: &str| {
        client
            .request(method.parse().unwrap(), &contacts)
            .header("Authorization", format!("Token {}", mock.token()))
    };
    authorized("GET").send().await.unwrap();
    authorized("POST").json(&json!({"name": "Ana"})).send().await.unwrap();
    authorized("POST").form(&[("name", "Ana")]).send().await.unwrap();
    authorized("POST").body(&b"\xff"[..]).send().await.unwrap();
    let archive = client.get(format!("{}/__mock/workspaces/default/journal.har", mock.url()));
    let archive: Value = archive.send().await.unwrap().json().await.unwrap();
    assert_eq!(Schema::load("har").accepts(&archive), Ok(()));
    assert_eq!(read(archive).unwrap().len(), 4);
}
