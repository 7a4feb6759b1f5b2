//! What exploring presumes is looked at: the same requests in the same order, the same end. And its matrix agrees with what
//! is said under it.

use serde_json::{Value, json};

use super::Bench;
use super::app::{create, play};

/// What came of exploring these turns of an integration, and the report.
async fn explored(turns: Value, faults: &str) -> (String, Option<i32>, Value) {
    let bench = Bench::new();
    let scenario = json!({"trigger": [{"turns": turns}], "data": "empty"});
    let (text, code) = play(
        &bench,
        &[scenario],
        &["--faults", faults, "--json", "r.json", "--junit", "r.xml", "--fail-on", "error"],
    )
    .await;
    (text, code, bench.json("r.json"))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_differ_from_play_to_play_are_told_and_not_explored() {
    let turns = json!([[create("ext:1", "Ana")], [create("ext:2", "Ana")]]);
    let (text, code, report) = explored(turns, "500").await;
    assert_eq!(code, Some(3), "{text}");
    let line = "  its faults are not explored: its requests differ from play to play: #1 was `POST \
                /api/v2/contacts.json?urn=ext%3A1`, then `POST /api/v2/contacts.json?urn=ext%3A2` (";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("1 scenario not explored"), "{text}");
    assert_eq!(report["scenarios"][0]["faults"], Value::Null);
    assert!(
        report["scenarios"][0]["unexplored"].as_str().unwrap().starts_with("its requests differ"),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_from_play_to_play_is_told() {
    let (text, code, _) = explored(json!([[create("ext:1", "Ana")], []]), "500").await;
    assert_eq!(code, Some(3), "{text}");
    assert!(
        text.contains(
            "#1 was `POST /api/v2/contacts.json?urn=ext%3A1`, then none (what it remembers is put back"
        ),
        "{text}"
    );
    let turns = json!([[create("ext:1", "Ana")], [create("ext:1", "Bia")]]);
    let (text, code, _) = explored(turns, "500").await;
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("what it leaves differs from play to play: new contact ext:1: name is"), "{text}");
}

/// Where the order changes later, no cell is about another request than it says.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_the_one_meant_is_no_cell() {
    let (one, other) = (create("ext:1", "Ana"), create("ext:2", "Bia"));
    let turns = json!([[one, other], [one, other], [other, one]]);
    let (text, code, report) = explored(turns, "500").await;
    assert_eq!(code, Some(3), "{text}");
    for point in report["scenarios"][0]["faults"]["points"].as_array().unwrap() {
        assert_eq!(point["outcome"], "error", "{text}");
        let told = point["told"][0].as_str().unwrap();
        assert!(
            told.starts_with("its requests come in another order than without the fault: #1 was "),
            "{told}"
        );
    }
}

/// Identifiers of what a play makes differ, and are no difference.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_differ_by_new_identifiers_alone_are_the_same() {
    let uuid = |last: u8| {
        json!(["GET", format!("/api/v2/contacts.json?uuid=8a7a2bb4-47fe-41e4-bfe9-b8f6b119e9a{last}"), null])
    };
    let turns = json!([[uuid(1)], [uuid(2)], [uuid(3)]]);
    let (text, code, _) = explored(turns, "latency").await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 of 1 fault point as without"), "{text}");
}

/// A fault of the scenario's own is not the one that is explored: where that met nothing, nothing is shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_point_that_meets_nothing_is_none_also_beside_other_faults() {
    let bench = Bench::new();
    let slow = json!([{"id": "slow", "when": {"nth": 1}, "fault": {"kind": "latency", "delay": "1ms"}}]);
    let turns = json!([
        [create("ext:1", "Ana"), create("ext:2", "Bia")],
        [create("ext:1", "Ana"), create("ext:2", "Bia")],
        [create("ext:1", "Ana")]
    ]);
    let scenario = json!({"trigger": [{"turns": turns}], "data": "empty", "faults": slow});
    let more = ["--faults", "latency", "--json", "r.json", "--fail-on", "error"];
    let (text, _) = play(&bench, &[scenario], &more).await;
    let report = bench.json("r.json");
    let points = report["scenarios"][0]["faults"]["points"].as_array().unwrap();
    assert_eq!(
        (&points[0]["outcome"], &points[1]["outcome"]),
        (&json!("differs"), &json!("unmet")),
        "{text}"
    );
}

/// A rule that is broken under faults alone is not passed over in what is said of all.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_agrees_with_the_matrix() {
    let bench = Bench::new();
    let send = [create("ext:1", "Ana"), json!(["GET", "/api/v2/contacts.json?urn=ext%3A1", null])];
    let scenario = json!({"trigger": [{"send": send, "impatient": true}], "data": "empty"});
    let (text, code) = play(&bench, &[scenario], &["--faults", "429"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("RULE"), "{text}");
    assert!(text.contains("2 requests without the faults explored, nothing found in these\n"), "{text}");
    assert!(text.contains(" of them with rules broken under faults alone"), "{text}");
}
