//! What rules found in traffic: for people, JUnit, JSON, HTML and GitHub.

pub mod github;
pub mod html;
pub mod json;
pub mod junit;

use std::collections::BTreeMap;
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
                look.style.paint(Tone::Unclear, format_args!("{lost}: not judged (weni-mock --journal)"))
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

/// Findings as they are made: of each rule the first few whole, then how many more there are. The report at the end has all.
#[derive(Debug)]
pub struct Live {
    look: Look,
    /// How many of each rule there were.
    seen: BTreeMap<&'static str, usize>,
}

impl Live {
    /// Nothing was found yet.
    #[must_use]
    pub fn new(look: Look) -> Self {
        Self { look, seen: BTreeMap::new() }
    }

    /// The lines of what was found since.
    pub fn lines(&mut self, new: &[(&'static Rule, FoundAt)]) -> String {
        let mut lines = String::new();
        let mut more: BTreeMap<&str, (&Rule, usize, u64)> = BTreeMap::new();
        for (rule, found) in new {
            let seen = self.seen.entry(&rule.id).or_default();
            *seen += 1;
            if *seen <= SHOWN || self.look.verbose {
                lines += &format!("{}{}\n{}", self.head(rule), rule.title, Place(found, self.look));
            } else {
                let (_, count, last) = more.entry(&rule.id).or_insert((rule, 0, 0));
                (*count, *last) = (*count + 1, found.request);
            }
        }
        for (rule, count, last) in more.into_values() {
            lines += &format!("{}{count} more, the last at #{last}\n", self.head(rule));
        }
        lines
    }

    fn head(&self, rule: &Rule) -> String {
        let (word, tone) = word(rule.severity);
        let style = self.look.style;
        format!("{} {}: ", style.paint(tone, word), style.paint(Tone::Strong, &rule.id))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_storm_is_told_in_few_lines() {
        let mut live = Live::new(Look::default());
        let rule = &rules::all()[0];
        let mut found = |requests: std::ops::RangeInclusive<u64>| {
            let found = |request| {
                let (line, told) = ("GET /".to_owned(), "x".to_owned());
                (rule, FoundAt { request, line, status: Some(429), told })
            };
            live.lines(&requests.map(found).collect::<Vec<_>>())
        };
        let told = found(1..=100);
        assert_eq!(
            (told.lines().count(), told.matches(&rule.title).count()),
            (SHOWN * 3 + 1, SHOWN),
            "{told}"
        );
        assert!(told.ends_with(&format!("{}: 97 more, the last at #100\n", rule.id)), "{told}");
        assert!(found(101..=101).ends_with(": 1 more, the last at #101\n"));
    }
}
