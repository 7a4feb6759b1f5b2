//! What came of a run: verdicts, case by case.

mod masked;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::case::{Case, Clause, Need, Profile, Role};
use crate::client::{Answer, ClientError, PrepareError, SentRequest};
use crate::contract::Deviation;
use crate::control::ControlError;
use crate::difference::Difference;
use crate::guard::Refused;
use crate::ledger::{Fate, Made};

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
}

impl CaseReport {
    /// Why no answer came, if it ended so.
    #[must_use]
    pub fn unanswered(&self) -> Option<&ClientError> {
        let error = match &self.verdict {
            Verdict::Failed { cut_short, .. } => cut_short.as_ref(),
            Verdict::Error(error) => Some(error),
            _ => None,
        };
        match error {
            Some(CaseError::NoAnswer { source, .. }) => Some(source),
            _ => None,
        }
    }

    /// What it made and is still there, each with the reason.
    pub fn left_behind(&self) -> impl Iterator<Item = String> {
        self.made.iter().filter_map(|made| match &made.fate {
            Fate::Left(reason) => Some(format!("{} {}: {reason}", made.endpoint, made.id)),
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

/// Why a case was not played.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SkipReason {
    /// Only a mock's control API can give what it needs, and the target has none.
    #[error("needs {}, and the target has no control API", list(.0))]
    NoControl(BTreeSet<Need>),
    /// There is no token for a role that it uses.
    #[error("no token for the role {0}")]
    NoToken(Role),
    /// It writes, and the run only reads.
    #[error("it writes, and this run only reads (--write)")]
    ReadOnly,
    /// It stores numbers or addresses, behind which there may be a person.
    #[error("it stores URNs other than ext: (--phone-urns)")]
    OtherUrns,
    /// It tries to delete a group that something uses, and none was given for that.
    #[error("it needs a group that something uses (--linked-group)")]
    NoLinkedGroup,
    /// It did not fit into the number of requests allowed.
    #[error("it is beyond the requests allowed (--requests)")]
    Budget,
    /// The workspace does not allow what it does.
    #[error("{0}")]
    Workspace(&'static str),
    /// The run was stopped before its turn.
    #[error("the run stopped after {0} failures")]
    Stopped(usize),
    /// The target was given up before its turn, because it no longer answered; what it last met with.
    #[error("the target was given up: {0}")]
    GivenUp(ClientError),
    /// The run was interrupted before its turn or in the middle of it.
    #[error("interrupted")]
    Interrupted,
}

fn list(needs: &BTreeSet<Need>) -> String {
    // In a workspace of its own the rest would be there, too.
    if needs.contains(&Need::Workspace) {
        return Need::Workspace.to_string();
    }
    needs.iter().map(Need::to_string).collect::<Vec<_>>().join(", ")
}

/// Why a case could not be judged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CaseError {
    /// The target gave no answer.
    #[error("step {step}: {source}")]
    NoAnswer {
        /// The step, from 1.
        step: usize,
        /// What went wrong.
        source: ClientError,
    },
    /// The case asks for a request that cannot be sent.
    #[error("step {step}: {source}")]
    NoRequest {
        /// The step, from 1.
        step: usize,
        /// What went wrong.
        source: PrepareError,
    },
    /// The fresh workspace could not be made, or a preparing step could not be carried out.
    #[error("preparation: {0}")]
    Preparation(#[from] ControlError),
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct RunReport {
    /// The cases, in the order in which they were given.
    pub cases: Vec<CaseReport>,
    /// Whether the user stopped the run.
    pub interrupted: bool,
    /// What is to be said about the run as a whole.
    pub about: About,
}

/// What is to be said about a run as a whole.
#[derive(Debug, Clone, Default, Serialize)]
pub struct About {
    /// The run's id, which marks what it makes.
    pub run: String,
    /// The address of the target.
    pub target: String,
    /// When it began, UTC.
    pub began: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many requests were sent, clean-up included.
    pub requests: usize,
    /// Whether only cases were played that send nothing but GET, HEAD and OPTIONS.
    pub read_only: bool,
    /// Whether a known deviation counts as a failure.
    pub strict: bool,
    /// What the run made and could not remove, or did not, each with the reason.
    pub left: Vec<String>,
    /// Ids of the baseline's cases that pass again.
    pub passing_again: Vec<String>,
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

/// How many cases got which verdict, and how many exchanges agreed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases of which every answer was as it should be.
    pub passed: usize,
    /// Cases of which some answer was not.
    pub failed: usize,
    /// Cases that failed as the baseline accepts.
    pub accepted: usize,
    /// Cases that depart from the article in a known way.
    pub deviating: usize,
    /// Cases that were not played.
    pub skipped: usize,
    /// Cases that could not be judged.
    pub errors: usize,
    /// Requests of the cases that were played.
    pub exchanges: usize,
    /// Those of them that were answered as they should be.
    pub agreed: usize,
}

impl RunReport {
    /// Takes the reports that are next in order.
    pub(crate) fn take(
        &mut self,
        finished: &mut BTreeMap<usize, CaseReport>,
        seen: &mut impl FnMut(&mut CaseReport),
    ) {
        while let Some(mut case) = finished.remove(&self.cases.len()) {
            seen(&mut case);
            self.cases.push(case);
        }
    }

    /// The deviations that were met.
    #[must_use]
    pub fn deviations(&self) -> BTreeSet<&Deviation> {
        let known = self.cases.iter().filter_map(|case| match &case.verdict {
            Verdict::Deviates(deviations) => Some(deviations),
            _ => None,
        });
        known.flatten().collect()
    }

    /// The clauses of which a case was judged.
    #[must_use]
    pub fn judged_clauses(&self) -> BTreeSet<Clause> {
        let judged =
            self.cases.iter().filter(|case| !matches!(case.verdict, Verdict::Skipped(_) | Verdict::Error(_)));
        judged.flat_map(|case| case.clauses.iter().copied()).collect()
    }

    /// Counts the verdicts.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for case in &self.cases {
            match case.verdict {
                Verdict::Passed => tally.passed += 1,
                Verdict::Failed { .. } if case.is_accepted() => tally.accepted += 1,
                Verdict::Failed { .. } => tally.failed += 1,
                Verdict::Deviates(_) => tally.deviating += 1,
                Verdict::Error(_) => tally.errors += 1,
                Verdict::Skipped(_) => {
                    tally.skipped += 1;
                    continue;
                }
            }
            tally.exchanges += case.requests;
            tally.agreed += case.agreed;
        }
        tally
    }
}
