//! What a run shows: lines for people, annotations, and reports as files.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use clap::{Args, ColorChoice};

use super::CommandError;
use crate::check::CheckReport;
use crate::report::files::Files;
use crate::report::findings;
use crate::report::github::Annotations;
use crate::report::human::{CaseLines, Look, Summary};
use crate::report::step_summary::StepSummary;
use crate::report::style::Style;
use crate::report::trial::{self, TrialLines};
use crate::trial::tried::TrialReport;
use crate::verdict::{CaseReport, RunReport};

/// How a run shows what came of it.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub files: Files,
    /// Colour in the lines for people; `auto` heeds NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// A line for every case, and values whole however long
    #[arg(long, short)]
    pub verbose: bool,
}

impl ReportArgs {
    /// Prints what is to be said about one case.
    pub(super) fn case(&self, case: &CaseReport) {
        self.print(CaseLines(case, self.look()));
    }

    /// Prints the end of a run, with annotations and a page of the job if a runner of GitHub Actions reads along, and
    /// writes the files.
    pub(super) fn end(&self, report: &RunReport) -> Result<(), CommandError> {
        if on_github() {
            self.print(Annotations(report));
            add_to_job(report);
        }
        self.print(Summary(report, self.look()));
        Ok(self.files.write(report)?)
    }

    fn look(&self) -> Look {
        let style = match self.files.take_stdout() {
            true => Style::choose(self.color, &io::stderr()),
            false => Style::choose(self.color, &io::stdout()),
        };
        Look { style, verbose: self.verbose }
    }

    /// Prints to standard output, or beside it where a report goes there. A reader that has gone, such as `head`, takes
    /// nothing from the verdict.
    fn print(&self, text: impl Display) {
        if self.files.take_stdout() {
            write!(io::stderr(), "{text}").ok();
        } else {
            write!(io::stdout(), "{text}").ok();
        }
    }
}

/// How a check shows what was found: as a run does, under its own format of JSON.
#[derive(Debug, Args)]
#[command(
    mut_arg("json", |arg| arg.help(
        "Write a report as JSON, as fixtures/schemas/findings.schema.json describes it (`-`: to standard output)"
    )),
    mut_arg("verbose", |arg| arg.help("Every place where something was found, and values whole however long"))
)]
pub struct FindingArgs {
    #[command(flatten)]
    report: ReportArgs,
}

impl FindingArgs {
    /// Makes the files, so that nothing is judged in vain.
    pub(super) fn prepare(&self) -> Result<(), CommandError> {
        Ok(self.report.files.prepare()?)
    }

    /// How findings look that are told as they are made, on standard error.
    pub(super) fn live_look(&self) -> Look {
        Look { style: Style::choose(self.report.color, &io::stderr()), verbose: self.report.verbose }
    }

    /// Prints what was found, with annotations if a runner of GitHub Actions reads along, and writes the files.
    pub(super) fn show(&self, report: &CheckReport) -> Result<(), CommandError> {
        if on_github() {
            self.report.print(findings::github::Annotations(report));
        }
        self.report.print(findings::Lines(report, self.report.look()));
        Ok(self.report.files.write(report)?)
    }
}

/// How a try shows what came of it: as a run does, under its own format of JSON.
#[derive(Debug, Args)]
#[command(
    mut_arg("json", |arg| arg.help(
        "Write a report as JSON, as fixtures/schemas/trial.schema.json describes it (`-`: to standard output)"
    )),
    mut_arg("verbose", |arg| arg.help(
        "All that faults show, every place of a finding, and values whole however long"
    ))
)]
pub struct TrialArgs {
    #[command(flatten)]
    report: ReportArgs,
}

impl TrialArgs {
    /// Makes the files, so that nothing is played in vain.
    pub(super) fn prepare(&self) -> Result<(), CommandError> {
        Ok(self.report.files.prepare()?)
    }

    /// Prints what came of scenarios, with annotations if a runner of GitHub Actions reads along, and writes the files.
    pub(super) fn show(&self, report: &TrialReport) -> Result<(), CommandError> {
        if on_github() {
            self.report.print(trial::github::Annotations(report));
        }
        self.report.print(TrialLines(report, self.report.look()));
        Ok(self.report.files.write(report)?)
    }
}

fn on_github() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Adds the run to the page that the runner shows of its job. It is the runner's file: a run is no failure without it.
fn add_to_job(report: &RunReport) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = file.and_then(|mut file| write!(file, "{}", StepSummary(report))) {
        eprintln!("weni-conformance: GITHUB_STEP_SUMMARY: {}: {error}", Path::new(&path).display());
    }
}
