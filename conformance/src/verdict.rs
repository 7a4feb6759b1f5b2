//! What came of a run: verdicts, case by case.

mod masked;
mod reason;
mod run;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::case::{Case, Clause, Profile};
use crate::client::{Answer, ClientError, PrepareError, SentRequest};
use crate::contract::Deviation;
use crate::control::ControlError;
use crate::difference::Difference;
use crate::guard::Refused;
use crate::ledger::{Fate, Made};

pub use reason::{CaseError, SkipReason};
pub use run::{About, RunReport, Tally};

/// What came of one case.
#[derive(Debug)]
pub struct CaseReport {
    /// The case's id.
    pub id: String,
    /// The case's title.
    pub title: Option<String>,
    /// The clauses that it cites.
    pub clauses: Vec<Clause>,
    /// The file that it was read from.
    pub source: PathBuf,
    /// The profile that it was judged in.
    pub profile: Profile,
    /// The judgement.
    pub verdict: Verdict,
    /// How many requests the case has.
    pub requests: usize,
    /// How many of them were answered as they should be.
    pub agreed: usize,
    /// Every exchange that took place, in order.
    pub exchanges: Vec<ExchangeRecord>,
    /// What it made on a workspace that others use.
    pub made: Vec<Made>,
    /// How long it took, clean-up included.
    pub took: Duration,
    /// What the baseline says of its failure.
    pub accepted: Option<Acceptance>,
    /// Whether a request got no proper answer and may have made something that nobody found.
    pub unsure: bool,
}

impl CaseReport {
    /// Why nothing was judged, if it ended without an answer or met with nothing but the server's own errors.
    #[must_use]
    pub fn unanswered(&self) -> Option<ClientError> {
        let statuses = self.exchanges.iter().filter(|exchange| !exchange.agrees).map(|e| e.answer.status);
        if !self.exchanges.is_empty()
            && statuses.clone().filter(|status| *status >= 500).count() == self.exchanges.len()
        {
            return self.exchanges.last().map(|exchange| ClientError::Failing(exchange.answer.status));
        }
        let error = match &self.verdict {
            Verdict::Failed { cut_short, .. } => cut_short.as_ref(),
            Verdict::Error(error) => Some(error),
            _ => None,
        };
        match error {
            Some(
                CaseError::NoAnswer { source, .. } | CaseError::Preparation(ControlError::Client(source)),
            ) => Some(source.clone()),
            _ => None,
        }
    }

    /// Whether it was skipped because the workspace hides URNs.
    #[must_use]
    pub fn met_anonymity(&self) -> bool {
        matches!(&self.verdict, Verdict::Skipped(SkipReason::Workspace(why)) if *why == SkipReason::ANONYMOUS)
    }

    /// What it made, or was given for that, and is still there.
    pub fn left(&self) -> impl Iterator<Item = &Made> {
        self.made.iter().filter(|made| matches!(made.fate, Fate::Left(_)))
    }

    /// The same, each in a line with the reason.
    pub fn left_behind(&self) -> impl Iterator<Item = String> {
        self.made.iter().filter_map(|made| match &made.fate {
            Fate::Left(reason) => Some(format!("{} {}: {reason}", made.endpoint.one(), made.id)),
            Fate::Standing | Fate::Removed | Fate::Kept => None,
        })
    }

    /// Whether the baseline accepts its failure today.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.accepted.as_ref().is_some_and(|acceptance| !acceptance.expired)
    }

    /// The report of a case of which no exchange was played.
    pub(crate) fn unplayed(case: &Case, profile: Profile, verdict: Verdict) -> Self {
        Self {
            id: case.id.clone(),
            title: case.title.clone(),
            clauses: case.clauses.clone(),
            source: case.source.clone(),
            profile,
            verdict,
            requests: case.exchanges().count(),
            agreed: 0,
            exchanges: Vec::new(),
            made: Vec::new(),
            took: Duration::ZERO,
            accepted: None,
            unsure: false,
        }
    }
}

/// A request that was sent and what came back.
#[derive(Debug)]
pub struct ExchangeRecord {
    /// The step, from 1.
    pub step: usize,
    /// What was sent.
    pub request: SentRequest,
    /// What came back.
    pub answer: Answer,
    /// Whether the answer was as it should be, or departs from it in a known way.
    pub agrees: bool,
    /// That known way.
    pub deviation: Option<Deviation>,
}

/// The judgement on one case.
#[derive(Debug)]
pub enum Verdict {
    /// Every answer was as it should be.
    Passed,
    /// Some were not.
    Failed {
        /// Which ones, in the order of the steps; never empty.
        failures: Vec<Failure>,
        /// Why the steps after the last of them were not judged, if they were not.
        cut_short: Option<CaseError>,
    },
    /// All were, but for those by which the running API is known to depart from the article.
    Deviates(BTreeSet<Deviation>),
    /// It was not played.
    Skipped(SkipReason),
    /// It could not be judged.
    Error(CaseError),
}

/// One step that did not go as it should. No text in it holds a token.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The step, from 1.
    pub step: usize,
    /// What was wrong.
    pub cause: FailureCause,
}

/// What was wrong with a step.
#[derive(Debug, Clone)]
pub enum FailureCause {
    /// The answer differs from what was expected.
    Differs {
        /// The request as a `curl` command.
        request: String,
        /// Status and body as expected.
        expected: String,
        /// Status and body as they came.
        got: String,
        /// The first difference.
        difference: Difference,
    },
    /// The step uses something that an earlier answer failed to show.
    NotPlayed(PrepareError),
    /// The step was not sent, because no earlier answer showed that what it is about was made by the case.
    NotSent(Refused),
}

/// A failure that is known and accepted, as the baseline says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// The last day on which it is, such as `2027-02-20`.
    pub expires: String,
    /// Whether that day has passed: then the failure counts.
    pub expired: bool,
}
