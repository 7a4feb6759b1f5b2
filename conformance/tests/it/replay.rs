//! `replay`: recorded requests, sent again.

use std::process::{Command, Output};

use serde_json::{Value, json};
use weni_mock::MockServer;

use crate::support::told;

fn replay(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.arg("replay").args(args).env_remove("WENI_URL").env_remove("WENI_TOKEN");
    command.output().unwrap()
}

/// A mock that has been asked for a few things, and its journal as a file.
async fn recorded() -> (MockServer, String) {
    let mock = MockServer::builder().data("empty").start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let contacts = format!("{}/api/v2/contacts.json", mock.url());
    let header = format!("Token {}", mock.token());
    let made = client.post(&contacts).header("Authorization", &header).json(&json!({"name": "Ana"}));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let target = format!("{contacts}?uuid={}", made["uuid"].as_str().unwrap());
    let update = client.post(&target).header("Authorization", &header).json(&json!({"name": "Ana Lima"}));
    assert_eq!(update.send().await.unwrap().status(), 200);
    assert_eq!(client.get(&contacts).send().await.unwrap().status(), 403);
    let journal = format!("{}/__mock/workspaces/default/journal.har", mock.url());
    let journal = client.get(journal).send().await.unwrap().text().await.unwrap();
    let file = std::env::temp_dir().join(format!("replay-{}.har", uuid::Uuid::new_v4()));
    std::fs::write(&file, journal).unwrap();
    (mock, file.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn uuids_are_those_that_the_other_server_gives() {
    let (_then, file) = recorded().await;
    let now = MockServer::builder().data("empty").start().await;
    let args = [&file, "--url", now.url(), "--token", now.token()];
    let output = replay(&args);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(told(&output), "2 requests sent, 2 answered as recorded\n");
    // Only the second one: nobody has given the other its UUID.
    let output = replay(&[&args[..], &["--only", "2"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains(
            " 404, recorded 200\n   {\"detail\":\"Not found.\"}\n1 request sent, 0 answered as recorded"
        ),
        "{}",
        told(&output)
    );
    let output = replay(&[&args[..], &["--only", "7"]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_elsewhere_without_leave() {
    let (_then, file) = recorded().await;
    let output = replay(&[&file, "--url", "http://192.0.2.1", "--token", "secret"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains("these requests write, and the host is not this machine"),
        "{}",
        told(&output)
    );
    std::fs::remove_file(file).unwrap();
}

/// Browsers and proxies record whatever else was asked for, and some tools tell the type of a body beside it alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_for_the_api_is_left_out() {
    let entry = |url: &str, status: u16| {
        let body = json!({"mimeType": "application/json", "text": "{\"name\": \"Ana\"}"});
        let headers = json!([{"name": "Authorization", "value": "Token 0"}]);
        let request = json!({"method": "POST", "url": url, "headers": headers, "postData": body});
        let response = json!({"status": status});
        json!({"startedDateTime": "2026-01-02T03:04:05Z", "request": request, "response": response})
    };
    let entries = [
        entry("https://flows.weni.ai/api/v2/contacts.json", 201),
        entry("https://shop.example/foo", 200),
        entry("https://desk.example/api/v2/tickets.json", 201),
        entry("https://flows.weni.ai/api/v2/contact.json", 404),
        entry("https://flows.weni.ai/login", 200),
    ];
    let file = std::env::temp_dir().join(format!("replay-{}.har", uuid::Uuid::new_v4()));
    let log = json!({"version": "1.2", "creator": {"name": "a tool", "version": "1"}, "entries": entries});
    std::fs::write(&file, json!({"log": log}).to_string()).unwrap();
    let file = file.to_str().unwrap();
    let now = MockServer::builder().data("empty").start().await;
    let args = [file, "--url", now.url(), "--token", now.token()];
    let left_out = "weni-conformance: 3 requests not for the API left out\n";
    let output = replay(&args);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(String::from_utf8_lossy(&output.stderr), left_out);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2 requests sent, 2 answered as recorded\n");
    let case = replay(&[file, "--as-case", "contacts/made"]);
    assert_eq!(String::from_utf8_lossy(&case.stderr), left_out);
    let case: Value = serde_json::from_slice(&case.stdout).unwrap();
    let paths: Vec<_> =
        case["steps"].as_array().unwrap().iter().map(|step| &step["request"]["path"]).collect();
    assert_eq!(paths, ["/api/v2/contacts.json", "/api/v2/contact.json"]);
    let alone = replay(&[&args[..], &["--only", "2"]].concat());
    assert_eq!(alone.status.code(), Some(3), "{}", told(&alone));
    std::fs::remove_file(file).unwrap();
}

/// What was recorded once is checked from then on.
#[tokio::test(flavor = "multi_thread")]
async fn recorded_requests_become_a_case() {
    let (_then, file) = recorded().await;
    let output = replay(&[&file, "--as-case", "contacts/renamed", "--data", "empty"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(crate::schema::Schema::load("case").accepts(&case), Ok(()));
    assert_eq!(case["steps"][1]["request"]["rawquery"], "uuid={{u1}}");
    let saved = std::env::temp_dir().join(format!("case-{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&saved, &output.stdout).unwrap();
    for mock in ["--mock", "--mock=observed"] {
        let program = env!("CARGO_BIN_EXE_weni-conformance");
        let run =
            Command::new(program).args(["run", mock, "--cases", saved.to_str().unwrap()]).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        assert!(told(&run).contains("2 of 2 exchanges as expected, 1 of 1 case whole"), "{}", told(&run));
    }
    let wrong = replay(&[&file, "--as-case", "../x"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", told(&wrong));
    std::fs::remove_file(saved).unwrap();
    std::fs::remove_file(file).unwrap();
}
