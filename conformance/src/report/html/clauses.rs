//! What the run says about each clause.

use maud::{Markup, html};

use super::{badge, link};
use crate::report::coverage::coverage;
use crate::report::page::prose;
use crate::verdict::RunReport;

pub(super) fn table(report: &RunReport) -> Markup {
    html! {
        section {
            h2 { "The contract, clause by clause" }
            table {
                thead { tr { th { "Clause" } th { "Promise" } th { "Verdict" } th { "Cases" } } }
                tbody {
                    @for clause in coverage(report) {
                        tr {
                            th scope="row" { (clause.clause) }
                            td { (prose(clause.clause.text())) }
                            td {
                                @match clause.outcome() {
                                    Some(outcome) => (badge(outcome)),
                                    None => span.faint { "not in this run" },
                                }
                            }
                            td {
                                @for (outcome, cases) in &clause.cases {
                                    details {
                                        summary { (cases.len()) " " (outcome.counted(cases.len())) }
                                        ul { @for case in cases { li { (link(*case)) } } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
