//! Values that differ from server to server by nature, and which of the one stands for which of the other.

use std::collections::HashMap;

use crate::matcher::shape;

/// UUIDs and instants of the two, as they were first seen in the same place.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    of_a: HashMap<String, Seen>,
    of_b: HashMap<String, Seen>,
}

/// Where a value was first seen, and what the other one had there.
#[derive(Debug)]
struct Seen {
    other: String,
    at: String,
}

/// Two texts that do not stand for each other, as they are told: UUIDs and instants are `<uuid>` and `<time>`, and where
/// they are all that differs, it is said where they were seen before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Apart {
    pub(super) a: String,
    pub(super) b: String,
}

impl Pairs {
    /// Whether two texts in the same place are the same but for UUIDs and instants that stand for each other.
    pub(super) fn agree(&mut self, at: &str, a: &str, b: &str) -> Result<(), Apart> {
        let (text_a, values_a) = skeleton(a);
        let (text_b, values_b) = skeleton(b);
        if text_a != text_b || values_a.len() != values_b.len() {
            return Err(Apart { a: format!("{text_a:?}"), b: format!("{text_b:?}") });
        }
        // Instants are compared among those of one name: whether a new contact was modified since it was made depends on
        // other people's groups.
        let member = at.rsplit('/').next().unwrap_or_default();
        let key =
            |value: &str| if shape::is_uuid(value) { value.to_owned() } else { format!("{member} {value}") };
        for (a, b) in values_a.into_iter().zip(values_b) {
            let (a, b) = (key(a), key(b));
            let (seen_a, seen_b) = (self.of_a.get(&a), self.of_b.get(&b));
            match (seen_a, seen_b) {
                (None, None) => {
                    let seen = |other: &str| Seen { other: other.to_owned(), at: at.to_owned() };
                    self.of_a.insert(a.clone(), seen(&b));
                    self.of_b.insert(b.clone(), seen(&a));
                }
                (Some(of_a), Some(of_b)) if of_a.other == b && of_b.other == a => {}
                _ => {
                    let told = |seen: Option<&Seen>| match seen {
                        Some(seen) => format!("{text_a:?}, as at {} before", seen.at),
                        None => format!("{text_a:?}, not seen before"),
                    };
                    return Err(Apart { a: told(seen_a), b: told(seen_b) });
                }
            }
        }
        Ok(())
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
        let mut agree = |a: &str, b: &str| pairs.agree("/uuid", a, b).is_ok();
        assert!(agree(&format!("No such object: {x}"), &format!("No such object: {y}")));
        assert!(agree(&x, &y) && !agree(&x, &z) && !agree(&z, &y));
        assert!(agree("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"));
        assert!(!agree("plain", "text") && !agree(&z, "text"));
    }

    #[test]
    fn it_is_told_where_a_value_was_seen_before() {
        let mut pairs = Pairs::default();
        let [one, other, later] =
            ["12:00:00", "12:00:01", "12:00:02"].map(|time| format!("2026-11-22T{time}Z"));
        assert_eq!(pairs.agree("/created_on", &one, &later), Ok(()));
        assert_eq!(pairs.agree("/modified_on", &one, &other), Ok(()));
        let told = Apart {
            a: "\"<time>\", as at /modified_on before".to_owned(),
            b: "\"<time>\", not seen before".to_owned(),
        };
        assert_eq!(pairs.agree("/results/0/modified_on", &one, &later), Err(told));
    }
}
