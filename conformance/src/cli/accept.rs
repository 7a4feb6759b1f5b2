//! Failures that are accepted for a time, and accepting those of today.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{CommandError, usage};
use crate::baseline::{Baseline, Judged};
use crate::check::CheckReport;
use crate::rules::{self, Rule};
use crate::words::counted;

/// Failures that are accepted.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// A file of failures that are accepted, each with a reason and a last day
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Accept the failures found now in the baseline, and drop from it what passes again
    #[arg(long, requires = "baseline")]
    pub update_baseline: bool,
    /// Why the failures are accepted that --update-baseline adds
    #[arg(long, value_name = "TEXT", requires = "update_baseline")]
    pub reason: Option<String>,
    /// The last day on which they are, such as 2027-02-20 [default: in 90 days]
    #[arg(long, value_name = "DATE", requires = "update_baseline", value_parser = usage::date)]
    pub expires: Option<Date>,
}

/// The day by which acceptances expire.
pub(super) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

impl AcceptArgs {
    /// The baseline that is named; an empty one where there is none. `ids`: all that it can be about.
    pub(super) fn read(
        &self,
        what: &str,
        ids: impl FnOnce() -> std::collections::BTreeSet<String>,
    ) -> Result<Baseline, CommandError> {
        let Some(path) = &self.baseline else { return Ok(Baseline::default()) };
        let baseline = Baseline::read(path, self.update_baseline)?;
        for id in baseline.unknown(&ids()) {
            eprintln!("weni-conformance: {} accepts `{id}`, and there is no such {what}", path.display());
        }
        Ok(baseline)
    }

    /// The same of rules on traffic.
    pub(super) fn of_rules(&self) -> Result<Baseline, CommandError> {
        self.read("rule", || rules::all().iter().map(Rule::baseline_id).collect())
    }

    /// Marks in a check's report what is accepted, and what need not be any more.
    pub(super) fn apply(&self, baseline: &Baseline, report: &mut CheckReport) {
        let today = today();
        report.rules.iter_mut().for_each(|rule| baseline.accept(rule, today));
        if !self.update_baseline {
            report.passing_again = baseline.passing_again(&report.rules);
        }
    }

    /// Accepts what fails now, if that is asked for, and tells of it.
    pub(super) fn update(
        &self,
        baseline: &mut Baseline,
        all: &mut [impl Judged],
    ) -> Result<(), CommandError> {
        let (Some(path), true) = (&self.baseline, self.update_baseline) else { return Ok(()) };
        let today = today();
        let new = baseline.new_failures(all, today);
        if new > 0 && self.reason.is_none() {
            return Err(CommandError::NoReason(new));
        }
        let passing = baseline.passing_again(all);
        baseline.update(all, today, self.reason.as_deref(), self.expires);
        baseline.write(path)?;
        for id in passing {
            eprintln!("weni-conformance: {id} passes again and has left {}", path.display());
        }
        let accepts = counted(baseline.len(), "failure");
        eprintln!("weni-conformance: {} accepts {accepts} now", path.display());
        all.iter_mut().for_each(|judged| baseline.accept(judged, today));
        Ok(())
    }
}
