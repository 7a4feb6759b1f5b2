//! What rules found, as a page: each finding with the exchange that shows it, and from there back.

mod exchanges;
mod overview;

use maud::{Markup, html};

use crate::check::{CheckReport, FoundAt, RuleReport};
use crate::report::page::{self, badge, prose};
use crate::rules::Severity;

/// The page.
#[must_use]
pub fn page(report: &CheckReport) -> String {
    let title = html! { "Weni API, an integration's requests: " (report.source) };
    let main = html! {
        @for found in report.found() { (rule(found, |place| linked(&found.rule.id, place))) }
        (exchanges::section(report))
    };
    page::document(&title, &overview::header(report), &main)
}

/// What a rule found, each place as `place` shows it.
pub(in crate::report) fn rule(report: &RuleReport, place: impl Fn(&FoundAt) -> Markup) -> Markup {
    let rule = report.rule;
    let accepted = report.accepted.as_ref().filter(|accepted| !accepted.expired);
    let more = report.found.len() - report.shown().count();
    html! {
        details.case id=(format!("rule-{}", rule.id)) open[accepted.is_none()] {
            summary {
                (match accepted {
                    Some(_) => badge("known", "accepted"),
                    None => badge(tone(rule.severity), rule.severity.as_str()),
                })
                " " strong { (rule.id) } ": " (prose(&rule.title))
            }
            @if let Some(accepted) = &report.accepted {
                p {
                    "Accepted until " (accepted.expires) @if accepted.expired { ", which is over" } ": "
                    (accepted.reason)
                }
            }
            dl {
                dt { "Source" } dd { (prose(&rule.source)) }
                dt { "Instead" } dd { (prose(&rule.instead)) }
            }
            ul { @for found in report.shown() { (place(found)) } }
            @if more > 0 { p.faint { "and " (more) " more" } }
        }
    }
}

/// A place, with a way to its exchange.
fn linked(rule: &str, found: &FoundAt) -> Markup {
    html! {
        li id=(format!("found-{rule}-{}", found.request)) {
            a href=(format!("#exchange-{}", found.request)) { "#" (found.request) }
            " " (told(found))
        }
    }
}

/// What was found in a place, and where.
pub(in crate::report) fn told(found: &FoundAt) -> Markup {
    html! { code { (found.line) } " " (status(found.status)) br; (found.told) }
}

fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "unclear",
        Severity::Advice => "known",
    }
}

fn status(status: Option<u16>) -> String {
    status.map_or("no answer".to_owned(), |status| status.to_string())
}
