//! The client stays with the proxy.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;
use weni_mock::MockServer;

use super::support::{Proxy, parts, send, upstream};

/// From page to page, forth and back.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_followed_through_the_proxy_to_the_last_item() {
    let mock = MockServer::start().await;
    let proxy = Proxy::start(&format!("{}/api/v2", mock.url()), &[]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut seen = BTreeSet::new();
    let mut pages = Vec::new();
    let mut next = Some(format!("{}/api/v2/contacts.json?limit=10&order_by=created_on", proxy.url));
    while let Some(url) = next {
        assert!(url.starts_with(&format!("{}/api/v2/contacts.json?", proxy.url)), "{url}");
        let request = client.get(&url).header("Authorization", format!("Token {}", mock.token()));
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        seen.extend(page["results"].as_array().unwrap().iter().map(|item| item["uuid"].to_string()));
        next = page["next"].as_str().map(str::to_owned);
        pages.push(page);
    }
    assert_eq!((seen.len(), pages.len()), (41, 5));
    assert!(pages[1..].iter().all(|page| page["previous"].as_str().unwrap().starts_with(&proxy.url)));
    let ended = proxy.stop();
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "5 requests, nothing found\n"), "{}", ended.all);
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 108\r\n\r\n\
    {\"next\": \"https://flows.example.com/api/v2/groups.json?cursor=a%2B|'\", \"previous\" : null , \"results\": [1.0]}";

#[rstest]
#[case::by_its_host("Host: weni.test:1\r\n", "http://weni.test:1")]
#[case::behind_tls("Host: weni.test\r\nX-Forwarded-Proto: https\r\n", "https://weni.test")]
fn links_lead_to_the_name_that_the_client_uses(#[case] headers: &str, #[case] own: &str) {
    let (url, _requests) = upstream(PAGE);
    let proxy = Proxy::start(&url, &[]);
    let request = format!("GET /api/v2/groups.json HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    let (lines, body) = parts(&send(&proxy.url, request.as_bytes()));
    let body = String::from_utf8(body).unwrap();
    let expected = format!(
        "{{\"next\": \"{own}/api/v2/groups.json?cursor=a%2B|'\", \"previous\" : null , \"results\": [1.0]}}"
    );
    assert_eq!(body, expected);
    assert!(lines.contains(&format!("content-length: {}", body.len())), "{lines:?}");
    proxy.stop();
}
