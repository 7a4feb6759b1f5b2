//! The shapes of values that differ from run to run.

/// Whether a text is a UUID as the API writes it: lower case, with hyphens.
pub(super) fn is_uuid(text: &str) -> bool {
    has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

/// Whether a text is an instant as the API writes it: UTC, `Z`, six decimals or none.
pub(super) fn is_instant(text: &str) -> bool {
    has_shape(text, "dddd-dd-ddTdd:dd:ddZ") || has_shape(text, "dddd-dd-ddTdd:dd:dd.ddddddZ")
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
