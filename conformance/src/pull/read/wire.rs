//! What the API's lists hold, as far as seed data can take it. Members that are not named here are passed over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::pull::instant::Instant;

/// An item of `groups.json`.
#[derive(Debug, Deserialize)]
pub(in crate::pull) struct Group {
    pub(in crate::pull) uuid: Uuid,
    pub(in crate::pull) name: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(in crate::pull) query: Option<String>,
}

/// An item of `fields.json`.
#[derive(Debug, Deserialize)]
pub(in crate::pull) struct Field {
    pub(in crate::pull) key: String,
    pub(in crate::pull) label: String,
    pub(in crate::pull) value_type: String,
}

/// An item of `contacts.json`.
#[derive(Debug, Deserialize)]
pub(in crate::pull) struct Contact {
    pub(in crate::pull) uuid: Uuid,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(in crate::pull) name: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(in crate::pull) language: Option<String>,
    pub(in crate::pull) urns: Vec<String>,
    pub(in crate::pull) groups: Vec<GroupReference>,
    pub(in crate::pull) fields: BTreeMap<String, Value>,
    #[serde(default)]
    pub(in crate::pull) blocked: Option<bool>,
    #[serde(default)]
    pub(in crate::pull) stopped: Option<bool>,
    pub(in crate::pull) created_on: Instant,
    pub(in crate::pull) modified_on: Instant,
    #[serde(default)]
    pub(in crate::pull) last_seen_on: Option<Instant>,
}

/// A group, as a contact names it.
#[derive(Debug, Deserialize)]
pub(in crate::pull) struct GroupReference {
    pub(in crate::pull) uuid: Uuid,
}
