//! Patterns of texts.

use std::fmt;

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::{Difference, NOTHING};

/// What a text is to be.
#[derive(Debug, Clone)]
pub(crate) enum TextPattern {
    /// Just this.
    Exact(String),
    /// Not there: `null`.
    Absent,
    /// `{"$contains": "…"}`
    Contains(String),
    /// `{"$matches": "…"}`: a regular expression that occurs in it.
    Matches(Regex),
    /// `{"$any": true}`: there, whatever it is.
    Any,
}

impl TextPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// One sentence that says what a pattern is.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(TextPattern::Absent),
            Value::String(text) => Ok(TextPattern::Exact(text.clone())),
            Value::Number(_) | Value::Bool(_) => Ok(TextPattern::Exact(value.to_string())),
            Value::Object(members) => {
                let mut members = members.iter();
                match (members.next(), members.next()) {
                    (Some((marker, value)), None) => Self::marked(marker, value),
                    _ => Err("a pattern of a text has one marker: $contains, $matches or $any".to_owned()),
                }
            }
            Value::Array(_) => Err("a list is no pattern of a text".to_owned()),
        }
    }

    fn marked(marker: &str, value: &Value) -> Result<Self, String> {
        match (marker, value) {
            ("$contains", Value::String(text)) => Ok(TextPattern::Contains(text.clone())),
            ("$matches", Value::String(text)) => {
                let regex = Regex::new(text).map_err(|error| format!("$matches: {error}"))?;
                Ok(TextPattern::Matches(regex))
            }
            ("$any", Value::Bool(true)) => Ok(TextPattern::Any),
            ("$contains" | "$matches", _) => Err(format!("{marker} takes a text")),
            ("$any", _) => Err("$any takes true".to_owned()),
            _ => Err(format!("unknown marker \"{marker}\": there are $contains, $matches and $any")),
        }
    }

    /// Whether a text, or that there is none, is as it is to be.
    pub(super) fn accepts(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (TextPattern::Absent, text) => text.is_none(),
            (_, None) => false,
            (TextPattern::Exact(exact), Some(text)) => exact == text,
            (TextPattern::Contains(part), Some(text)) => text.contains(part.as_str()),
            (TextPattern::Matches(regex), Some(text)) => regex.is_match(text),
            (TextPattern::Any, Some(_)) => true,
        }
    }

    pub(super) fn difference(&self, at: &str, text: Option<&str>) -> Option<Difference> {
        let told = || text.map_or_else(|| NOTHING.to_owned(), |text| format!("{text:?}"));
        (!self.accepts(text)).then(|| Difference::new(at, self, told()))
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextPattern::Exact(text) => write!(f, "{text:?}"),
            TextPattern::Absent => f.write_str(NOTHING),
            TextPattern::Contains(text) => write!(f, "a text with {text:?} in it"),
            TextPattern::Matches(regex) => write!(f, "a text that matches {regex}"),
            TextPattern::Any => f.write_str("anything"),
        }
    }
}

impl<'de> Deserialize<'de> for TextPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for TextPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            TextPattern::Exact(text) => serializer.serialize_str(text),
            TextPattern::Absent => serializer.serialize_none(),
            TextPattern::Contains(text) => json!({"$contains": text}).serialize(serializer),
            TextPattern::Matches(regex) => json!({"$matches": regex.as_str()}).serialize(serializer),
            TextPattern::Any => json!({"$any": true}).serialize(serializer),
        }
    }
}
