//! Annotations of GitHub Actions: lines that its runner shows beside the files that they are about.

use std::fmt;

use super::coverage::deviations;
use super::human::{CaseLines, DeviationLines, Look};
use super::outcome::{Outcome, judged};
use crate::verdict::{CaseReport, RunReport};

/// An annotation for each case that one has to look at, one for each known deviation, one for each case that can leave
/// the baseline, and one if nothing was judged. GitHub shows the first ten of each level.
#[derive(Debug)]
pub struct Annotations<'a>(pub &'a RunReport);

impl fmt::Display for Annotations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        for case in &report.cases {
            // What is known of a deviation is told below, once.
            if Outcome::of(case).is_bad(false) {
                of_case(f, "error", case, &CaseLines(case, Look::default()).to_string())?;
            }
            if let Some(acceptance) = case.accepted.as_ref().filter(|acceptance| acceptance.expired) {
                let message = format!(
                    "{} was accepted until {}, which is over: {}",
                    case.id, acceptance.expires, acceptance.reason
                );
                of_case(f, "warning", case, &message)?;
            }
            if report.about.passing_again.contains(&case.id) {
                of_case(f, "warning", case, &format!("{} passes again: it can leave the baseline", case.id))?;
            }
        }
        let level = if report.about.strict { "error" } else { "warning" };
        for (id, cases) in deviations(report) {
            let lines = DeviationLines { id, cases: cases.len(), look: Look::default() }.to_string();
            let ids: Vec<_> = cases.iter().map(|(_, case)| case.id.as_str()).collect();
            let message = data(&format!("{lines}  cases:           {}", ids.join(", ")));
            writeln!(f, "::{level} title={}::{message}", property(&format!("known deviation {id}")))?;
        }
        if judged(&report.tally()) == 0 {
            writeln!(f, "::notice title=weni-conformance::nothing was judged")?;
        }
        Ok(())
    }
}

fn of_case(f: &mut fmt::Formatter<'_>, level: &str, case: &CaseReport, message: &str) -> fmt::Result {
    // A case that the program brought along has no file here.
    let file =
        if case.source.exists() { property(&case.source.display().to_string()) } else { String::new() };
    let file = if file.is_empty() { file } else { format!("file={file},") };
    let title = property(&format!("{} {} ({})", Outcome::of(case).word(), case.id, case.profile));
    writeln!(f, "::{level} {file}title={title}::{}", data(message.trim_end()))
}

/// Text as the runner reads it behind `::`.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as the runner reads it behind `title=`.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
