//! What came of scenarios: lines for people, JUnit, JSON, a page.

pub mod github;
pub mod html;
pub mod json;
pub mod junit;

use std::collections::BTreeMap;
use std::fmt;

use super::findings::Lines;
use super::human::Look;
use super::style::Tone;
use crate::exit_code::ExitCode;
use crate::trial::explore::{Matrix, Outcome, Point};
use crate::trial::tried::{TrialReport, Tried, Verdict};
use crate::words::counted;

/// How many lines of one point are shown, unless all are wanted.
const SHOWN: usize = 3;

/// What is to be said where the integration failed with the fault, and said so.
const REDELIVER: &str = "where the shop delivers again what the integration said that it failed at, `\"redeliver\": 1` in a scenario settles it";

/// The lines for people: every scenario, its matrix, what the rules found, and the end.
#[derive(Debug)]
pub struct TrialLines<'a>(pub &'a TrialReport, pub Look);

impl fmt::Display for TrialLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        for tried in report.tried.iter().filter(|tried| tried.verdict != Verdict::Untried) {
            write!(f, "{}", ScenarioLines(tried, *look))?;
        }
        if report.points().broke > 0 && report.check.found().next().is_none() {
            // The matrix shows what was found.
            let requests = counted(report.check.requests, "request");
            writeln!(f, "{requests} without the faults explored, nothing found in these")?;
        } else if report.check.requests > 0
            || (report.nothing().is_some()
                && report.tried.iter().all(|tried| tried.verdict == Verdict::Passed))
        {
            // Of a scenario that failed it is said there.
            write!(f, "{}", Lines(&report.check, *look))?;
        }
        if report.tried.iter().filter_map(|tried| tried.matrix.as_ref()).any(Matrix::told_failure) {
            writeln!(f, "{}", look.style.paint(Tone::Faint, REDELIVER))?;
        }
        if let Some(again) = &report.again {
            let written = counted(report.schedules.len(), "schedule");
            let told = format!("{written} written; one again: {again}");
            writeln!(f, "{}", look.style.paint(Tone::Faint, told))?;
        }
        self.end(f)
    }
}

impl TrialLines<'_> {
    fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, look) = self;
        let passed = report.count(|verdict| *verdict == Verdict::Passed);
        let errors = report.count(|verdict| matches!(verdict, Verdict::Error(_)));
        let points = report.points();
        let unexplored = report.tried.iter().filter(|tried| tried.unexplored.is_some()).count();
        let mut told = vec![format!("{passed} of {} as expected", counted(report.tried.len(), "scenario"))];
        let mut tell = |number: usize, words: &dyn Fn(usize) -> String| {
            told.extend((number > 0).then(|| words(number)));
        };
        tell(errors, &|number| format!("{number} not judged"));
        tell(points.all, &|all| format!("{} of {} as without", points.good, counted(all, "fault point")));
        tell(points.broke, &|number| format!("{number} of them with rules broken under faults alone"));
        tell(points.errors, &|number| format!("{} not judged", counted(number, "fault point")));
        tell(usize::from(report.unmet()), &|_| "no fault met a request".to_owned());
        tell(unexplored, &|number| format!("{} not explored", counted(number, "scenario")));
        if report.interrupted {
            let untried = report.count(|verdict| *verdict == Verdict::Untried);
            told.insert(0, "interrupted".to_owned());
            let untried = (counted(untried, "scenario"), counted(points.untried, "fault point"));
            told.push(format!("{} and {} not tried", untried.0, untried.1));
        }
        let tone = match ExitCode::from(*report) {
            ExitCode::Passed => Tone::Good,
            ExitCode::Failed => Tone::Bad,
            _ if report.fails() => Tone::Bad,
            _ => Tone::Unclear,
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
            Verdict::Untried => ("      ", Tone::Faint),
        };
        let id = look.style.paint(Tone::Strong, &tried.id);
        let sent = counted(tried.requests, "request");
        let title = tried.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        writeln!(f, "{} {id}{title} ({sent}, {:.1} s)", look.style.paint(tone, word), tried.seconds)?;
        for line in tried.verdict.problems().iter().flat_map(|problem| problem.lines()) {
            writeln!(f, "  {}", look.value(line))?;
        }
        if let Verdict::Failed(problems) = &tried.verdict
            && let Some(nothing) = tried.check.nothing()
            // A command that failed has said why.
            && (tried.check.silence.is_some() || !problems.iter().any(|problem| problem.starts_with("trigger ")))
        {
            writeln!(f, "  {nothing}")?;
        }
        if let Some(why) = &tried.unexplored {
            writeln!(f, "  its faults are not explored: {why}")?;
        }
        match &tried.matrix {
            Some(matrix) if matrix.cells.is_empty() => writeln!(f, "  no request, so none to meet a fault"),
            Some(matrix) => write!(f, "{}", MatrixLines(matrix, *look)),
            None => Ok(()),
        }
    }
}

/// A table of kinds of faults and requests, and under it what is wrong.
#[derive(Debug)]
struct MatrixLines<'a>(&'a Matrix, Look);

impl fmt::Display for MatrixLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(matrix, look) = self;
        for (line, number) in matrix.requests.iter().zip(1..) {
            writeln!(f, "  #{number} {}", look.value(line))?;
        }
        let rows: Vec<&[(Point, Outcome)]> = matrix.rows().collect();
        let is_good = |row: &&&[(Point, Outcome)]| row.iter().all(|(_, outcome)| *outcome == Outcome::Same);
        let good: Vec<_> = rows.iter().filter(is_good).collect();
        let others = match good.len() {
            count if count == rows.len() => format!("all {count} kinds of faults"),
            count => format!("{count} other kinds"),
        };
        let names = rows.iter().filter_map(|row| row.first()).map(|(point, _)| point.kind.id.len());
        let width = names.max().unwrap_or_default().max(others.len());
        let heads = (1..=matrix.requests.len()).map(|number| format!("{:<5}", format!("#{number}")));
        writeln!(f, "  {:width$}  {}", "", heads.collect::<String>().trim_end())?;
        for row in rows.iter().filter(|row| look.verbose || !is_good(row)) {
            let name = row.first().map_or("", |(point, _)| &point.kind.id);
            writeln!(f, "  {name:width$}  {}", Row(row, *look))?;
        }
        if let (false, Some(row)) = (look.verbose, good.first()) {
            writeln!(f, "  {others:width$}  {}", Row(row, *look))?;
        }
        write!(f, "{}", WrongLines(matrix, *look))
    }
}

/// The cells of one row.
struct Row<'a>(&'a [(Point, Outcome)], Look);

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(row, look) = self;
        for (place, (_, outcome)) in row.iter().enumerate() {
            let (word, tone) = cell(outcome);
            // Nothing stands at the end of a line.
            let width = if place + 1 == row.len() { 0 } else { 5 };
            write!(f, "{}", look.style.paint(tone, word))?;
            write!(f, "{:1$}", "", width.max(word.chars().count()) - word.chars().count())?;
        }
        Ok(())
    }
}

/// What is wrong under which faults: those that show the same thing at the same request together, with the lines of the
/// first of them.
struct WrongLines<'a>(&'a Matrix, Look);

impl fmt::Display for WrongLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(matrix, look) = self;
        let mut groups: BTreeMap<(usize, String), Vec<&(Point, Outcome)>> = BTreeMap::new();
        for cell in &matrix.cells {
            if let Some(means) = means(&cell.1) {
                groups.entry((cell.0.request, means)).or_default().push(cell);
            }
        }
        for ((request, means), cells) in &groups {
            let kinds: Vec<&str> = cells.iter().map(|(point, _)| point.kind.id.as_str()).collect();
            let tone =
                if cells.iter().any(|(_, outcome)| outcome.is_bad()) { Tone::Bad } else { Tone::Unclear };
            let head = format!("#{request} under {}: {means}", kinds.join(", "));
            writeln!(f, "  {}", look.style.paint(tone, head))?;
            let shown = if look.verbose { cells.len() } else { 1 };
            for (point, outcome) in cells.iter().take(shown) {
                write!(f, "{}", PointLines(*point, outcome, *look))?;
            }
        }
        Ok(())
    }
}

/// What an outcome comes to, if it is not as it should be.
fn means(outcome: &Outcome) -> Option<String> {
    let told = match outcome {
        Outcome::Same | Outcome::Allowed | Outcome::Unmet | Outcome::Untried => return None,
        Outcome::Differs { silent: true, .. } => "another end, and the integration took it for done",
        Outcome::Differs { silent: false, .. } => "another end, and the integration said that it failed",
        Outcome::Error(_) => "not judged",
        Outcome::Broke(told) => {
            let rules: Vec<&str> = told.iter().filter_map(|told| told.split(':').next()).collect();
            return Some(format!("breaks {}", rules.join(", ")));
        }
    };
    Some(told.to_owned())
}

/// What one point shows.
pub(super) struct PointLines<'a>(pub(super) Point, pub(super) &'a Outcome, pub(super) Look);

impl fmt::Display for PointLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(point, outcome, look) = self;
        let lines = outcome.told();
        let shown = if look.verbose { lines.len() } else { SHOWN };
        for line in lines.iter().take(shown) {
            writeln!(f, "    {}: {}", point.kind.id, look.value(line))?;
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
        Outcome::Untried => ("·", Tone::Faint),
        Outcome::Differs { .. } => ("DIFF", Tone::Bad),
        Outcome::Broke(_) => ("RULE", Tone::Bad),
        Outcome::Error(_) => ("?", Tone::Unclear),
    }
}
