//! The page that GitHub Actions shows of a job: Markdown, appended to the file that `GITHUB_STEP_SUMMARY` names.

use std::fmt;

use super::coverage::coverage;
use super::outcome::{Outcome, result};
use super::reason;
use crate::difference::shorten;
use crate::exit_code::ExitCode;
use crate::verdict::{CaseReport, RunReport};
use crate::words::counted;

/// How many cases the table has at most: GitHub cuts a page off at 1 MiB.
const ROWS: usize = 100;

/// What came of a run: the counts, and a table of the cases that one has to look at.
#[derive(Debug)]
pub struct StepSummary<'a>(pub &'a RunReport);

impl fmt::Display for StepSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        let (tally, clauses) = (report.tally(), coverage(report));
        let word = result(ExitCode::from(*report)).replace('_', " ");
        writeln!(f, "### weni-conformance: {word}\n")?;
        let counts: Vec<_> = Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome, outcome.count(&tally)))
            .filter(|(_, count)| *count > 0)
            .map(|(outcome, count)| format!("{count} {}", outcome.counted(count)))
            .collect();
        let judged = clauses.iter().filter(|clause| clause.judged).count();
        let counts = if counts.is_empty() { "no case".to_owned() } else { counts.join(", ") };
        let strict = if report.about.strict && tally.deviating > 0 { " (a failure: --strict)" } else { "" };
        writeln!(f, "{counts}{strict}; {judged} of {} clauses judged.\n", clauses.len())?;
        let mut shown: Vec<_> = report.cases.iter().filter(|case| is_shown(case)).collect();
        shown.sort_by_key(|case| Outcome::of(case));
        if !shown.is_empty() {
            writeln!(f, "| verdict | case | |\n| --- | --- | --- |")?;
        }
        for case in shown.iter().take(ROWS) {
            let why = reason::of_case(case).unwrap_or_default();
            writeln!(f, "| {} | {} | {} |", Outcome::of(case).word(), cell(&case.id), cell(&shorten(&why)))?;
        }
        match shown.len().saturating_sub(ROWS) {
            0 => writeln!(f),
            more => writeln!(f, "\nand {} more.\n", counted(more, "case")),
        }
    }
}

fn is_shown(case: &CaseReport) -> bool {
    !matches!(Outcome::of(case), Outcome::Passed | Outcome::Skipped)
}

/// A text in a cell of a table, as it is: no Markdown, no HTML, no line of its own.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => cell.push_str("&amp;"),
            '<' => cell.push_str("&lt;"),
            c if c.is_control() => cell.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '@' | '#' | '!' => cell.extend(['\\', c]),
            c => cell.push(c),
        }
    }
    cell
}
