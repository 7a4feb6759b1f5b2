//! Events of a shop or a CRM, and the messages in which they are told: templates, as data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::load::stem;
use crate::case::template;
use crate::input::{self, Pipes};
use crate::load::Source;
use crate::words::{meant, nearest};

/// Why an event cannot be put into a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// There is no such template.
    #[error(
        "there is no message for the event `{event}`: {meant} (--payloads FOLDER, with {event}.json in it, gives one)"
    )]
    Unknown {
        /// The event.
        event: String,
        /// What may have been meant.
        meant: String,
    },
    /// The template needs something that the scenario does not give.
    #[error("its message, {}, has {{{{{name}}}}} in it, and `with` has no such member", path.display())]
    Missing {
        /// The template.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A template cannot be read.
    #[error("{}: {problem}", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A template is no JSON.
    #[error("{0}")]
    NoJson(String),
}

const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/payloads.rs"));

/// Message templates, by the names of events.
#[derive(Debug, Clone, Default)]
pub struct Payloads {
    of: BTreeMap<String, Message>,
    folder: Option<Folder>,
}

/// A message template.
#[derive(Debug, Clone)]
struct Message {
    path: PathBuf,
    template: Value,
    shipped: bool,
}

/// A folder of somebody's own.
#[derive(Debug, Clone)]
struct Folder {
    path: PathBuf,
    /// Files in it that are no messages by their names.
    others: Vec<PathBuf>,
}

impl Payloads {
    /// Those that the program brings along.
    ///
    /// # Errors
    /// None that the tests of this crate let through.
    pub fn built_in() -> Result<Self, EventError> {
        let mut all = Self::default();
        for (path, text) in BUILT_IN {
            all.add(Path::new(path), text, true)?;
        }
        Ok(all)
    }

    /// Those of a folder: `customer-created.json` is the message of `customer-created`. What the folder lacks is as
    /// built in.
    ///
    /// # Errors
    /// A file cannot be read, or is no JSON.
    pub fn of_folder(folder: &Path) -> Result<Self, EventError> {
        let failed = |path: &Path, error: std::io::Error| EventError::Template {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        let mut all = Self::built_in()?;
        let mut others = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = input::text(&path, Pipes::Refused).map_err(|error| failed(&path, error))?;
                all.add(&path, &text, false)?;
            } else {
                others.push(path);
            }
        }
        others.sort();
        all.folder = Some(Folder { path: folder.to_owned(), others });
        Ok(all)
    }

    fn add(&mut self, path: &Path, text: &str, shipped: bool) -> Result<(), EventError> {
        let source = Source { path, text };
        let template = serde_json::from_str(text)
            .map_err(|error| EventError::NoJson(source.no_json(text, &error).to_string()))?;
        self.of.insert(name_of(path), Message { path: path.to_owned(), template, shipped });
        Ok(())
    }

    /// What of somebody's own folder is otherwise than it seems, where these events happen: messages that it lacks, and
    /// files that are the messages of none.
    #[must_use]
    pub fn notes(&self, events: &BTreeSet<&str>) -> Vec<String> {
        let Some(Folder { path, others }) = &self.folder else { return Vec::new() };
        let shipped: BTreeSet<&str> = BUILT_IN.iter().map(|(path, _)| stem(path)).collect();
        let known: Vec<&str> = events.union(&shipped).copied().collect();
        let lacks = |event: &&&str| self.of.get(**event).is_some_and(|message| message.shipped);
        let mut notes: Vec<String> = events
            .iter()
            .filter(lacks)
            .map(|event| format!("{} has no {event}.json: the program's own message is sent", path.display()))
            .collect();
        for (name, message) in &self.of {
            if !message.shipped && !known.contains(&name.as_str()) {
                let meant = meant(name, known.iter().copied());
                notes.push(format!("{}: there is no event `{name}`: {meant}", message.path.display()));
            }
        }
        for other in others {
            if nearest(&name_of(other), known.iter().copied()).is_some() {
                notes.push(format!("{}: not read, messages are in files EVENT.json", other.display()));
            }
        }
        notes
    }

    /// The message of an event. A text that is just `{{name}}` becomes the value itself, a number, say.
    ///
    /// # Errors
    /// There is no such template, or it needs what `with` does not have.
    pub fn fill(&self, event: &str, with: &Map<String, Value>) -> Result<Value, EventError> {
        let message = self.of.get(event).ok_or_else(|| EventError::Unknown {
            event: event.to_owned(),
            meant: meant(event, self.of.keys().map(String::as_str)),
        })?;
        fill(&message.template, with).map_err(|name| EventError::Missing { path: message.path.clone(), name })
    }
}

/// The event of a file.
fn name_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// # Errors
/// The name that has no value.
fn fill(template: &Value, with: &Map<String, Value>) -> Result<Value, String> {
    Ok(match template {
        Value::String(text) => match whole(text) {
            Some(name) => with.get(name).cloned().ok_or_else(|| name.to_owned())?,
            None => template::substitute(text, |name| match with.get(name) {
                Some(Value::String(value)) => Ok(value.as_str().into()),
                Some(value) => Ok(value.to_string().into()),
                None => Err(name.to_owned()),
            })?
            .into(),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, with)).collect::<Result<_, _>>()?,
        Value::Object(members) => {
            let filled = members.iter().map(|(name, value)| Ok((name.clone(), fill(value, with)?)));
            Value::Object(filled.collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

/// The name, of a text that is one placeholder.
fn whole(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?;
    (template::names(text) == [name]).then_some(name)
}
