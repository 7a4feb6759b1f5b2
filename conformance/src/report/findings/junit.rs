//! Findings as JUnit XML: a test case for each rule.

use quick_junit::{NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::RuleLines;
use crate::check::{CheckReport, RuleReport};
use crate::report::human::Look;
use crate::report::junit::xml;

/// The report as a JUnit XML document. A rule that found what counts is a `<failure>`, what the baseline accepts is skipped,
/// and so is every rule where there was nothing to judge.
///
/// # Errors
/// A text has no form in XML, which is not to be expected.
pub fn document(report: &CheckReport) -> Result<String, SerializeError> {
    let mut document = Report::new("weni-conformance check");
    document.add_test_suite(suite(report));
    document.to_string()
}

/// The part of a document that is about rules.
pub(in crate::report) fn suite(report: &CheckReport) -> TestSuite {
    let mut suite = TestSuite::new("rules");
    for rule in &report.rules {
        suite.add_test_case(test_case(rule, report));
    }
    suite
}

fn test_case(rule: &RuleReport, report: &CheckReport) -> TestCase {
    let lines = xml(&RuleLines(rule, Look::default()).to_string());
    let status = if let Some(nothing) = report.nothing() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(nothing);
        status
    } else if rule.fails() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type(rule.rule.severity.as_str())
            .set_message(xml(&rule.rule.title))
            .set_description(&lines);
        status
    } else if let Some(accepted) = rule.accepted.as_ref().filter(|_| !rule.found.is_empty()) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(xml(&format!("accepted until {}: {}", accepted.expires, accepted.reason)));
        status
    } else {
        TestCaseStatus::success()
    };
    let mut written = TestCase::new(xml(&rule.rule.id), status);
    written.set_classname("rules").set_assertions(report.requests);
    written.add_property(Property::new("severity", rule.rule.severity.as_str()));
    written.add_property(Property::new("source", xml(&rule.rule.source)));
    // What was found and is no failure is to be read all the same.
    if !rule.found.is_empty() && !rule.fails() {
        written.set_system_out(lines);
    }
    written
}
