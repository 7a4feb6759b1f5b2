//! JUnit XML, as CI servers read it.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::human::{CaseLines, DeviationLines, Look};
use super::outcome::Outcome;
use super::reason;
use crate::verdict::{CaseReport, RunReport, Verdict};

/// The report as a JUnit XML document: a test suite for each topic, the first part of an id. What failed is a
/// `<failure>`, what could not be judged an `<error>`; what the baseline accepts is skipped, and a known deviation
/// passes unless the run is strict. Characters that XML cannot hold are left out.
///
/// # Errors
/// A text has no form in XML, which is not to be expected.
pub fn document(report: &RunReport) -> Result<String, SerializeError> {
    let mut document = Report::new("weni-conformance");
    document.timestamp = report.about.began.parse().ok();
    document.time = Duration::try_from_secs_f64(report.about.seconds).ok();
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for case in &report.cases {
        let topic = case.id.split_once('/').map_or(case.id.as_str(), |(topic, _)| topic);
        let index = suites.iter().position(|(name, _)| *name == topic).unwrap_or_else(|| {
            suites.push((topic, TestSuite::new(xml(topic))));
            suites.len() - 1
        });
        let suite = &mut suites[index].1;
        suite.time = Some(suite.time.unwrap_or_default() + case.took);
        suite.add_test_case(test_case(case, topic, report.about.strict));
    }
    document.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    document.to_string()
}

fn test_case(case: &CaseReport, topic: &str, strict: bool) -> TestCase {
    let mut lines = CaseLines(case, Look::default()).to_string();
    if let Verdict::Deviates(ids) = &case.verdict {
        for id in ids {
            lines += &DeviationLines { id, cases: 1, look: Look::default() }.to_string();
        }
    }
    let lines = xml(&lines);
    let mut written = TestCase::new(xml(&case.id), status(case, strict, &lines));
    written.set_classname(xml(topic)).set_time(case.took).set_assertions(case.exchanges.len());
    written.add_property(Property::new("profile", case.profile.to_string()));
    for clause in &case.clauses {
        written.add_property(Property::new("clause", clause.to_string()));
    }
    if Outcome::of(case) == Outcome::KnownDeviation && !strict {
        written.set_system_out(lines);
    }
    written
}

fn status(case: &CaseReport, strict: bool, lines: &str) -> TestCaseStatus {
    let outcome = Outcome::of(case);
    let mut status = match outcome {
        Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        outcome if outcome.is_bad(strict) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Accepted | Outcome::Skipped => TestCaseStatus::skipped(),
        _ => return TestCaseStatus::success(),
    };
    status.set_type(outcome.word()).set_message(xml(&message(case)));
    if outcome != Outcome::Skipped {
        status.set_description(lines);
    }
    status
}

fn message(case: &CaseReport) -> String {
    match &case.accepted {
        Some(accepted) if !accepted.expired => {
            format!("accepted until {}: {}", accepted.expires, accepted.reason)
        }
        _ => reason::of_case(case).unwrap_or_default(),
    }
}

/// Leaves out the two characters that XML cannot hold and quick-junit does not know of.
pub(super) fn xml(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "")
}
