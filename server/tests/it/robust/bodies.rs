//! Bodies that are too large, too deep, or not what they say.

use rstest::rstest;
use serde_json::json;

use super::{assert_answers, program};
use crate::program::TOKEN;
use crate::wire::{Wire, request};

/// Bytes of a body that is still taken.
const MOST: usize = 2_621_440;

/// A body of just so many bytes.
fn padded(length: usize) -> String {
    let frame = r#"{"name": "Ana", "ignored": ""}"#;
    format!(r#"{{"name": "Ana", "ignored": "{}"}}"#, "x".repeat(length - frame.len()))
}

#[rstest]
#[case::contacts("/api/v2/contacts.json")]
#[case::groups("/api/v2/groups.json")]
fn a_large_body_is_taken(#[case] path: &str) {
    let program = program();
    let reply = Wire::connect(&program.address).ask(request("POST", path, TOKEN, &padded(MOST)));
    assert_eq!(reply.status, 201, "{reply:?}");
}

#[rstest]
#[case::a_little_too_large(MOST + 1)]
#[case::much_too_large(3 * MOST)]
fn a_body_that_is_too_large_is_refused(#[case] length: usize) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    wire.send(request("POST", "/api/v2/contacts.json", TOKEN, &padded(length)));
    let reply = wire.reply().expect("an answer rather than a broken connection");
    assert_eq!(reply.status, 413, "{reply:?}");
    assert_answers(&program);
}

/// Whoever sent too much may send something else on the same connection.
#[rstest]
#[case::a_little_too_large(MOST + 1)]
#[case::much_too_large(3 * MOST)]
fn a_connection_outlives_a_body_that_is_too_large(#[case] length: usize) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let before = wire.ask(request("GET", "/api/v2/groups.json", TOKEN, ""));
    wire.send(request("POST", "/api/v2/contacts.json", TOKEN, &padded(length)));
    assert_eq!(wire.reply().map(|reply| reply.status), Some(413));
    wire.send(request("GET", "/api/v2/groups.json", TOKEN, ""));
    assert_eq!(wire.reply().map(|reply| reply.body), Some(before.body));
}

/// The same body in pieces, without a length to be judged by; time and again, for the answer must not be lost on
/// the way.
#[rstest]
fn a_chunked_body_that_is_too_large_is_refused() {
    let program = program();
    let head = request("POST", "/api/v2/contacts.json", TOKEN, "x");
    let head = head.replace("Content-Length: 1", "Transfer-Encoding: chunked");
    let chunks = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(50);
    let body = format!("{}{chunks}0\r\n\r\n", head.strip_suffix('x').expect("a head"));
    let statuses = (0..20).map(|_| {
        let mut wire = Wire::connect(&program.address);
        wire.send(&body);
        wire.reply().map(|reply| reply.status)
    });
    assert_eq!(statuses.collect::<Vec<_>>(), [Some(413); 20]);
    assert_answers(&program);
}

#[rstest]
fn a_chunked_body_is_read() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let head = request("POST", "/api/v2/contacts.json", TOKEN, "x");
    let head = head.replace("Content-Length: 1", "Transfer-Encoding: chunked");
    let head = head.strip_suffix('x').expect("a head");
    let reply = wire.ask(format!("{head}9\r\n{{\"name\": \r\n6\r\n\"Ana\"}}\r\n0\r\n\r\n"));
    assert_eq!((reply.status, &reply.json()["name"]), (201, &json!("Ana")), "{reply:?}");
}

/// Deeper than anybody means it: refused, in whichever way it is deep.
#[rstest]
#[case::lists("[", "]")]
#[case::objects(r#"{"a": "#, "}")]
#[case::never_closed("[", "")]
fn json_a_hundred_thousand_deep_is_refused(
    #[case] open: &str,
    #[case] close: &str,
    #[values("", r#"{"ignored": "#, r#"{"fields": {"nickname": "#, r#"{"urns": "#)] before: &str,
) {
    let program = program();
    let body = format!("{before}{}1{}{}", open.repeat(100_000), close.repeat(100_000), "}".repeat(2));
    for path in ["contacts", "fields", "groups"] {
        let path = format!("/api/v2/{path}.json");
        let reply = Wire::connect(&program.address).ask(request("POST", &path, TOKEN, &body));
        assert_eq!(reply.status, 400, "{path} {before}: {reply:?}");
    }
    assert_answers(&program);
}

/// The control API is no worse off.
#[rstest]
#[case("/__mock/workspaces")]
#[case("/__mock/workspaces/default/links")]
fn deep_json_is_refused_by_the_control_api(#[case] path: &str) {
    let program = program();
    let body = format!("{}{}", r#"{"data": "#.repeat(100_000), "}".repeat(100_000));
    let reply = Wire::connect(&program.address).ask(request("POST", path, "", &body));
    assert_eq!(reply.status, 400, "{reply:?}");
    assert_answers(&program);
}

/// No text, or none in the charset that it claims.
#[rstest]
#[case::no_utf_8("application/json", b"{\"name\": \"Jo\xe3o\"}", 400)]
#[case::no_utf_8_by_name("application/json; charset=utf-8", b"{\"name\": \"\xff\xfe\"}", 400)]
#[case::unknown_charset("application/json; charset=klingon", b"{\"name\": \"Ana\"}", 201)]
#[case::utf_16("application/json; charset=utf-16le", b"{\0}\0", 201)]
#[case::nothing_but_zeros("application/json", b"\0\0\0\0", 400)]
#[case::form("application/x-www-form-urlencoded", b"name=%ff%fe%&&=&urns[=&urns[99999999999]=x", 201)]
#[case::multipart_without_boundary("multipart/form-data", b"--x--", 400)]
#[case::multipart_broken_off(
    "multipart/form-data; boundary=x",
    b"--x\r\nContent-Disposition: form-data; na",
    201
)]
#[case::media_type_of_its_own("text/plain", b"name=Ana", 415)]
fn an_odd_body(#[case] content_type: &str, #[case] body: &[u8], #[case] status: u16) {
    let program = program();
    let head = format!(
        "POST /api/v2/contacts.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: {TOKEN}\r\nContent-Type: \
         {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let reply = Wire::connect(&program.address).ask([head.as_bytes(), body].concat());
    assert_eq!(reply.status, status, "{reply:?}");
    assert_answers(&program);
}
