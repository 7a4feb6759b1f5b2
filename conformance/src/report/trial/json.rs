//! What came of scenarios as JSON: `fixtures/schemas/trial.schema.json`.

use serde::Serialize;
use serde_json::Value;

use crate::exit_code::ExitCode;
use crate::report::findings;
use crate::report::outcome::Head;
use crate::trial::explore::{Matrix, Outcome};
use crate::trial::tried::{TrialReport, Tried, Verdict};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    head: Head,
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
    unexplored: Option<&'a str>,
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
    let document = Document {
        head: Head::of(ExitCode::from(report)),
        scenarios: report.tried.iter().map(scenario).collect(),
        schedules: report.schedules.iter().map(|path| path.display().to_string()).collect(),
        check: findings::json::document(&report.check),
    };
    serde_json::to_value(document).unwrap_or_default()
}

fn scenario(tried: &Tried) -> Scenario<'_> {
    let verdict = match &tried.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed(_) => "failed",
        Verdict::Error(_) => "error",
        Verdict::Untried => "untried",
    };
    Scenario {
        id: &tried.id,
        title: tried.title.as_deref(),
        verdict,
        problems: tried.verdict.problems(),
        requests: tried.requests,
        seconds: tried.seconds,
        unexplored: tried.unexplored.as_deref(),
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
            Outcome::Untried => ("untried", None),
        };
        PointOf { request: point.request, fault: &point.kind.id, outcome: word, silent, told: outcome.told() }
    });
    Faults { requests: &matrix.requests, points: points.collect() }
}
