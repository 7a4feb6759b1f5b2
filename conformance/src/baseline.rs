//! Failures that are known and accepted for a time: a file that is kept beside the integration or the server.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::input::{self, Pipes};
use crate::json;
use crate::verdict::{Acceptance, CaseReport, FailureCause, Verdict};

/// How many days a failure is accepted unless somebody says otherwise.
const DAYS: i64 = 90;

/// Why a baseline cannot be used. Each message names the file.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is none.
    #[error("{}: there is no such file (--update-baseline makes it)", .0.display())]
    Missing(PathBuf),
    /// It is no baseline.
    #[error("{}:{}:{}: {}", path.display(), source.line(), source.column(), json::told(source))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// It accepts one case twice.
    #[error("{}: `{id}` is accepted twice", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The case's id.
        id: String,
    },
}

/// The failures that are accepted.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    accepted: Vec<Entry>,
}

/// One accepted failure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The case's id.
    case: String,
    /// Where it fails, such as `step 3: /results/0/name`: a failure elsewhere is a new one. Without it, any is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// Why it is accepted.
    reason: String,
    /// The last day on which it is.
    expires: Date,
}

/// Something that can be accepted: a case, or a rule on traffic.
pub trait Judged {
    /// Its id.
    fn id(&self) -> &str;
    /// Where it fails, the same from time to time; `None`: it does not.
    fn place(&self) -> Option<String>;
    /// Whether it was judged and found in order.
    fn passes(&self) -> bool;
    /// Marks its failure as accepted.
    fn set_accepted(&mut self, acceptance: Acceptance);
}

impl Judged for CaseReport {
    fn id(&self) -> &str {
        &self.id
    }

    fn place(&self) -> Option<String> {
        let Verdict::Failed { failures, .. } = &self.verdict else { return None };
        let first = failures.first()?;
        Some(match &first.cause {
            FailureCause::Differs { difference, .. } => format!("step {}: {}", first.step, difference.place),
            FailureCause::NotPlayed(_) | FailureCause::NotSent(_) => {
                format!("step {}: not played", first.step)
            }
        })
    }

    fn passes(&self) -> bool {
        matches!(self.verdict, Verdict::Passed | Verdict::Deviates(_))
    }

    fn set_accepted(&mut self, acceptance: Acceptance) {
        self.accepted = Some(acceptance);
    }
}

impl Entry {
    /// Whether it accepts a failure in this place today.
    fn stands(&self, place: &str, today: Date) -> bool {
        self.expires >= today && self.at.as_ref().is_none_or(|at| at == place)
    }
}

impl Baseline {
    /// Reads a baseline. A file that is not there is an empty one where `may_be_new`.
    ///
    /// # Errors
    /// The file cannot be read, is no baseline, or accepts a case twice.
    pub fn read(path: &Path, may_be_new: bool) -> Result<Self, BaselineError> {
        let text = match input::text(path, Pipes::Refused) {
            Ok(text) => text,
            Err(source) if may_be_new && source.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(BaselineError::Missing(path.to_owned()));
            }
            Err(source) => return Err(BaselineError::Io { path: path.to_owned(), source }),
        };
        let baseline: Self = serde_json::from_str(&text)
            .map_err(|source| BaselineError::Invalid { path: path.to_owned(), source })?;
        let mut seen = BTreeSet::new();
        match baseline.accepted.iter().find(|entry| !seen.insert(&entry.case)) {
            Some(entry) => Err(BaselineError::Twice { path: path.to_owned(), id: entry.case.clone() }),
            None => Ok(baseline),
        }
    }

    /// Writes the baseline: the old file or the new one is there whole, whatever happens.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), BaselineError> {
        let io = |source| BaselineError::Io { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self)
            .map_err(|source| BaselineError::Invalid { path: path.to_owned(), source })?;
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        std::fs::write(&new, text + "\n").map_err(io)?;
        std::fs::rename(&new, path).map_err(io)
    }

    /// Marks a failure if it is accepted.
    pub fn accept(&self, judged: &mut impl Judged, today: Date) {
        let Some(entry) = self.accepted.iter().find(|entry| entry.case == judged.id()) else { return };
        let Some(place) = judged.place() else { return };
        if entry.at.as_ref().is_none_or(|at| *at == place) {
            judged.set_accepted(Acceptance {
                reason: entry.reason.clone(),
                expires: entry.expires.to_string(),
                expired: entry.expires < today,
            });
        }
    }

    /// What was accepted and passes again.
    #[must_use]
    pub fn passing_again(&self, all: &[impl Judged]) -> Vec<String> {
        let accepted = |judged: &str| self.accepted.iter().any(|entry| entry.case == judged);
        let passing = all.iter().filter(|judged| judged.passes() && accepted(judged.id()));
        passing.map(|judged| judged.id().to_owned()).collect()
    }

    /// How many failures it does not accept today: these need a reason to be.
    #[must_use]
    pub fn new_failures(&self, all: &[impl Judged], today: Date) -> usize {
        let stands = |judged: &str, place: &str| {
            self.accepted.iter().any(|entry| entry.case == judged && entry.stands(place, today))
        };
        let is_new = |place: &(&str, Option<String>)| place.1.as_ref().is_some_and(|at| !stands(place.0, at));
        all.iter().map(|judged| (judged.id(), judged.place())).filter(is_new).count()
    }

    /// Accepts all failures, with the reason and the day given, and drops what passes again. Without them, entries that stand
    /// keep theirs, unless they have expired; those of what was not judged stay.
    pub fn update(&mut self, all: &[impl Judged], today: Date, reason: Option<&str>, expires: Option<Date>) {
        for judged in all {
            let known = self.accepted.iter().position(|entry| entry.case == judged.id());
            match (judged.place(), known) {
                (Some(place), known) => {
                    let standing = known.map(|index| self.accepted.remove(index));
                    let standing = standing.filter(|entry| entry.stands(&place, today));
                    let mut entry = standing.unwrap_or_else(|| Entry {
                        case: judged.id().to_owned(),
                        at: Some(place),
                        reason: String::new(),
                        expires: today.saturating_add(DAYS.days()),
                    });
                    entry.reason = reason.map_or(entry.reason, str::to_owned);
                    entry.expires = expires.unwrap_or(entry.expires);
                    self.accepted.push(entry);
                }
                (None, Some(index)) if judged.passes() => {
                    self.accepted.remove(index);
                }
                _ => {}
            }
        }
        self.accepted.sort_by(|a, b| a.case.cmp(&b.case));
    }

    /// The ids that it names and that no case has.
    pub fn unknown<'a>(&'a self, ids: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
        self.accepted.iter().map(|entry| entry.case.as_str()).filter(|id| !ids.contains(*id))
    }

    /// How many failures it accepts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.accepted.len()
    }

    /// Whether it accepts none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }
}
