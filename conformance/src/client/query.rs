//! Form encoding of queries.

use std::fmt::Write;

use crate::bindings::Bindings;
use crate::case::{Template, Unbound};

/// Names and values joined as `a=1&b=2`, each encoded as Python's `urlencode` does: letters, digits and `_.-~` as
/// themselves, a space as `+`, everything else as `%` and two hexadecimal digits in upper case for each UTF-8 byte.
/// The recordings were made so, and the `*` and `~` of a browser's form encoding differ.
pub(super) fn encode(pairs: &[(Template, Template)], bindings: &Bindings) -> Result<String, Unbound> {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        quote(&name.fill(bindings)?, &mut query);
        query.push('=');
        quote(&value.fill(bindings)?, &mut query);
    }
    Ok(query)
}

fn quote(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                into.push(char::from(byte))
            }
            b' ' => into.push('+'),
            _ => write!(into, "%{byte:02X}").expect("writing to a String cannot fail"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_as_python_does() {
        let pair = |name: &str, value: &str| (Template::new(name), Template::new(value));
        let pairs = [pair("urn", "tel:+55 82"), pair("name", "ação*~_.-/?&="), pair("empty", "")];
        assert_eq!(
            encode(&pairs, &Bindings::default()),
            Ok("urn=tel%3A%2B55+82&name=a%C3%A7%C3%A3o%2A~_.-%2F%3F%26%3D&empty=".to_owned())
        );
    }
}
