//! Parts of a scenario that have rules of their own, and the first of a file that breaks its rule.

use std::time::Duration;

use jiff::SignedDuration;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::expect::{Allowed, Member};
use super::load::stem;
use super::number::Number;
use super::trigger::{Trigger, address, headers, method};
use super::urns::Urns;
use crate::case::Pattern;
use crate::json;
use crate::words::meant;

/// What is wrong with a value, if anything is.
type Rule = fn(&Value) -> Option<String>;

/// Where rules hold, the inner ones first: `[]` stands for every item, `{}` for every member.
const RULES: &[(&str, Rule)] = &[
    ("data", |value| problem(data(value))),
    ("faults/[]", |value| problem(Fault::deserialize(value))),
    ("trigger/http/url", |value| problem(address(value))),
    ("trigger/http/method", |value| problem(method(value))),
    ("trigger/http/headers", |value| problem(headers(value))),
    ("trigger/[]/http/url", |value| problem(address(value))),
    ("trigger/[]/http/method", |value| problem(method(value))),
    ("trigger/[]/http/headers", |value| problem(headers(value))),
    ("trigger/[]", |value| problem(Trigger::deserialize(value))),
    ("trigger", |value| if value.is_array() { None } else { problem(Trigger::deserialize(value)) }),
    ("settle", |value| problem(span(value))),
    ("timeout", |value| problem(limit(value))),
    ("redeliver", |value| problem(redeliveries(value))),
    ("start/ready_url", |value| problem(address(value))),
    ("expect/contacts/{}/urns", |value| problem(Allowed::of(Member::Urns, value.clone()))),
    ("expect/contacts/{}/groups", |value| problem(Allowed::of(Member::Groups, value.clone()))),
    ("expect/contacts/{}/{}", |value| problem(Pattern::deserialize(value))),
    ("expect/new_contacts", |value| problem(Number::deserialize(value))),
    ("expect/new_groups", |value| problem(Number::deserialize(value))),
    ("expect/new_fields", |value| problem(Number::deserialize(value))),
    ("allow/[]/contacts/{}/urns", |value| problem(Allowed::of(Member::Urns, value.clone()))),
    ("allow/[]/contacts/{}/groups", |value| problem(Allowed::of(Member::Groups, value.clone()))),
    ("allow/[]/contacts/{}/{}", |value| problem(Pattern::deserialize(value))),
    ("allow/[]/new_contacts", |value| problem(Number::deserialize(value))),
    ("allow/[]/new_groups", |value| problem(Number::deserialize(value))),
    ("allow/[]/new_fields", |value| problem(Number::deserialize(value))),
];

/// Where the members' names have a rule.
const NAMES: &[&str] = &["expect/contacts", "allow/[]/contacts"];

fn problem<T>(read: Result<T, serde_json::Error>) -> Option<String> {
    read.err().map(|error| json::told(&error))
}

/// The first value of a scenario that breaks its rule, by its JSON pointer, and what is wrong with it.
pub(super) fn wrong(document: &Value) -> Option<(String, String)> {
    let of_value = |(pattern, rule): &(&str, Rule)| {
        places(document, pattern).into_iter().find_map(|(pointer, value)| Some((pointer, rule(value)?)))
    };
    let of_name = |pattern: &&str| {
        places(document, &format!("{pattern}/{{}}")).into_iter().find_map(|(pointer, _)| {
            let name = pointer.rsplit('/').next()?.replace("~1", "/").replace("~0", "~");
            Some((pointer.clone(), Urns::try_from(name).err()?))
        })
    };
    NAMES.iter().find_map(of_name).or_else(|| RULES.iter().find_map(of_value))
}

/// The values that a pattern leads to, by their JSON pointers.
fn places<'a>(document: &'a Value, pattern: &str) -> Vec<(String, &'a Value)> {
    pattern.split('/').fold(vec![(String::new(), document)], |places, step| {
        places.into_iter().flat_map(|(pointer, value)| within(&pointer, value, step)).collect()
    })
}

fn within<'a>(pointer: &str, value: &'a Value, step: &str) -> Vec<(String, &'a Value)> {
    let named = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    match (step, value) {
        ("[]", Value::Array(items)) => {
            items.iter().enumerate().map(|(place, item)| (format!("{pointer}/{place}"), item)).collect()
        }
        ("{}", Value::Object(members)) => {
            members.iter().map(|(name, member)| (named(name), member)).collect()
        }
        (name, Value::Object(members)) => {
            members.get(name).map(|member| (named(name), member)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A hundred at most: no shop tries more often in a time that anybody waits for.
pub(super) fn redeliveries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if number <= 100 { Ok(number) } else { Err(D::Error::custom("`redeliver` is 100 at most")) }
}

/// What a workspace may begin with by name.
const DATA: [&str; 2] = ["shop", "empty"];

/// A name of these, a file, or seed data.
pub(super) fn data<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let data = Option::<Value>::deserialize(deserializer)?;
    match data.as_ref().and_then(Value::as_str) {
        Some(name) if !name.ends_with(".json") && !DATA.contains(&name) => Err(D::Error::custom(format!(
            "there is no data `{name}`: {} (a file's name ends with .json)",
            meant(name, DATA)
        ))),
        _ => Ok(data),
    }
}

const PRESETS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/faults.rs"));

/// A fault as the mock takes it, or the name of a preset, of which the mock has those in `fixtures/faults/`.
pub(super) struct Fault(pub(super) Value);

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fault = Value::deserialize(deserializer)?;
        match &fault {
            Value::Object(_) => Ok(Self(fault)),
            Value::String(name) => {
                let presets: Vec<_> = PRESETS.iter().map(|(path, _)| stem(path)).collect();
                match presets.contains(&name.as_str()) {
                    true => Ok(Self(fault)),
                    false => Err(D::Error::custom(format!(
                        "there is no preset of faults `{name}`: {}",
                        meant(name, presets)
                    ))),
                }
            }
            _ => Err(D::Error::custom("a fault is an object, or the name of a preset")),
        }
    }
}

/// The longest time that a scenario may ask for.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// `"500ms"`, `"2s"`, `"1m 30s"`.
pub(super) fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let span: SignedDuration =
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no time such as 500ms or 2s")))?;
    let span =
        Duration::try_from(span).map_err(|_| D::Error::custom(format!("`{text}` is less than nothing")))?;
    match span <= LONGEST {
        true => Ok(Some(span)),
        false => Err(D::Error::custom(format!("`{text}` is longer than a day"))),
    }
}

/// The same of a limit: nothing is done in no time.
pub(super) fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    match span(deserializer)? {
        Some(Duration::ZERO) => Err(D::Error::custom("nothing is done within no time: leave it out for 60s")),
        limit => Ok(limit),
    }
}
