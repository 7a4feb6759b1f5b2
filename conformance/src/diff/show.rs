//! A comparison for people.

use std::fmt;

use super::{DiffReport, Drift};
use crate::difference::shorten;
use crate::report::reason::one_line;
use crate::words::counted;

/// How many of the places where a difference showed are named.
const SHOWN: usize = 3;

impl fmt::Display for DiffReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "A: {}\nB: {}\n", self.a, self.b)?;
        for (index, drift) in self.differences.iter().enumerate() {
            writeln!(f, "{}. {drift}", index + 1)?;
        }
        for (reason, cases) in &self.cut_short {
            write!(f, "not compared to the end: {}", one_line(reason))?;
            if let Some(first) = cases.first() {
                let more =
                    if cases.len() > 1 { format!(" and {} more", cases.len() - 1) } else { String::new() };
                write!(f, " ({first}{more})")?;
            }
            writeln!(f)?;
        }
        for (reason, cases) in &self.left_out {
            writeln!(f, "not compared, {}: {reason}", counted(*cases, "case"))?;
        }
        for what in &self.left {
            writeln!(f, "left there: {}", one_line(what))?;
        }
        writeln!(
            f,
            "{} of {} differ in {} ({})",
            self.differing,
            counted(self.exchanges, "exchange"),
            counted(self.differences.len(), "way"),
            counted(self.cases, "case")
        )
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", one_line(&self.request), one_line(&self.place))?;
        writeln!(f, "   A: {}", shorten(&self.a))?;
        writeln!(f, "   B: {}", shorten(&self.b))?;
        writeln!(f, "   {}", self.label)?;
        let more = self.seen.len().saturating_sub(SHOWN);
        let seen = self.seen.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        writeln!(f, "   seen in {seen}{more}")?;
        writeln!(f, "   {}", self.curl)
    }
}
