//! The seed document (`fixtures/README.md`, Seed data), and how one is made of what a workspace answered.

mod contacts;
mod fields;
mod groups;
mod note;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use serde::Serialize;
use uuid::Uuid;

use super::read::Snapshot;
use crate::case::Status;

pub use super::instant::Instant;
pub use note::Notes;

/// The items that a list or dictionary of the API may hold.
const MAX_ITEMS: usize = 100;

/// The contents of one workspace. Its `Display` is the JSON file, a line for each field, group and contact, so that two
/// of them compare well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seed {
    /// What is known of the workspace itself.
    pub workspace: Option<Workspace>,
    /// The fields in the order in which they were made.
    pub fields: Vec<Field>,
    /// The groups in the order in which they were made.
    pub groups: Vec<Group>,
    /// The contacts in the order in which they were made.
    pub contacts: Vec<Contact>,
}

/// What the lists tell of the workspace itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workspace {
    /// Whether it masks URNs.
    pub anon: bool,
}

/// A contact field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The key, which the label generates.
    pub key: String,
    /// The label that people see.
    pub label: String,
    /// What its values are read as.
    pub value_type: ValueType,
}

/// What the values of a field are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum ValueType {
    Text,
    Numeric,
    Datetime,
    State,
    District,
    Ward,
}

/// A contact group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What contacts name it by.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// Which contacts it holds, if it is query-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// Its identity.
    pub uuid: Uuid,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ISO 639-3, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its addresses, in the API's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urns: Vec<String>,
    /// Its static groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Uuid>,
    /// Values by field key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Active, blocked or stopped: the API does not tell who is archived.
    #[serde(skip_serializing_if = "is_active")]
    pub status: Status,
    /// When it was made.
    pub created_on: Instant,
    /// When it last changed, at no other contact's instant.
    pub modified_on: Instant,
    /// When the contact last wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_on: Option<Instant>,
}

fn is_active(status: &Status) -> bool {
    *status == Status::Active
}

impl Seed {
    /// Makes seed data of what a workspace answered, and tells what a mock would not have taken as it was.
    #[must_use]
    pub fn of(snapshot: Snapshot) -> (Self, Notes) {
        let mut notes = Notes::default();
        let fields = fields::read(snapshot.fields, &mut notes);
        let groups = groups::read(snapshot.groups, &fields, &mut notes);
        let (contacts, anon) = contacts::read(snapshot.contacts, &fields, &groups, &mut notes);
        let workspace = anon.then_some(Workspace { anon });
        (Self { workspace, fields, groups: groups.kept, contacts }, notes)
    }
}

impl Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{\n")?;
        if let Some(workspace) = &self.workspace {
            writeln!(f, "  \"workspace\": {},", json(workspace)?)?;
        }
        write_list(f, "fields", &self.fields)?;
        f.write_str(",\n")?;
        write_list(f, "groups", &self.groups)?;
        f.write_str(",\n")?;
        write_list(f, "contacts", &self.contacts)?;
        f.write_str("\n}\n")
    }
}

fn write_list(f: &mut impl Write, name: &str, items: &[impl Serialize]) -> fmt::Result {
    write!(f, "  \"{name}\": [")?;
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        write!(f, "{separator}\n    {}", json(item)?)?;
    }
    f.write_str(if items.is_empty() { "]" } else { "\n  ]" })
}

fn json(value: &impl Serialize) -> Result<String, fmt::Error> {
    serde_json::to_string(value).map_err(|_| fmt::Error)
}
