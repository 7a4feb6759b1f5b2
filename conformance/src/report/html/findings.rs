//! What one has to look at: failures, errors, known deviations, and what was not played.

use maud::{Markup, html};

use super::{FAILURES, badge, link};
use crate::report::outcome::Outcome;
use crate::report::page::prose;
use crate::report::{coverage, reason};
use crate::verdict::{CaseReport, Failure, FailureCause, RunReport, Verdict};

/// Cases that failed or could not be judged, the worst first, with everything.
pub(super) fn failures(report: &RunReport) -> Markup {
    let found =
        |outcome| report.cases.iter().enumerate().filter(move |(_, case)| Outcome::of(case) == outcome);
    html! {
        @if FAILURES.into_iter().any(|outcome| found(outcome).next().is_some()) {
            section {
                h2 id="failures" { "Failures" }
                @for case in FAILURES.into_iter().flat_map(found) { (failure(case)) }
            }
        }
    }
}

fn failure((index, case): (usize, &CaseReport)) -> Markup {
    let outcome = Outcome::of(case);
    html! {
        details.case id=(format!("failure-{index}")) open[outcome != Outcome::Accepted] {
            summary { (badge(outcome)) " " strong { (case.id) } " (" (case.profile) ")" }
            @if let Some(title) = &case.title { p { (title) } }
            @if let Some(accepted) = &case.accepted {
                p {
                    "Accepted until " (accepted.expires) @if accepted.expired { ", which is over" } ": "
                    (accepted.reason)
                }
            }
            @if !case.clauses.is_empty() {
                dl { @for clause in &case.clauses { dt { (clause) } dd { (prose(clause.text())) } } }
            }
            @match &case.verdict {
                Verdict::Failed { failures, cut_short } => {
                    @for failure in failures { (step(failure)) }
                    @if let Some(error) = cut_short { p { "Not judged any further: " (error) } }
                }
                _ => p { (reason::of_case(case).unwrap_or_default()) },
            }
        }
    }
}

fn step(failure: &Failure) -> Markup {
    html! {
        h3 { "Step " (failure.step) }
        @match &failure.cause {
            cause @ (FailureCause::NotPlayed(_) | FailureCause::NotSent(_)) => p { (reason::of_step(cause)) },
            FailureCause::Differs { request, expected, got, difference } => dl {
                dt { "Difference" } dd { pre { (difference) } }
                dt { "Request" } dd { pre { (request) } }
                dt { "Expected" } dd { pre { (expected) } }
                dt { "Got" } dd { pre { (got) } }
            },
        }
    }
}

/// The known deviations that were met, and in which cases.
pub(super) fn deviations(report: &RunReport) -> Markup {
    let met = coverage::deviations(report);
    html! {
        @if !met.is_empty() {
            section {
                h2 { "Known deviations" }
                p { "The running API is known to depart from the article here." }
                @for (id, cases) in met {
                    @let known = id.departure();
                    h3 { (id) ", clause " (known.clause) }
                    dl {
                        dt { "The article" } dd { (prose(&known.article)) }
                        dt { "The running API" } dd { (prose(&known.running)) }
                        dt { "Cases" }
                        dd { ul { @for case in cases { li { (link(case)) } } } }
                    }
                }
            }
        }
    }
}

/// What was not played, by the reason.
pub(super) fn skips(report: &RunReport) -> Markup {
    let skips = coverage::skips(report);
    html! {
        @if !skips.is_empty() {
            section {
                h2 { "Skipped" }
                @for (reason, cases) in skips {
                    details {
                        summary { (cases.len()) ": " (reason) }
                        ul { @for case in cases { li { (link(case)) } } }
                    }
                }
            }
        }
    }
}
