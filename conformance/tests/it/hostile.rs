//! Servers that are down, slow, or no Weni at all: one clear message each, the right exit code, no endless wait.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rstest::rstest;

use crate::support::{self, EMPTY_LIST, NOTHING, listener};

/// Runs all cases against a server, with a second for each exchange.
fn run(url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "--url", url, "--token", "a-secret-token", "--timeout", "1"])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap()
}

/// The one line that the program says, after which nothing is judged.
#[track_caller]
fn one_line(output: &Output) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.stdout.len(), stderr.lines().count()), (0, 1), "{stderr}");
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(!stderr.contains("a-secret-token"), "{stderr}");
    stderr.trim_start_matches("weni-conformance: ").trim_end().to_owned()
}

#[test]
fn down() {
    let line = one_line(&run("http://127.0.0.1:1"));
    assert!(line.starts_with("http://127.0.0.1:1 is out of reach: "), "{line}");
}

#[test]
fn slow() {
    let began = Instant::now();
    let url = listener(&[b""]);
    assert_eq!(one_line(&run(&url)), format!("{url}/api/v2/contacts.json: no answer within 1 s"));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[rstest]
#[case::closes(
    b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
    "URL/api/v2/contacts.json: the exchange broke off: "
)]
#[case::no_http(b"220 smtp.example.com ESMTP\r\n", "URL/api/v2/contacts.json: the exchange broke off: ")]
#[case::html(
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n<!doctype html><h1>Hi</h1>",
    "URL/api/v2/contacts.json is not the Weni API: it answers a page in HTML"
)]
#[case::html_404(
    b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n<h1>Not Found</h1>",
    "URL/api/v2/contacts.json is not the Weni API: it answers 404 with a page in HTML"
)]
#[case::other_json(
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n{\"hello\": \"world\"}",
    "URL/api/v2/contacts.json is not the Weni API: it answers JSON, but no list with `next`, `previous` and `results`"
)]
#[case::broken_json(
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n{\"next\": nul",
    "URL/api/v2/contacts.json is not the Weni API: it answers 200 and no JSON ("
)]
#[case::redirect(
    b"HTTP/1.1 301 Moved\r\nconnection: close\r\nlocation: https://flows.example.com/\r\n\r\n",
    "URL/api/v2/contacts.json redirects (301) to https://flows.example.com/: give that address with --url"
)]
#[case::token(
    b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n{\"detail\": \"Invalid token\"}",
    "URL/api/v2/contacts.json refuses the token (403 Invalid token): is it the token of this workspace?"
)]
#[case::error(
    b"HTTP/1.1 503 Unavailable\r\nconnection: close\r\n\r\na-secret-token is busy",
    "URL/api/v2/contacts.json answers 503 $WENI_TOKEN is busy: nothing can be judged there now"
)]
#[case::throttled(
    b"HTTP/1.1 429 Too Many\r\nconnection: close\r\nretry-after: 3000\r\n\r\n",
    "URL/api/v2/contacts.json: throttled: the server asks to wait 3000 s (Retry-After)"
)]
fn no_weni(#[case] reply: &'static [u8], #[case] expected: &str) {
    let url = listener(Box::leak(Box::new([reply])));
    let line = one_line(&run(&url)).replace(&url, "URL");
    assert!(line.starts_with(expected), "{line}");
}

const TOO_FAST: &[u8] =
    b"HTTP/1.1 429 Too Many\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 0\r\n\r\n";

/// What is told of a server that gives these replies to the first question, to the search for a control API, and from
/// then on.
fn told(then: &'static [u8]) -> (Option<i32>, String) {
    let mut replies = vec![EMPTY_LIST, NOTHING, EMPTY_LIST, EMPTY_LIST, EMPTY_LIST];
    replies.resize(1000, then);
    let url = listener(replies.leak());
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "contacts/", "--url", &url, "--token", "t", "--timeout", "0.1", "--jobs", "1"])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    (output.status.code(), support::told(&output))
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let (code, told) = told(b"");
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("the target was given up: no answer within 0.1 s"), "{told}");
    assert!(told.contains(": nothing was judged"), "{told}");
}

#[test]
fn a_server_that_is_never_ready_for_the_next_request_is_given_up() {
    let (code, told) = told(TOO_FAST);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("the target was given up: throttled: the server asks to wait 0 s"), "{told}");
}

#[test]
fn a_server_that_breaks_down_is_given_up() {
    let (code, told) = told(b"HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("the target was given up: it answers 502 to everything"), "{told}");
}

/// What the program says to a server that always gives this reply.
fn says(command: &[&str], reply: Vec<u8>) -> (Option<i32>, String) {
    let reply: &'static [u8] = reply.leak();
    let url = listener(vec![reply; 1000].leak());
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(command)
        .args(["--url", &url, "--token", "77656e692d6d6f636b2d746f6b656e2d30303031"])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    (output.status.code(), support::told(&output).replace(&url, "URL"))
}

fn reply(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

#[test]
fn pages_that_lead_in_a_circle_are_read_once() {
    let page = r#"{"next": "http://elsewhere.example/api/v2/contacts.json?cursor=a", "previous": null, "results": []}"#;
    let (code, told) = says(&["sweep"], reply("200 OK\r\ncontent-type: application/json", page));
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("0 found, 0 removed (7 requests)\n"), "{told}");
    assert!(told.contains("not everything was looked at, there may be more: GET /api/v2/"), "{told}");
    assert!(told.contains("the next page is one that was read before"), "{told}");
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let (code, told) = says(&["run"], reply("200 OK", &" ".repeat(70_000_000)));
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("the answer is longer than 64 MB"), "{told}");
}

#[test]
fn a_token_is_hidden_wherever_a_text_is_cut() {
    const TOKEN: &str = "77656e692d6d6f636b2d746f6b656e2d30303031";
    for before in [100, 120, 130, 140, 155] {
        let detail = format!(r#"{{"detail": "{}{TOKEN}"}}"#, "x".repeat(before));
        let (_, told) = says(&["run"], reply("403 Forbidden\r\ncontent-type: application/json", &detail));
        assert!(!told.contains(&TOKEN[..8]), "{told}");
    }
    let head = format!("302 Found\r\nlocation: http://evil.example/?t={TOKEN}");
    let (_, told) = says(&["run"], reply(&head, ""));
    assert!(told.contains("evil.example/?t=$WENI_TOKEN") && !told.contains(TOKEN), "{told}");
}
