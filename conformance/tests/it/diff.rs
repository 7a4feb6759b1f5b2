//! Two servers in step.

use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support;

fn diff(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .arg("diff")
        .args(args)
        .current_dir(std::env::temp_dir())
        .env_remove("WENI_TOKEN")
        .output()
        .unwrap();
    let told = support::told(&output);
    (output.status.code(), told)
}

#[test]
fn two_that_answer_alike_do_not_differ() {
    let (code, told) = diff(&["--a", "mock", "--b", "mock"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\n0 of ") && told.contains(" exchanges differ in 0 ways"), "{told}");
}

#[test]
fn each_difference_is_told_once_and_held_against_the_article() {
    let file = std::env::temp_dir().join(format!("diff-{}.json", uuid::Uuid::new_v4()));
    let (code, told) = diff(&["--a", "mock", "--b", "mock=observed", "--json", file.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{told}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    std::fs::remove_file(file).unwrap();
    let differences = report["differences"].as_array().unwrap();
    let keys: Vec<_> = differences
        .iter()
        .map(|d| ["request", "place", "a", "b"].map(|member| d[member].as_str().unwrap().to_owned()))
        .collect();
    let mut once = keys.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), keys.len());
    let has = |request: &str, a: &str, b: &str| {
        keys.iter()
            .any(|[r, place, x, y]| r == request && place == "status" && x.starts_with(a) && y.starts_with(b))
    };
    assert!(has("POST /api/v2/contacts.json", "200", "400"), "{told}");
    assert!(has("DELETE /api/v2/contacts.json", "404", "204"), "{told}");
    for difference in differences {
        assert_eq!(difference["label"]["a"], "kept", "{difference}");
        assert!(difference["label"]["b"]["deviates"].is_string(), "{difference}");
    }
    assert!(
        told.contains("DV2: B deviates from the article (C19) as production is known to, A keeps it"),
        "{told}"
    );
    assert!(told.contains("curl ") && told.contains("$WENI_TOKEN"), "{told}");
}

#[test]
fn a_server_that_cannot_be_reached_is_told() {
    let (code, told) = diff(&["--a", "http://127.0.0.1:1", "--token-a", "t"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("http://127.0.0.1:1 is out of reach"), "{told}");
    let (code, told) = diff(&["--a", "nonsense", "--token-a", "t"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("--a: `nonsense` is not a URL"), "{told}");
}

/// A server that answers as the mock does, and writes down what it is asked; no control API behind it.
async fn recorder() -> (weni_mock::MockServer, String, Arc<Mutex<Vec<String>>>) {
    let mock = weni_mock::MockServer::start().await;
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (upstream, client, seen) = (mock.url().to_owned(), reqwest::Client::new(), Arc::clone(&asked));
    let pass = move |request: axum::extract::Request| {
        let (upstream, client, seen) = (upstream.clone(), client.clone(), Arc::clone(&seen));
        async move {
            let (parts, body) = request.into_parts();
            if parts.uri.path().starts_with("/__mock") {
                return axum::http::Response::builder().status(404).body(axum::body::Body::empty()).unwrap();
            }
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let text = String::from_utf8_lossy(&body).into_owned();
            seen.lock().unwrap().push(format!("{} {} {text}", parts.method, parts.uri));
            let sent =
                client.request(parts.method, format!("{upstream}{}", parts.uri)).headers(parts.headers);
            let answer = sent.body(body).send().await.unwrap();
            let mut response = axum::http::Response::builder().status(answer.status());
            response.headers_mut().unwrap().extend(answer.headers().clone());
            response.body(axum::body::Body::from(answer.bytes().await.unwrap())).unwrap()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, axum::Router::new().fallback(pass)).await.unwrap() });
    (mock, url, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_local_is_only_read_within_the_budget_and_without_a_trace() {
    let (mock, url, asked) = recorder().await;
    let hosted = url.replace("127.0.0.1", "0.0.0.0");
    let run = async |args: &[&str]| {
        let args = [&["--a", &hosted, "--token-a", mock.token(), "--b", "mock=observed"], args].concat();
        let args: Vec<String> = args.into_iter().map(str::to_owned).collect();
        let done =
            tokio::task::spawn_blocking(move || diff(&args.iter().map(String::as_str).collect::<Vec<_>>()));
        let (code, told) = done.await.unwrap();
        (code, told, std::mem::take(&mut *asked.lock().unwrap()))
    };
    let (code, told, asked) = run(&[]).await;
    assert!(matches!(code, Some(0 | 1)) && asked.len() > 50, "{told}");
    let writes: Vec<_> =
        asked.iter().filter(|line| !["GET ", "HEAD", "OPTI"].contains(&&line[..4])).collect();
    assert!(writes.is_empty(), "{writes:?}");
    let (_, told, asked) = run(&["--write"]).await;
    assert!(told.contains("plan: ") && (100..=300).contains(&asked.len()), "{} {told}", asked.len());
    let stores_a_number = |line: &&String| line.starts_with("POST") && line.contains("\"urns\":[\"tel:+");
    assert!(!asked.iter().any(|line| stores_a_number(&line)), "{asked:?}");
    let (_, told, asked) = run(&["--dry-run", "--write"]).await;
    assert!(told.starts_with("plan: ") && asked.is_empty(), "{told}");
    let left = reqwest::Client::new().get(format!("{}/api/v2/contacts.json?name=wcrun", mock.url()));
    let left = left.header("Authorization", format!("Token {}", mock.token())).send().await.unwrap();
    assert!(left.text().await.unwrap().contains("\"results\":[]"));
}

/// What each workspace has of its own is no difference between the servers.
#[tokio::test(flavor = "multi_thread")]
async fn fields_of_one_workspace_are_no_difference() {
    let mock = weni_mock::MockServer::builder().data("empty").start().await;
    let (url, token) = (mock.url().to_owned(), mock.token().to_owned());
    let done = tokio::task::spawn_blocking(move || {
        // An earlier run left the kit's own fields on one side.
        let run = ["run", "fields/fixed", "--url", &url, "--token", &token];
        let earlier = Command::new(env!("CARGO_BIN_EXE_weni-conformance")).args(run).output().unwrap();
        assert_eq!(earlier.status.code(), Some(0));
        diff(&["--a", &url, "--token-a", &token, "--b", "mock"])
    });
    let (code, told) = done.await.unwrap();
    assert_eq!(code, Some(0), "{told}");
}
