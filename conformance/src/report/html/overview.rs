//! The head of the page.

use maud::{Markup, html};

use super::class;
use crate::exit_code::ExitCode;
use crate::report::coverage::coverage;
use crate::report::outcome::Outcome;
use crate::report::page::list;
use crate::verdict::RunReport;

pub(super) fn header(report: &RunReport) -> Markup {
    let tally = report.tally();
    let about = &report.about;
    let clauses = coverage(report);
    let judged = clauses.iter().filter(|clause| clause.judged).count();
    let (result, tone) = match ExitCode::from(report) {
        ExitCode::Passed if tally.accepted > 0 => ("Nothing differs but what is accepted", "good"),
        ExitCode::Passed => ("Everything that was judged agrees", "good"),
        ExitCode::Failed if tally.failed > 0 => ("Something differs", "bad"),
        ExitCode::Failed if tally.deviating > 0 => {
            ("Known deviations, which count as failures (--strict)", "bad")
        }
        ExitCode::Failed => ("Something of this run was left behind", "bad"),
        ExitCode::Interrupted => ("Interrupted", "unclear"),
        ExitCode::NotJudged | ExitCode::Usage => ("Something or everything could not be judged", "unclear"),
    };
    html! {
        header {
            h1 { "Weni API conformance" }
            p.result.(tone) { (result) }
            @if tally.failed + tally.errors + tally.accepted > 0 { p { a href="#failures" { "To the failures" } } }
            ul.counts {
                @for outcome in Outcome::ALL {
                    @let count = outcome.count(&tally);
                    @if count > 0 { li.(class(outcome)) { strong { (count) } " " (outcome.counted(count)) } }
                }
            }
            dl {
                dt { "Exchanges" } dd { (tally.agreed) " of " (tally.exchanges) " as expected" }
                dt { "Clauses" } dd { (judged) " of " (clauses.len()) " judged" }
                dt { "Target" } dd { (about.target) }
                dt { "Began" } dd { (about.began) ", took " (format!("{:.1}", about.seconds)) " s" }
                dt { "Requests" } dd { (about.requests) }
                dt { "Run" } dd { (about.run) }
                @if about.read_only { dt { "Read only" } dd { "Cases that write were not played." } }
                @if about.strict { dt { "Strict" } dd { "A known deviation counts as a failure." } }
            }
            (list("Left behind", &about.left))
            (list("Pass again: these can leave the baseline", &about.passing_again))
        }
    }
}
