//! A server that is not on this machine: reading alone, a budget and a pace are the defaults.

use std::process::{Command, Output};

use serde_json::Value;
use weni_mock::MockServer;

use crate::support;

/// Runs the built-in cases against a mock under a name that is not known to be this machine's.
fn run(mock: &MockServer, args: &[&str]) -> (Output, String) {
    let url = mock.url().replace("127.0.0.1", "0.0.0.0");
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "--url", &url, "--token", mock.token()])
        .args(args)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let told = support::told(&output);
    (output, told)
}

async fn health(mock: &MockServer) -> Value {
    reqwest::get(format!("{}/__mock/health", mock.url())).await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_reads_unless_told_otherwise() {
    let mock = MockServer::start().await;
    let before = health(&mock).await;
    let (output, told) = run(&mock, &[]);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("it writes, and this run only reads (--write)"), "{told}");
    assert_eq!(health(&mock).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_after_the_plan_within_the_budget() {
    // Within the budget of 300 the rate limit, for each endpoint, is not met; nobody retries unseen.
    let mock = MockServer::builder().rate_limit("300/hour").start().await;
    let (output, told) = run(&mock, &["--write"]);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let plan = told.lines().find(|line| line.starts_with("plan: ")).expect("a plan");
    assert!(plan.contains("at most ") && plan.contains(" 30 of 31 clauses"), "{plan}");
    let most: usize = plan.split("at most ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(most <= 300, "{plan}");
    for line in [
        "and removes them again:",
        "the API cannot remove them:",
        "Weni conformance - Text",
        "it is beyond the requests allowed (--requests)",
        "does not judge G7: ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let sent: usize = mentioned_before(&told, " requests sent");
    assert!((100..=most).contains(&sent), "{sent} of at most {most}");
}

/// The number that stands before a text.
fn mentioned_before(told: &str, what: &str) -> usize {
    let before = told.split(what).next().unwrap();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_asks_nothing() {
    let mock = MockServer::builder().rate_limit("1/hour").start().await;
    let (output, told) = run(&mock, &["--write", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.starts_with("plan: ") && told.contains("wcrun-"), "{told}");
    let client = reqwest::Client::new();
    let request = client.get(format!("{}/api/v2/groups.json", mock.url()));
    let first = request.header("Authorization", format!("Token {}", mock.token())).send().await.unwrap();
    assert_eq!(first.status(), 200, "the one request allowed was spent");
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_are_stored_only_on_request() {
    let mock = MockServer::start().await;
    let (_, told) = run(&mock, &["--write", "C5", "--dry-run"]);
    assert!(told.contains("it stores URNs other than ext: (--phone-urns)"), "{told}");
    let (output, told) = run(&mock, &["--write", "--phone-urns", "C5"]);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(!told.contains("--phone-urns"), "{told}");
}
