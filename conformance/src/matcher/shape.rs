//! The shapes of values that differ from run to run.

use serde_json::Value;

use crate::case::Kind;

/// Whether a value is of a kind.
pub(super) fn is(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::String, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::List, Value::Array(_))
        | (Kind::Object, Value::Object(_)) => true,
        (Kind::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (Kind::Uuid, Value::String(text)) => is_uuid(text),
        (Kind::Time, Value::String(text)) => is_instant(text),
        (Kind::Url, Value::String(text)) => is_link(text),
        _ => false,
    }
}

/// Whether a text is a UUID as the API writes it: lower case, with hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

/// Whether a text is an instant as the API writes it: UTC, `Z`, six decimals or none.
pub(crate) fn is_instant(text: &str) -> bool {
    has_shape(text, "dddd-dd-ddTdd:dd:ddZ") || has_shape(text, "dddd-dd-ddTdd:dd:dd.ddddddZ")
}

/// Whether a text is an absolute link into the API.
pub(crate) fn is_link(text: &str) -> bool {
    (text.starts_with("http://") || text.starts_with("https://")) && text.contains("/api/v2/")
}

/// An instant with its decimals written out, so that texts compare as the instants do.
pub(super) fn with_decimals(instant: &str) -> String {
    if instant.contains('.') { instant.to_owned() } else { instant.replace('Z', ".000000Z") }
}

/// Compares character by character: `x` is a hexadecimal digit in lower case, `d` a decimal one.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(got, expected)| match expected {
            b'x' => matches!(got, b'0'..=b'9' | b'a'..=b'f'),
            b'd' => got.is_ascii_digit(),
            _ => got == expected,
        })
}
