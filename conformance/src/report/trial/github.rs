//! What came of scenarios as annotations of GitHub Actions.

use std::fmt;

use super::{PointLines, ScenarioLines};
use crate::report::findings;
use crate::report::github::{data, property};
use crate::report::human::Look;
use crate::trial::explore::Matrix;
use crate::trial::tried::{TrialReport, Verdict};

/// An annotation for each scenario that did not pass, for each fault point that shows something, and for each rule that
/// found something.
#[derive(Debug)]
pub struct Annotations<'a>(pub &'a TrialReport);

impl fmt::Display for Annotations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        for tried in &report.tried {
            if !matches!(tried.verdict, Verdict::Passed | Verdict::Untried) {
                let told = ScenarioLines(tried, Look::default()).to_string();
                error(f, &tried.id, &told)?;
            }
            if let (Verdict::Passed, Some(why)) = (&tried.verdict, &tried.unexplored) {
                error(f, &format!("{} under faults", tried.id), &format!("not explored: {why}"))?;
            }
            for (point, outcome) in tried.matrix.iter().flat_map(Matrix::bad) {
                let told = PointLines(*point, outcome, Look::default()).to_string();
                let title = format!("{} under {} at request {}", tried.id, point.kind.id, point.request);
                error(f, &title, &told)?;
            }
        }
        write!(f, "{}", findings::github::Annotations(&report.check))
    }
}

fn error(f: &mut fmt::Formatter<'_>, title: &str, told: &str) -> fmt::Result {
    writeln!(f, "::error title={}::{}", property(title), data(told.trim_end()))
}
