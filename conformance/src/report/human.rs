//! Plain lines for a terminal or a log.

use std::fmt;

use crate::difference::shorten;
use crate::verdict::{CaseReport, Failure, FailureCause, RunReport, Tally, Verdict};

/// A case that did not pass, with everything that one needs to look into it. Nothing for one that passed.
pub struct CaseLines<'a>(pub &'a CaseReport);

impl fmt::Display for CaseLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = self.0;
        let name = match &case.title {
            Some(title) => format!("{} ({}): {title}", case.id, case.profile),
            None => format!("{} ({})", case.id, case.profile),
        };
        match &case.verdict {
            Verdict::Passed => Ok(()),
            Verdict::Deviates(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                writeln!(f, "KNOWN DEVIATION {}  {name}", ids.join(", "))
            }
            Verdict::Skipped(reason) => writeln!(f, "SKIPPED {} ({}): {reason}", case.id, case.profile),
            Verdict::Error(error) => writeln!(f, "ERROR   {name}\n  {error}"),
            Verdict::Failed { failures, cut_short } => {
                writeln!(f, "FAILED  {name}")?;
                failures.iter().try_for_each(|failure| write_failure(f, failure))?;
                cut_short.iter().try_for_each(|error| writeln!(f, "  not judged any further: {error}"))
            }
        }
    }
}

fn write_failure(f: &mut fmt::Formatter<'_>, failure: &Failure) -> fmt::Result {
    let step = failure.step;
    match &failure.cause {
        FailureCause::NotPlayed(reason) => writeln!(f, "  step {step}: not played, {reason}"),
        FailureCause::NotSent(reason) => writeln!(f, "  step {step}: {reason}"),
        FailureCause::Differs { request, expected, got, difference } => {
            writeln!(f, "  step {step}: {difference}")?;
            writeln!(f, "    request:  {request}")?;
            writeln!(f, "    expected: {}", shorten(expected))?;
            writeln!(f, "    got:      {}", shorten(got))
        }
    }
}

/// The last lines of a run: `8418 of 8418 exchanges agree, 213 of 213 cases whole`.
pub struct Summary<'a>(pub &'a RunReport);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failed, accepted, deviating, skipped, errors, exchanges, agreed } =
            self.0.tally();
        write!(
            f,
            "{agreed} of {exchanges} exchanges agree, {passed} of {} cases whole",
            passed + failed + accepted + deviating + errors
        )?;
        for (count, what) in [
            (failed, "failed"),
            (accepted, "failed as accepted"),
            (deviating, "known deviations"),
            (errors, "could not be judged"),
            (skipped, "skipped"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        if passed + failed + accepted + deviating == 0 {
            write!(f, ": nothing was judged")?;
        }
        write!(f, " ({:.1} s)", self.0.about.seconds)
    }
}
