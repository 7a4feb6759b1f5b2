//! Reports for programs and browsers.

use std::collections::BTreeSet;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use serde_json::{Value, json};
use weni_conformance::report::{html, json as as_json, junit};
use weni_conformance::verdict::RunReport;

use super::sample::every_verdict;
use crate::schema::Schema;

#[tokio::test]
async fn json_agrees_with_its_schema_and_has_every_verdict() {
    let mut report = every_verdict().await;
    let document: Value = serde_json::from_str(&as_json::document(&report).unwrap()).unwrap();
    let schema = Schema::load("report");
    assert_eq!(schema.accepts(&document), Ok(()), "{document:#}");
    assert_eq!((&document["result"], &document["exit_code"]), (&json!("failed"), &json!(1)));
    assert_eq!(
        document["counts"],
        json!({
            "cases": {"passed": 1, "failed": 2, "accepted": 1, "known_deviation": 1, "error": 1, "skipped": 2},
            "exchanges": 14, "agreed": 7, "clauses": 31, "judged_clauses": 5,
        })
    );
    assert_eq!(
        document["coverage"][24],
        json!({
            "clause": "G1",
            "text": "`POST` creates a group; the caller gives no UUID, one is generated.",
            "judged": true,
            "cases": {"passed": ["groups/passes"], "failed": ["groups/fails"]},
        })
    );
    let failed = &document["cases"][1];
    assert_eq!(failed["failures"][0]["difference"]["place"], "/name");
    assert_eq!(failed["failures"][1], json!({"step": 2, "not_played": "not played, {{a}} was never bound"}));
    assert_eq!(document["cases"][4]["made"][0]["fate"], "removed");
    assert_eq!(document["cases"][4]["deviations"][0]["id"], "DV2");

    report.cases.clear();
    report.about.sweep = false;
    let mut nothing: Value = serde_json::from_str(&as_json::document(&report).unwrap()).unwrap();
    assert_eq!(schema.accepts(&nothing), Ok(()));
    assert_eq!(nothing["result"], "not_judged");
    nothing["more"] = json!(1);
    assert!(schema.accepts(&nothing).is_err());
}

/// The test cases by name, read from the document as a CI server does.
fn test_cases(report: &RunReport) -> Vec<TestCase> {
    let document = junit::document(report).unwrap();
    let read = Report::deserialize_from_str(&document).unwrap();
    let topics: Vec<_> = read.test_suites.iter().map(|suite| suite.name.as_str().to_owned()).collect();
    assert_eq!(topics, ["groups", "contacts", "away"]);
    assert_eq!((read.tests, read.errors, read.skipped), (8, 1, 3));
    assert!(read.timestamp.is_some() && read.time.is_some());
    read.test_suites.into_iter().flat_map(|suite| suite.test_cases).collect()
}

#[tokio::test]
async fn junit_tells_failures_from_errors_and_from_what_was_not_played() {
    let mut report = every_verdict().await;
    let cases = test_cases(&report);
    let kinds: Vec<_> = cases.iter().map(|case| (case.name.as_str(), kind(&case.status))).collect();
    assert_eq!(
        kinds,
        [
            ("groups/passes", "success"),
            ("groups/fails", "failure"),
            ("groups/is-accepted", "skipped"),
            ("groups/was-accepted", "failure"),
            ("contacts/deletes-twice", "success"),
            ("contacts/needs-a-mock", "skipped"),
            ("contacts/needs-one-too", "skipped"),
            ("away", "error"),
        ]
    );
    let TestCaseStatus::NonSuccess { message: Some(message), description: Some(text), .. } = &cases[1].status
    else {
        panic!("{:?}", cases[1])
    };
    assert!(message.starts_with("step 1: /name: expected \"<i>&"), "{message:?}");
    assert!(text.contains("curl ") && text.contains("G3 Success answers"), "{text:?}");
    let properties: Vec<_> =
        cases[1].properties.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    assert_eq!(properties, [("profile", "documented"), ("clause", "G1"), ("clause", "G3")]);
    assert!(cases[4].system_out.as_ref().is_some_and(|text| text.contains("KNOWN DEVIATION DV2")));

    report.about.strict = true;
    assert_eq!(kind(&test_cases(&report)[4].status), "failure");
}

fn kind(status: &TestCaseStatus) -> &'static str {
    match status {
        TestCaseStatus::Success { .. } => "success",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failure",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
        TestCaseStatus::Skipped { .. } => "skipped",
    }
}

#[tokio::test]
async fn characters_that_xml_cannot_hold_are_left_out() {
    let mut report = every_verdict().await;
    report.cases[0].id = "groups/\u{0}\u{1b}[31m\u{ffff}odd".to_owned();
    report.cases[1].title = Some("odd \u{b}\u{fffe}".to_owned());
    let document = junit::document(&report).unwrap();
    let odd = |c: char| (c < ' ' && !matches!(c, '\n' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!document.contains(odd), "{document:?}");
    assert!(Report::deserialize_from_str(&document).is_ok());
}

#[tokio::test]
async fn html_stands_alone_runs_nothing_and_lets_no_markup_through() {
    let report = every_verdict().await;
    let page = html::page(&report);
    for forbidden in
        ["<script", "<link", "<img", "src=", "style=", "@import", "url(", " onclick", "<i>", "<b>"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"), "{page}");
    let targets = |before: &str| -> BTreeSet<String> {
        page.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let (links, places) = (targets("href=\"#"), targets("id=\""));
    assert!(links.len() == 9 && links.is_subset(&places), "{links:?} {places:?}");
    for shown in [
        "&lt;b&gt;it seems&lt;/b&gt;",
        "Something differs",
        "<code>POST</code> creates a group; the caller gives no UUID, one is generated.",
        "deleting a contact that is not there: 404",
        "needs a fresh workspace, which only a mock's control API can give (--control)",
        "Accepted until 2020-01-01, which is over: ticket 17",
        "contact 1234: DELETE answers 500",
        "7 of 14",
        "5 of 31",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(report.cases.iter().all(|case| page.contains(&case.id)));
}
