//! What is to be so in the end.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::number::Number;
use super::urns::Urns;
use crate::case::Pattern;
use crate::json;

/// What is to be so in the end. What it does not name is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Contacts, by a URN, or by several with spaces between, of which the contact has one. `None`: there is none such.
    #[serde(default)]
    pub contacts: BTreeMap<Urns, Option<Members>>,
    /// How many contacts there are that were not there before.
    #[serde(default)]
    pub new_contacts: Option<Number>,
    /// The same of groups.
    #[serde(default)]
    pub new_groups: Option<Number>,
    /// The same of fields.
    #[serde(default)]
    pub new_fields: Option<Number>,
    /// Contacts that were there before and that `contacts` does not name.
    #[serde(default)]
    pub others: Option<Others>,
    /// How many requests the integration sends at most.
    #[serde(default)]
    pub max_requests: Option<usize>,
}

/// A member of a contact, as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum Member {
    Uuid,
    Name,
    Language,
    Urns,
    Groups,
    Fields,
    Blocked,
    Stopped,
    CreatedOn,
    ModifiedOn,
    LastSeenOn,
}

impl Member {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Name => "name",
            Self::Language => "language",
            Self::Urns => "urns",
            Self::Groups => "groups",
            Self::Fields => "fields",
            Self::Blocked => "blocked",
            Self::Stopped => "stopped",
            Self::CreatedOn => "created_on",
            Self::ModifiedOn => "modified_on",
            Self::LastSeenOn => "last_seen_on",
        }
    }
}

/// What becomes of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Others {
    /// They are as they were, but for the time of the last change.
    Unchanged,
}

/// What a member of a contact may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Allowed {
    /// A list that has these in it, and none of those.
    Items {
        /// These.
        include: Vec<String>,
        /// Not these.
        exclude: Vec<String>,
    },
    /// Anything that fits this pattern, the same as in cases.
    Pattern(Pattern),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
}

/// What the members of a contact may be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "BTreeMap<Member, Value>")]
pub struct Members(pub BTreeMap<Member, Allowed>);

impl TryFrom<BTreeMap<Member, Value>> for Members {
    type Error = String;

    fn try_from(written: BTreeMap<Member, Value>) -> Result<Self, String> {
        let read = written.into_iter().map(|(member, value)| Ok((member, Allowed::of(member, value)?)));
        read.collect::<Result<_, serde_json::Error>>().map(Self).map_err(|error| json::told(&error))
    }
}

impl Allowed {
    /// What a scenario says of this member: of a list also by what is in it, which markers do not say.
    pub(super) fn of(member: Member, value: Value) -> Result<Self, serde_json::Error> {
        let is_list = matches!(member, Member::Urns | Member::Groups);
        let has_marker = |object: &Map<String, Value>| object.keys().any(|name| name.starts_with('$'));
        if is_list && value.as_object().is_some_and(|object| !has_marker(object)) {
            let Items { include, exclude } = Items::deserialize(value)?;
            return Ok(Self::Items { include, exclude });
        }
        Pattern::deserialize(value).map(Self::Pattern)
    }
}
