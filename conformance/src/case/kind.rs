//! Kinds of JSON values that an expectation may ask for.

use std::str::FromStr;

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are JSON's own")]
pub enum Kind {
    String,
    /// A number without decimals.
    Integer,
    Boolean,
    List,
    Object,
    /// In lower case with hyphens.
    Uuid,
    /// In UTC, such as `2026-11-22T12:00:00.123456Z`.
    Time,
    /// A link into the API.
    Url,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::String,
        Self::Integer,
        Self::Boolean,
        Self::List,
        Self::Object,
        Self::Uuid,
        Self::Time,
        Self::Url,
    ];

    /// The name as a case file writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
            Self::Uuid => "uuid",
            Self::Time => "time",
            Self::Url => "url",
        }
    }

    /// For people: `a UUID`.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Uuid => "a UUID",
            Self::Time => "a UTC instant",
            Self::Url => "a link into the API",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("unknown `$type` `{text}`: the types are {known}")
        })
    }
}
