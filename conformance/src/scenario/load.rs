//! Reads scenarios from files, and says where one is wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Expectation, Scenario, Start, Trigger};
use crate::case::{Profile, WorkspaceSettings};
use crate::load::{LoadError, invalid, read_error};

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
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        name.strip_suffix(".json").unwrap_or(name)
    }

    /// The scenario.
    ///
    /// # Errors
    /// None that the tests of this crate let through.
    pub fn read(self) -> Result<Scenario, LoadError> {
        parse(Path::new(self.path), self.text)
    }
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
    let text = text_of(path)?;
    parse(path, text.trim_start_matches('\u{feff}'))
}

/// Bytes of a scenario's file, and of the seed data that it names, at most.
const MOST: u64 = 64 << 20;

/// The text of a file. Pipes and devices are none: who waits for them cannot be stopped.
fn text_of(path: &Path) -> Result<String, LoadError> {
    let about = std::fs::metadata(path).map_err(|source| read_error(path, source))?;
    if !about.is_file() || about.len() > MOST {
        let why = if about.is_file() { "it has more than 64 MiB" } else { "it is no file" };
        return Err(read_error(path, std::io::Error::other(why)));
    }
    std::fs::read_to_string(path).map_err(|source| read_error(path, source))
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
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    workspace: WorkspaceSettings,
    #[serde(default)]
    profile: Option<Profile>,
    #[serde(default)]
    faults: Vec<Value>,
    #[serde(borrow)]
    trigger: &'a RawValue,
    #[serde(default, deserialize_with = "span")]
    settle: Option<Duration>,
    #[serde(default, deserialize_with = "span")]
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
    let wrong = |part: &str, error: &serde_json::Error| invalid(path, text, part, None, error);
    let file: File<'_> = serde_json::from_str(text).map_err(|error| wrong(text, &error))?;
    let raw = file.trigger.get();
    let triggers: Vec<Trigger> = match raw.starts_with('[') {
        true => serde_json::from_str(raw),
        false => serde_json::from_str(raw).map(|one| vec![one]),
    }
    .map_err(|error| wrong(raw, &error))?;
    let mut workspace = file.workspace;
    let data = file.data.or(workspace.data).unwrap_or_else(|| "shop".into());
    workspace.data = Some(in_place(path, data)?);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(Scenario {
        id: file.id.or(stem).unwrap_or_default().replace(char::is_control, " "),
        title: file.title,
        workspace,
        profile: file.profile,
        faults: file.faults,
        triggers,
        settle: file.settle,
        timeout: file.timeout,
        redeliver: file.redeliver,
        start: file.start,
        expect: file.expect,
        allow: file.allow,
        as_without_faults: file.as_without_faults,
        source: path.to_owned(),
        document: serde_json::from_str(text).map_err(|error| wrong(text, &error))?,
    })
}

/// Seed data that stands in a file of its own, which lies relative to the scenario's: the control API takes no paths.
fn in_place(scenario: &Path, data: Value) -> Result<Value, LoadError> {
    let Some(name) = data.as_str().filter(|name| name.ends_with(".json")) else { return Ok(data) };
    let path: PathBuf = scenario.parent().unwrap_or(Path::new("")).join(name);
    let text = text_of(&path)?;
    serde_json::from_str(&text).map_err(|error| invalid(&path, &text, &text, None, &error))
}

/// A hundred at most: no shop tries more often in a time that anybody waits for.
fn redeliveries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    use serde::de::Error;

    let number = u32::deserialize(deserializer)?;
    if number <= 100 { Ok(number) } else { Err(D::Error::custom("`redeliver` is 100 at most")) }
}

/// The longest time that a scenario may ask for.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// `"500ms"`, `"2s"`, `"1m 30s"`.
fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    use serde::de::Error;

    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let span: SignedDuration =
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no time such as 500ms or 2s")))?;
    let span =
        Duration::try_from(span).map_err(|_| D::Error::custom(format!("`{text}` is less than nothing")))?;
    match span <= LONGEST {
        true => Ok(Some(span)),
        false => Err(D::Error::custom(format!("`{text}` is longer than a day"))),
    }
}
