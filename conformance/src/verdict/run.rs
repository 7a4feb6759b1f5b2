//! What came of a run as a whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CaseReport, Verdict};
use crate::case::Clause;

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
    /// Whether some of that is the run's own, so that a sweep finds it.
    pub sweep: bool,
    /// Whether nobody could look whether there is more.
    pub unlooked: bool,
    /// Whether something that was there before bears the run's mark now.
    pub harmed: bool,
    /// Ids of the baseline's cases that pass again.
    pub passing_again: Vec<String>,
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
        seen: &mut impl FnMut(&CaseReport),
    ) {
        while let Some(case) = finished.remove(&self.cases.len()) {
            seen(&case);
            self.cases.push(case);
        }
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
