//! What goes through is not changed.

use rstest::rstest;
use weni_mock::MockServer;

use super::support::{Proxy, parts, send, upstream};

const NOTHING_MORE: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// Addresses that URL libraries write otherwise.
const TARGETS: [&[u8]; 12] = [
    b"/api/v2/contacts.json",
    b"/api/v2/contacts.json?",
    b"/api/v2/contacts.json?urn=tel:+55&name=a%2Bb%20c+d",
    b"/api/v2/contacts.json?name='a'|{c}[d]^`\\",
    b"/api/v2/contacts.json?name=%e1%E1%zz%",
    b"/api/v2/../v2/./contacts.json",
    b"/api/v2/%2e%2e/v2//contacts.json/",
    b"//api/v2/contacts.json",
    b"/api/v2/contacts.json?a=1&a=2&&=&b",
    b"/api/v2/contacts.json?next=http://a.example/?b",
    b"/api/v2/contacts.json?name=Jo\xc3\xa3o",
    b"/api/v2/contacts.json?name=a;b,c:d@e!f$g*h(i)~",
];

#[test]
fn a_request_arrives_byte_for_byte() {
    let (url, requests) = upstream(NOTHING_MORE);
    let proxy = Proxy::start(&url, &[]);
    let host = url.trim_start_matches("http://");
    for target in TARGETS {
        let body = b"{\"name\" : \"Jo\xc3\xa3o\\u00e3\xff\", \"n\": 1.50}\n";
        let head = format!(
            " HTTP/1.1\r\nHost: proxy.test\r\nConnection: close, x-private\r\nX-Private: 1\r\nKeep-Alive: 5\r\n\
             TE: trailers\r\nProxy-Authorization: Basic eDp5\r\nAuthorization: Token abcdef\r\nAccept-Encoding: gzip\r\n\
             X-Odd: a,  b\r\nX-Odd: c\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = [b"POST ", target, head.as_bytes(), body].concat();
        let answer = send(&proxy.url, &request);
        let shown = String::from_utf8_lossy(&[target, b": ", &answer].concat()).into_owned();
        assert!(answer.starts_with(b"HTTP/1.1 204 "), "{shown}");
        let (mut lines, arrived) = parts(&requests.recv().unwrap());
        let line = lines.remove(0);
        let target: String = target.iter().map(|byte| char::from(*byte)).collect();
        assert_eq!(line, format!("POST {target} HTTP/1.1"));
        assert_eq!(arrived, body);
        lines.sort();
        let expected = [
            "accept-encoding: identity".to_owned(),
            "authorization: Token abcdef".to_owned(),
            format!("content-length: {}", body.len()),
            "content-type: application/json".to_owned(),
            format!("host: {host}"),
            "x-odd: a,  b".to_owned(),
            "x-odd: c".to_owned(),
        ];
        assert_eq!(lines, expected);
    }
    proxy.stop();
}

#[rstest]
#[case::binary(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-type: image/png\r\n\r\n\x00\xff\r\n")]
#[case::a_reason_of_its_own(b"HTTP/1.1 299 Quite Fine\r\ncontent-length: 2\r\nx-a: 1\r\nx-a: 2\r\n\r\nok")]
#[case::odd_json(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 49\r\n\r\n{\"next\" : null, \"n\":1.50,\"results\":[\"\\u00e3\"] }  ")]
#[case::compressed_all_the_same(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08")]
#[case::nothing(b"HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n")]
#[case::a_redirect(
    b"HTTP/1.1 301 Moved Permanently\r\nlocation: https://elsewhere.example/x\r\ncontent-length: 0\r\n\r\n"
)]
#[case::a_failure(b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\ncontent-length: 6\r\n\r\n<html>")]
fn an_answer_comes_back_byte_for_byte(#[case] reply: &'static [u8]) {
    let (url, _requests) = upstream(reply);
    let proxy = Proxy::start(&url, &[]);
    let request = b"GET /api/v2/fields.json?key=a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (mut lines, body) = parts(&send(&proxy.url, request));
    // The server's own.
    lines.retain(|line| line != "connection: close" && !line.starts_with("date: "));
    assert_eq!((lines, body), parts(reply));
    proxy.stop();
}

#[test]
fn chunks_become_a_body_with_its_length() {
    let (url, _requests) = upstream(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    let proxy = Proxy::start(&url, &[]);
    let (lines, body) = parts(&send(&proxy.url, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert_eq!(body, b"abcde");
    assert!(lines.contains(&"content-length: 5".to_owned()), "{lines:?}");
    proxy.stop();
}

/// With and without the proxy.
#[tokio::test(flavor = "multi_thread")]
async fn the_mock_answers_the_same_through_the_proxy() {
    let mock = MockServer::start().await;
    let proxy = Proxy::start(mock.url(), &[]);
    let token = format!("Authorization: Token {}\r\n", mock.token());
    let json = "Content-Type: application/json\r\n";
    let requests: [(&str, &str, &str, &str); 9] = [
        ("GET", "contacts.json?limit=3&name=a%20", &token, ""),
        ("HEAD", "contacts.json", &token, ""),
        ("GET", "contacts.json?urn=tel:+558299331122", &token, ""),
        ("GET", "contacts", &token, ""),
        ("GET", "contacts.json", "", ""),
        ("OPTIONS", "fields.json", &token, ""),
        ("DELETE", "groups.json", &token, ""),
        ("POST", "contacts.json", &token, "{\"name\": \"\\u0000\", \"urns\": [\"x\"]}"),
        ("POST", "contacts.json", &token, "{\"name\": "),
    ];
    for (method, target, token, body) in requests {
        let length = body.len();
        let request = format!(
            "{method} /api/v2/{target} HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n{token}{json}Content-Length: {length}\r\n\r\n{body}"
        );
        let of = |url: &str| {
            let (mut lines, body) = parts(&send(url, request.as_bytes()));
            lines.retain(|line| !line.starts_with("date: "));
            lines.sort();
            (lines, String::from_utf8(body).unwrap())
        };
        assert_eq!(of(&proxy.url), of(mock.url()), "{method} {target}");
    }
    proxy.stop();
}
