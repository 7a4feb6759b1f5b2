//! Integrations that are running, and those that are started.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Bench;
use crate::support::told;

/// An integration that sends what the event says: `{"send": [[method, path, body], …], "answer": 204, "later": ms}`.
/// `"refuse": n`: the first n events are answered 500, and nothing is sent. `"turns": [calls, …]` in place of `send`: the
/// first for the first event, and so on, the last again and again. `"impatient": true`: what is answered 429 is sent again
/// at once.
#[derive(Clone)]
pub(super) struct App {
    weni: String,
    events: Arc<AtomicUsize>,
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

impl App {
    /// Starts one; where it listens, and where it looks for Weni.
    pub(super) async fn start() -> (String, SocketAddr) {
        let weni = free();
        let app = Self { weni: format!("http://{weni}"), events: Arc::default() };
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let router = Router::new().route("/webhook", post(Self::handle)).with_state(app);
        tokio::spawn(async move { axum::serve(listener, router).await });
        (url, weni)
    }

    async fn handle(State(app): State<Self>, Json(event): Json<Value>) -> StatusCode {
        let before = app.events.fetch_add(1, Ordering::SeqCst);
        if event["refuse"].as_u64().is_some_and(|refuse| (before as u64) < refuse) {
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        let answer = event["answer"].as_u64().unwrap_or(204);
        match event["later"].as_u64() {
            None => app.send(&event, before).await,
            Some(later) => drop(tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(later)).await;
                app.send(&event, before).await;
            })),
        }
        StatusCode::from_u16(u16::try_from(answer).unwrap()).unwrap()
    }

    async fn send(&self, event: &Value, before: usize) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let calls = match event["turns"].as_array() {
            Some(turns) => &turns[before.min(turns.len() - 1)],
            None => &event["send"],
        };
        for call in calls.as_array().unwrap() {
            let method = call[0].as_str().unwrap().parse().unwrap();
            let url = format!("{}{}", self.weni, call[1].as_str().unwrap());
            let request = client.request(method, url).header("Authorization", format!("Token {TOKEN}"));
            let request = request.json(&call[2]).build().unwrap();
            let answer = client.execute(request.try_clone().unwrap()).await.unwrap();
            if answer.status() == StatusCode::TOO_MANY_REQUESTS && event["impatient"] == true {
                client.execute(request).await.unwrap();
            }
        }
    }
}

/// An address that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// Plays scenarios against such an integration: what was printed, and the exit code.
pub(super) async fn play(bench: &Bench, scenarios: &[Value], more: &[&str]) -> (String, Option<i32>) {
    let (url, weni) = App::start().await;
    let names: Vec<String> = scenarios
        .iter()
        .enumerate()
        .map(|(place, scenario)| {
            let mut scenario = scenario.clone();
            let triggers = scenario["trigger"].as_array_mut().unwrap();
            triggers.iter_mut().for_each(|event| *event = json!({"http": {"url": url, "json": event}}));
            bench.scenario(&format!("s{place}.json"), &scenario)
        })
        .collect();
    let mut args: Vec<String> = names;
    args.extend(["--listen".to_owned(), weni.to_string(), "--token".to_owned(), TOKEN.to_owned()]);
    args.extend(more.iter().map(|&arg| arg.to_owned()));
    let folder = bench.folder.path().to_owned();
    // The integration runs here meanwhile.
    let output = tokio::task::spawn_blocking(move || {
        let bench = std::process::Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
            .arg("try")
            .args(args)
            .current_dir(folder)
            .env_remove("WENI_URL")
            .env_remove("WENI_TOKEN")
            .output();
        bench.unwrap()
    });
    let output = output.await.unwrap();
    let text = told(&output);
    assert!(!text.contains(TOKEN), "{text}");
    (text, output.status.code())
}

pub(super) fn create(urn: &str, name: &str) -> Value {
    json!(["POST", format!("/api/v2/contacts.json?urn={}", urn.replace(':', "%3A")), {"name": name}])
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_follow_each_other_and_each_begins_anew() {
    let bench = Bench::new();
    let one = json!({
        "trigger": [{"send": [create("ext:1", "Ana")]}],
        "expect": {"contacts": {"ext:1": {"name": "Ana"}}, "new_contacts": 1, "others": "unchanged", "max_requests": 1},
    });
    let (text, code) = play(&bench, &[one.clone(), one.clone(), one], &[]).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("3 of 3 scenarios as expected"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_integration_sends_after_its_answer_is_waited_for() {
    let bench = Bench::new();
    let late = json!({
        "trigger": [{"later": 400, "send": [create("ext:1", "Ana")]}],
        "settle": "2s",
        "expect": {"new_contacts": 1},
    });
    let (text, code) = play(&bench, &[late], &[]).await;
    assert_eq!(code, Some(0), "{text}");
}

/// What it does later than that is not seen, and said so; the command line counts for more than the scenario.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_works_later_is_waited_for_with_settle() {
    let late = |later: u64| {
        json!({
            "trigger": [{"later": later, "send": [create("ext:1", "Ana")]}],
            "settle": "100ms",
            "expect": {"new_contacts": 1},
        })
    };
    let (text, code) = play(&Bench::new(), &[late(60_000)], &[]).await;
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("  nothing reached the mock at http://127.0.0.1:"), "{text}");
    let line = " within 0.1 s of its answer (--settle waits longer): is that its WENI_URL?\n";
    assert!(text.contains(line) && !text.contains("sent nothing"), "{text}");
    let (text, code) = play(&Bench::new(), &[late(500)], &["--settle", "2s"]).await;
    assert_eq!(code, Some(0), "{text}");
}

/// The time limit says how long requests may come, not how long none may.
#[tokio::test(flavor = "multi_thread")]
async fn silence_until_the_time_limit_is_no_work() {
    let quiet = json!({
        "trigger": [{"send": []}], "settle": "1m", "timeout": "200ms", "expect": {"max_requests": 0},
    });
    let (text, code) = play(&Bench::new(), &[quiet], &[]).await;
    assert_eq!(code, Some(0), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_is_still_at_work_is_not_done() {
    let bench = Bench::new();
    let endless = json!({
        "trigger": [{"later": 300, "send": [create("ext:1", "Ana")]}],
        "settle": "1400ms", "timeout": "1500ms",
    });
    let (text, code) = play(&bench, &[endless], &[]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("  trigger 1: status 204, and requests still came after 1.5 s\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_accepted_is_delivered_again_where_the_scenario_says_so() {
    let bench = Bench::new();
    let refused = |redeliver: u32| {
        json!({
            "trigger": [{"refuse": 2, "send": [create("ext:1", "Ana")]}],
            "redeliver": redeliver,
            "expect": {"new_contacts": 1},
        })
    };
    let (text, code) = play(&bench, &[refused(2)], &[]).await;
    assert_eq!(code, Some(0), "{text}");
    let (text, code) = play(&bench, &[refused(1)], &[]).await;
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("  trigger 1: status 500, delivered 2 times\n"), "{text}");
    assert!(text.contains("  new contacts: 0, expected 1\n"), "{text}");
    let line = text.lines().find(|line| line.contains("nothing reached the mock at http://127.0.0.1:"));
    assert!(line.is_some_and(|line| line.ends_with(": is that its WENI_URL?")), "{text}");
    assert!(!text.contains("--settle"), "{text}");
}

/// It is not followed: whoever delivers to the wrong path learns the right one.
#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_told_with_where_it_leads() {
    let router = axum::Router::new().fallback(async || axum::response::Redirect::to("/hook/?token=s3cret"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let scenario = json!({"trigger": {"http": {"url": url}}});
    let output = tokio::task::spawn_blocking(move || {
        let bench = Bench::new();
        bench.run(&[&bench.scenario("s.json", &scenario), "--listen", "127.0.0.1:0"])
    });
    let text = told(&output.await.unwrap());
    assert!(text.contains("  trigger 1: status 303 to /hook/?token=***\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_held_against_what_was_sent_and_a_finding_fails() {
    let bench = Bench::new();
    let wrong = json!({
        "trigger": [{"send": [["POST", "/api/v2/contacts.json?phone=1", {"name": "Ana"}]]}],
        "expect": {"new_contacts": 1},
    });
    let (text, code) = play(&bench, &[wrong], &[]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("passed s0 (1 request"), "{text}");
    assert!(text.contains("ERROR    misspelt-look-up"), "{text}");
    assert!(text.contains("#1 s0: POST /api/v2/contacts.json?phone=1"), "{text}");
}

/// Only what it does of itself is charged to the integration, not that somebody tells it of something meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_after_a_429_is_no_second_try() {
    let throttled = |triggers: Value| {
        let fault = json!({"kind": "status", "status": 429, "retry_after": 60});
        json!({"faults": [{"when": {"first": 1}, "fault": fault}], "trigger": triggers})
    };
    let create = create("ext:1", "Ana");
    let twice = throttled(json!([{"send": [create]}, {"send": [create]}]));
    let mut redelivered = throttled(json!([{"send": [create], "answer": 500}]));
    redelivered["redeliver"] = json!(1);
    let (text, _) = play(&Bench::new(), &[twice, redelivered], &[]).await;
    assert!(!text.contains("impatient"), "{text}");
    let of_itself = throttled(json!([{"send": [create, create]}]));
    let (text, code) = play(&Bench::new(), &[of_itself], &[]).await;
    assert!(text.contains("impatient") && text.contains("after a 429 that asked for 60 s"), "{text}");
    assert_eq!(code, Some(1), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_told() {
    let bench = Bench::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let scenario = bench.scenario("s.json", &json!({"trigger": {"command": "true"}}));
    let output = bench.run(&[&scenario, "--listen", &address]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    let line = format!("weni-conformance: weni-mock: cannot listen on {address}: ");
    assert!(text.starts_with(&line) && text.lines().count() == 1, "{text}");
}

/// Whoever is judged by the journal cannot make it forget.
#[tokio::test(flavor = "multi_thread")]
async fn an_integration_cannot_touch_its_own_journal() {
    let bench = Bench::new();
    let mut send = vec![create("ext:1", "Ana")];
    for path in ["/__mock/workspaces/current/journal", "/__mock/journal", "/__mock/workspaces/current"] {
        send.push(json!(["DELETE", path, null]));
    }
    let (text, code) =
        play(&bench, &[json!({"trigger": [{"send": send}], "expect": {"max_requests": 0}})], &[]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("  requests: 1, expected at most 0\n"), "{text}");
}
