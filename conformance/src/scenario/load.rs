//! Reads scenarios from files, and says where one is wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::pieces::{self, Fault, data, limit, redeliveries, span};
use super::{Expectation, Scenario, Start, Trigger};
use crate::case::{Profile, WorkspaceSettings};
use crate::input::{self, Pipes};
use crate::json;
use crate::load::{LoadError, Source, read_error};
use crate::words::meant;

/// A scenario that the program brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    path: &'static str,
    text: &'static str,
}

const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The scenarios that the program brings along, by id.
pub fn shipped() -> impl Iterator<Item = Shipped> {
    let mut all: Vec<Shipped> = SHIPPED.iter().map(|(path, text)| Shipped { path, text }).collect();
    all.sort_by_key(|shipped| shipped.id());
    all.into_iter()
}

impl Shipped {
    /// Its id.
    #[must_use]
    pub fn id(self) -> &'static str {
        stem(self.path)
    }

    /// The scenario.
    ///
    /// # Errors
    /// None that the tests of this crate let through.
    pub fn read(self) -> Result<Scenario, LoadError> {
        parse(Path::new(self.path), self.text)
    }
}

/// The name of a file that the program brings along, without `.json`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".json").unwrap_or(name)
}

/// Loads a scenario: one of the program's by its id, or a file.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn load(name: &str) -> Result<Scenario, LoadError> {
    if let Some(shipped) = shipped().find(|shipped| shipped.id() == name) {
        return shipped.read();
    }
    let path = Path::new(name);
    if path.components().count() == 1 && !path.exists() {
        let meant = meant(name.trim_end_matches(".json"), shipped().map(Shipped::id));
        return Err(LoadError::NoScenario { name: name.to_owned(), meant });
    }
    parse(path, &text_of(path)?)
}

fn text_of(path: &Path) -> Result<String, LoadError> {
    input::text(path, Pipes::Refused).map_err(|source| read_error(path, source))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default, deserialize_with = "data")]
    data: Option<Value>,
    #[serde(default)]
    workspace: WorkspaceSettings,
    #[serde(default)]
    profile: Option<Profile>,
    #[serde(default)]
    faults: Vec<Fault>,
    #[serde(borrow)]
    trigger: &'a RawValue,
    #[serde(default, deserialize_with = "span")]
    settle: Option<Duration>,
    #[serde(default, deserialize_with = "limit")]
    timeout: Option<Duration>,
    #[serde(default, deserialize_with = "redeliveries")]
    redeliver: u32,
    #[serde(default)]
    start: Option<Start>,
    #[serde(default)]
    expect: Expectation,
    #[serde(default)]
    allow: Vec<Expectation>,
    #[serde(default)]
    as_without_faults: bool,
}

/// Reads a scenario from the text of its file.
///
/// # Errors
/// [`LoadError::Invalid`] with the place of the first mistake.
fn parse(path: &Path, text: &str) -> Result<Scenario, LoadError> {
    let source = Source { path, text };
    let document: Value = serde_json::from_str(text).map_err(|error| source.no_json(text, &error))?;
    if !document.is_object() {
        return Err(source.wrong("", "a scenario is an object".to_owned()));
    }
    let wrong = |part: &str, error: serde_json::Error| match pieces::wrong(&document) {
        // What one of our own rules refuses, serde places only roughly.
        Some((pointer, problem)) if !json::is_serdes(&error) => source.wrong(&pointer, problem),
        _ => source.no_json(part, &error),
    };
    let file: File<'_> = serde_json::from_str(text).map_err(|error| wrong(text, error))?;
    let raw = file.trigger.get();
    let triggers: Vec<Trigger> = match raw.starts_with('[') {
        true => serde_json::from_str(raw),
        false => serde_json::from_str(raw).map(|one| vec![one]),
    }
    .map_err(|error| wrong(raw, error))?;
    if triggers.is_empty() {
        return Err(source.wrong("/trigger", "it is empty: nothing happens".to_owned()));
    }
    let mut workspace = file.workspace;
    let data = file.data.or(workspace.data).unwrap_or_else(|| "shop".into());
    workspace.data = Some(in_place(path, data)?);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(Scenario {
        id: file.id.or(stem).unwrap_or_default().replace(char::is_control, " "),
        title: file.title,
        workspace,
        profile: file.profile,
        faults: file.faults.into_iter().map(|Fault(fault)| fault).collect(),
        triggers,
        settle: file.settle,
        timeout: file.timeout,
        redeliver: file.redeliver,
        start: file.start,
        expect: file.expect,
        allow: file.allow,
        as_without_faults: file.as_without_faults,
        source: path.to_owned(),
        text: text.to_owned(),
        document,
    })
}

/// Seed data that stands in a file of its own, which lies relative to the scenario's: the control API takes no paths.
fn in_place(scenario: &Path, data: Value) -> Result<Value, LoadError> {
    let Some(name) = data.as_str().filter(|name| name.ends_with(".json")) else { return Ok(data) };
    let path: PathBuf = scenario.parent().unwrap_or(Path::new("")).join(name);
    let text = text_of(&path)?;
    serde_json::from_str(&text).map_err(|error| Source { path: &path, text: &text }.no_json(&text, &error))
}
