//! Explores the fault points of a scenario: the same again for each request and each kind of fault, with that one fault at
//! that request. The end must be what it is without.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::{Request, first_other, told};
use super::{End, Played, Ready, Stages, play};
use crate::rules::{self, Severity};
use crate::scenario::Scenario;

/// A kind of fault.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Such as `reset-applied`.
    pub id: String,
    /// What happens, in a few words.
    pub title: String,
    /// The fault, as the mock takes it.
    fault: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    faults: Vec<Kind>,
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let text = include_str!("../../../fixtures/exploration.json");
    let file: File = serde_json::from_str(text).unwrap_or_else(|error| panic!("exploration.json: {error}"));
    file.faults
});

/// Every kind that is tried, `fixtures/exploration.json`.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    &KINDS
}

/// One request that meets one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The request, from 1.
    pub request: usize,
    /// What happens to it.
    pub kind: &'static Kind,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The end is that of the play without faults.
    Same,
    /// It is another one, which the scenario allows.
    Allowed,
    /// The integration sent fewer requests than without the fault: there was none to meet.
    Unmet,
    /// It is another one.
    Differs {
        /// How, a line each.
        told: Vec<String>,
        /// Whether the integration took it for done: what is lost then is lost in silence.
        silent: bool,
    },
    /// The end is the same, but a rule was broken on the way that is kept without faults.
    Broke(Vec<String>),
    /// It could not be played, or another request met the fault than the one meant.
    Error(String),
    /// It was not tried: somebody asked to stop.
    Untried,
}

impl Outcome {
    /// What there is to tell, a line each.
    #[must_use]
    pub fn told(&self) -> &[String] {
        match self {
            Self::Same | Self::Allowed | Self::Unmet | Self::Untried => &[],
            Self::Differs { told, .. } | Self::Broke(told) => told,
            Self::Error(error) => std::slice::from_ref(error),
        }
    }

    /// Whether the integration did what it should not.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Differs { .. } | Self::Broke(_))
    }
}

/// All points of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The requests of the play without faults: method, path and query.
    pub requests: Vec<String>,
    /// The kinds that were tried.
    pub kinds: Vec<&'static Kind>,
    /// What came of each point, by kinds and then by requests.
    pub cells: Vec<(Point, Outcome)>,
}

impl Matrix {
    /// The points that show something.
    pub fn bad(&self) -> impl Iterator<Item = &(Point, Outcome)> {
        self.cells.iter().filter(|(_, outcome)| outcome.is_bad())
    }

    /// Whether the integration somewhere said that it failed: who delivers again may settle that.
    #[must_use]
    pub fn told_failure(&self) -> bool {
        self.cells.iter().any(|(_, outcome)| matches!(outcome, Outcome::Differs { silent: false, .. }))
    }

    /// Its rows: for each kind the points at all requests.
    pub fn rows(&self) -> impl Iterator<Item = &[(Point, Outcome)]> {
        self.cells.chunks(self.requests.len().max(1))
    }
}

/// What the play without faults ended with, to which the others are held.
#[derive(Debug, Clone)]
pub struct Reference {
    end: End,
    requests: Vec<Request>,
    /// Ids of rules that are broken without any fault.
    broken: Vec<String>,
    fail_on: Severity,
}

impl Reference {
    /// That of this play. `fail_on`: from which severity on a finding under faults counts.
    #[must_use]
    pub fn of(played: &Played, fail_on: Severity) -> Self {
        let findings = rules::judge(&played.traffic);
        let broken = findings.into_iter().map(|finding| finding.rule.id.clone()).collect();
        Self { end: played.end(), requests: played.own.clone(), broken, fail_on }
    }

    /// What of another play without faults is otherwise: then nothing can be said of faults.
    #[must_use]
    pub fn differs_from(&self, played: &Played) -> Option<String> {
        if let Some((place, then, now)) = first_other(&self.requests, &played.own) {
            let (then, now) = (told(then), told(now));
            return Some(format!("its requests differ from play to play: #{place} was {then}, then {now}"));
        }
        let ends = played.end().differs_from(&self.end);
        ends.first().map(|first| format!("what it leaves differs from play to play: {first}"))
    }

    /// Where until this request, from 1, another one came than was meant.
    fn moved(&self, request: usize, played: &Played) -> Option<String> {
        let until = request.min(self.requests.len()).min(played.own.len());
        let (place, meant, came) = first_other(&self.requests[..until], &played.own[..until])?;
        let (meant, came) = (told(meant), told(came));
        Some(format!(
            "its requests come in another order than without the fault: #{place} was {came}, not {meant}"
        ))
    }

    /// The requests of the play: method, path and query.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.requests.iter().map(|request| request.line.clone()).collect()
    }

    /// Holds a play with faults, which met requests, against it.
    #[must_use]
    pub fn judge(&self, played: &Played, scenario: &Scenario) -> Outcome {
        let told = played.end().differs_from(&self.end);
        if !told.is_empty() {
            let silent = played.done.iter().all(|done| done.accepted);
            return match played.is_allowed(scenario) {
                true => Outcome::Allowed,
                false => Outcome::Differs { told, silent },
            };
        }
        let findings = rules::judge(&played.traffic);
        let new = findings
            .into_iter()
            .filter(|found| found.rule.severity >= self.fail_on && !self.broken.contains(&found.rule.id));
        let told: Vec<String> = new.map(|found| format!("{}: {}", found.rule.id, found.told)).collect();
        if told.is_empty() { Outcome::Same } else { Outcome::Broke(told) }
    }
}

impl Point {
    /// All of them: every kind at every request.
    pub fn all(requests: usize, kinds: &[&'static Kind]) -> Vec<Self> {
        let of_kind = |kind: &&'static Kind| {
            (1..=requests).map(|request| Self { request, kind: *kind }).collect::<Vec<_>>()
        };
        kinds.iter().flat_map(of_kind).collect()
    }

    /// The fault, as the mock takes it.
    #[must_use]
    pub fn fault(self) -> Value {
        json!({"id": self.id(), "when": {"nth": self.request}, "fault": self.kind.fault})
    }

    /// Such as `2-reset-applied`.
    #[must_use]
    pub fn id(self) -> String {
        format!("{}-{}", self.request, self.kind.id)
    }

    /// Plays the scenario with this fault.
    pub async fn play(self, stages: &Stages, ready: &Ready, reference: &Reference) -> Outcome {
        // First in the list, so that it strikes before those that the scenario has of its own.
        let faults: Vec<Value> =
            std::iter::once(self.fault()).chain(ready.scenario.faults.iter().cloned()).collect();
        match play(stages, ready, &faults).await {
            Ok(played) => match reference.moved(self.request, &played) {
                Some(told) => Outcome::Error(told),
                None if played.struck.contains(&self.id()) => reference.judge(&played, &ready.scenario),
                None => Outcome::Unmet,
            },
            Err(error) => Outcome::Error(error.to_string()),
        }
    }

    /// The shortest schedule that shows what this point shows: the scenario with just this fault, as a file that `try`
    /// plays again.
    #[must_use]
    pub fn schedule(self, scenario: &Scenario) -> Value {
        let mut document = scenario.document.clone();
        document["id"] = format!("{}-{}", scenario.id, self.id()).into();
        document["title"] = format!("request {}: {}", self.request, self.kind.title).into();
        document["data"] = json!(scenario.workspace.data);
        let own = scenario.faults.iter().cloned();
        document["faults"] = std::iter::once(self.fault()).chain(own).collect();
        document["as_without_faults"] = true.into();
        if let Some(members) = document.as_object_mut() {
            // The end without faults is what counts; the path of the schema was the scenario's.
            members.retain(|name, _| !["$schema", "expect"].contains(&name.as_str()));
        }
        document
    }
}
