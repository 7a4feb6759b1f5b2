//! The traffic: exchanges that show something as they were, the others in a line.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::status;
use crate::check::{CheckReport, Message, RuleReport, ShownExchange, Text, Whole};
use crate::words::counted;

pub(super) fn section(report: &CheckReport) -> Markup {
    let mut rules: BTreeMap<u64, Vec<&RuleReport>> = BTreeMap::new();
    for rule in report.found() {
        for found in rule.shown() {
            rules.entry(found.request).or_default().push(rule);
        }
    }
    html! {
        @if report.requests > 0 {
            section {
                h2 { "The traffic" }
                @for shown in &report.traffic.exchanges {
                    @let found = rules.get(&shown.number).map(Vec::as_slice).unwrap_or_default();
                    (exchange(shown, found))
                }
                @if report.traffic.more > 0 {
                    p.faint { "and " (counted(report.traffic.more, "request")) " more" }
                }
            }
        }
    }
}

fn exchange(shown: &ShownExchange, rules: &[&RuleReport]) -> Markup {
    let line = html! {
        "#" (shown.number) " " code { (shown.line) } " " (status(shown.status)) " " span.faint { (shown.time) }
    };
    html! {
        @match &shown.whole {
            None => div.faint { (line) },
            Some(whole) => details.case id=(format!("exchange-{}", shown.number)) open {
                summary { (line) }
                ul {
                    @for rule in rules {
                        li {
                            a href=(format!("#found-{}-{}", rule.rule.id, shown.number)) { (rule.rule.id) }
                        }
                    }
                }
                (details(whole))
            },
        }
    }
}

fn details(whole: &Whole) -> Markup {
    html! {
        dl {
            (message("Request", &whole.request))
            @match &whole.answer {
                Some(answer) => (message("Answer", answer)),
                None => { dt { "Answer" } dd { "none" } }
            }
            @if !whole.effects.is_empty() {
                dt { "Effects" }
                dd { ul { @for effect in &whole.effects { li { code { (effect.id) } ": " (effect.text) } } } }
            }
            @if let Some(fault) = &whole.fault { dt { "Fault" } dd { code { (fault) } } }
        }
    }
}

fn message(name: &str, message: &Message) -> Markup {
    html! {
        dt { (name) }
        dd {
            @if !message.headers.is_empty() {
                pre { @for (name, value) in &message.headers { (name) ": " (value) "\n" } }
            }
            @match &message.body {
                Some(Text { text, cut }) => {
                    pre { (text) }
                    @if *cut > 0 { p.faint { "and " (counted(*cut, "byte")) " more" } }
                }
                None => p.faint { "no body" },
            }
        }
    }
}
