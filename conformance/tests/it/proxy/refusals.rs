//! What the proxy answers itself.

use std::io::Read;
use std::net::TcpListener;
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

use super::support::{Proxy, parts, send, upstream};
use crate::support::told;

/// Nobody listens there any more.
fn nowhere() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

#[rstest]
#[case::another_host(
    "GET http://elsewhere.example/api/v2/contacts.json HTTP/1.1\r\nHost: elsewhere.example",
    "elsewhere.example"
)]
#[case::another_port(
    "GET http://127.0.0.1:1/api/v2/contacts.json HTTP/1.1\r\nHost: 127.0.0.1:1",
    "127.0.0.1:1"
)]
#[case::a_tunnel(
    "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example",
    "a tunnel to elsewhere.example:443"
)]
fn nothing_is_forwarded_elsewhere(#[case] head: &str, #[case] whom: &str) {
    let (url, requests) = upstream(b"HTTP/1.1 204 No Content\r\n\r\n");
    let proxy = Proxy::start(&url, &[]);
    let (lines, body) = parts(&send(&proxy.url, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()));
    assert_eq!(lines[0], "HTTP/1.1 403 Forbidden");
    assert!(lines.contains(&"x-weni-proxy: refused".to_owned()), "{lines:?}");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["detail"], format!("this proxy forwards to {url} alone, not to {whom}"));
    let ended = proxy.stop();
    assert_eq!(ended.code, Some(3), "{}", ended.all);
    assert!(requests.try_recv().is_err());
}

/// As a client sends it that has the proxy set as its proxy.
#[test]
fn an_absolute_target_of_the_upstream_is_forwarded() {
    let (url, requests) = upstream(b"HTTP/1.1 204 No Content\r\n\r\n");
    let proxy = Proxy::start(&url, &[]);
    for host in [&url, &proxy.url] {
        let request = format!(
            "DELETE {host}/api/v2/groups.json?uuid=x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        );
        assert!(send(&proxy.url, request.as_bytes()).starts_with(b"HTTP/1.1 204 "));
        let (lines, _) = parts(&requests.recv().unwrap());
        assert_eq!(lines[0], "DELETE /api/v2/groups.json?uuid=x HTTP/1.1");
    }
    proxy.stop();
}

#[rstest]
#[case::nobody_there(None, "unreachable", "the proxy could not reach URL: ")]
#[case::half_an_answer(
    Some(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"next\":".as_slice()),
    "broken-off",
    "the answer of URL broke off after 8 bytes of its body: "
)]
#[case::half_a_chunk(
    Some(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n9\r\n".as_slice()),
    "broken-off",
    "the answer of URL broke off after 1 byte of its body: "
)]
#[case::no_http(Some(b"SSH-2.0-OpenSSH\r\n".as_slice()), "no-answer", "URL gave the proxy no answer: ")]
#[case::nothing(Some(b"".as_slice()), "no-answer", "URL gave the proxy no answer: ")]
fn an_upstream_that_does_not_answer_is_told(
    #[case] reply: Option<&'static [u8]>,
    #[case] why: &str,
    #[case] told: &str,
) {
    let (url, _requests) = match reply {
        Some(reply) => upstream(reply),
        None => (nowhere(), std::sync::mpsc::channel().1),
    };
    let proxy = Proxy::start(&url, &["--har", "HAR"]);
    let request = b"GET /api/v2/fields.json?key=a HTTP/1.1\r\nHost: a\r\nAuthorization: Token abcdef\r\nConnection: close\r\n\r\n";
    let (lines, body) = parts(&send(&proxy.url, request));
    assert_eq!(lines[0], "HTTP/1.1 502 Bad Gateway");
    assert!(lines.contains(&format!("x-weni-proxy: {why}")), "{lines:?}");
    let body: Value = serde_json::from_slice(&body).unwrap();
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.starts_with(&told.replace("URL", &url)), "{detail}");
    let ended = proxy.stop();
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(3), "nothing was answered: is the server there?\n1 request, nothing found\n"),
        "{}",
        ended.all
    );
    assert_eq!(ended.har["log"]["entries"][0]["response"]["status"], 0);
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let (url, requests) = upstream(b"HTTP/1.1 204 No Content\r\n\r\n");
    let proxy = Proxy::start(&url, &[]);
    let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000001\r\nConnection: close\r\n\r\n";
    let (lines, _) = parts(&send(&proxy.url, request));
    assert_eq!(lines[0], "HTTP/1.1 413 Payload Too Large");
    assert!(lines.contains(&"x-weni-proxy: refused".to_owned()), "{lines:?}");
    proxy.stop();
    assert!(requests.try_recv().is_err());
}

#[rstest]
#[case::no_upstream(&["--listen", "127.0.0.1:0"], "required arguments were not provided")]
#[case::no_url(&["--upstream", "flows"], "--upstream: `flows` is not a URL")]
#[case::credentials(&["--upstream", "https://a:b@flows.example.com"], "--upstream: no credentials in the URL")]
#[case::no_time(&["--upstream", "http://127.0.0.1:1", "--for", "soon"], "not a time such as 90s, 10m or 1h30m")]
#[case::too_much_time(&["--upstream", "http://127.0.0.1:1", "--for", "721h"], "at most 720h; without --for it lasts until Ctrl-C")]
#[case::more_than_there_is(&["--upstream", "http://127.0.0.1:1", "--for", "99999999999999999999h"], "not a time such as 90s, 10m or 1h30m")]
#[case::no_certificates(&["--upstream", "https://127.0.0.1:1", "--ca", "/nowhere/ca.pem"], "--ca /nowhere/ca.pem: No such file")]
#[case::none_in_it(&["--upstream", "https://127.0.0.1:1", "--ca", "Cargo.toml"], "--ca Cargo.toml: there is no certificate in it (PEM)")]
#[case::no_address(&["--upstream", "http://127.0.0.1:1", "--listen", "192.0.2.1:0"], "--listen 192.0.2.1:0: ")]
#[case::no_folder(&["--upstream", "http://127.0.0.1:1", "--har", "/nowhere/x.har"], "/nowhere/x.har: ")]
fn bad_usage_is_one_line_and_code_2(#[case] args: &[&str], #[case] line: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    let output = command.arg("proxy").args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains(line), "{}", told(&output));
    assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
}

/// Who speaks no TLS there is not reached.
#[test]
fn an_https_upstream_is_spoken_to_by_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let first = std::thread::spawn(move || {
        let mut byte = [0];
        listener.accept().unwrap().0.read_exact(&mut byte).map(|()| byte[0])
    });
    let proxy = Proxy::start(&url, &[]);
    let (lines, _) = parts(&send(&proxy.url, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert_eq!(lines[0], "HTTP/1.1 502 Bad Gateway");
    // The first byte of a handshake.
    assert_eq!(first.join().unwrap().unwrap(), 22);
    proxy.stop();
}

#[test]
fn an_address_that_others_can_reach_is_told() {
    let proxy = Proxy::start_at("0.0.0.0:0", &nowhere(), &[]);
    assert!(proxy.url.starts_with("http://127.0.0.1:"), "{}", proxy.url);
    assert!(proxy.told().contains("other machines can reach 0.0.0.0:"), "{}", proxy.told());
    proxy.stop();
}

#[test]
fn a_proxy_does_not_send_to_itself() {
    let url = nowhere();
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.args(["proxy", "--upstream", &url, "--listen", url.trim_start_matches("http://")]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains(&format!("--upstream {url} is where the proxy itself listens")),
        "{}",
        told(&output)
    );
}
