//! What came of scenarios as JUnit XML: a test case for each scenario, for each kind of fault that was tried with it, and
//! for each rule.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::ScenarioLines;
use crate::report::findings;
use crate::report::human::Look;
use crate::report::junit::xml;
use crate::trial::explore::{Matrix, Outcome};
use crate::trial::tried::{TrialReport, Tried, Verdict};

/// The report as a JUnit XML document. What could not be judged is an `<error>`.
///
/// # Errors
/// A text has no form in XML, which is not to be expected.
pub fn document(report: &TrialReport) -> Result<String, SerializeError> {
    let mut document = Report::new("weni-conformance try");
    let mut scenarios = TestSuite::new("scenarios");
    for tried in &report.tried {
        scenarios.add_test_case(scenario(tried));
        if let (Verdict::Passed, Some(why)) = (&tried.verdict, &tried.unexplored) {
            scenarios.add_test_case(unexplored(&tried.id, why));
        }
        for kind in tried.matrix.iter().flat_map(|matrix| faults(&tried.id, matrix)) {
            scenarios.add_test_case(kind);
        }
    }
    document.add_test_suite(scenarios);
    document.add_test_suite(findings::junit::suite(&report.check));
    document.to_string()
}

fn scenario(tried: &Tried) -> TestCase {
    let failed = match &tried.verdict {
        Verdict::Passed => None,
        Verdict::Failed(problems) => {
            Some((NonSuccessKind::Failure, problems.first().map_or("", |problem| problem)))
        }
        Verdict::Error(error) => Some((NonSuccessKind::Error, error.as_str())),
        Verdict::Untried => None,
    };
    let not_failed = match tried.verdict {
        Verdict::Untried => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let status = failed.map_or(not_failed, |(kind, message)| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(xml(message));
        status.set_description(xml(&ScenarioLines(tried, Look::default()).to_string()));
        status
    });
    let mut case = TestCase::new(xml(&tried.id), status);
    case.set_classname("scenarios").set_time(Duration::try_from_secs_f64(tried.seconds).unwrap_or_default());
    case
}

/// Faults that were to be explored and were not.
fn unexplored(scenario: &str, why: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(xml(&format!("not explored: {why}")));
    let mut case = TestCase::new(xml(&format!("{scenario} under faults")), status);
    case.set_classname("faults");
    case
}

/// A test case for each kind of fault: at whichever request it shows something.
fn faults(scenario: &str, matrix: &Matrix) -> Vec<TestCase> {
    let mut cases = Vec::new();
    for row in matrix.rows() {
        let Some((first, _)) = row.first() else { continue };
        let told: Vec<String> = row
            .iter()
            .filter_map(|(point, outcome)| {
                let told = outcome.told();
                if told.is_empty() {
                    return None;
                }
                let told = told.join("\n  ");
                Some(format!("request {}: {told}", point.request))
            })
            .collect();
        let bad = row.iter().any(|(_, outcome)| outcome.is_bad());
        let untried = row.iter().any(|(_, outcome)| *outcome == Outcome::Untried);
        let status = match told.first() {
            None if untried => TestCaseStatus::skipped(),
            None => TestCaseStatus::success(),
            Some(message) => {
                let kind = if bad { NonSuccessKind::Failure } else { NonSuccessKind::Error };
                let mut status = TestCaseStatus::non_success(kind);
                status.set_message(xml(message)).set_description(xml(&told.join("\n")));
                status
            }
        };
        let mut case = TestCase::new(xml(&format!("{scenario} under {}", first.kind.id)), status);
        case.set_classname("faults").set_assertions(row.len());
        cases.push(case);
    }
    cases
}
