//! Seed data: what a workspace begins with, from JSON (`fixtures/README.md`) or CSV, checked by the same rules
//! as requests.

mod csv;
mod document;
mod export;
mod load;

use std::fmt;
use std::path::Path;

use crate::model::settings::SettingsPatch;
use crate::model::time::Timestamp;
use document::{ContactSource, Document};
pub(crate) use document::{StatusSeed, WorkspaceSeed};
pub(crate) use export::export;

/// The workspaces that come with the program, by name.
const BUILT_IN: [(&str, &str); 2] = [
    ("shop", include_str!("../../../fixtures/workspaces/shop.json")),
    ("empty", include_str!("../../../fixtures/workspaces/empty.json")),
];

/// Seed data that was read; what depends on the workspace's settings is checked when it is loaded.
#[derive(Debug, Default)]
pub(crate) struct Seed {
    /// File or name, for errors.
    source: String,
    document: Document,
    /// The CSV file that the contacts came from.
    csv: Option<String>,
}

/// What is wrong with seed data, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeedError {
    place: String,
    what: String,
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl SeedError {
    fn new(place: impl fmt::Display, what: impl fmt::Display) -> Self {
        SeedError { place: place.to_string(), what: what.to_string() }
    }
}

impl Seed {
    /// The name under which it comes with the program, if it does.
    pub(crate) fn built_in_name(&self) -> Option<&str> {
        BUILT_IN.iter().map(|(name, _)| *name).find(|name| *name == self.source)
    }

    /// Reads what `--data` names: a built-in workspace, or a `.json` or `.csv` file.
    ///
    /// # Errors
    /// The file and the place in it.
    pub(crate) fn open(name: &str) -> Result<Self, SeedError> {
        if let Some(seed) = Self::built_in(name) {
            return seed;
        }
        let path = Path::new(name);
        let extension =
            path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        let Some(kind @ ("json" | "csv")) = extension.as_deref() else {
            return Err(SeedError::new(
                format!("--data {name}"),
                format!("no such workspace: give {} or a file ending in .json or .csv", names()),
            ));
        };
        let text = read_file(path)?;
        if kind == "csv" {
            let document = Document::of_contacts(csv::read(name, &text)?);
            return Ok(Seed { source: name.to_owned(), csv: Some(name.to_owned()), document });
        }
        Self::from_json(name, &text, path.parent())
    }

    /// A workspace that comes with the program.
    pub(crate) fn built_in(name: &str) -> Option<Result<Self, SeedError>> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Some(Self::from_json(name, text, None))
    }

    /// Reads a document that came by the control API.
    ///
    /// # Errors
    /// The member that is wrong.
    pub(crate) fn from_value(value: serde_json::Value) -> Result<Self, SeedError> {
        if !value.is_object() {
            return Err(SeedError::new(
                "data",
                "expected an object: put a list of contacts under \"contacts\"",
            ));
        }
        let document: Document =
            serde_json::from_value(value).map_err(|error| SeedError::new("data", error))?;
        match document.contacts {
            ContactSource::File(_) => {
                Err(SeedError::new("data.contacts", "expected a list of contacts here"))
            }
            ContactSource::Listed(_) => Ok(Seed { source: "data".to_owned(), document, csv: None }),
        }
    }

    fn from_json(source: &str, text: &str, folder: Option<&Path>) -> Result<Self, SeedError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with('[') {
            return Err(SeedError::new(
                source,
                "expected an object: put a list of contacts under \"contacts\"",
            ));
        }
        let mut document: Document = serde_json::from_str(text).map_err(|error| {
            let place = format!("{source}:{}:{}", error.line(), error.column());
            let what = error.to_string();
            SeedError::new(place, what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what))
        })?;
        let mut csv = None;
        if let ContactSource::File(file) = &document.contacts {
            let path = folder.unwrap_or(Path::new("")).join(file);
            let shown = path.display().to_string();
            let table =
                read_file(&path).map_err(|error| SeedError::new(format!("{source}: contacts"), error))?;
            document.contacts = ContactSource::Listed(csv::read(&shown, &table)?);
            csv = Some(shown);
        }
        Ok(Seed { source: source.to_owned(), document, csv })
    }

    /// File or name that it came from.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// What the data says of the workspace itself.
    pub(crate) fn workspace(&self) -> &WorkspaceSeed {
        &self.document.workspace
    }
}

impl WorkspaceSeed {
    pub(crate) fn settings(&self) -> &SettingsPatch {
        &self.settings
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        self.clock
    }
}

/// The names of the built-in workspaces.
pub(crate) fn names() -> String {
    BUILT_IN.map(|(name, _)| name).join(", ")
}

fn read_file(path: &Path) -> Result<String, SeedError> {
    let bytes = std::fs::read(path).map_err(|error| SeedError::new(path.display(), error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        SeedError::new(
            format!("{}:{line}", path.display()),
            "not UTF-8: save it in that encoding (in a spreadsheet, as CSV UTF-8)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::Country;
    use crate::model::urn::ReadUrn;

    #[test]
    fn the_built_in_urns_stand_as_the_api_would_keep_them() {
        let country = Country::parse("BR");
        let shop = Seed::built_in("shop").unwrap().unwrap();
        let ContactSource::Listed(contacts) = &shop.document.contacts else { panic!("a list") };
        for urn in contacts.iter().flat_map(|contact| &contact.urns) {
            let read = ReadUrn::read(urn, country).unwrap();
            assert_eq!(read.urn.as_str(), urn);
            assert_eq!(read.check(country, urn), Ok(()));
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let error = |text: &str| Seed::from_json("seed.json", text, None).unwrap_err().to_string();
        assert_eq!(error("{\n  \"fields\": [,]\n}"), "seed.json:2:14: expected value");
        let unknown = error(r#"{"contacts": [{"nmae": "Ana"}]}"#);
        assert!(unknown.starts_with("seed.json:1:21: unknown field `nmae`"), "{unknown}");
    }
}
