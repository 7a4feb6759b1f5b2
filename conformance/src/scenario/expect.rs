//! What is to be so in the end.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::case::Pattern;

/// What is to be so in the end. What it does not name is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Contacts, by a URN, or by several with spaces between, of which the contact has one. `None`: there is none such.
    #[serde(default)]
    pub contacts: BTreeMap<String, Option<BTreeMap<Member, Allowed>>>,
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

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a number, or {\"at_least\": …, \"at_most\": …}")]
pub enum Number {
    /// Just so many.
    Exactly(usize),
    /// Within bounds.
    Bounds {
        /// No fewer.
        #[serde(default)]
        at_least: Option<usize>,
        /// No more.
        #[serde(default)]
        at_most: Option<usize>,
    },
}

impl Number {
    /// Whether it is so many.
    #[must_use]
    pub fn holds(self, count: usize) -> bool {
        match self {
            Self::Exactly(number) => count == number,
            Self::Bounds { at_least, at_most } => {
                at_least.is_none_or(|least| count >= least) && at_most.is_none_or(|most| count <= most)
            }
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::Bounds { at_least: Some(least), at_most: Some(most) } => write!(f, "{least} to {most}"),
            Self::Bounds { at_least: Some(least), .. } => write!(f, "at least {least}"),
            Self::Bounds { at_most: Some(most), .. } => write!(f, "at most {most}"),
            Self::Bounds { .. } => write!(f, "any number"),
        }
    }
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

impl<'de> Deserialize<'de> for Allowed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if ["include", "exclude"].iter().any(|word| value.get(word).is_some()) {
            let Items { include, exclude } = Items::deserialize(value).map_err(D::Error::custom)?;
            return Ok(Self::Items { include, exclude });
        }
        Pattern::deserialize(value).map(Self::Pattern).map_err(D::Error::custom)
    }
}
