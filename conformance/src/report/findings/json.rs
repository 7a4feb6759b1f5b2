//! Findings as JSON: `fixtures/schemas/findings.schema.json`.

use serde::Serialize;
use serde_json::Value;

use crate::check::{CheckReport, FoundAt};
use crate::exit_code::ExitCode;
use crate::report::outcome::Head;
use crate::rules::Severity;
use crate::verdict::Acceptance;

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    head: Head,
    source: &'a str,
    requests: usize,
    dropped: u64,
    findings: Vec<Rule<'a>>,
    passing_again: &'a [String],
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    severity: Severity,
    source: &'a str,
    title: &'a str,
    instead: &'a str,
    fails: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a Acceptance>,
    at: &'a [FoundAt],
}

/// The report as one JSON document.
#[must_use]
pub fn document(report: &CheckReport) -> Value {
    let findings = report.found().map(|found| Rule {
        rule: &found.rule.id,
        severity: found.rule.severity,
        source: &found.rule.source,
        title: &found.rule.title,
        instead: &found.rule.instead,
        fails: found.fails(),
        accepted: found.accepted.as_ref(),
        at: &found.found,
    });
    let document = Document {
        head: Head::of(ExitCode::from(report)),
        source: &report.source,
        requests: report.requests,
        dropped: report.dropped,
        findings: findings.collect(),
        passing_again: &report.passing_again,
    };
    serde_json::to_value(document).unwrap_or_default()
}
