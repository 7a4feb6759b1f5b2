//! Patterns of bodies: JSON of which a part is looked at.

use serde_json::{Map, Value};

use super::{Difference, TextPattern};

/// A body as patterns look at it: JSON, the members of a form, or a text.
pub(super) fn of_body(content_type: Option<&str>, body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    if let Ok(json) = serde_json::from_slice(body) {
        return Some(json);
    }
    if content_type.unwrap_or_default().starts_with("application/x-www-form-urlencoded") {
        let pairs = form_urlencoded::parse(body);
        let members: Map<String, Value> =
            pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        return Some(Value::Object(members));
    }
    Some(Value::String(String::from_utf8_lossy(body).into_owned()))
}

/// Whether every marker in a pattern is one.
///
/// # Errors
/// One sentence about the first that is none.
pub(super) fn check(pattern: &Value) -> Result<(), String> {
    match pattern {
        Value::Object(members) if is_marked(members) => TextPattern::read(pattern).map(drop),
        Value::Object(members) => members.values().try_for_each(check),
        Value::Array(items) => items.iter().try_for_each(check),
        _ => Ok(()),
    }
}

/// Every place where a body is not as it is to be.
pub(super) fn differences(pattern: &Value, body: &Option<Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", pattern, body.as_ref(), &mut found);
    found
}

fn is_marked(members: &Map<String, Value>) -> bool {
    members.keys().next().is_some_and(|name| name.starts_with('$'))
}

fn compare(at: &str, pattern: &Value, got: Option<&Value>, found: &mut Vec<Difference>) {
    match (pattern, got) {
        (Value::Object(members), got) if is_marked(members) => {
            let agrees = match (TextPattern::read(pattern), got) {
                (Ok(TextPattern::Any), got) => got.is_some(),
                (Ok(text), Some(Value::String(got))) => text.accepts(Some(got)),
                (Ok(text), Some(got)) => text.accepts(Some(&got.to_string())),
                (Ok(_) | Err(_), _) => false,
            };
            if !agrees {
                let expected = TextPattern::read(pattern).map_or_else(|error| error, |text| text.to_string());
                found.push(difference(at, expected, got));
            }
        }
        (Value::Object(members), Some(Value::Object(got))) => {
            for (name, pattern) in members {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(&at, pattern, got.get(name), found);
            }
        }
        (Value::Array(patterns), Some(Value::Array(items))) if patterns.len() == items.len() => {
            for (place, (pattern, item)) in patterns.iter().zip(items).enumerate() {
                compare(&format!("{at}/{place}"), pattern, Some(item), found);
            }
        }
        (Value::Array(patterns), Some(Value::Array(items))) => {
            let told = |count: usize| format!("{count} item{}", if count == 1 { "" } else { "s" });
            found.push(Difference::new(place(at), told(patterns.len()), told(items.len())));
        }
        (pattern, Some(got)) if pattern == got => {}
        _ => found.push(difference(at, pattern.to_string(), got)),
    }
}

fn difference(at: &str, expected: String, got: Option<&Value>) -> Difference {
    Difference::new(place(at), expected, got.map_or_else(|| super::NOTHING.to_owned(), Value::to_string))
}

fn place(at: &str) -> &str {
    if at.is_empty() { "body" } else { at }
}
