//! What came of scenarios: lines for people, JUnit, JSON, a page.

pub mod github;
pub mod html;
pub mod json;
pub mod junit;

use std::fmt;

use super::findings::Lines;
use super::human::Look;
use super::style::Tone;
use crate::trial::explore::{Matrix, Outcome, Point};
use crate::trial::run::{TrialReport, Tried, Verdict};
use crate::words::counted;

/// How many lines of one point are shown, unless all are wanted.
const SHOWN: usize = 3;

/// The lines for people: every scenario, its matrix, what the rules found, and the end.
#[derive(Debug)]
pub struct TrialLines<'a>(pub &'a TrialReport, pub Look);

impl fmt::Display for TrialLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        for tried in &report.tried {
            write!(f, "{}", ScenarioLines(tried, *look))?;
        }
        write!(f, "{}", Lines(&report.check, *look))?;
        if let [first, ..] = report.schedules.as_slice() {
            let told = format!(
                "{} written: `weni-conformance try {}` shows one again, with --to, --command or --start as here",
                counted(report.schedules.len(), "schedule"),
                first.display()
            );
            writeln!(f, "{}", look.style.paint(Tone::Faint, told))?;
        }
        self.end(f)
    }
}

impl TrialLines<'_> {
    fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        let all = report.tried.len();
        let of =
            |wanted: fn(&Verdict) -> bool| report.tried.iter().filter(|tried| wanted(&tried.verdict)).count();
        let passed = of(|verdict| *verdict == Verdict::Passed);
        let mut told = vec![format!("{passed} of {} as expected", counted(all, "scenario"))];
        let errors = of(|verdict| matches!(verdict, Verdict::Error(_)));
        told.extend((errors > 0).then(|| format!("{errors} not judged")));
        let points = report.points();
        if points.all > 0 {
            told.push(format!("{} of {} as without", points.good, counted(points.all, "fault point")));
            told.extend(
                (points.errors > 0).then(|| format!("{} not judged", counted(points.errors, "fault point"))),
            );
        }
        let tone = if report.fails() {
            Tone::Bad
        } else if errors + points.errors > 0 {
            Tone::Unclear
        } else {
            Tone::Good
        };
        writeln!(f, "{}", look.style.paint(tone, told.join(", ")))
    }
}

/// The lines of one scenario.
#[derive(Debug)]
pub(super) struct ScenarioLines<'a>(pub(super) &'a Tried, pub(super) Look);

impl fmt::Display for ScenarioLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(tried, look) = self;
        let (word, tone) = match &tried.verdict {
            Verdict::Passed => ("passed", Tone::Good),
            Verdict::Failed(_) => ("FAILED", Tone::Bad),
            Verdict::Error(_) => ("ERROR ", Tone::Unclear),
        };
        let id = look.style.paint(Tone::Strong, &tried.id);
        let sent = counted(tried.requests, "request");
        let title = tried.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        writeln!(f, "{} {id}{title} ({sent}, {:.1} s)", look.style.paint(tone, word), tried.seconds)?;
        match &tried.verdict {
            Verdict::Passed => {}
            Verdict::Failed(problems) => {
                for problem in problems {
                    writeln!(f, "  {}", look.value(problem))?;
                }
                if tried.requests == 0 {
                    writeln!(f, "  your integration sent nothing: is WENI_URL set?")?;
                }
            }
            Verdict::Error(error) => writeln!(f, "  {}", look.value(error))?,
        }
        match &tried.matrix {
            Some(matrix) => write!(f, "{}", MatrixLines(matrix, *look)),
            None => Ok(()),
        }
    }
}

/// A table of kinds of faults and requests, and under it what is wrong, the requests named.
#[derive(Debug)]
struct MatrixLines<'a>(&'a Matrix, Look);

impl fmt::Display for MatrixLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(matrix, look) = self;
        for (line, number) in matrix.requests.iter().zip(1..) {
            writeln!(f, "  #{number} {}", look.value(line))?;
        }
        let width = matrix.kinds.iter().map(|kind| kind.id.len()).max().unwrap_or_default();
        let heads: Vec<String> =
            (1..=matrix.requests.len()).map(|number| format!("{:<5}", format!("#{number}"))).collect();
        writeln!(f, "  {:width$}  {}", "", heads.concat().trim_end())?;
        for row in matrix.cells.chunks(matrix.requests.len().max(1)) {
            let Some((point, _)) = row.first() else { continue };
            write!(f, "  {:width$}  ", point.kind.id)?;
            for (_, outcome) in row {
                let (word, tone) = cell(outcome);
                write!(f, "{} ", look.style.paint(tone, format_args!("{word:<4}")))?;
            }
            writeln!(f)?;
        }
        for (point, outcome) in &matrix.cells {
            write!(f, "{}", PointLines(*point, outcome, *look))?;
        }
        Ok(())
    }
}

/// What one point shows, if there is something to tell.
pub(super) struct PointLines<'a>(Point, &'a Outcome, Look);

impl fmt::Display for PointLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(point, outcome, look) = self;
        let (lines, tone, after) = match outcome {
            Outcome::Same | Outcome::Allowed | Outcome::Unmet => return Ok(()),
            Outcome::Differs { told, silent } => {
                let after = if *silent {
                    ", and the integration took it for done"
                } else {
                    ", and the integration said so"
                };
                (told.as_slice(), Tone::Bad, after)
            }
            Outcome::Broke(told) => (told.as_slice(), Tone::Bad, ", a rule is broken"),
            Outcome::Error(error) => (std::slice::from_ref(error), Tone::Unclear, ", not judged"),
        };
        let (kind, request) = (point.kind, point.request);
        let head = format!("{} at #{request} ({}){after}", kind.id, kind.title);
        writeln!(f, "  {}", look.style.paint(tone, head))?;
        let shown = if look.verbose { lines.len() } else { SHOWN };
        for line in lines.iter().take(shown) {
            writeln!(f, "    {}", look.value(line))?;
        }
        match lines.len().checked_sub(shown).filter(|more| *more > 0) {
            Some(more) => writeln!(f, "    and {more} more (-v)"),
            None => Ok(()),
        }
    }
}

/// The word of a cell.
fn cell(outcome: &Outcome) -> (&'static str, Tone) {
    match outcome {
        Outcome::Same => ("ok", Tone::Good),
        Outcome::Allowed => ("may", Tone::Known),
        Outcome::Unmet => ("-", Tone::Faint),
        Outcome::Differs { .. } => ("DIFF", Tone::Bad),
        Outcome::Broke(_) => ("RULE", Tone::Bad),
        Outcome::Error(_) => ("?", Tone::Unclear),
    }
}
