//! What came of scenarios as annotations of GitHub Actions.

use std::fmt;

use super::{PointLines, ScenarioLines};
use crate::report::findings;
use crate::report::github::{data, property};
use crate::report::human::Look;
use crate::trial::run::{TrialReport, Tried, Verdict};

/// An annotation for each scenario that did not pass, for each fault point that shows something, and for each rule that
/// found something.
#[derive(Debug)]
pub struct Annotations<'a>(pub &'a TrialReport);

impl fmt::Display for Annotations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        for tried in &report.tried {
            if tried.verdict != Verdict::Passed {
                let told = ScenarioLines(tried, Look::default()).to_string();
                error(f, &tried.id, &told)?;
            }
            for (point, outcome) in bad(tried) {
                let told = PointLines(*point, outcome, Look::default()).to_string();
                error(
                    f,
                    &format!("{} under {} at request {}", tried.id, point.kind.id, point.request),
                    &told,
                )?;
            }
        }
        write!(f, "{}", findings::github::Annotations(&report.check))
    }
}

fn bad(
    tried: &Tried,
) -> impl Iterator<Item = &(crate::trial::explore::Point, crate::trial::explore::Outcome)> {
    tried.matrix.iter().flat_map(crate::trial::explore::Matrix::bad)
}

fn error(f: &mut fmt::Formatter<'_>, title: &str, told: &str) -> fmt::Result {
    writeln!(f, "::error title={}::{}", property(title), data(told.trim_end()))
}
