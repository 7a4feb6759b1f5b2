//! Which of the requests that a fault can meet it does meet.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Which ones, counted from 1 since the fault was armed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    /// Every one.
    #[default]
    Always,
    /// Just this one.
    Nth(u64),
    /// Each so-many-th.
    Every(u64),
    /// So many at the beginning.
    First(u64),
    /// This one and all after it.
    From(u64),
    /// Each by chance: from 0 to 1.
    Probability(f64),
}

impl When {
    /// Whether a fault of this id meets the request that is the `seen`th.
    pub(super) fn is_due(self, seen: u64, seed: u64, id: &str) -> bool {
        match self {
            When::Always => true,
            When::Nth(number) => seen == number,
            When::Every(number) => seen.is_multiple_of(number),
            When::First(number) => seen <= number,
            When::From(number) => seen >= number,
            When::Probability(probability) => chance(seed, id, seen) < probability,
        }
    }
}

/// A number from 0 up to 1, the same for the same question.
fn chance(seed: u64, id: &str, seen: u64) -> f64 {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{seed}/{id}/{seen}").as_bytes()).as_u128();
    // Of the 122 bits that no version takes, the lowest 32.
    (hash & 0xffff_ffff) as f64 / 4_294_967_296.0
}

const WRONG: &str =
    "when: \"always\", {\"nth\": n}, {\"every\": n}, {\"first\": n}, {\"from\": n} or {\"probability\": 0.1}";

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = || {
            let members = match &value {
                Value::String(text) if text == "always" => return Some(When::Always),
                Value::Object(members) if members.len() == 1 => members,
                _ => return None,
            };
            let (name, value) = members.iter().next()?;
            let number = value.as_u64().filter(|number| *number > 0);
            match name.as_str() {
                "nth" => number.map(When::Nth),
                "every" => number.map(When::Every),
                "first" => number.map(When::First),
                "from" => number.map(When::From),
                "probability" => {
                    value.as_f64().filter(|chance| (0.0..=1.0).contains(chance)).map(When::Probability)
                }
                _ => None,
            }
        };
        read().ok_or_else(|| serde::de::Error::custom(WRONG))
    }
}
