//! Plays many scenarios, as many at a time as there are stages.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use tokio::task::JoinSet;

use super::explore::{Kind, Matrix, Outcome, Point, Reference};
use super::{Played, Ready, Stages, TrialError, play};
use crate::check::{CheckReport, RuleReport};
use crate::exit_code::ExitCode;
use crate::report::files::Documents;
use crate::report::progress::Progress;
use crate::report::trial;
use crate::rules::Severity;
use crate::traffic::Traffic;

/// How scenarios are judged.
#[derive(Debug, Clone)]
pub struct Terms {
    /// From which severity on a finding is a failure.
    pub fail_on: Severity,
    /// The kinds of faults that are tried at every request; none: faults are not explored.
    pub explore: Vec<&'static Kind>,
}

/// What came of one scenario.
#[derive(Debug)]
pub struct Tried {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: Option<String>,
    /// Whether all was as expected.
    pub verdict: Verdict,
    /// How many requests the integration sent.
    pub requests: usize,
    /// How long it took.
    pub seconds: f64,
    /// What the rules found in these requests.
    pub check: CheckReport,
    /// What came of exploring faults, where it was done.
    pub matrix: Option<Matrix>,
    /// Whether faults were to be explored and were not: there is no good end to hold others against.
    pub unexplored: bool,
}

/// Whether all was as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was.
    Passed,
    /// It was not: a line for each thing.
    Failed(Vec<String>),
    /// It could not be played.
    Error(String),
}

/// What came of a run.
#[derive(Debug)]
pub struct TrialReport {
    /// What came of each scenario, in their order.
    pub tried: Vec<Tried>,
    /// What the rules found in all of them, those without faults.
    pub check: CheckReport,
    /// Schedules that were written for what faults showed.
    pub schedules: Vec<PathBuf>,
}

/// How many points were tried, and what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Points {
    /// All that a fault met.
    pub all: usize,
    /// Those with an end as without, or one that is allowed.
    pub good: usize,
    /// Those that could not be judged.
    pub errors: usize,
}

impl Documents for TrialReport {
    fn junit(&self) -> io::Result<String> {
        trial::junit::document(self).map_err(io::Error::other)
    }

    fn json(&self) -> io::Result<String> {
        Ok(format!("{:#}\n", trial::json::document(self)))
    }

    fn html(&self) -> String {
        trial::html::page(self)
    }
}

impl TrialReport {
    /// Puts together what came of scenarios.
    #[must_use]
    pub fn of(tried: Vec<Tried>, fail_on: Severity) -> Self {
        let empty = CheckReport::of(&Traffic::default(), "scenarios", fail_on);
        let check = tried.iter().fold(empty, |all, tried| all.and(&tried.id, &tried.check));
        Self { tried, check, schedules: Vec::new() }
    }

    /// How many points were tried.
    #[must_use]
    pub fn points(&self) -> Points {
        let mut points = Points::default();
        let cells =
            self.tried.iter().filter_map(|tried| tried.matrix.as_ref()).flat_map(|matrix| &matrix.cells);
        for (_, outcome) in cells.filter(|(_, outcome)| *outcome != Outcome::Unmet) {
            points.all += 1;
            points.good += usize::from(matches!(outcome, Outcome::Same | Outcome::Allowed));
            points.errors += usize::from(matches!(outcome, Outcome::Error(_)));
        }
        points
    }

    /// Whether faults were explored, and none met a request.
    #[must_use]
    pub fn unmet(&self) -> bool {
        let mut matrices = self.tried.iter().filter_map(|tried| tried.matrix.as_ref());
        matrices.any(|matrix| !matrix.cells.is_empty()) && self.points().all == 0
    }

    /// Whether the integration did what it should not.
    #[must_use]
    pub fn fails(&self) -> bool {
        let failed = |tried: &Tried| {
            let bad = tried.matrix.as_ref().is_some_and(|matrix| matrix.bad().next().is_some());
            bad || matches!(tried.verdict, Verdict::Failed(_))
        };
        self.tried.iter().any(failed) || self.check.rules.iter().any(RuleReport::fails)
    }
}

impl From<&TrialReport> for ExitCode {
    fn from(report: &TrialReport) -> Self {
        let silent = report.check.nothing().is_some();
        let unclear = report.tried.iter().any(|tried| matches!(tried.verdict, Verdict::Error(_)));
        if silent {
            // Nothing can be said of an integration that was not seen, neither good nor bad.
            Self::NotJudged
        } else if report.fails() {
            Self::Failed
        } else if unclear || report.unmet() || report.points().errors > 0 {
            Self::NotJudged
        } else {
            Self::Passed
        }
    }
}

/// Plays all of them and returns what came of each, in their order.
pub async fn run(stages: &Stages, all: &[Ready], terms: &Terms, progress: &Progress) -> Vec<Tried> {
    let mut running = JoinSet::new();
    for (place, ready) in all.iter().cloned().enumerate() {
        let (stages, terms, progress) = (stages.clone(), terms.clone(), progress.clone());
        running.spawn(async move { (place, one(&stages, &ready, &terms, &progress).await) });
    }
    in_order(running).await
}

async fn one(stages: &Stages, ready: &Ready, terms: &Terms, progress: &Progress) -> Tried {
    let scenario = &ready.scenario;
    let empty = || CheckReport::of(&Traffic::default(), &scenario.id, terms.fail_on);
    let mut tried = Tried {
        id: scenario.id.clone(),
        title: scenario.title.clone(),
        verdict: Verdict::Passed,
        requests: 0,
        seconds: 0.0,
        check: empty(),
        matrix: None,
        unexplored: false,
    };
    match whole(stages, ready, terms).await {
        Err(error) => tried.verdict = Verdict::Error(error.to_string()),
        Ok((played, verdict)) => {
            tried.requests = played.traffic.exchanges.len();
            tried.seconds = played.took.as_secs_f64();
            tried.check = CheckReport::of(&played.traffic, &scenario.id, terms.fail_on);
            tried.verdict = verdict;
            if tried.verdict == Verdict::Passed && !terms.explore.is_empty() {
                progress.step(&scenario.id, false);
                tried.matrix = Some(matrix(stages, ready, &played, terms, progress).await);
                return tried;
            }
        }
    }
    progress.step(&scenario.id, tried.verdict != Verdict::Passed);
    tried.unexplored = !terms.explore.is_empty();
    tried
}

/// One play as the scenario says, and what is otherwise than expected. Where its end must be that without faults, there is
/// a play without them before.
async fn whole(stages: &Stages, ready: &Ready, terms: &Terms) -> Result<(Played, Verdict), TrialError> {
    let scenario = &ready.scenario;
    let without = match scenario.as_without_faults {
        true => Some(play(stages, ready, &[]).await?),
        false => None,
    };
    let played = play(stages, ready, &scenario.faults).await?;
    let problems =
        match without.map(|without| Reference::of(&without, terms.fail_on).judge(&played, scenario)) {
            None => played.problems(scenario),
            Some(Outcome::Differs { mut told, silent }) => {
                told.extend(silent.then(|| "and the integration took it for done".to_owned()));
                told
            }
            Some(Outcome::Broke(told)) => told,
            Some(Outcome::Same | Outcome::Allowed) => Vec::new(),
            Some(Outcome::Unmet) => {
                let told =
                    "its faults met no request: this integration sends fewer than the one that they are for";
                return Ok((played, Verdict::Error(told.to_owned())));
            }
            Some(Outcome::Error(error)) => return Ok((played, Verdict::Error(error))),
        };
    let verdict = if problems.is_empty() { Verdict::Passed } else { Verdict::Failed(problems) };
    Ok((played, verdict))
}

async fn matrix(
    stages: &Stages,
    ready: &Ready,
    played: &Played,
    terms: &Terms,
    progress: &Progress,
) -> Matrix {
    let reference = Reference::of(played, terms.fail_on);
    let points = Point::all(played.own.len(), &terms.explore);
    progress.more(points.len());
    let mut running = JoinSet::new();
    for (place, point) in points.into_iter().enumerate() {
        let (stages, ready, reference, progress) =
            (stages.clone(), ready.clone(), reference.clone(), progress.clone());
        running.spawn(async move {
            let outcome = point.play(&stages, &ready, &reference).await;
            progress.step(&format!("{} {}", ready.scenario.id, point.id()), outcome.is_bad());
            (place, (point, outcome))
        });
    }
    Matrix { requests: played.own.clone(), kinds: terms.explore.clone(), cells: in_order(running).await }
}

/// What came of all, by their places.
async fn in_order<T: 'static>(mut running: JoinSet<(usize, T)>) -> Vec<T> {
    let mut all = BTreeMap::new();
    while let Some(done) = running.join_next().await {
        all.extend([done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))]);
    }
    all.into_values().collect()
}
