//! Every case, in a line.

use maud::{Markup, html};

use super::{badge, link};
use crate::ledger::Fate;
use crate::report::outcome::Outcome;
use crate::report::reason;
use crate::verdict::{CaseReport, RunReport};

pub(super) fn table(report: &RunReport) -> Markup {
    html! {
        section {
            h2 { "All cases" }
            table {
                thead { tr { th { "Case" } th { "Clauses" } th { "Verdict" } th { "Exchanges" } th { "Time" } } }
                tbody { @for case in report.cases.iter().enumerate() { (row(case)) } }
            }
        }
    }
}

fn row((index, case): (usize, &CaseReport)) -> Markup {
    let clauses: Vec<_> = case.clauses.iter().map(ToString::to_string).collect();
    html! {
        tr id=(format!("case-{index}")) {
            td {
                strong { (link((index, case))) } " " span.faint { (case.profile) }
                @if let Some(title) = &case.title { br; (title) }
                @if let Some(reason) = reason::of_case(case) { br; span.faint { (reason) } }
                (made(case))
            }
            td { (clauses.join(", ")) }
            td { (badge(Outcome::of(case))) }
            td { (case.agreed) " of " (case.requests) }
            td { (format!("{:.2} s", case.took.as_secs_f64())) }
        }
    }
}

/// What the case made on a workspace that others use.
fn made(case: &CaseReport) -> Markup {
    html! {
        @if !case.made.is_empty() {
            details {
                summary { "made " (case.made.len()) }
                ul {
                    @for made in &case.made {
                        li {
                            code { (made.id) }
                            @match &made.fate {
                                Fate::Removed => ", removed",
                                Fate::Standing => ", still there",
                                Fate::Kept => ", a field that all runs share",
                                Fate::Left(reason) => { ", left: " (reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}
