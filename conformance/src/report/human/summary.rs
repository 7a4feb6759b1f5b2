//! The end of a run.

use std::fmt;

use super::{DeviationLines, Look};
use crate::report::coverage::{coverage, deviations, skips};
use crate::report::outcome::{Outcome, judged};
use crate::report::style::Tone;
use crate::verdict::RunReport;
use crate::words::counted;

/// How many clauses that were not judged are named: of a few cases most are not.
const NAMED: usize = 8;

/// The end of a run: what was skipped and why, the known deviations, what was left behind, which clauses were judged, and at last
/// `8418 of 8418 exchanges agree, 213 of 213 cases whole`.
#[derive(Debug)]
pub struct Summary<'a>(pub &'a RunReport, pub Look);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        let style = look.style;
        for (reason, cases) in skips(report) {
            writeln!(f, "{}", style.paint(Tone::Faint, format_args!("skipped {}: {reason}", cases.len())))?;
        }
        for (id, cases) in deviations(report) {
            write!(f, "{}", DeviationLines { id, cases: cases.len(), look: *look })?;
        }
        for id in &report.about.passing_again {
            writeln!(f, "{} {id}: it can leave the baseline", style.paint(Tone::Known, "passes again"))?;
        }
        for left in &report.about.left {
            writeln!(f, "{} {left}", style.paint(Tone::Known, "left behind"))?;
        }
        if report.about.sweep {
            writeln!(
                f,
                "`weni-conformance sweep --url {} --run {}` removes what bears its mark",
                report.about.target, report.about.run
            )?;
        }
        self.clauses(f)?;
        self.verdicts(f)
    }
}

impl Summary<'_> {
    fn clauses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clauses = coverage(self.0);
        let missing = clauses.iter().filter(|clause| !clause.judged);
        let missing: Vec<_> = missing.map(|clause| clause.clause.to_string()).collect();
        write!(f, "{} of {} clauses judged", clauses.len() - missing.len(), clauses.len())?;
        match missing.len() {
            1..=NAMED => writeln!(f, ", not {}", missing.join(", ")),
            all if all == clauses.len() && self.0.about.read_only => {
                writeln!(f, ": this run only reads, and the clauses are about writing (--write)")
            }
            _ => writeln!(f),
        }
    }

    fn verdicts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, Look { style, .. }) = self;
        let tally = report.tally();
        let judged = judged(&tally);
        let tone = match (tally.agreed == tally.exchanges, judged) {
            (true, 1..) => Tone::Good,
            (true, 0) => Tone::Unclear,
            (false, _) => Tone::Bad,
        };
        let of = |part, whole, thing| format!("{part} of {}", counted(whole, thing));
        let exchanges = of(tally.agreed, tally.exchanges, "exchange") + " as expected";
        write!(f, "{}", style.paint(tone, exchanges))?;
        write!(f, ", {} whole", of(tally.passed, judged + tally.errors, "case"))?;
        for outcome in Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Passed) {
            let count = outcome.count(&tally);
            if count > 0 {
                let text = format_args!("{count} {}", outcome.counted(count));
                write!(f, ", {}", style.paint(outcome.tone(), text))?;
                if outcome == Outcome::KnownDeviation && report.about.strict {
                    write!(f, " (a failure: --strict)")?;
                }
            }
        }
        if judged == 0 {
            write!(f, ": nothing was judged")?;
        }
        if report.interrupted {
            write!(f, ", interrupted")?;
        }
        writeln!(f, " ({} sent, {:.1} s)", counted(report.about.requests, "request"), report.about.seconds)
    }
}
