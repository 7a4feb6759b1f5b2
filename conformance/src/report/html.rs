//! The report as a page: one file that loads nothing, runs nothing, and reads well on a narrow screen and in the dark.

mod cases;
mod clauses;
mod findings;
mod overview;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::outcome::Outcome;
use crate::verdict::{CaseReport, RunReport};

const STYLE: &str = include_str!("html/style.css");
/// What is shown among the failures, in this order.
const FAILURES: [Outcome; 3] = [Outcome::Failed, Outcome::Error, Outcome::Accepted];

/// The page.
#[must_use]
pub fn page(report: &RunReport) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Weni API conformance" @if !report.about.target.is_empty() { ": " (report.about.target) } }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (overview::header(report))
                main {
                    (clauses::table(report))
                    (findings::failures(report))
                    (findings::deviations(report))
                    (findings::skips(report))
                    (cases::table(report))
                }
                footer { "weni-conformance " (env!("CARGO_PKG_VERSION")) }
            }
        }
    };
    document.into_string() + "\n"
}

/// Nothing is loaded and nothing runs; only our own style sheet, told by its hash, applies.
fn policy() -> String {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// A verdict, set off by its colour.
fn badge(outcome: Outcome) -> Markup {
    html! { span.badge.(class(outcome)) { (outcome.word()) } }
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

/// A text of the contract, in which code stands between backticks.
fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A case's id, as a link to all that there is about it: among the failures, else in the table of all cases.
fn link((index, case): (usize, &CaseReport)) -> Markup {
    let place = if FAILURES.contains(&Outcome::of(case)) { "failure" } else { "case" };
    html! { a href=(format!("#{place}-{index}")) { (case.id) } }
}
