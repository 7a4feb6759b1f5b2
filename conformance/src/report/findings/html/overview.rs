//! The head of the page.

use maud::{Markup, html};

use super::tone;
use crate::check::CheckReport;
use crate::exit_code::ExitCode;
use crate::report::findings::{UNANSWERED, count, plural};
use crate::report::page::list;
use crate::rules::Severity;
use crate::words::{counted, sentence};

pub(super) fn header(report: &CheckReport) -> Markup {
    let found = report.found().count();
    let nothing = report.nothing();
    let (result, tone_of_result) = match ExitCode::from(report) {
        ExitCode::Passed if found == 0 => ("nothing was found", "good"),
        ExitCode::Passed => ("nothing was found that counts as a failure", "good"),
        ExitCode::NotJudged => (nothing.as_deref().unwrap_or(UNANSWERED), "unclear"),
        _ => ("something is to be mended", "bad"),
    };
    html! {
        header {
            h1 { "What an integration sends to the Weni API" }
            p.result.(tone_of_result) { (sentence(result)) }
            ul.counts {
                @for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
                    @let count = count(report, severity);
                    @if count > 0 { li.(tone(severity)) { strong { (count) } " " (plural(severity, count)) } }
                }
            }
            dl {
                dt { "Traffic" } dd { (report.source) }
                dt { "Requests" } dd { (report.requests) }
                @if report.dropped > 0 {
                    dt { "Not judged" }
                    dd { (counted(report.dropped as usize, "request")) " that the journal had no room for" }
                }
                dt { "Rules" } dd { (found) " of " (report.rules.len()) " found something" }
            }
            (list("Pass again: these can leave the baseline", &report.passing_again))
        }
    }
}
