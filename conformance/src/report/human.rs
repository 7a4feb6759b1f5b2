//! Lines for people, on a terminal or in a log.

mod case;
mod deviation;
mod summary;

use super::reason::one_line;
use super::style::Style;
use crate::difference::shorten;

pub use case::CaseLines;
pub use deviation::DeviationLines;
pub use summary::Summary;

/// How lines look. By default plain and brief.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// With colours or without.
    pub style: Style,
    /// Whether every case has a line, and values are whole however long.
    pub verbose: bool,
}

impl Look {
    /// A text of the server's, on one line.
    pub(super) fn value(self, text: &str) -> String {
        if self.verbose { one_line(text) } else { shorten(text) }
    }
}
