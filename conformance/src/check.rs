//! What came of holding traffic against the rules.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::baseline::Judged;
use crate::client::Tokens;
use crate::exit_code::ExitCode;
use crate::rules::{self, Finding, Rule, Severity};
use crate::traffic::{Exchange, Traffic};
use crate::verdict::Acceptance;

/// What came of holding traffic against the rules. No text in it holds a token.
#[derive(Debug)]
pub struct CheckReport {
    /// Where the traffic is from.
    pub source: String,
    /// How many requests were judged.
    pub requests: usize,
    /// How many were not kept by whoever recorded them.
    pub dropped: u64,
    /// Every rule, with what it found; the gravest first, those that found nothing last.
    pub rules: Vec<RuleReport>,
    /// Rules of the baseline that find nothing any more.
    pub passing_again: Vec<String>,
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
    pub fn of(traffic: &Traffic, source: String, fail_on: Severity) -> Self {
        let secrets: BTreeSet<String> = traffic.exchanges.iter().flat_map(secrets).collect();
        let tokens =
            secrets.iter().fold(Tokens::default(), |tokens, secret| tokens.hiding_also(Some(secret)));
        let found = located(traffic, &rules::judge(traffic), &tokens);
        Self::new(&found, source, traffic.exchanges.len(), traffic.dropped, fail_on)
    }

    /// The report of what was found, in the order of the traffic, in so many requests.
    #[must_use]
    pub fn new(
        found: &[(&'static Rule, FoundAt)],
        source: String,
        requests: usize,
        dropped: u64,
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
        rules.sort_by_key(|rule| (rule.found.is_empty(), std::cmp::Reverse(rule.rule.severity)));
        Self { source, requests, dropped, rules, passing_again: Vec::new() }
    }

    /// The rules that found something.
    pub fn found(&self) -> impl Iterator<Item = &RuleReport> {
        self.rules.iter().filter(|rule| !rule.found.is_empty())
    }
}

impl RuleReport {
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
        if report.requests == 0 {
            Self::NotJudged
        } else if report.rules.iter().any(RuleReport::fails) {
            Self::Failed
        } else {
            Self::Passed
        }
    }
}

/// Method, path and query.
fn line(exchange: &Exchange) -> String {
    let query = exchange.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{} {}{query}", exchange.method, exchange.url.path())
}

/// Findings with what is to be shown of their exchanges, no token in it.
pub(crate) fn located(
    traffic: &Traffic,
    findings: &[Finding],
    tokens: &Tokens,
) -> Vec<(&'static Rule, FoundAt)> {
    let places: BTreeMap<u64, &Exchange> =
        traffic.exchanges.iter().map(|exchange| (exchange.number, exchange)).collect();
    let locate = |finding: &Finding| {
        let exchange = places.get(&finding.exchange)?;
        let found = FoundAt {
            request: finding.exchange,
            line: tokens.mask(&line(exchange)),
            status: exchange.status(),
            told: tokens.mask(&finding.told),
        };
        Some((finding.rule, found))
    };
    findings.iter().filter_map(locate).collect()
}

/// Parameters whose values are secrets, though the API knows none of them.
const SECRET: [&str; 6] = ["token", "access_token", "api_key", "apikey", "password", "authorization"];

/// The secrets that a request was sent with, to be hidden: a HAR file holds them as they are. Of a user's name and password
/// in base64 the password, too: it is the token.
pub(crate) fn secrets(exchange: &Exchange) -> Vec<String> {
    let secret = exchange.header("authorization").and_then(|header| header.split_whitespace().last());
    let decoded = secret.and_then(|secret| String::from_utf8(STANDARD.decode(secret).ok()?).ok());
    let password = decoded.as_deref().and_then(|pair| pair.split_once(':')).map(|(_, password)| password);
    let in_headers = secret.into_iter().chain(password).map(str::to_owned);
    let in_query = exchange.parameters().into_iter();
    let in_query = in_query.filter(|(name, _)| SECRET.contains(&name.to_ascii_lowercase().as_str()));
    in_headers.chain(in_query.map(|(_, value)| value)).filter(|secret| secret.len() > 3).collect()
}
