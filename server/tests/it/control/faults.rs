//! Faults: what a test does to requests on purpose.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use weni_mock::MockServer;

use crate::support::{Weni, fresh, text};

async fn arm(weni: &Weni, faults: Value) -> Value {
    weni.manage(Method::POST, "/faults", faults).await.is(201)["faults"].clone()
}

async fn entries(weni: &Weni) -> Vec<Value> {
    let journal = weni.manage(Method::GET, "/journal", Value::Null).await.is(200);
    journal["entries"].as_array().expect("a list").clone()
}

/// The names of all contacts, faults or not.
async fn names(weni: &Weni) -> Vec<Value> {
    weni.manage(Method::DELETE, "/faults", Value::Null).await.is(204);
    let list = weni.get("contacts?reverse=1").await.is(200);
    list["results"].as_array().expect("a list").iter().map(|contact| contact["name"].clone()).collect()
}

/// What becomes of a request to make a contact: its status and body, or why there is none.
async fn create(weni: &Weni) -> Result<(StatusCode, String), String> {
    let request = weni.request(Method::POST, "api/v2/contacts.json").json(&json!({"name": "Ana"}));
    let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
    let status = answer.status();
    answer.text().await.map(|body| (status, body)).map_err(|error| format!("{error:?}"))
}

#[rstest]
#[case::throttled(
    json!({"status": 429, "retry_after": 2}), "2",
    r#"{"detail":"Request was throttled. Expected available in 2 seconds."}"#, "application/json"
)]
#[case::server_error(json!({"status": 500}), "", "<h1>Server Error (500)</h1>", "text/html; charset=utf-8")]
#[case::bad_gateway(
    json!({"status": 502}), "",
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
    "text/html"
)]
#[case::json(json!({"status": 400, "body": {"error": "no"}}), "", r#"{"error":"no"}"#, "application/json")]
#[case::text(
    json!({"status": 503, "body": "later", "content_type": "text/plain"}), "", "later", "text/plain"
)]
#[tokio::test]
async fn another_answer(
    #[future(awt)] fresh: Weni,
    #[case] answer: Value,
    #[case] retry_after: &str,
    #[case] body: &str,
    #[case] kind: &str,
) {
    let mut fault = answer.clone();
    fault["kind"] = "status".into();
    arm(&fresh, json!({"id": "x", "when": {"nth": 1}, "fault": fault})).await;
    let answered = fresh.post("contacts", json!({"name": "Ana"})).await;
    assert_eq!((json!(answered.status), answered.body.as_str()), (answer["status"].clone(), body));
    assert_eq!(answered.header("content-type"), Some(kind));
    assert_eq!(answered.header("retry-after").unwrap_or_default(), retry_after);
    fresh.post("contacts", json!({"name": "Bia"})).await.is(201);
    let entry = &entries(&fresh).await[0];
    assert_eq!(entry["fault"], json!({"id": "x", "kind": "status", "applied": false}));
    assert_eq!(
        (&entry["response"]["status"], &entry["response"]["body"]["text"]),
        (&answer["status"], &json!(body))
    );
    assert_eq!(names(&fresh).await, ["Bia"]);
}

#[rstest]
#[case::before(json!({"kind": "reset"}), &[])]
#[case::after(json!({"kind": "reset", "applied": true}), &["Ana"])]
#[case::lost(json!({"kind": "lost-answer", "hold": "20ms"}), &["Ana"])]
#[tokio::test]
async fn a_connection_is_reset(#[future(awt)] fresh: Weni, #[case] fault: Value, #[case] made: &[&str]) {
    arm(&fresh, json!({"fault": fault})).await;
    let error = create(&fresh).await.unwrap_err();
    assert!(error.contains("ConnectionReset"), "{error}");
    let entry = &entries(&fresh).await[0];
    assert_eq!(entry["fault"]["applied"], !made.is_empty());
    assert_eq!(entry["response"].is_null(), made.is_empty(), "{entry}");
    assert_eq!(names(&fresh).await, made);
}

#[rstest]
#[tokio::test]
async fn an_answer_that_is_lost_is_in_the_journal_at_once(#[future(awt)] fresh: Weni) {
    arm(&fresh, json!({"fault": {"kind": "lost-answer", "hold": "60s"}})).await;
    let request = fresh.request(Method::POST, "api/v2/contacts.json").json(&json!({"name": "Ana"}));
    let error = request.timeout(Duration::from_millis(300)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(entries(&fresh).await[0]["response"]["status"], 201);
}

#[rstest]
#[tokio::test]
async fn a_body_is_cut_short(#[future(awt)] fresh: Weni) {
    arm(&fresh, json!({"fault": {"kind": "truncated-body"}})).await;
    let error = create(&fresh).await.unwrap_err();
    assert!(error.contains("Decode") || error.contains("Body"), "{error}");
    arm(&fresh, json!({"fault": {"kind": "malformed-json"}})).await;
    fresh.manage(Method::DELETE, "/faults/fault-1", Value::Null).await.is(204);
    let (status, body) = create(&fresh).await.unwrap();
    assert_eq!(status, 201);
    assert!(serde_json::from_str::<Value>(&body).is_err() && body.starts_with('{'), "{body}");
    assert_eq!(names(&fresh).await, ["Ana", "Ana"]);
}

#[rstest]
#[case::late(json!({"kind": "latency", "delay": "150ms"}))]
#[case::in_pieces(json!({"kind": "slow-body", "over": "150ms"}))]
#[tokio::test]
async fn an_answer_takes_its_time(#[future(awt)] fresh: Weni, #[case] fault: Value) {
    arm(&fresh, json!({"times": 1, "fault": fault})).await;
    let began = Instant::now();
    let (status, body) = create(&fresh).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(140), "{:?}", began.elapsed());
    let made: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status.as_u16(), &made["name"]), (201, &json!("Ana")));
    // All that time is its own, also that of pieces on their way.
    let told = entries(&fresh).await[0]["ms"].as_f64();
    assert!(told >= Some(140.0), "{told:?}");
    let archive = fresh.manage(Method::GET, "/journal.har", Value::Null).await.is(200);
    let entry = &archive["log"]["entries"][0];
    let timings = ["send", "wait", "receive"].map(|part| entry["timings"][part].as_f64().unwrap());
    let (time, sum) = (entry["time"].as_f64().unwrap(), timings.iter().sum::<f64>());
    assert!(time >= 140.0 && (time - sum).abs() < 0.001, "{time} {timings:?}");
    assert_eq!(names(&fresh).await, ["Ana"]);
}

/// A field or group made less than 5 seconds after another write of contacts is unknown to the engine (observed,
/// Freshness).
#[tokio::test]
async fn what_is_fresh_is_unknown_to_a_cached_engine() {
    let weni = Weni::with(json!({"clock": "2026-01-01T00:00:00Z", "faults": {"preset": "stale"}})).await;
    let advance =
        async |time: &str| drop(weni.manage(Method::POST, "/clock", json!({"advance": time})).await.is(200));
    weni.field("Early", "text").await;
    let contact = weni.contact(json!({"name": "Ana", "fields": {"early": "1"}})).await;
    advance("2s").await;
    weni.field("Late", "text").await;
    let group = weni.group("Late").await;
    let late = json!({"name": "Bia", "fields": {"late": "1"}});
    weni.post("contacts", late.clone()).await.says(400, json!({"error": "unknown contact field 'late'"}));
    let grouped = json!({"name": "Bia", "groups": ["late"]});
    let unknown = json!({"error": format!("unknown contact group '{group}'")});
    weni.post("contacts", grouped.clone()).await.says(400, unknown);
    // A body that is wrong is told so first: the engine comes last.
    weni.post("contacts", json!({"fields": {"never": "1"}}))
        .await
        .says(400, json!({"fields": ["Invalid contact field key: never"]}));
    let target = format!("contacts?uuid={}", text(&contact["uuid"]));
    weni.post(&target, json!({"fields": {"late": "1"}})).await.is(400);
    assert_eq!(weni.get(&target).await.is(200)["results"][0]["fields"], json!({"early": "1", "late": null}));
    advance("2s").await;
    weni.post("contacts", late.clone()).await.is(400);
    advance("1s").await;
    weni.post("contacts", late).await.is(201);
    weni.post("contacts", grouped).await.is(201);
}

/// As if somebody else had written a contact just before.
#[rstest]
#[tokio::test]
async fn a_stale_engine_has_read_when_it_is_armed(#[future(awt)] fresh: Weni) {
    fresh.manage(Method::POST, "/faults", json!({"fault": {"kind": "stale"}})).await.is(201);
    fresh.field("Late", "text").await;
    let late = json!({"name": "Bia", "fields": {"late": "1"}});
    fresh.post("contacts", late).await.says(400, json!({"error": "unknown contact field 'late'"}));
}

#[rstest]
#[tokio::test]
async fn meet_the_requests_that_are_meant(#[future(awt)] fresh: Weni) {
    let pattern = json!({"method": "POST", "endpoint": "contacts", "body": {"name": {"$contains": "B"}}});
    arm(&fresh, json!([{"id": "bia", "match": pattern, "when": {"every": 2}, "fault": {"kind": "status", "status": 500}}])).await;
    for (name, status) in
        [("Ana", 201), ("Bia", 201), ("Bruna", 500), ("Caio", 201), ("Bento", 201), ("Bárbara", 500)]
    {
        assert_eq!(fresh.post("contacts", json!({"name": name})).await.status, status, "{name}");
    }
    let shown = fresh.manage(Method::GET, "/faults", Value::Null).await.is(200);
    assert_eq!((&shown["faults"][0]["seen"], &shown["faults"][0]["struck"]), (&json!(4), &json!(2)));
    assert_eq!(shown["faults"][0]["match"], pattern);
    fresh.manage(Method::DELETE, "/faults/bia", Value::Null).await.is(204);
    let gone = fresh.manage(Method::DELETE, "/faults/bia", Value::Null).await.is(404);
    assert_eq!(gone, json!({"error": "there is no fault \"bia\""}));
}

#[rstest]
#[tokio::test]
async fn are_each_workspaces_own_and_spare_the_control_api(#[future(awt)] fresh: Weni) {
    let other = fresh.workspace(json!({"faults": [{"fault": {"kind": "status", "status": 503}}]})).await;
    other.get("contacts").await;
    assert_eq!(other.get("groups").await.status, 503);
    fresh.get("groups").await.is(200);
    other.manage(Method::GET, "", Value::Null).await.is(200);
    // Whoever is not let in meets no fault: nobody knows whose it would be.
    other.authorized("Token 0123").get("groups").await.is(403);
    // A neighbour that is not mocked is met, too.
    assert_eq!(other.get("api/v2/flow_starts.json").await.status, 503);
}

#[rstest]
#[case(json!({"preset": "calm"}), "there is no preset \"calm\": there are flaky, throttled, outage, stale")]
#[case(json!({"fault": {"kind": "status"}}), "faults[0]: missing field `status`")]
#[case(json!([{"fault": {"kind": "latency", "delay": "soon"}}]), "faults[0]: \"soon\" is not a duration")]
#[case(json!({"faults": {}}), "faults: expected a list")]
#[tokio::test]
async fn that_are_none_are_told(#[future(awt)] fresh: Weni, #[case] faults: Value, #[case] error: &str) {
    let answer = fresh.manage(Method::POST, "/faults", faults.clone()).await.is(400);
    assert!(text(&answer["error"]).starts_with(error), "{answer}");
    let made = fresh.control(Method::POST, "workspaces", json!({"faults": faults})).await.is(400);
    assert!(text(&made["error"]).starts_with(error), "{made}");
}

#[tokio::test]
async fn are_there_from_the_start_and_the_same_with_the_same_seed() {
    let statuses = async |seed: u64| {
        let weni = Weni::start(MockServer::builder().data("empty").fault("flaky").seed(seed)).await;
        let mut statuses = Vec::new();
        for _ in 0..60 {
            let answer = weni.request(Method::GET, "api/v2/groups.json").send().await;
            statuses.push(answer.map_or(0, |answer| answer.status().as_u16()));
        }
        statuses
    };
    let first = statuses(3).await;
    assert!(first.contains(&200) && first.iter().any(|status| *status != 200), "{first:?}");
    assert_eq!(first, statuses(3).await);
    assert_ne!(first, statuses(4).await);
}

#[tokio::test]
async fn throttled_is_taken_by_whoever_waits() {
    let weni = Weni::start(MockServer::builder().data("empty").fault("throttled")).await;
    for _ in 0..3 {
        weni.get("groups").await.is(200);
    }
    let refused = weni.get("groups").await;
    refused.refuses(429, "Request was throttled. Expected available in 1 second.");
    assert_eq!(refused.header("retry-after"), Some("1"));
    weni.get("groups").await.is(200);
}
