//! What came of scenarios, as a page.

use maud::{Markup, html};

use super::cell;
use crate::check::FoundAt;
use crate::exit_code::ExitCode;
use crate::report::findings;
use crate::report::page::{self, badge};
use crate::report::style::Tone;
use crate::trial::explore::{Matrix, Outcome, Point};
use crate::trial::tried::{TrialReport, Tried, Verdict};
use crate::words::{counted, sentence};

/// The page.
#[must_use]
pub fn page(report: &TrialReport) -> String {
    let main = html! {
        @for tried in report.tried.iter().enumerate() { (scenario(tried)) }
        @for found in report.check.found() { (findings::html::rule(found, place)) }
    };
    page::document(&html! { "Weni API, scenarios" }, &header(report), &main)
}

/// A place where a rule found something; its line begins with the scenario.
fn place(found: &FoundAt) -> Markup {
    html! { li { (findings::html::told(found)) } }
}

fn header(report: &TrialReport) -> Markup {
    let points = report.points();
    let passed = report.count(|verdict| *verdict == Verdict::Passed);
    let nothing = report.nothing();
    let (result, tone) = match ExitCode::from(report) {
        ExitCode::Passed => ("everything is as expected", "good"),
        ExitCode::Failed => ("something is otherwise than expected", "bad"),
        ExitCode::Interrupted => ("interrupted: this is what was found so far", "unclear"),
        _ => (nothing.as_deref().unwrap_or("something or everything could not be judged"), "unclear"),
    };
    html! {
        header {
            h1 { "Weni API, scenarios" }
            p.result.(tone) { (sentence(result)) }
            dl {
                dt { "Scenarios" } dd { (passed) " of " (report.tried.len()) " as expected" }
                @if points.all > 0 { dt { "Fault points" } dd { (points.good) " of " (points.all) " as without" } }
                @if points.untried > 0 { dt { "Not tried" } dd { (counted(points.untried, "fault point")) } }
                dt { "Requests" } dd { (report.check.requests) }
            }
        }
    }
}

fn scenario((place, tried): (usize, &Tried)) -> Markup {
    let (tone, word) = match &tried.verdict {
        Verdict::Passed => ("good", "passed"),
        Verdict::Failed(_) => ("bad", "failed"),
        Verdict::Error(_) => ("unclear", "error"),
        Verdict::Untried => ("faint", "not tried"),
    };
    let problems = tried.verdict.problems();
    html! {
        details.case id=(format!("scenario-{place}")) open {
            summary { (badge(tone, word)) " " strong { (tried.id) } " (" (counted(tried.requests, "request")) ")" }
            @if let Some(title) = &tried.title { p { (title) } }
            @if !problems.is_empty() { ul { @for problem in problems { li { @for line in problem.lines() { (line) br; } } } } }
            @if let Some(why) = &tried.unexplored { p { "Its faults are not explored: " (why) } }
            @if let Some(matrix) = &tried.matrix { (table(place, matrix)) }
        }
    }
}

/// Kinds of faults by requests; what is wrong stands below, linked from its cell.
fn table(place: usize, matrix: &Matrix) -> Markup {
    let anchor = |point: &Point| format!("point-{place}-{}", point.id());
    html! {
        ol { @for line in &matrix.requests { li { code { (line) } } } }
        table {
            thead { tr { th { "Fault" } @for number in 1..=matrix.requests.len() { th { "#" (number) } } } }
            tbody {
                @for row in matrix.rows() {
                    tr {
                        @if let Some((point, _)) = row.first() { th scope="row" title=(point.kind.title) { (point.kind.id) } }
                        @for (point, outcome) in row {
                            td {
                                @if outcome.told().is_empty() { (word(outcome)) }
                                @else { a href=(format!("#{}", anchor(point))) { (word(outcome)) } }
                            }
                        }
                    }
                }
            }
        }
        @for (point, outcome) in matrix.cells.iter().filter(|(_, outcome)| !outcome.told().is_empty()) {
            h3 id=(anchor(point)) { (point.kind.id) " at #" (point.request) ": " (point.kind.title) }
            @if let Outcome::Differs { silent: true, .. } = outcome { p { "The integration took it for done." } }
            ul { @for line in outcome.told() { li { (line) } } }
        }
    }
}

fn word(outcome: &Outcome) -> Markup {
    let (word, tone) = cell(outcome);
    let tone = match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Unclear => "unclear",
        Tone::Known => "known",
        Tone::Strong | Tone::Faint => "faint",
    };
    badge(tone, word)
}
