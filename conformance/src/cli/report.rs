//! What a run shows: lines for people, annotations, and reports as files.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice};

use super::CommandError;
use crate::check::CheckReport;
use crate::report::files::{Files, put};
use crate::report::findings;
use crate::report::github::Annotations;
use crate::report::human::{CaseLines, Look, Summary};
use crate::report::step_summary::StepSummary;
use crate::report::style::Style;
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
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
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

/// How a check shows what was found.
#[derive(Debug, Args)]
pub struct FindingArgs {
    /// Write a report as JUnit XML (`-`: to standard output)
    #[arg(long, value_name = "PATH")]
    pub junit: Option<PathBuf>,
    /// Write a report as JSON, as fixtures/schemas/findings.schema.json describes it (`-`: to standard output)
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Colour in the lines for people; `auto` heeds NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Every place where something was found, and values whole however long
    #[arg(long, short)]
    pub verbose: bool,
}

impl FindingArgs {
    fn files(&self) -> Files {
        Files { junit: self.junit.clone(), json: self.json.clone(), html: None }
    }

    /// Makes the files, so that nothing is judged in vain.
    pub(super) fn prepare(&self) -> Result<(), CommandError> {
        Ok(self.files().prepare()?)
    }

    /// How findings look that are told as they are made, on standard error.
    pub(super) fn live_look(&self) -> Look {
        Look { style: Style::choose(self.color, &io::stderr()), verbose: self.verbose }
    }

    /// Prints what was found, with annotations if a runner of GitHub Actions reads along, and writes the files.
    pub(super) fn show(&self, report: &CheckReport) -> Result<(), CommandError> {
        let beside = self.files().take_stdout();
        let style = match beside {
            true => Style::choose(self.color, &io::stderr()),
            false => Style::choose(self.color, &io::stdout()),
        };
        let print = |text: String| match beside {
            true => write!(io::stderr(), "{text}").ok(),
            false => write!(io::stdout(), "{text}").ok(),
        };
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
            print(findings::github::Annotations(report).to_string());
        }
        print(findings::Lines(report, Look { style, verbose: self.verbose }).to_string());
        put(self.junit.as_deref(), || findings::junit::document(report).map_err(io::Error::other))?;
        put(self.json.as_deref(), || Ok(format!("{:#}\n", findings::json::document(report))))?;
        Ok(())
    }
}

/// Adds the run to the page that the runner shows of its job. It is the runner's file: a run is no failure without it.
fn add_to_job(report: &RunReport) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = file.and_then(|mut file| write!(file, "{}", StepSummary(report))) {
        eprintln!("weni-conformance: GITHUB_STEP_SUMMARY: {}: {error}", Path::new(&path).display());
    }
}
