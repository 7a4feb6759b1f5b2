//! Who may use the control API.

use rstest::rstest;
use serde_json::json;

use crate::program::{Program, start};
use crate::wire::{Reply, Wire};

/// Asks for something of the control API with these headers.
#[track_caller]
fn ask(program: &Program, headers: &[&str]) -> Reply {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    Wire::connect(&program.address).ask(format!("GET /__mock/workspaces/default HTTP/1.1\r\n{headers}\r\n"))
}

/// Fails where the call is not refused with 403 and a sentence about `what`.
#[track_caller]
fn assert_refused(reply: &Reply, what: &str) {
    let error = reply.json()["error"].to_string();
    assert!(reply.status == 403 && error.contains(what) && error.contains("control API"), "{reply:?}");
    assert!(!String::from_utf8_lossy(&reply.body).contains("tokens"), "it tells nevertheless");
}

#[rstest]
#[case(&["Host: localhost"])]
#[case(&["Host: localhost:9364"])]
#[case(&["Host: LOCALHOST"])]
#[case(&["Host: weni.localhost:80"])]
#[case(&["Host: 127.0.0.1"])]
#[case(&["Host: 127.1.2.3:1"])]
#[case(&["Host: [::1]:9364"])]
#[case(&["Host: localhost:9364", "Origin: http://localhost:9364"])]
fn open_to_this_machine(#[case] headers: &[&str]) {
    assert_eq!(ask(&start(&["--quiet"]), headers).status, 200);
}

#[rstest]
#[case::host(&["Host: mock.example"], "loopback")]
#[case::host_like_ours(&["Host: localhost.example"], "loopback")]
#[case::host_that_begins_so(&["Host: 127.0.0.1.example"], "loopback")]
#[case::own_address_elsewhere(&["Host: 192.168.0.1"], "loopback")]
#[case::empty_host(&["Host:"], "loopback")]
#[case::forwarded_for(&["Host: localhost", "X-Forwarded-For: 203.0.113.1"], "proxy")]
#[case::forwarded_host(&["Host: localhost", "X-Forwarded-Host: mock.example"], "proxy")]
#[case::forwarded_proto(&["Host: localhost", "X-Forwarded-Proto: https"], "proxy")]
#[case::forwarded(&["Host: localhost", "Forwarded: for=203.0.113.1"], "proxy")]
#[case::origin(&["Host: localhost", "Origin: https://evil.example"], "other sites")]
#[case::origin_at_another_port(&["Host: localhost:1", "Origin: http://localhost:2"], "other sites")]
#[case::origin_without_a_name(&["Host: localhost", "Origin: null"], "other sites")]
fn closed_to_others(#[case] headers: &[&str], #[case] what: &str) {
    assert_refused(&ask(&start(&["--quiet"]), headers), what);
}

/// No way of writing the path leads past the guard.
#[rstest]
#[case("//__mock/health")]
#[case("/__mock//health")]
#[case("/__mock/%68ealth")]
#[case("/%5f_mock/health")]
#[case("/api/../__mock/health")]
#[case("/__mock/workspaces/default/")]
fn closed_whatever_the_path(#[case] path: &str) {
    let program = start(&["--quiet"]);
    let reply =
        Wire::connect(&program.address).ask(format!("GET {path} HTTP/1.1\r\nHost: mock.example\r\n\r\n"));
    assert!([403, 404].contains(&reply.status), "{reply:?}");
}

#[rstest]
#[case::control_token(&["Host: mock.example", "X-Control-Token: open-sesame"], 200)]
#[case::bearer(&["Host: mock.example", "Authorization: Bearer open-sesame"], 200)]
#[case::by_proxy(&["Host: mock.example", "X-Control-Token: open-sesame", "X-Forwarded-For: 203.0.113.1"], 200)]
#[case::nothing(&["Host: localhost"], 403)]
#[case::other(&["Host: localhost", "X-Control-Token: open-sesam"], 403)]
#[case::longer(&["Host: localhost", "X-Control-Token: open-sesame!"], 403)]
#[case::empty(&["Host: localhost", "X-Control-Token:"], 403)]
#[case::api_token(&["Host: localhost", "Authorization: Token 77656e692d6d6f636b2d746f6b656e2d30303031"], 403)]
fn by_token(#[case] headers: &[&str], #[case] status: u16) {
    let program = start(&["--quiet", "--control", "token", "--control-token", "open-sesame"]);
    let reply = ask(&program, headers);
    assert_eq!(reply.status, status, "{reply:?}");
    if status == 403 {
        assert_refused(&reply, "token");
    }
}

/// Where none is given, one is made and told.
#[rstest]
fn a_token_is_made_and_printed() {
    let mut program = start(&["--control", "token"]);
    let line = program.log_until("X-Control-Token: ").pop().expect("a line");
    let (_, token) = line.rsplit_once("X-Control-Token: ").expect("a token");
    assert!(token.len() > 20, "{line}");
    assert_eq!(ask(&program, &["Host: localhost", &format!("X-Control-Token: {token}")]).status, 200);
    assert_refused(&ask(&program, &["Host: localhost"]), "token");
}

/// On an address that others reach, a token is the default.
#[rstest]
fn a_token_is_the_default_for_others() {
    let program = start(&["--host", "0.0.0.0", "--control-token", "open-sesame", "--quiet"]);
    assert_refused(&ask(&program, &["Host: localhost"]), "token");
    assert_eq!(ask(&program, &["Host: localhost", "X-Control-Token: open-sesame"]).status, 200);
}

#[rstest]
fn off() {
    let program = start(&["--quiet", "--control", "off"]);
    let reply = ask(&program, &["Host: localhost"]);
    let error = json!({"error": "the control API is off (--control off)"});
    assert_eq!((reply.status, reply.json()), (404, error));
}

/// In a test, too: whoever is judged by the journal does not get at it.
#[tokio::test]
async fn a_mock_in_a_test_may_have_a_control_token() {
    let mock = weni_mock::MockServer::builder().control_token("known-to-one").start().await;
    let ask = |token: &'static str| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("{}/__mock/health", mock.url())).header("X-Control-Token", token);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!((ask("").await, ask("guessed").await, ask("known-to-one").await), (403, 403, 200));
}
