//! Where an answer first departs from what was expected.

use std::fmt;

/// The longest text, in characters, that a one-line message shows of a value.
const SHOWN: usize = 160;

/// The first difference between an answer and its expectation. Its `Display` is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The part of the answer that differs.
    pub place: Place,
    /// What was expected there: JSON, or words such as `a UUID`. Whole, however long.
    pub expected: String,
    /// What was there: JSON, or `nothing`. Whole, however long.
    pub got: String,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The status.
    Status,
    /// The header of this name.
    Header(String),
    /// A value in the body, as a JSON pointer (RFC 6901) such as `/results/0/name`; empty: the whole body.
    Body(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("status"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => f.write_str(pointer),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.place, shorten(&self.expected), shorten(&self.got))
    }
}

/// A text on one line, cut where it gets long.
#[must_use]
pub fn shorten(text: &str) -> String {
    let line: String = text.chars().take(SHOWN + 1).map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}
