//! What rules found in traffic: for people, JUnit, JSON, HTML and GitHub.

pub mod github;
pub mod html;
pub mod json;
pub mod junit;

use std::fmt;
use std::io;

use super::files::Documents;
use super::human::Look;
use super::style::Tone;
use crate::check::{CheckReport, FoundAt, RuleReport};
use crate::rules::{Rule, Severity};
use crate::verdict::Acceptance;
use crate::words::counted;

/// How many places of one rule are shown, unless all are wanted.
const SHOWN: usize = 3;

impl Documents for CheckReport {
    fn junit(&self) -> io::Result<String> {
        junit::document(self).map_err(io::Error::other)
    }

    fn json(&self) -> io::Result<String> {
        Ok(format!("{:#}\n", json::document(self)))
    }

    fn html(&self) -> String {
        html::page(self)
    }
}

/// The lines for people: each rule that found something, what to do instead, and the end.
#[derive(Debug)]
pub struct Lines<'a>(pub &'a CheckReport, pub Look);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        for rule in report.found() {
            write!(f, "{}", RuleLines(rule, *look))?;
        }
        for id in &report.passing_again {
            writeln!(f, "{} {id}: it can leave the baseline", look.style.paint(Tone::Known, "passes again"))?;
        }
        self.end(f)
    }
}

impl Lines<'_> {
    fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        if report.dropped > 0 {
            let lost = format!(
                "{} before these had no room in the journal",
                counted(report.dropped as usize, "request")
            );
            writeln!(
                f,
                "{}",
                look.style.paint(Tone::Unclear, format_args!("{lost}: not judged (--journal)"))
            )?;
        }
        if let Some(nothing) = report.nothing() {
            return writeln!(f, "{}", look.style.paint(Tone::Unclear, nothing));
        }
        let requests = counted(report.requests, "request");
        if !report.answered {
            writeln!(f, "{}", look.style.paint(Tone::Unclear, UNANSWERED))?;
        }
        let all: usize = report.found().map(|rule| rule.found.len()).sum();
        if all == 0 {
            let told = format!("{requests}, nothing found");
            return writeln!(f, "{}", look.style.paint(Tone::Good, told));
        }
        let fails = report.rules.iter().any(RuleReport::fails);
        let told = format!("{requests}, {}", counted(all, "finding"));
        write!(f, "{}", look.style.paint(if fails { Tone::Bad } else { Tone::Good }, told))?;
        for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
            let count = count(report, severity);
            if count > 0 {
                write!(f, ", {count} {}", plural(severity, count))?;
            }
        }
        let accepted: usize = report
            .found()
            .filter(|rule| rule.accepted.as_ref().is_some_and(|a| !a.expired))
            .map(|rule| rule.found.len())
            .sum();
        if accepted > 0 {
            write!(f, ", {accepted} as accepted")?;
        }
        writeln!(f, " ({})", report.source)
    }
}

/// What of traffic is to be said in which nothing came back.
const UNANSWERED: &str = "nothing was answered: is the server there?";

/// How many findings are of this severity.
fn count(report: &CheckReport, severity: Severity) -> usize {
    let of = report.found().filter(|rule| rule.rule.severity == severity);
    of.map(|rule| rule.found.len()).sum()
}

/// The word for so many findings of this severity.
fn plural(severity: Severity, count: usize) -> &'static str {
    match (severity, count) {
        (Severity::Error, 2..) => "errors",
        (Severity::Warning, 2..) => "warnings",
        _ => severity.as_str(),
    }
}

/// The lines of one finding as it is made.
#[derive(Debug)]
pub struct Live<'a>(pub &'a Rule, pub &'a FoundAt, pub Look);

impl fmt::Display for Live<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(rule, found, look) = self;
        let (word, tone) = word(rule.severity);
        let id = look.style.paint(Tone::Strong, &rule.id);
        writeln!(f, "{} {id}: {}", look.style.paint(tone, word), rule.title)?;
        Place(found, *look).fmt(f)
    }
}

/// The word for a severity, and its tone.
fn word(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Error => ("ERROR   ", Tone::Bad),
        Severity::Warning => ("WARNING ", Tone::Unclear),
        Severity::Advice => ("ADVICE  ", Tone::Known),
    }
}

/// The lines of one place.
struct Place<'a>(&'a FoundAt, Look);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(found, look) = self;
        let status = found.status.map_or("no answer".to_owned(), |status| status.to_string());
        writeln!(f, "  #{} {} {status}", found.request, look.value(&found.line))?;
        writeln!(f, "     {}", look.value(&found.told))
    }
}

/// The lines of one rule.
#[derive(Debug)]
pub(super) struct RuleLines<'a>(pub(super) &'a RuleReport, pub(super) Look);

impl fmt::Display for RuleLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        let rule = report.rule;
        let accepted = report.accepted.as_ref().filter(|accepted| !accepted.expired);
        let (word, tone) = accepted.map_or_else(|| word(rule.severity), |_| ("ACCEPTED", Tone::Known));
        let id = look.style.paint(Tone::Strong, &rule.id);
        writeln!(f, "{} {id} ({}): {}", look.style.paint(tone, word), rule.source, rule.title)?;
        if let Some(Acceptance { reason, expires, expired }) = &report.accepted {
            let over = if *expired { "was accepted until" } else { "accepted until" };
            let which = if *expired { ", which is over" } else { "" };
            writeln!(f, "  {over} {expires}{which}: {reason}")?;
        }
        let shown = if look.verbose { report.found.len() } else { SHOWN };
        for found in report.found.iter().take(shown) {
            Place(found, *look).fmt(f)?;
        }
        if let Some(more) = report.found.len().checked_sub(shown).filter(|more| *more > 0) {
            writeln!(f, "  and {more} more (-v)")?;
        }
        writeln!(f, "  instead: {}", rule.instead)
    }
}
