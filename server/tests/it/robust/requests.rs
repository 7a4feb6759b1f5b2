//! Request lines, methods and headers that nobody should send.

use std::io::{Read, Write};

use rstest::rstest;
use weni_mock::MockServer;

use super::{assert_answers, program};
use crate::program::TOKEN;
use crate::wire::{Wire, request};

/// What is not HTTP is refused as such, or not answered at all.
#[rstest]
#[case::nonsense("nonsense\r\n\r\n")]
#[case::no_version("GET /\r\n\r\n")]
#[case::odd_version("GET / HTTP/9.9\r\n\r\n")]
#[case::tls("\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03")]
#[case::http_2("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
#[case::two_lengths("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
#[case::negative_length("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
#[case::endless_length("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n")]
#[case::odd_chunk(
    "POST /api/v2/contacts.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
)]
#[case::space_in_path("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n")]
#[case::odd_header("GET / HTTP/1.1\r\nHo st: x\r\n\r\n")]
fn no_http(#[case] bytes: &str) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    wire.send(bytes);
    if let Some(reply) = wire.reply() {
        assert!((400..500).contains(&reply.status), "{reply:?}");
    }
    assert_answers(&program);
}

/// Headers of a size that no server takes, and some that it does.
#[rstest]
#[case::large("X-Large", 10_000, &[200])]
#[case::huge("X-Huge", 1_000_000, &[431, 400])]
#[case::token("Authorization", 100_000, &[403, 431])]
#[case::host("Host", 100_000, &[200, 400, 431])]
#[case::proto("X-Forwarded-Proto", 100_000, &[200, 431])]
#[case::content_type("Content-Type", 100_000, &[200, 431])]
fn a_large_header(#[case] name: &str, #[case] size: usize, #[case] statuses: &[u16]) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let token = if name == "Authorization" { String::new() } else { format!("Authorization: {TOKEN}\r\n") };
    let value = "x".repeat(size);
    wire.send(format!("GET /api/v2/contacts.json?limit=1 HTTP/1.1\r\n{token}{name}: {value}\r\n\r\n"));
    if let Some(reply) = wire.reply() {
        assert!(
            statuses.contains(&reply.status),
            "{} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
    }
    assert_answers(&program);
}

/// Bytes that are no text, where text is looked for.
#[rstest]
#[case(b"Authorization: Token \xff\xfe", 403)]
#[case(b"Authorization: \xff", 403)]
#[case(b"Authorization: Basic \xff", 403)]
#[case(b"Authorization: Basic //////", 403)]
#[case(b"Authorization: Bearer \xff.\xff.\xff", 403)]
fn an_authorization_that_is_no_text(#[case] header: &[u8], #[case] status: u16) {
    let program = program();
    let head = b"GET /api/v2/contacts.json?limit=1 HTTP/1.1\r\n".as_slice();
    let reply = Wire::connect(&program.address).ask([head, header, b"\r\n\r\n"].concat());
    assert_eq!(reply.status, status, "{reply:?}");
    assert_answers(&program);
}

#[rstest]
#[case(b"Host: \xff")]
#[case(b"X-Forwarded-Proto: \xff")]
#[case(b"Content-Type: \xff")]
#[case(b"Origin: \xff")]
fn a_header_that_is_no_text(#[case] header: &[u8]) {
    let program = program();
    let head = format!("GET /api/v2/contacts.json?limit=1 HTTP/1.1\r\nAuthorization: {TOKEN}\r\n");
    let reply = Wire::connect(&program.address).ask([head.as_bytes(), header, b"\r\n\r\n"].concat());
    assert!(reply.status < 500, "{reply:?}");
    assert_answers(&program);
}

/// Any method, known or not.
#[rstest]
#[case("PUT")]
#[case("PATCH")]
#[case("OPTIONS")]
#[case("TRACE")]
#[case("PROPFIND")]
#[case("X")]
fn a_method_of_others(#[case] method: &str) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    for endpoint in ["contacts", "fields", "groups"] {
        let reply = wire.ask(request(method, &format!("/api/v2/{endpoint}.json"), TOKEN, ""));
        let detail = format!("{{\"detail\":\"Method \\\"{method}\\\" not allowed.\"}}");
        assert_eq!((reply.status, String::from_utf8_lossy(&reply.body).as_ref()), (405, detail.as_str()));
    }
}

/// What comes behind a body that is longer than it says is no reason to keep the answer back.
#[tokio::test]
async fn a_length_that_is_too_short_is_answered() {
    let mock = MockServer::start().await;
    let address = mock.url().trim_start_matches("http://").to_owned();
    let token = mock.token().to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
        let head = "POST /api/v2/contacts.json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
        let request = format!(
            "{head}\r\nAuthorization: Token {token}\r\nContent-Length: 2\r\n\r\n{{}}more than it says"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        String::from_utf8_lossy(&start).into_owned()
    });
    assert_eq!(answer.await.unwrap(), "HTTP/1.1 201");
}
