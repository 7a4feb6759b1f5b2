//! The lines of one case.

use std::fmt;

use super::Look;
use crate::report::outcome::Outcome;
use crate::report::reason::{self, one_line};
use crate::report::style::Tone;
use crate::verdict::{Acceptance, CaseReport, Failure, FailureCause, Verdict};

/// A case that did not pass, with everything that one needs to look into it. Nothing for one that passed or was skipped,
/// unless the look is verbose.
#[derive(Debug)]
pub struct CaseLines<'a>(pub &'a CaseReport, pub Look);

impl fmt::Display for CaseLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(case, look) = self;
        match &case.verdict {
            Verdict::Passed | Verdict::Skipped(_) if !look.verbose => Ok(()),
            Verdict::Passed => writeln!(f, "{}{}", self.heading(), self.title()),
            Verdict::Skipped(reason) => writeln!(f, "{}: {reason}", self.heading()),
            Verdict::Error(_) => {
                writeln!(f, "{}{}", self.heading(), self.title())?;
                writeln!(f, "  {}", reason::of_case(case).unwrap_or_default())
            }
            // What is known about it stands once, in the summary.
            Verdict::Deviates(_) => writeln!(f, "{}{}", self.heading(), self.title()),
            Verdict::Failed { failures, cut_short } => {
                match &case.accepted {
                    Some(Acceptance { reason, expires, expired: false }) => {
                        writeln!(f, "{}, until {expires}: {reason}", self.heading())?;
                        if !look.verbose {
                            return Ok(());
                        }
                    }
                    Some(Acceptance { reason, expires, expired: true }) => {
                        writeln!(f, "{}{}", self.heading(), self.title())?;
                        writeln!(f, "  was accepted until {expires}, which is over: {reason}")?;
                    }
                    None => writeln!(f, "{}{}", self.heading(), self.title())?,
                }
                for clause in &case.clauses {
                    writeln!(f, "  {} {}", look.style.paint(Tone::Strong, clause), clause.text())?;
                }
                failures.iter().try_for_each(|failure| self.failure(f, failure))?;
                cut_short.iter().try_for_each(|error| {
                    writeln!(f, "  not judged any further: {}", one_line(&error.to_string()))
                })
            }
        }
    }
}

impl CaseLines<'_> {
    /// The verdict, the id and the profile.
    fn heading(&self) -> String {
        let Self(case, Look { style, .. }) = self;
        let outcome = Outcome::of(case);
        let word = match &case.verdict {
            Verdict::Deviates(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                format!("KNOWN DEVIATION {} ", ids.join(", "))
            }
            _ => format!("{:<7}", outcome.word().to_uppercase()),
        };
        let id = style.paint(Tone::Strong, &case.id);
        format!("{} {id} ({})", style.paint(outcome.tone(), word), case.profile)
    }

    fn title(&self) -> String {
        self.0.title.as_ref().map_or_else(String::new, |title| format!(": {title}"))
    }

    fn failure(&self, f: &mut fmt::Formatter<'_>, failure: &Failure) -> fmt::Result {
        let Self(_, look) = self;
        let what = reason::of_step(&failure.cause);
        writeln!(f, "  step {}: {}", failure.step, look.style.paint(Tone::Bad, what))?;
        let FailureCause::Differs { request, expected, got, .. } = &failure.cause else { return Ok(()) };
        writeln!(f, "    request:  {request}")?;
        writeln!(f, "    expected: {}", look.value(expected))?;
        writeln!(f, "    got:      {}", look.value(got))
    }
}
