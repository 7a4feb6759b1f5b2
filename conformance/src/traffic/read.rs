//! Reading traffic from a file or a value, whichever of the formats it has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Exchange, Traffic, har, journal};
use crate::input::{self, Pipes};
use crate::json;

/// Why traffic cannot be read. Each message is one line that names the file and the place.
#[derive(Debug, thiserror::Error)]
pub enum TrafficError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no JSON.
    #[error("{}:{}:{}: {}", path.display(), source.line(), source.column(), json::told(source))]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// It is neither a HAR file nor a journal.
    #[error("{}: neither a HAR file (`log`) nor a journal of weni-mock (`entries`)", .0.display())]
    Neither(PathBuf),
    /// An entry is wrong.
    #[error("{}: entry {entry}: {problem}", path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Its place, from 1.
        entry: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads a HAR file, or a journal as the control API of weni-mock gives it; of a pipe, too.
///
/// # Errors
/// What is wrong, with its place. Nothing is read then: half of the traffic would be judged as if it were all.
pub fn read(path: &Path) -> Result<Traffic, TrafficError> {
    let text = input::text(path, Pipes::Read)
        .map_err(|source| TrafficError::Io { path: path.to_owned(), source })?;
    let value = serde_json::from_str(&text)
        .map_err(|source| TrafficError::NotJson { path: path.to_owned(), source })?;
    of_value(path, value)
}

/// The same of a value; `path`: where it is from, for messages.
///
/// # Errors
/// As [`read`].
pub fn of_value(path: &Path, value: Value) -> Result<Traffic, TrafficError> {
    let wrong = |entry: usize, problem: String| TrafficError::Entry { path: path.to_owned(), entry, problem };
    let neither = || TrafficError::Neither(path.to_owned());
    let Value::Object(mut members) = value else { return Err(neither()) };
    let (mut members, dropped, one): (_, _, fn(usize, Value) -> Result<_, String>) =
        match members.remove("log") {
            Some(Value::Object(log)) => (log, "_dropped", har::exchange),
            _ => (members, "dropped", journal::exchange),
        };
    let dropped = members.get(dropped).and_then(Value::as_u64).unwrap_or_default();
    let Some(Value::Array(entries)) = members.remove("entries") else { return Err(neither()) };
    let entries = entries.into_iter().zip(1..);
    let mut exchanges = entries
        .map(|(entry, place)| one(place, entry).map_err(|problem| wrong(place, problem)))
        .collect::<Result<Vec<_>, _>>()?;
    // Browsers write an entry when its answer has come.
    exchanges.sort_by_key(|exchange| (exchange.time, exchange.number));
    number(&mut exchanges);
    Ok(Traffic { exchanges, dropped, triggers: Vec::new() })
}

/// Reports name exchanges by their numbers: those of the recording where they tell its exchanges apart, else their places.
fn number(exchanges: &mut [Exchange]) {
    let numbers: BTreeSet<u64> = exchanges.iter().map(|exchange| exchange.number).collect();
    if numbers.len() < exchanges.len() || numbers.last().is_some_and(|last| *last > u64::from(u32::MAX)) {
        exchanges.iter_mut().zip(1..).for_each(|(exchange, place)| exchange.number = place);
    }
}
