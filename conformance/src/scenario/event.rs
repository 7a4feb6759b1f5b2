//! Events of a shop or a CRM, and the messages in which they are told: templates, as data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::case::template;

/// Why an event cannot be put into a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// There is no such template.
    #[error("there is no message for the event `{event}`: {} has {known}", folder.display())]
    Unknown {
        /// The event.
        event: String,
        /// Where templates were looked for.
        folder: PathBuf,
        /// Those that there are.
        known: String,
    },
    /// The template needs something that the scenario does not give.
    #[error("the message for `{event}` has {{{{{name}}}}} in it, and `with` has no such member")]
    Missing {
        /// The event.
        event: String,
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
}

const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/payloads.rs"));

/// Message templates, by the names of events.
#[derive(Debug, Clone)]
pub struct Payloads {
    folder: PathBuf,
    of: BTreeMap<String, Value>,
}

impl Payloads {
    /// Those that the program brings along.
    ///
    /// # Errors
    /// None that the tests of this crate let through.
    pub fn built_in() -> Result<Self, EventError> {
        let of = BUILT_IN.iter().map(|(path, text)| read(Path::new(path), text));
        Ok(Self { folder: "fixtures/payloads".into(), of: of.collect::<Result<_, _>>()? })
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
        folder.clone_into(&mut all.folder);
        for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                all.of.extend([read(&path, &text)?]);
            }
        }
        Ok(all)
    }

    /// The message of an event. A text that is just `{{name}}` becomes the value itself, a number, say.
    ///
    /// # Errors
    /// There is no such template, or it needs what `with` does not have.
    pub fn fill(&self, event: &str, with: &Map<String, Value>) -> Result<Value, EventError> {
        let template = self.of.get(event).ok_or_else(|| EventError::Unknown {
            event: event.to_owned(),
            folder: self.folder.clone(),
            known: self.of.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })?;
        fill(template, with).map_err(|name| EventError::Missing { event: event.to_owned(), name })
    }
}

fn read(path: &Path, text: &str) -> Result<(String, Value), EventError> {
    let value = serde_json::from_str(text)
        .map_err(|error| EventError::Template { path: path.to_owned(), problem: error.to_string() })?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), value))
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
