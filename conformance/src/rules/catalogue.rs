//! The rules' texts, and their examples.

use std::path::Path;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::traffic::{Answer, Effect, Exchange, Traffic};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, and could be done better.
    Advice,
    /// It works by luck, or not always.
    Warning,
    /// It does not do what was meant, or loses data.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One rule.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For editors.
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    /// Such as `urns-beside-urn`; stable.
    pub id: String,
    /// What is wrong, in a line.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// A clause such as `C14`, a deviation, or `observed: …`.
    pub source: String,
    /// What to do instead.
    pub instead: String,
    /// Traffic that shows it.
    pub bad: Vec<Example>,
    /// The same without it.
    pub good: Vec<Example>,
    /// What else it finds, and does not find.
    #[serde(default)]
    pub more: Vec<Story>,
}

/// Traffic in which a rule finds something, or seems to and does not.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it is about, a line.
    pub about: String,
    /// The exchanges at which the rule finds something, from 1; none: no rule finds anything.
    #[serde(default)]
    pub finds: Vec<u64>,
    /// How many requests before these were not kept.
    #[serde(default)]
    dropped: u64,
    /// When somebody set the integration to work, in milliseconds after the first exchange.
    #[serde(default)]
    triggers: Vec<i64>,
    exchanges: Vec<Example>,
}

impl Story {
    /// It as traffic.
    ///
    /// # Panics
    /// As [`example`].
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let triggers = self.triggers.iter().map(|at| instant(*at)).collect();
        Traffic { dropped: self.dropped, triggers, ..example(&self.exchanges) }
    }
}

impl Rule {
    /// Its id in a baseline, where cases stand, too.
    #[must_use]
    pub fn baseline_id(&self) -> String {
        format!("rules/{}", self.id)
    }
}

/// One exchange of an example.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Milliseconds after the first one.
    #[serde(default)]
    at: i64,
    /// The same by the clock of the mock's workspace; none: it was not recorded there.
    #[serde(default)]
    clock: Option<i64>,
    /// How long the answer took, in milliseconds; none: nobody wrote it down.
    #[serde(default)]
    took: Option<i64>,
    /// How often it is sent, and how many milliseconds after each other.
    #[serde(default)]
    repeat: Option<Repeat>,
    request: ExampleRequest,
    /// None: nothing came back.
    #[serde(default)]
    response: Option<ExampleResponse>,
    #[serde(default)]
    effects: Vec<Effect>,
    /// The kind of the fault by which the mock met it.
    #[serde(default)]
    fault: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    times: u32,
    every: i64,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleRequest {
    #[serde(default = "get")]
    method: String,
    /// Path and query as they are sent, or a whole URL.
    url: String,
    #[serde(default = "authorized")]
    headers: Vec<(String, String)>,
    #[serde(default)]
    json: Option<Value>,
    #[serde(default)]
    raw: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleResponse {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    json: Option<Value>,
    /// Whether the body was not kept.
    #[serde(default)]
    cut: bool,
}

fn get() -> String {
    "GET".to_owned()
}

fn authorized() -> Vec<(String, String)> {
    vec![("authorization".to_owned(), "Token ***".to_owned())]
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let files: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
    let read = |(path, text): &(&str, &str)| {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", Path::new(path).display()))
    };
    files.iter().map(read).collect()
});

/// Every rule, in the order of their ids.
#[must_use]
pub fn all() -> &'static [Rule] {
    &RULES
}

/// An example as traffic.
///
/// # Panics
/// Where an address in it is none: a test reads them all.
#[must_use]
pub fn example(exchanges: &[Example]) -> Traffic {
    let mut traffic = Traffic::default();
    for example in exchanges {
        let (times, every) = example.repeat.as_ref().map_or((1, 0), |repeat| (repeat.times, repeat.every));
        for time in 0..i64::from(times) {
            let number = traffic.exchanges.len() as u64 + 1;
            traffic.exchanges.push(example.exchange(number, example.at + time * every));
        }
    }
    traffic
}

/// So many milliseconds after the first exchange of an example.
fn instant(millis: i64) -> Timestamp {
    let began: Timestamp = "2026-01-05T12:00:00Z".parse().expect("an instant");
    began + SignedDuration::from_millis(millis)
}

impl Example {
    fn exchange(&self, number: u64, at: i64) -> Exchange {
        let request = &self.request;
        let url = match request.url.contains("://") {
            true => request.url.clone(),
            false => format!("http://localhost:9364{}", request.url),
        };
        Exchange {
            number,
            time: instant(at),
            clock: self.clock.map(instant),
            took: self.took.map(SignedDuration::from_millis),
            method: request.method.clone(),
            url: url.parse().unwrap_or_else(|error| panic!("{url}: {error}")),
            headers: request.headers.clone(),
            body: request.raw.clone().or_else(|| request.json.as_ref().map(Value::to_string)),
            answer: self.response.as_ref().map(|response| Answer {
                status: response.status,
                headers: response.headers.clone(),
                body: response.json.as_ref().map(Value::to_string).unwrap_or_default(),
                cut: response.cut,
            }),
            effects: self.effects.clone(),
            fault: self.fault.clone(),
        }
    }
}
