//! Contact fields: labels, keys, types (`observed.md`, Fields).

use serde::{Deserialize, Serialize};

use super::json::{Members, Value};
use super::problem::{Problem, Problems, Refusal};
use super::shape::StringRule;
use super::text;
use super::urn::Scheme;

/// Characters that a label may have.
pub(crate) const MAX_LABEL: usize = 36;

/// Keys that no label may generate, besides the schemes of URNs.
const RESERVED: [&str; 11] = [
    "id",
    "uuid",
    "name",
    "first_name",
    "language",
    "groups",
    "created_on",
    "created_by",
    "modified_by",
    "is",
    "has",
];

/// The key of a field whose values never show: the contact's own member of that name stands before them
/// (observed: random/11-0030, 11-0070, 11-0071).
pub(crate) const SHADOWED: &str = "last_seen_on";

/// What a field's values are read as (F3; the last three are observed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ValueType {
    Text,
    Numeric,
    Datetime,
    State,
    District,
    Ward,
}

impl ValueType {
    const ALL: [ValueType; 6] = [
        ValueType::Text,
        ValueType::Numeric,
        ValueType::Datetime,
        ValueType::State,
        ValueType::District,
        ValueType::Ward,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ValueType::Text => "text",
            ValueType::Numeric => "numeric",
            ValueType::Datetime => "datetime",
            ValueType::State => "state",
            ValueType::District => "district",
            ValueType::Ward => "ward",
        }
    }

    fn read(member: Option<&Value>) -> Result<Self, Problem> {
        let value = match member {
            None => return Err(Problem::Required),
            Some(Value::Null) => return Err(Problem::Null),
            Some(value) => text::python_str(value),
        };
        Self::ALL.into_iter().find(|kind| kind.as_str() == value).ok_or(Problem::NotAChoice(value))
    }
}

/// What a body says of a field; `key` is the one that the label generates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldDraft {
    pub(crate) label: String,
    pub(crate) key: String,
    pub(crate) value_type: ValueType,
}

/// What the workspace knows of its other fields.
pub(crate) trait FieldDirectory {
    /// Whether another field has this label, in any letter case.
    fn label_taken(&self, folded_label: &str) -> bool;
    /// Whether another field has this key.
    fn key_taken(&self, key: &str) -> bool;
}

impl FieldDraft {
    /// Reads a body of `fields.json`.
    ///
    /// # Errors
    /// All that is wrong with its members.
    pub(crate) fn read(body: &Members, others: &impl FieldDirectory) -> Result<Self, Refusal> {
        let mut problems = Problems::default();
        let rule = StringRule { max: Some(MAX_LABEL), ..StringRule::default() };
        let label = problems.take("label", rule.require(body.get("label")));
        let label = label.and_then(|label| problems.take("label", check_label(label, others)));
        let value_type = problems.take("value_type", ValueType::read(body.get("value_type")));
        problems.finish(&["label", "value_type"])?;
        match (label, value_type) {
            (Some((label, key)), Some(value_type)) => Ok(FieldDraft { label, key, value_type }),
            _ => Err(Refusal::Members(Vec::new())),
        }
    }
}

/// The label and the key that it generates.
fn check_label(label: String, others: &impl FieldDirectory) -> Result<(String, String), Problem> {
    if !is_label(&label) {
        return Err(Problem::LabelCharacters);
    }
    if others.label_taken(&text::fold(&label)) {
        return Err(Problem::NotUnique);
    }
    let key = key_of(&label);
    if !is_key(&key) {
        return Err(Problem::ReservedKey(key));
    }
    if others.key_taken(&key) {
        return Err(Problem::KeyTaken(key));
    }
    Ok((label, key))
}

/// ASCII letters, digits, spaces, hyphens and underscores.
pub(crate) fn is_label(label: &str) -> bool {
    label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_'))
}

/// The key of a label: lower case, each run of other characters one underscore, none at the ends (F1, F5).
pub(crate) fn key_of(label: &str) -> String {
    slug::slugify(label).replace('-', "_")
}

/// Whether a key may be used: begins with a letter and is not reserved.
pub(crate) fn is_key(key: &str) -> bool {
    let scheme = Scheme::parse(key).is_some_and(|scheme| scheme != Scheme::Deleted);
    key.starts_with(|c: char| c.is_ascii_lowercase()) && !scheme && !RESERVED.contains(&key)
}
