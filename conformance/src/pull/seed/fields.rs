//! Fields of seed data: a key is the one that the label generates.

use super::{Field, Notes, ValueType};
use crate::pull::read;
use crate::pull::urn;

/// Characters that a label, and with it a key, may have.
const MAX_LABEL: usize = 36;

/// Keys that no field may have, besides the schemes of URNs.
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

/// Fields in the order in which they were made.
pub(super) fn read(newest_first: Vec<read::Field>, notes: &mut Notes) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for field in newest_first.into_iter().rev() {
        let read::Field { key, label, value_type } = field;
        if fields.iter().any(|other| other.key == key) || !is_key(&key) {
            notes.say(format!("field {key:?} left out: its key is reserved or one that no label generates"));
            continue;
        }
        let label = label.trim().to_owned();
        let label = if is_label(&label) && key_of(&label) == key {
            label
        } else {
            notes.say(format!("field {key:?}: its label is the key here, for {label:?} generates another"));
            key.clone()
        };
        let value_type = ValueType::named(&value_type).unwrap_or_else(|| {
            notes.say(format!(
                "field {key:?}: a text field here, for {value_type:?} is no type that is known"
            ));
            ValueType::Text
        });
        fields.push(Field { key, label, value_type });
    }
    fields
}

impl ValueType {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "numeric" => Self::Numeric,
            "datetime" => Self::Datetime,
            "state" => Self::State,
            "district" => Self::District,
            "ward" => Self::Ward,
            _ => return None,
        })
    }
}

fn is_label(label: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_');
    label.len() <= MAX_LABEL && label.bytes().all(allowed)
}

/// Lower case, each run of other characters one underscore, none at the ends.
fn key_of(label: &str) -> String {
    let lower = label.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// Whether a key is one that a label can generate: it is then its own label.
fn is_key(key: &str) -> bool {
    key.len() <= MAX_LABEL
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key_of(key) == key
        && !RESERVED.contains(&key)
        && !urn::SCHEMES.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_label_generates_is_repaired_or_left_out() {
        let field = |key: &str, label: &str, value_type: &str| read::Field {
            key: key.to_owned(),
            label: label.to_owned(),
            value_type: value_type.to_owned(),
        };
        let mut notes = Notes::default();
        let listed = vec![
            field("whatsapp", "WhatsApp", "text"),
            field("old_name", "Renamed", "number"),
            field("side_kick", "Side - kick", "datetime"),
        ];
        let fields = read(listed, &mut notes);
        let made = |key: &str, label: &str, value_type| Field {
            key: key.to_owned(),
            label: label.to_owned(),
            value_type,
        };
        assert_eq!(
            fields,
            [
                made("side_kick", "Side - kick", ValueType::Datetime),
                made("old_name", "old_name", ValueType::Text)
            ]
        );
        assert_eq!(notes.lines().count(), 3);
    }
}
