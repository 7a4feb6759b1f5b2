//! What seed data cannot say as the workspace had it, and why.

use std::collections::BTreeMap;
use std::fmt;

use crate::pull::urn::Fault;

/// What was left out or changed so that the mock takes the rest. No note names a contact or tells anything of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    schema: Vec<String>,
    contacts: BTreeMap<Change, usize>,
}

impl Notes {
    /// Tells something of a field or group.
    pub(super) fn say(&mut self, sentence: String) {
        self.schema.push(sentence);
    }

    /// Counts a change to a contact.
    pub(super) fn count(&mut self, change: Change) {
        *self.contacts.entry(change).or_default() += 1;
    }

    /// The notes, one line each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let counted = self.contacts.iter().map(|(change, count)| format!("{count} x {change}"));
        self.schema.iter().cloned().chain(counted)
    }
}

/// What was done to a contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// It shared its `modified_on` with another, or had one before its `created_on`.
    Moved,
    /// Its name was cut.
    Name,
    /// Its language was left out.
    Language,
    /// Groups beyond the hundredth were left out.
    ManyGroups,
    /// Fields beyond the hundredth were left out.
    ManyFields,
    /// URNs beyond the hundredth were left out.
    ManyUrns,
    /// A group that the list of groups had not was left out.
    NoSuchGroup,
    /// The groups of a contact that is not active were left out.
    NotActive,
    /// A value of this field, which is not in the seed data, was left out.
    NoSuchField(String),
    /// A value of this field that is no number or no instant was left out.
    Value(String),
    /// A value of this field was cut.
    LongValue(String),
    /// A URN of this scheme was left out.
    Urn(String, Fault),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved => f.write_str(
                "modified_on moved by microseconds: seed data has one contact at an instant, not before created_on",
            ),
            Self::Name => f.write_str("name cut: it has more than 100 characters"),
            Self::Language => f.write_str("language left out: no three letters"),
            Self::ManyGroups => f.write_str("groups left out: more than 100 of one contact"),
            Self::ManyFields => f.write_str("fields left out: more than 100 of one contact"),
            Self::ManyUrns => f.write_str("URNs left out: more than 100 of one contact"),
            Self::NoSuchGroup => f.write_str("group of a contact left out: it is not in the list of groups"),
            Self::NotActive => f.write_str("groups left out: a contact that is not active is in none"),
            Self::NoSuchField(key) => write!(f, "value of {key} left out: there is no such field here"),
            Self::Value(key) => write!(f, "value of {key} left out: not of the field's type"),
            Self::LongValue(key) => write!(f, "value of {key} cut: it has more than 640 characters"),
            Self::Urn(scheme, fault) => write!(f, "{scheme}: URN left out: {fault}"),
        }
    }
}
