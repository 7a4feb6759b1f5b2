//! The report of a run as a page.

mod cases;
mod clauses;
mod findings;
mod overview;

use maud::{Markup, html};

use super::outcome::Outcome;
use super::page;
use crate::verdict::{CaseReport, RunReport};

/// What is shown among the failures, in this order.
const FAILURES: [Outcome; 3] = [Outcome::Failed, Outcome::Error, Outcome::Accepted];

/// The page.
#[must_use]
pub fn page(report: &RunReport) -> String {
    let title = html! {
        "Weni API conformance" @if !report.about.target.is_empty() { ": " (report.about.target) }
    };
    let main = html! {
        (clauses::table(report))
        (findings::failures(report))
        (findings::deviations(report))
        (findings::skips(report))
        (cases::table(report))
    };
    page::document(&title, &overview::header(report), &main)
}

/// A verdict, set off by its colour.
fn badge(outcome: Outcome) -> Markup {
    page::badge(class(outcome), outcome.word())
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "good",
        Outcome::Failed => "bad",
        Outcome::Accepted | Outcome::KnownDeviation => "known",
        Outcome::Error => "unclear",
        Outcome::Skipped => "faint",
    }
}

/// A case's id, as a link to all that there is about it: among the failures, else in the table of all cases.
fn link((index, case): (usize, &CaseReport)) -> Markup {
    let place = if FAILURES.contains(&Outcome::of(case)) { "failure" } else { "case" };
    html! { a href=(format!("#{place}-{index}")) { (case.id) } }
}
