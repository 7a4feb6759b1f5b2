//! What came of holding traffic against the rules.

mod secrets;
mod shown;
mod text;

use std::collections::HashMap;

use serde::Serialize;

use crate::baseline::Judged;
use crate::exit_code::ExitCode;
use crate::rules::{self, Finding, Rule, Severity};
use crate::traffic::{Exchange, Traffic};
use crate::verdict::Acceptance;

pub(crate) use secrets::{Forms, LEAST, REPEATED, Secrets, masked};
pub use shown::{Message, Shown, ShownExchange, Whole};
pub use text::Text;

/// Places of one rule at most that a page shows with their exchanges: of a thousand of one kind nobody reads more.
const PLACES: usize = 100;

/// What came of holding traffic against the rules. No text in it holds a token.
#[derive(Debug)]
pub struct CheckReport {
    /// Where the traffic is from.
    pub source: String,
    /// How many requests were judged.
    pub requests: usize,
    /// Whether any of them was for contacts, fields or groups of the API.
    pub of_api: bool,
    /// Whether something came back for any of them.
    pub answered: bool,
    /// How many were not kept by whoever recorded them.
    pub dropped: u64,
    /// Every rule, with what it found; the gravest first, those that found nothing last.
    pub rules: Vec<RuleReport>,
    /// What to say if nothing came, where more is known than that.
    pub silence: Option<String>,
    /// Rules of the baseline that find nothing any more.
    pub passing_again: Vec<String>,
    /// The traffic, for a report that shows it.
    pub traffic: Shown,
}

/// What one rule found.
#[derive(Debug)]
pub struct RuleReport {
    /// The rule.
    pub rule: &'static Rule,
    /// Its id in a baseline.
    id: String,
    /// What it found, in the order of the traffic.
    pub found: Vec<FoundAt>,
    /// Whether that is a failure, unless it is accepted.
    pub counts: bool,
    /// What the baseline says of it.
    pub accepted: Option<Acceptance>,
}

/// One place where a rule found something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundAt {
    /// The request's number.
    pub request: u64,
    /// `POST /api/v2/contacts.json?urn=…`
    pub line: String,
    /// What came back; null: nothing.
    pub status: Option<u16>,
    /// What was found, one sentence.
    pub told: String,
}

impl CheckReport {
    /// Judges traffic. `fail_on`: from which severity on a finding is a failure.
    #[must_use]
    pub fn of(traffic: &Traffic, source: &str, fail_on: Severity) -> Self {
        let secrets = Secrets::of(traffic);
        let found = located(traffic, &rules::judge(traffic), &secrets);
        Self::new(&found, traffic, &secrets, source, fail_on)
    }

    /// The report of what was found, in the order of the traffic. `traffic`: as much of it as is there to be shown.
    #[must_use]
    pub(crate) fn new(
        found: &[(&'static Rule, FoundAt)],
        traffic: &Traffic,
        secrets: &Secrets,
        source: &str,
        fail_on: Severity,
    ) -> Self {
        let mut rules: Vec<RuleReport> = rules::all()
            .iter()
            .map(|rule| {
                let own = found.iter().filter(|(by, _)| by.id == rule.id);
                RuleReport {
                    rule,
                    id: rule.baseline_id(),
                    found: own.map(|(_, found)| found.clone()).collect(),
                    counts: rule.severity >= fail_on,
                    accepted: None,
                }
            })
            .collect();
        sort(&mut rules);
        let shown = Shown::of(traffic, &rules, secrets);
        Self {
            source: secrets.hide(source),
            requests: traffic.exchanges.len(),
            of_api: traffic.exchanges.iter().any(|exchange| exchange.endpoint().is_some()),
            answered: traffic.exchanges.iter().any(|exchange| exchange.answer.is_some()),
            dropped: traffic.dropped,
            rules,
            silence: None,
            passing_again: Vec::new(),
            traffic: shown,
        }
    }

    /// This and what was found in the traffic of something else, `of`, which its places name.
    #[must_use]
    pub fn and(mut self, of: &str, other: &Self) -> Self {
        self.requests += other.requests;
        self.of_api |= other.of_api;
        self.answered |= other.answered;
        self.dropped += other.dropped;
        self.silence = self.silence.or_else(|| other.silence.clone());
        for rule in &other.rules {
            let Some(all) = self.rules.iter_mut().find(|all| all.id == rule.id) else { continue };
            all.found.extend(
                rule.found
                    .iter()
                    .map(|found| FoundAt { line: format!("{of}: {}", found.line), ..found.clone() }),
            );
        }
        sort(&mut self.rules);
        self
    }

    /// Why there is nothing to judge, if that is so.
    #[must_use]
    pub fn nothing(&self) -> Option<String> {
        if self.requests == 0 && self.dropped > 0 {
            return Some("nothing that was sent is there to be judged".to_owned());
        }
        if self.requests == 0 {
            let usual = || "your integration sent nothing: is WENI_URL set?".to_owned();
            return Some(self.silence.clone().unwrap_or_else(usual));
        }
        // A wrong path may be all that it sent, and is found.
        (!self.of_api && self.found().next().is_none()).then(|| {
            let sent = match self.requests {
                1 => "the only request is not".to_owned(),
                more => format!("none of {more} requests is"),
            };
            format!("{sent} for /api/v2/contacts.json, fields.json or groups.json: is WENI_URL right?")
        })
    }

    /// The rules that found something.
    pub fn found(&self) -> impl Iterator<Item = &RuleReport> {
        self.rules.iter().filter(|rule| !rule.found.is_empty())
    }
}

impl RuleReport {
    /// The places that a page shows.
    pub fn shown(&self) -> impl Iterator<Item = &FoundAt> {
        self.found.iter().take(PLACES)
    }

    /// Whether what it found makes the check fail.
    #[must_use]
    pub fn fails(&self) -> bool {
        let accepted = self.accepted.as_ref().is_some_and(|accepted| !accepted.expired);
        self.counts && !self.found.is_empty() && !accepted
    }
}

impl Judged for RuleReport {
    fn id(&self) -> &str {
        &self.id
    }

    fn place(&self) -> Option<String> {
        // Where in the traffic it shows differs from time to time.
        (self.counts && !self.found.is_empty()).then(|| "anywhere".to_owned())
    }

    fn passes(&self) -> bool {
        self.found.is_empty()
    }

    fn set_accepted(&mut self, acceptance: Acceptance) {
        self.accepted = Some(acceptance);
    }
}

impl From<&CheckReport> for ExitCode {
    fn from(report: &CheckReport) -> Self {
        if report.nothing().is_some() {
            Self::NotJudged
        } else if report.rules.iter().any(RuleReport::fails) {
            Self::Failed
        } else if !report.answered {
            // What was never answered shows little of an integration.
            Self::NotJudged
        } else {
            Self::Passed
        }
    }
}

/// Findings with what is to be shown of their exchanges, no credential in it.
pub(crate) fn located(
    traffic: &Traffic,
    findings: &[Finding],
    secrets: &Secrets,
) -> Vec<(&'static Rule, FoundAt)> {
    let places: HashMap<u64, &Exchange> =
        traffic.exchanges.iter().map(|exchange| (exchange.number, exchange)).collect();
    let locate = |finding: &Finding| {
        let exchange = places.get(&finding.exchange)?;
        let found = FoundAt {
            request: finding.exchange,
            line: secrets.line(exchange),
            status: exchange.status(),
            told: secrets.hide(&finding.told),
        };
        Some((finding.rule, found))
    };
    findings.iter().filter_map(locate).collect()
}

/// The gravest first, those that found nothing last.
fn sort(rules: &mut [RuleReport]) {
    rules.sort_by_key(|rule| (rule.found.is_empty(), std::cmp::Reverse(rule.rule.severity)));
}
