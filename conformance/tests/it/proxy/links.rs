//! The client stays with the proxy.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;
use weni_mock::MockServer;

use super::support::{Proxy, parts, send, upstream, upstream_saying};

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

/// Redirections and links in headers, too; what leads elsewhere is told once.
#[test]
fn headers_lead_back_to_the_proxy_or_it_is_told() {
    let (url, _requests) = upstream_saying(|url| {
        format!(
            "HTTP/1.1 302 Found\r\nlocation: {url}/b?c\r\nlink: <{url}/d>; rel=\"next\", </e>\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        )
    });
    let proxy = Proxy::start(&url, &["--har", "HAR"]);
    let get =
        |url: &str| parts(&send(url, b"GET /a HTTP/1.1\r\nHost: weni.test\r\nConnection: close\r\n\r\n")).0;
    let lines = get(&proxy.url);
    assert!(lines.contains(&"location: http://weni.test/b?c".to_owned()), "{lines:?}");
    assert!(lines.contains(&"link: <http://weni.test/d>; rel=\"next\", </e>".to_owned()), "{lines:?}");
    assert!(!proxy.told().contains("redirects"), "{}", proxy.told());
    // What came is recorded as it came.
    let ended = proxy.stop();
    assert_eq!(ended.har["log"]["entries"][0]["response"]["redirectURL"], format!("{url}/b?c"));
    let (url, _requests) = upstream(
        b"HTTP/1.1 301 Moved\r\nlocation: https://elsewhere.example/x?token=s3cret\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    );
    let proxy = Proxy::start(&url, &[]);
    for _ in 0..3 {
        assert!(get(&proxy.url).contains(&"location: https://elsewhere.example/x?token=s3cret".to_owned()));
    }
    let told = proxy.stop().err;
    assert_eq!(told.matches("the upstream redirects to https://elsewhere.example: ").count(), 1, "{told}");
}

#[test]
fn what_is_compressed_all_the_same_is_told_once() {
    let (url, _requests) = upstream(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08",
    );
    let proxy = Proxy::start(&url, &[]);
    for _ in 0..3 {
        send(&proxy.url, b"GET /api/v2/groups.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    let told = proxy.stop().err;
    assert_eq!(
        told.matches("the upstream compresses answers though it is asked not to").count(),
        1,
        "{told}"
    );
}

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
