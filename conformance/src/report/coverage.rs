//! What a run says about each clause of the contract.

use std::collections::BTreeMap;

use super::outcome::Outcome;
use crate::case::Clause;
use crate::contract::Deviation;
use crate::verdict::{CaseReport, RunReport, Verdict};

/// What a run says about one clause.
#[derive(Debug)]
pub struct ClauseCoverage<'a> {
    /// The clause.
    pub clause: Clause,
    /// Whether a case that cites it was judged.
    pub judged: bool,
    /// The cases that cite it, by what came of them, the worst first; with the places at which the run has them.
    pub cases: BTreeMap<Outcome, Vec<(usize, &'a CaseReport)>>,
}

impl ClauseCoverage<'_> {
    /// The worst that came of a case about it; `None`: the run has no such case.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.cases.keys().next().copied()
    }
}

/// What a run says about each clause, in the order of the contract.
#[must_use]
pub fn coverage(report: &RunReport) -> Vec<ClauseCoverage<'_>> {
    let judged = report.judged_clauses();
    let of_clause = |clause| {
        let mut cases: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, case) in
            report.cases.iter().enumerate().filter(|(_, case)| case.clauses.contains(&clause))
        {
            cases.entry(outcome_for(case, clause)).or_default().push((index, case));
        }
        ClauseCoverage { clause, judged: judged.contains(&clause), cases }
    };
    Clause::all().map(of_clause).collect()
}

/// What came of a case, as far as this clause goes: a known deviation is about one clause, and the case kept the others.
fn outcome_for(case: &CaseReport, clause: Clause) -> Outcome {
    match &case.verdict {
        Verdict::Deviates(ids) if ids.iter().all(|id| id.departure().clause != clause.to_string()) => {
            Outcome::Passed
        }
        _ => Outcome::of(case),
    }
}

/// The known deviations that were met, and the cases that met them; with the places at which the run has these.
#[must_use]
pub fn deviations(report: &RunReport) -> BTreeMap<&Deviation, Vec<(usize, &CaseReport)>> {
    let mut met: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (index, case) in report.cases.iter().enumerate() {
        if let Verdict::Deviates(ids) = &case.verdict {
            ids.iter().for_each(|id| met.entry(id).or_default().push((index, case)));
        }
    }
    met
}

/// The cases that were not played, by the reason.
#[must_use]
pub fn skips(report: &RunReport) -> BTreeMap<String, Vec<(usize, &CaseReport)>> {
    let mut reasons: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (index, case) in report.cases.iter().enumerate() {
        if let Verdict::Skipped(reason) = &case.verdict {
            reasons.entry(reason.to_string()).or_default().push((index, case));
        }
    }
    reasons
}
