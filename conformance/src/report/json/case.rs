//! One case of the report.

use serde::Serialize;

use crate::contract::Deviation;
use crate::difference::{self, Place};
use crate::ledger::Made;
use crate::report::outcome::Outcome;
use crate::report::reason;
use crate::verdict::{self, Acceptance, CaseReport, FailureCause, Verdict};

#[derive(Serialize)]
pub(super) struct Case<'a> {
    id: &'a str,
    title: Option<&'a str>,
    clauses: Vec<String>,
    file: String,
    profile: String,
    verdict: Outcome,
    reason: Option<String>,
    /// Why the steps after the last failure were not judged.
    cut_short: Option<String>,
    failures: Vec<Failure<'a>>,
    deviations: Vec<Known<'a>>,
    accepted: Option<&'a Acceptance>,
    requests: usize,
    exchanges: usize,
    agreed: usize,
    made: &'a [Made],
    seconds: f64,
}

/// One step that did not go as it should.
#[derive(Serialize)]
struct Failure<'a> {
    step: usize,
    #[serde(flatten)]
    cause: Cause<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Cause<'a> {
    Differs { difference: Difference<'a>, curl: &'a str, expected: &'a str, got: &'a str },
    NotPlayed { not_played: String },
}

#[derive(Serialize)]
struct Difference<'a> {
    part: &'static str,
    place: &'a str,
    expected: &'a str,
    got: &'a str,
}

#[derive(Serialize)]
struct Known<'a> {
    id: &'a str,
    clause: &'static str,
    article: &'static str,
    running: &'static str,
}

impl<'a> Case<'a> {
    pub(super) fn new(case: &'a CaseReport) -> Self {
        let (failures, cut_short) = match &case.verdict {
            Verdict::Failed { failures, cut_short } => (failures.as_slice(), cut_short.as_ref()),
            _ => (&[][..], None),
        };
        let deviations = match &case.verdict {
            Verdict::Deviates(ids) => ids.iter().map(Known::new).collect(),
            _ => Vec::new(),
        };
        Self {
            id: &case.id,
            title: case.title.as_deref(),
            clauses: case.clauses.iter().map(ToString::to_string).collect(),
            file: case.source.display().to_string(),
            profile: case.profile.to_string(),
            verdict: Outcome::of(case),
            reason: reason::of_case(case),
            cut_short: cut_short.map(ToString::to_string),
            failures: failures.iter().map(Failure::new).collect(),
            deviations,
            accepted: case.accepted.as_ref(),
            requests: case.requests,
            exchanges: case.exchanges.len(),
            agreed: case.agreed,
            made: &case.made,
            seconds: case.took.as_secs_f64(),
        }
    }
}

impl<'a> Failure<'a> {
    fn new(failure: &'a verdict::Failure) -> Self {
        let cause = match &failure.cause {
            cause @ (FailureCause::NotPlayed(_) | FailureCause::NotSent(_)) => {
                Cause::NotPlayed { not_played: reason::of_step(cause) }
            }
            FailureCause::Differs { request, expected, got, difference } => {
                Cause::Differs { difference: Difference::new(difference), curl: request, expected, got }
            }
        };
        Self { step: failure.step, cause }
    }
}

impl<'a> Difference<'a> {
    fn new(difference: &'a difference::Difference) -> Self {
        let (part, place) = match &difference.place {
            Place::Status => ("status", ""),
            Place::Header(name) => ("header", name.as_str()),
            Place::Body(pointer) => ("body", pointer.as_str()),
        };
        Self { part, place, expected: &difference.expected, got: &difference.got }
    }
}

impl<'a> Known<'a> {
    fn new(id: &'a Deviation) -> Self {
        let known = id.departure();
        Self { id: id.as_str(), clause: &known.clause, article: &known.article, running: &known.running }
    }
}
