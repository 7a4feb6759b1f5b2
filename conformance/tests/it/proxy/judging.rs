//! Findings as they are made, and the report at the end.

use serde_json::{Value, json};
use weni_mock::MockServer;

use super::support::{Proxy, send, upstream, wait};
use crate::schema::Schema;

/// Sends a request to the API behind the proxy.
async fn request(proxy: &Proxy, method: &str, target: &str, token: Option<&str>, body: Option<Value>) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/v2/{target}", proxy.url);
    let mut request = client.request(method.parse().unwrap(), url);
    request = token
        .into_iter()
        .fold(request, |request, token| request.header("Authorization", format!("Token {token}")));
    request = body.into_iter().fold(request, |request, body| request.json(&body));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_told_at_once_and_again_at_the_end() {
    let mock = MockServer::start().await;
    let proxy = Proxy::start(mock.url(), &["--json", "JSON", "--har", "HAR"]);
    assert!(proxy.told().contains(&format!("{} forwards to {}", proxy.url, mock.url())), "{}", proxy.told());
    assert!(proxy.told().contains(&format!("export WENI_URL={}\n", proxy.url)), "{}", proxy.told());
    let token = mock.token();
    let target = format!("contacts.json?urn=ext%3A{token}");
    let body = json!({"name": format!("Ana {token}"), "urns": ["ext:1"]});
    assert_eq!(request(&proxy, "POST", &target, Some(token), Some(body)).await, 400);
    wait("the finding", || proxy.told().contains("ERROR    urns-beside-urn: ").then_some(()));
    wait("its place", || {
        proxy.told().contains("#1 POST /api/v2/contacts.json?urn=ext%3A$WENI_TOKEN 400").then_some(())
    });
    let ended = proxy.stop();
    assert_eq!(ended.code, Some(1), "{}", ended.all);
    assert_eq!(ended.err.matches("ERROR    urns-beside-urn: ").count(), 1, "{}", ended.err);
    assert!(ended.out.contains("ERROR    urns-beside-urn (C14): "), "{}", ended.out);
    assert!(ended.out.contains(&format!("1 request, 1 finding, 1 error ({})", mock.url())), "{}", ended.out);
    assert!(!ended.all.contains(token), "{}", ended.all);
    let sent = &ended.har["log"]["entries"][0]["request"];
    assert_eq!(sent["url"], format!("{}/api/v2/contacts.json?urn=ext%3A$WENI_TOKEN", mock.url()));
    assert_eq!(sent["postData"]["text"], r#"{"name":"Ana $WENI_TOKEN","urns":["ext:1"]}"#);
    assert!(
        sent["headers"].as_array().unwrap().contains(&json!({"name": "authorization", "value": "Token ***"}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reports_are_those_of_check() {
    let mock = MockServer::start().await;
    let proxy = Proxy::start(mock.url(), &["--json", "JSON", "--har", "HAR", "--fail-on", "error"]);
    let national = json!({"name": "Ana", "urns": ["tel:8299331199"]});
    assert_eq!(request(&proxy, "POST", "contacts.json", Some(mock.token()), Some(national)).await, 201);
    let url = proxy.url.clone();
    let ended = proxy.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.all);
    assert_eq!(ended.json["findings"][0]["rule"], "not-e164");
    assert!(!ended.har["log"]["entries"][0].to_string().contains(&format!("\"url\":\"{url}")));
    // The archive says the same to `check`.
    let file = std::env::temp_dir().join(format!("proxy-{}.har", uuid::Uuid::new_v4()));
    std::fs::write(&file, ended.har.to_string()).unwrap();
    let traffic = weni_conformance::traffic::read(&file).unwrap();
    std::fs::remove_file(&file).ok();
    let found: Vec<_> =
        weni_conformance::rules::judge(&traffic).into_iter().map(|found| found.rule.id.as_str()).collect();
    assert_eq!(found, ["not-e164"]);
    assert_eq!(Schema::load("findings").accepts(&ended.json), Ok(()));
}

/// However the credentials are sent.
#[test]
fn no_secret_is_shown() {
    let (url, _requests) = upstream(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: s=ccccc\r\ncontent-length: 36\r\n\r\n{\"detail\": \"bbbbb \\u0062bbbb ddddd\"}",
    );
    let proxy = Proxy::start(&url, &["--json", "JSON", "--har", "HAR", "--verbose"]);
    // a:bbbbb
    let headers = "Host: a\r\nAuthorization: Basic YTpiYmJiYg==\r\nCookie: s=ccccc\r\nConnection: close\r\n";
    let request = format!("GET /api/v2/groups.json?token=ddddd&uuid=bbbbb HTTP/1.1\r\n{headers}\r\n");
    send(&proxy.url, request.as_bytes());
    let ended = proxy.stop();
    assert_eq!(ended.code, Some(1), "{}", ended.all);
    assert!(ended.out.contains("answer-shape"), "{}", ended.all);
    for secret in ["bbbb", "YTpi", "ccccc", "ddddd"] {
        assert!(!ended.all.contains(secret), "{secret}: {}", ended.all);
    }
    assert_eq!(Schema::load("har").accepts(&ended.har), Ok(()));
}

/// Whatever they are called, and whatever an integration makes of them.
#[test]
fn no_secret_is_shown_by_any_name_or_in_any_form() {
    let (url, _requests) = upstream(
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 89\r\n\r\n\
        {\"detail\": \"x\", \"api_key\": \"p4ss\", \"y\": [\"YTp0b2tlbi0wMTIzNDU2Nzg5\", \"TOKEN-0123456789\"]}",
    );
    let proxy = Proxy::start(&url, &["--json", "JSON", "--har", "HAR", "--verbose"]);
    let headers =
        ["X-Auth-Token", "X-Secret", "api-key", "Cookie"].map(|name| format!("{name}: p4ss\r\n")).concat();
    let body =
        r#"{"password": "p4ss", "secrets": ["p4ss"], "name": "%74oken%2D0123456789", "urns": ["ext:1"]}"#;
    let length = body.len();
    for target in ["groups.json?password=p4ss", "contacts.json/token-0123456789?urn=ext:token-0123456789"] {
        let request = format!(
            "POST /api/v2/{target} HTTP/1.1\r\nHost: a\r\nAuthorization: Token token-0123456789\r\n{headers}\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        send(&proxy.url, request.as_bytes());
    }
    let ended = proxy.stop();
    let entries = ended.har["log"]["entries"].as_array().unwrap();
    assert!(
        entries.len() == 2 && entries.iter().all(|entry| entry["response"]["status"] == 400),
        "{}",
        ended.all
    );
    for secret in ["p4ss", "0123456789", "YTp0"] {
        assert!(!ended.all.contains(secret), "{secret}: {}", ended.all);
    }
}

#[test]
fn nothing_sent_is_no_success() {
    let ended = Proxy::start("http://127.0.0.1:1", &["--for", "1ms"]).end();
    assert_eq!(ended.code, Some(3), "{}", ended.all);
    assert_eq!(ended.out, "your integration sent nothing: is WENI_URL set?\n");
}

// Whoever closes without saying so may meet the next request.
const PAGE: &[u8] =
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 82\r\n\r\n\
    {\"next\": \"http://a/api/v2/groups.json?cursor=a\", \"previous\": null, \"results\": []}\n";

/// A client may still follow the link.
#[test]
fn what_only_the_end_can_tell_is_told_at_the_end() {
    let (url, _requests) = upstream(PAGE);
    let proxy = Proxy::start(&url, &[]);
    let get = |path: &str| {
        let token = "Authorization: Token abcdef\r\n";
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{token}Connection: close\r\n\r\n");
        assert!(send(&proxy.url, request.as_bytes()).starts_with(b"HTTP/1.1 200 OK"));
    };
    get("/api/v2/groups.json");
    get("/api/v2/groups");
    wait("the second request's finding", || proxy.told().contains("#2 GET /api/v2/groups 200").then_some(()));
    assert!(!proxy.told().contains("next-ignored"), "{}", proxy.told());
    let ended = proxy.stop();
    assert!(ended.out.contains("WARNING  next-ignored "), "{}", ended.all);
    assert!(ended.out.contains("2 requests, 3 findings, 3 warnings"), "{}", ended.all);
}

#[test]
fn what_is_not_kept_was_judged() {
    let (url, _requests) = upstream(PAGE);
    let proxy = Proxy::start(&url, &["--keep", "2", "--har", "HAR"]);
    for _ in 0..9 {
        send(&proxy.url, b"GET /api/v2/groups.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    let ended = proxy.stop();
    assert!(ended.out.contains("9 requests, 9 findings, 9 warnings"), "{}", ended.all);
    assert_eq!(ended.har["log"]["entries"].as_array().unwrap().len(), 2);
    assert!(ended.err.contains("lacks the first 7 (--keep)"), "{}", ended.err);
}
