//! What came of scenarios as JSON: `fixtures/schemas/trial.schema.json`.

use serde::Serialize;
use serde_json::Value;

use crate::exit_code::ExitCode;
use crate::report::findings;
use crate::report::outcome::result;
use crate::trial::explore::{Matrix, Outcome};
use crate::trial::run::{TrialReport, Tried, Verdict};

/// The version of the format.
const FORMAT: u8 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format: u8,
    version: &'static str,
    result: &'static str,
    exit_code: u8,
    scenarios: Vec<Scenario<'a>>,
    schedules: Vec<String>,
    check: Value,
}

#[derive(Serialize)]
struct Scenario<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    verdict: &'static str,
    problems: &'a [String],
    requests: usize,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<Faults<'a>>,
}

#[derive(Serialize)]
struct Faults<'a> {
    requests: &'a [String],
    points: Vec<PointOf<'a>>,
}

#[derive(Serialize)]
struct PointOf<'a> {
    request: usize,
    fault: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    silent: Option<bool>,
    told: &'a [String],
}

/// The report as one JSON document.
#[must_use]
pub fn document(report: &TrialReport) -> Value {
    let code = ExitCode::from(report);
    let document = Document {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        result: result(code),
        exit_code: code as u8,
        scenarios: report.tried.iter().map(scenario).collect(),
        schedules: report.schedules.iter().map(|path| path.display().to_string()).collect(),
        check: findings::json::document(&report.check),
    };
    serde_json::to_value(document).unwrap_or_default()
}

fn scenario(tried: &Tried) -> Scenario<'_> {
    let (verdict, problems) = match &tried.verdict {
        Verdict::Passed => ("passed", [].as_slice()),
        Verdict::Failed(problems) => ("failed", problems.as_slice()),
        Verdict::Error(error) => ("error", std::slice::from_ref(error)),
    };
    Scenario {
        id: &tried.id,
        title: tried.title.as_deref(),
        verdict,
        problems,
        requests: tried.requests,
        seconds: tried.seconds,
        faults: tried.matrix.as_ref().map(faults),
    }
}

fn faults(matrix: &Matrix) -> Faults<'_> {
    let points = matrix.cells.iter().map(|(point, outcome)| {
        let (word, silent) = match outcome {
            Outcome::Same => ("same", None),
            Outcome::Allowed => ("allowed", None),
            Outcome::Unmet => ("unmet", None),
            Outcome::Differs { silent, .. } => ("differs", Some(*silent)),
            Outcome::Broke(_) => ("broke", None),
            Outcome::Error(_) => ("error", None),
        };
        PointOf { request: point.request, fault: &point.kind.id, outcome: word, silent, told: outcome.told() }
    });
    Faults { requests: &matrix.requests, points: points.collect() }
}
