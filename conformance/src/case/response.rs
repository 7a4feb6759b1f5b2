//! What an answer must be.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Pattern;
use super::present;

/// The expectation for one answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status, exactly.
    pub status: u16,
    /// Headers that the answer must have, names in lower case. `allow` is compared as a set, the others as the pattern
    /// says; headers that are not listed are not looked at.
    #[serde(default)]
    pub headers: BTreeMap<String, Pattern>,
    /// The body, which must then be JSON. Without it, the body is not looked at.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Pattern>,
    /// How much of the body `json` describes.
    #[serde(default, rename = "match")]
    pub body_match: BodyMatch,
}

/// How much of a body an expectation describes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyMatch {
    /// All of it: a member that is not expected is a difference.
    #[default]
    Exact,
    /// A part: objects at any depth may have further members. Lists still agree item by item.
    Contains,
}
