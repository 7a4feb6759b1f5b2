//! The words for what came of a case and of a run.

use serde::Serialize;

use super::style::Tone;
use crate::exit_code::ExitCode;
use crate::verdict::{CaseReport, Tally, Verdict};

/// What came of a case, by the word that reports use; what the baseline says is part of it. The worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Some answer was not as it should be.
    Failed,
    /// It could not be judged.
    Error,
    /// It failed, as the baseline accepts.
    Accepted,
    /// It departs from the article in a known way.
    KnownDeviation,
    /// Every answer was as it should be.
    Passed,
    /// It was not played.
    Skipped,
}

impl Outcome {
    /// Every outcome, in the order in which reports count them.
    pub const ALL: [Self; 6] =
        [Self::Passed, Self::Failed, Self::Accepted, Self::KnownDeviation, Self::Error, Self::Skipped];

    /// What came of this case.
    #[must_use]
    pub fn of(case: &CaseReport) -> Self {
        match case.verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed { .. } if case.is_accepted() => Self::Accepted,
            Verdict::Failed { .. } => Self::Failed,
            Verdict::Deviates(_) => Self::KnownDeviation,
            Verdict::Skipped(_) => Self::Skipped,
            Verdict::Error(_) => Self::Error,
        }
    }

    /// The word for one case: `known deviation`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Accepted => "accepted",
            Self::KnownDeviation => "known deviation",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }

    /// The words behind a number of cases: `known deviations`.
    #[must_use]
    pub fn counted(self, count: usize) -> &'static str {
        match self {
            Self::Accepted => "failed as accepted",
            Self::KnownDeviation if count != 1 => "known deviations",
            Self::Error => "could not be judged",
            other => other.word(),
        }
    }

    /// How many cases have it.
    #[must_use]
    pub fn count(self, tally: &Tally) -> usize {
        match self {
            Self::Passed => tally.passed,
            Self::Failed => tally.failed,
            Self::Accepted => tally.accepted,
            Self::KnownDeviation => tally.deviating,
            Self::Error => tally.errors,
            Self::Skipped => tally.skipped,
        }
    }

    /// Whether the case was judged.
    #[must_use]
    pub fn is_judged(self) -> bool {
        !matches!(self, Self::Error | Self::Skipped)
    }

    /// Whether a run in which it occurs fails, or says nothing of the case. `strict`: a known deviation fails.
    #[must_use]
    pub fn is_bad(self, strict: bool) -> bool {
        match self {
            Self::Failed | Self::Error => true,
            Self::KnownDeviation => strict,
            Self::Accepted | Self::Passed | Self::Skipped => false,
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Passed => Tone::Good,
            Self::Failed => Tone::Bad,
            Self::Accepted | Self::KnownDeviation => Tone::Known,
            Self::Error => Tone::Unclear,
            Self::Skipped => Tone::Faint,
        }
    }
}

/// How many cases were judged.
#[must_use]
pub fn judged(tally: &Tally) -> usize {
    Outcome::ALL.into_iter().filter(|outcome| outcome.is_judged()).map(|outcome| outcome.count(tally)).sum()
}

/// What came of a run, in a word for programs.
#[must_use]
pub fn result(code: ExitCode) -> &'static str {
    match code {
        ExitCode::Passed => "passed",
        ExitCode::Failed => "failed",
        ExitCode::NotJudged | ExitCode::Usage => "not_judged",
        ExitCode::Interrupted => "interrupted",
    }
}

/// How documents of findings and of scenarios begin.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Head {
    /// The version of the format.
    format: u8,
    version: &'static str,
    result: &'static str,
    exit_code: u8,
}

impl Head {
    pub(super) fn of(code: ExitCode) -> Self {
        Self { format: 1, version: env!("CARGO_PKG_VERSION"), result: result(code), exit_code: code as u8 }
    }
}
