//! Findings as annotations of GitHub Actions.

use std::fmt;

use super::RuleLines;
use crate::check::CheckReport;
use crate::report::github::{data, property};
use crate::report::human::Look;
use crate::rules::Severity;

/// An annotation for each rule that found something.
#[derive(Debug)]
pub struct Annotations<'a>(pub &'a CheckReport);

impl fmt::Display for Annotations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        for rule in report.found() {
            let level = match (rule.fails(), rule.rule.severity) {
                (true, _) => "error",
                (false, Severity::Error | Severity::Warning) => "warning",
                (false, Severity::Advice) => "notice",
            };
            let lines = RuleLines(rule, Look::default()).to_string();
            let title = property(&format!("{} {}", rule.rule.severity.as_str(), rule.rule.id));
            writeln!(f, "::{level} title={title}::{}", data(lines.trim_end()))?;
        }
        if let Some(nothing) = report.nothing() {
            writeln!(f, "::error title=weni-conformance::{}", data(&nothing))?;
        }
        Ok(())
    }
}
