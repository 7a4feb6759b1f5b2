//! Places in files, and what is wrong there.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use super::LoadError;
use crate::json;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What it lies in: `step 2` of a case, a JSON pointer elsewhere; empty where it is the whole file.
    pub within: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)?;
        if self.within.is_empty() { Ok(()) } else { write!(f, ": {}", self.within) }
    }
}

/// A file and its text, to say where something in it is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// What serde_json says of `part`, a slice of a case's text, and perhaps a step of it.
    pub(super) fn no_case(self, part: &str, step: Option<usize>, error: &serde_json::Error) -> LoadError {
        let within = step.map(|step| format!("step {step}")).unwrap_or_default();
        self.invalid(self.last_read(part, error), within, json::told(error))
    }

    /// What is wrong with a step of a case.
    pub(super) fn wrong_step(self, raw: &RawValue, step: usize, problem: String) -> LoadError {
        self.invalid(self.begin(raw.get()), format!("step {step}"), problem)
    }

    /// What serde_json says of `part`, a slice of the text.
    pub(crate) fn no_json(self, part: &str, error: &serde_json::Error) -> LoadError {
        let last = self.last_read(part, error);
        self.invalid(last, json::pointer_at(self.text, last + 1), json::told(error))
    }

    /// What is wrong with the value that a JSON pointer leads to.
    pub(crate) fn wrong(self, pointer: &str, problem: String) -> LoadError {
        let offset = json::offset_of(self.text, pointer).unwrap_or_default();
        self.invalid(offset, pointer.to_owned(), problem)
    }

    fn invalid(self, offset: usize, within: String, problem: String) -> LoadError {
        let (line, column) = position(self.text, offset);
        LoadError::Invalid { place: Place { path: self.path.to_owned(), line, column, within }, problem }
    }

    /// Where the character begins that serde_json read last of `part`, in bytes of the whole text; it counts lines and bytes,
    /// and both are 0 where it is about the whole.
    fn last_read(self, part: &str, error: &serde_json::Error) -> usize {
        let lines = part.split_inclusive('\n').take(error.line().saturating_sub(1));
        let line = self.begin(part) + lines.map(str::len).sum::<usize>();
        let last = (line + error.column().saturating_sub(1)).min(self.text.len());
        (0..=last).rev().find(|offset| self.text.is_char_boundary(*offset)).unwrap_or_default()
    }

    /// Where `part`, a slice of the text, begins in it, in bytes.
    fn begin(self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

/// Line and column, from 1, of a place given in bytes.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
