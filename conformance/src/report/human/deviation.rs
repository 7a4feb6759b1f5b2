//! The lines of one known deviation.

use std::fmt;

use super::Look;
use crate::contract::Deviation;
use crate::report::style::Tone;
use crate::words::counted;

/// What the article says and what the running API does instead: once, however many cases meet it.
#[derive(Debug)]
pub struct DeviationLines<'a> {
    /// Which one.
    pub id: &'a Deviation,
    /// How many cases met it.
    pub cases: usize,
    /// How it is shown.
    pub look: Look,
}

impl fmt::Display for DeviationLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, cases, look } = self;
        let known = id.departure();
        let name = look.style.paint(Tone::Strong, id);
        writeln!(f, "{name} ({}), in {}", known.clause, counted(*cases, "case"))?;
        writeln!(f, "  the article:     {}", known.article)?;
        writeln!(f, "  the running API: {}", known.running)
    }
}
