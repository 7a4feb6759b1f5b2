//! What came of scenarios.

use std::io;
use std::path::PathBuf;

use super::Played;
use super::explore::{Matrix, Outcome};
use crate::check::{CheckReport, RuleReport};
use crate::exit_code::ExitCode;
use crate::report::files::Documents;
use crate::report::trial;
use crate::rules::Severity;
use crate::scenario::Scenario;
use crate::traffic::Traffic;

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
    /// Whether the scenario says that it is to send none.
    pub silence_is_right: bool,
    /// How long it took.
    pub seconds: f64,
    /// What the rules found in these requests.
    pub check: CheckReport,
    /// What came of exploring faults, where it was done.
    pub matrix: Option<Matrix>,
    /// Why faults were not explored that were to be.
    pub unexplored: Option<String>,
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
    /// Somebody asked to stop before it was played.
    Untried,
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
    /// How a schedule is played again: a line for the shell, for the first of them.
    pub again: Option<String>,
    /// Whether somebody asked to stop before all was done.
    pub interrupted: bool,
}

/// How many points there are, and what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Points {
    /// All that a fault met.
    pub all: usize,
    /// Those with an end as without, or one that is allowed.
    pub good: usize,
    /// Those that could not be judged.
    pub errors: usize,
    /// Those at which a rule was broken that is kept without faults.
    pub broke: usize,
    /// Those that were not tried any more, and are in none of the other numbers.
    pub untried: usize,
}

impl Tried {
    /// Nothing as yet.
    pub(super) fn not_yet(scenario: &Scenario, fail_on: Severity) -> Self {
        Self {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            verdict: Verdict::Untried,
            requests: 0,
            silence_is_right: scenario.expect.max_requests == Some(0),
            seconds: 0.0,
            check: CheckReport::of(&Traffic::default(), &scenario.id, fail_on),
            matrix: None,
            unexplored: None,
        }
    }

    /// What came of its play.
    pub(super) fn saw(&mut self, played: &Played, verdict: Verdict, fail_on: Severity) {
        self.requests = played.traffic.sent();
        self.seconds = played.took.as_secs_f64();
        self.check = CheckReport::of(&played.traffic, &self.id, fail_on);
        self.check.silence.clone_from(&played.silence);
        self.verdict = verdict;
    }

    fn fails(&self) -> bool {
        let bad = self.matrix.as_ref().is_some_and(|matrix| matrix.bad().next().is_some());
        bad || matches!(self.verdict, Verdict::Failed(_))
    }
}

impl Verdict {
    /// That of what is otherwise than expected.
    pub(super) fn of(problems: Vec<String>) -> Self {
        if problems.is_empty() { Self::Passed } else { Self::Failed(problems) }
    }

    /// What there is to tell, for programs and people.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        match self {
            Self::Passed | Self::Untried => &[],
            Self::Failed(problems) => problems,
            Self::Error(error) => std::slice::from_ref(error),
        }
    }
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
    pub fn of(tried: Vec<Tried>, fail_on: Severity, interrupted: bool) -> Self {
        let explored = tried.iter().any(|tried| tried.matrix.is_some());
        let source = if explored { "scenarios, without the faults explored" } else { "scenarios" };
        let empty = CheckReport::of(&Traffic::default(), source, fail_on);
        let check = tried.iter().fold(empty, |all, tried| all.and(&tried.id, &tried.check));
        Self { tried, check, schedules: Vec::new(), again: None, interrupted }
    }

    /// How many points there are.
    #[must_use]
    pub fn points(&self) -> Points {
        let mut points = Points::default();
        let cells =
            self.tried.iter().filter_map(|tried| tried.matrix.as_ref()).flat_map(|matrix| &matrix.cells);
        for (_, outcome) in cells {
            match outcome {
                Outcome::Unmet => continue,
                Outcome::Untried => {
                    points.untried += 1;
                    continue;
                }
                Outcome::Same | Outcome::Allowed => points.good += 1,
                Outcome::Error(_) => points.errors += 1,
                Outcome::Broke(_) => points.broke += 1,
                Outcome::Differs { .. } => {}
            }
            points.all += 1;
        }
        points
    }

    /// How many scenarios have such a verdict.
    #[must_use]
    pub fn count(&self, wanted: fn(&Verdict) -> bool) -> usize {
        self.tried.iter().filter(|tried| wanted(&tried.verdict)).count()
    }

    /// Why the integration was not seen at all, if that is so and some scenario does not say that it is right.
    #[must_use]
    pub fn nothing(&self) -> Option<String> {
        self.check.nothing().filter(|_| self.tried.iter().any(|tried| !tried.silence_is_right))
    }

    /// Whether faults were explored, and none met a request.
    #[must_use]
    pub fn unmet(&self) -> bool {
        let mut matrices = self.tried.iter().filter_map(|tried| tried.matrix.as_ref());
        let Points { all, untried, .. } = self.points();
        matrices.any(|matrix| !matrix.cells.is_empty()) && all + untried == 0
    }

    /// Whether the integration did what it should not.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.tried.iter().any(Tried::fails) || self.check.rules.iter().any(RuleReport::fails)
    }

    /// Whether something could not be judged.
    #[must_use]
    pub fn unclear(&self) -> bool {
        let unclear =
            |tried: &Tried| matches!(tried.verdict, Verdict::Error(_)) || tried.unexplored.is_some();
        self.tried.iter().any(unclear) || self.unmet() || self.points().errors > 0
    }
}

impl From<&TrialReport> for ExitCode {
    fn from(report: &TrialReport) -> Self {
        if report.interrupted {
            Self::Interrupted
        } else if report.nothing().is_some() {
            // Nothing can be said of an integration that was not seen, neither good nor bad.
            Self::NotJudged
        } else if report.fails() {
            Self::Failed
        } else if report.unclear() {
            Self::NotJudged
        } else {
            Self::Passed
        }
    }
}
