//! Values that differ from server to server by nature, and which of the one stands for which of the other.

use std::collections::HashMap;

use crate::matcher::shape;

/// UUIDs and instants of the two, as they were first seen in the same place.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    of_a: HashMap<String, String>,
    of_b: HashMap<String, String>,
}

impl Pairs {
    /// Whether two texts are the same but for UUIDs and instants that stand for each other.
    pub(super) fn agree(&mut self, a: &str, b: &str) -> bool {
        let (text_a, values_a) = skeleton(a);
        let (text_b, values_b) = skeleton(b);
        text_a == text_b
            && values_a.len() == values_b.len()
            && values_a.into_iter().zip(values_b).all(|(a, b)| self.pair(a, b))
    }

    fn pair(&mut self, a: &str, b: &str) -> bool {
        match (self.of_a.get(a), self.of_b.get(b)) {
            (None, None) => {
                self.of_a.insert(a.to_owned(), b.to_owned());
                self.of_b.insert(b.to_owned(), a.to_owned());
                true
            }
            (known_b, known_a) => {
                known_b.is_some_and(|known| known == b) && known_a.is_some_and(|known| known == a)
            }
        }
    }
}

/// A text with its UUIDs and instants taken out, and these in order.
pub(super) fn skeleton(text: &str) -> (String, Vec<&str>) {
    let (mut rest, mut kept, mut values) = (text, String::new(), Vec::new());
    while let Some(first) = rest.chars().next() {
        match value_at(rest) {
            Some((name, length)) => {
                kept.push_str(name);
                values.push(&rest[..length]);
                rest = &rest[length..];
            }
            None => {
                kept.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    (kept, values)
}

/// The UUID or instant that a text begins with: what stands in its place, and its length.
fn value_at(text: &str) -> Option<(&'static str, usize)> {
    let is = |length: usize, shape: fn(&str) -> bool| text.get(..length).is_some_and(shape);
    if is(36, shape::is_uuid) {
        Some(("<uuid>", 36))
    } else if is(27, shape::is_instant) {
        Some(("<time>", 27))
    } else if is(20, shape::is_instant) {
        Some(("<time>", 20))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_for_one_other() {
        let [x, y, z] = ["1", "2", "3"].map(|digit| digit.repeat(8) + "-1111-4111-8111-111111111111");
        let mut pairs = Pairs::default();
        assert!(pairs.agree(&format!("No such object: {x}"), &format!("No such object: {y}")));
        assert!(pairs.agree(&x, &y) && !pairs.agree(&x, &z) && !pairs.agree(&z, &y));
        assert!(pairs.agree("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"));
        assert!(!pairs.agree("plain", "text") && !pairs.agree(&z, "text"));
    }
}
