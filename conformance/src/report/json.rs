//! The report as JSON, for programs. `fixtures/schemas/report.schema.json` describes it.

mod case;

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage::{ClauseCoverage, coverage};
use super::outcome::{Outcome, result};
use crate::exit_code::ExitCode;
use crate::verdict::{About, RunReport};

/// The number of this format: it changes when something that was there is no more, or means something else.
const FORMAT: u32 = 1;

/// The report as a JSON document.
///
/// # Errors
/// A value has no form in JSON, which is not to be expected.
pub fn document(report: &RunReport) -> Result<String, serde_json::Error> {
    let code = ExitCode::from(report);
    let clauses = coverage(report);
    let document = Document {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        result: result(code),
        exit_code: code as u8,
        interrupted: report.interrupted,
        about: &report.about,
        counts: counts(report, &clauses),
        coverage: clauses.iter().map(Clause::new).collect(),
        cases: report.cases.iter().map(case::Case::new).collect(),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    version: &'static str,
    result: &'static str,
    exit_code: u8,
    interrupted: bool,
    about: &'a About,
    counts: Counts,
    coverage: Vec<Clause<'a>>,
    cases: Vec<case::Case<'a>>,
}

#[derive(Serialize)]
struct Counts {
    cases: BTreeMap<Outcome, usize>,
    exchanges: usize,
    agreed: usize,
    clauses: usize,
    judged_clauses: usize,
}

fn counts(report: &RunReport, clauses: &[ClauseCoverage<'_>]) -> Counts {
    let tally = report.tally();
    Counts {
        cases: Outcome::ALL.into_iter().map(|outcome| (outcome, outcome.count(&tally))).collect(),
        exchanges: tally.exchanges,
        agreed: tally.agreed,
        clauses: clauses.len(),
        judged_clauses: clauses.iter().filter(|clause| clause.judged).count(),
    }
}

#[derive(Serialize)]
struct Clause<'a> {
    clause: String,
    text: &'static str,
    judged: bool,
    cases: BTreeMap<Outcome, Vec<&'a str>>,
}

impl<'a> Clause<'a> {
    fn new(of: &ClauseCoverage<'a>) -> Self {
        let ids = |cases: &Vec<(usize, &'a crate::verdict::CaseReport)>| {
            cases.iter().map(|(_, case)| case.id.as_str()).collect()
        };
        Self {
            clause: of.clause.to_string(),
            text: of.clause.text(),
            judged: of.judged,
            cases: of.cases.iter().map(|(outcome, cases)| (*outcome, ids(cases))).collect(),
        }
    }
}
