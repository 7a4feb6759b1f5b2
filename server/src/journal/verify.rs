//! Whether what was to happen has happened: how many entries there are of a kind, and which came nearest.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Entry, Filter, Mask};
use crate::matching::Difference;

/// How many of the entries that come nearest are told.
const NEAREST: usize = 3;

/// A question to a journal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verify {
    /// Which entries count.
    #[serde(rename = "match", default)]
    pub(crate) filter: Filter,
    /// How many there are to be.
    #[serde(default)]
    pub(crate) count: Count,
}

/// How many entries there are to be: a number, or `{"exactly"}`, `{"at_least"}`, `{"at_most"}`. At least one by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    at_least: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<usize>,
}

impl Default for Count {
    fn default() -> Self {
        Count { at_least: 1, at_most: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    exactly: Option<usize>,
    at_least: Option<usize>,
    at_most: Option<usize>,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let exactly = |number| Count { at_least: number, at_most: Some(number) };
        let wrong = "count: a number, {\"exactly\": n}, {\"at_least\": n}, {\"at_most\": n}, or the last two together";
        match Value::deserialize(deserializer)? {
            Value::Number(number) => {
                let number = number.as_u64().and_then(|number| usize::try_from(number).ok());
                number.map(exactly).ok_or_else(|| D::Error::custom(wrong))
            }
            value => {
                let bounds: Bounds = serde_json::from_value(value)
                    .map_err(|error| D::Error::custom(format!("count: {error}")))?;
                match bounds {
                    Bounds { exactly: Some(number), at_least: None, at_most: None } => Ok(exactly(number)),
                    Bounds { exactly: None, at_least: None, at_most: None }
                    | Bounds { exactly: Some(_), .. } => Err(D::Error::custom(wrong)),
                    Bounds { at_least, at_most, .. } => {
                        Ok(Count { at_least: at_least.unwrap_or(0), at_most })
                    }
                }
            }
        }
    }
}

/// The answer to a question.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// Whether it is as it is to be.
    #[serde(skip)]
    pub(crate) holds: bool,
    pub(crate) count: usize,
    pub(crate) expected: Count,
    /// Numbers of the entries that counted.
    pub(crate) entries: Vec<u64>,
    /// Where there are too few: those that come nearest, and how they differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) nearest: Vec<Miss>,
    /// How many entries were dropped: they may have been some that count.
    pub(crate) dropped: u64,
}

/// An entry that did not count.
#[derive(Debug, Serialize)]
pub(crate) struct Miss {
    pub(crate) entry: u64,
    /// `POST /api/v2/contacts.json`.
    pub(crate) request: String,
    pub(crate) differences: Vec<Difference>,
}

impl Verify {
    /// Answers the question of these entries, the oldest first.
    pub(crate) fn answer(&self, entries: &[Arc<Entry>], dropped: u64) -> Outcome {
        let mut counted = Vec::new();
        let mut misses: Vec<Miss> = Vec::new();
        for entry in entries {
            let differences = self.filter.differences(entry);
            if differences.is_empty() {
                counted.push(entry.number);
            } else {
                let request = format!("{} {}", entry.method, entry.path());
                misses.push(Miss { entry: entry.number, request, differences });
            }
        }
        let Count { at_least, at_most } = self.count;
        let too_few = counted.len() < at_least;
        // Of equals the younger first.
        misses.sort_by_key(|miss| {
            let far: usize = miss.differences.iter().map(Difference::weight).sum();
            (far, std::cmp::Reverse(miss.entry))
        });
        misses.truncate(if too_few { NEAREST } else { 0 });
        Outcome {
            holds: !too_few && at_most.is_none_or(|most| counted.len() <= most),
            count: counted.len(),
            expected: self.count,
            entries: counted,
            nearest: misses,
            dropped,
        }
    }
}

impl Outcome {
    /// The same, in which no credentials can be read.
    pub(crate) fn masked(mut self, mask: &Mask) -> Self {
        for miss in &mut self.nearest {
            miss.request = mask.text(&miss.request);
            for difference in &mut miss.differences {
                difference.hide(|text| mask.text(text));
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(question: Value) -> Outcome {
        let bodies = [r#"{"name": "Ana"}"#, r#"{"name": "Bia"}"#, r#"{"name": "Ana", "language": "por"}"#];
        let entries = bodies.into_iter().zip(1..).map(|(body, number)| {
            Arc::new(Entry { number, ..Entry::sample("POST", "/api/v2/contacts.json", body) })
        });
        let question: Verify = serde_json::from_value(question).unwrap();
        question.answer(&entries.collect::<Vec<_>>(), 0)
    }

    #[test]
    fn entries_are_counted() {
        let ana = json!({"method": "POST", "body": {"name": "Ana"}});
        let outcome = ask(json!({"match": ana, "count": {"at_least": 1}}));
        assert_eq!((outcome.holds, outcome.count, outcome.entries), (true, 2, vec![1, 3]));
        assert!(!ask(json!({"match": ana, "count": 1})).holds);
        assert!(ask(json!({"match": ana, "count": {"at_most": 2}})).holds);
        assert!(ask(json!({"match": {"method": "DELETE"}, "count": 0})).holds);
        assert!(ask(json!({"match": {"status": "2xx"}, "count": 3})).holds);
    }

    #[test]
    fn the_nearest_misses_are_told() {
        let outcome = ask(json!({"match": {"body": {"name": "Ana", "language": "eng"}}}));
        assert!(!outcome.holds);
        let told = serde_json::to_value(&outcome.nearest).unwrap();
        assert_eq!(
            told[0],
            json!({"entry": 3, "request": "POST /api/v2/contacts.json",
                   "differences": [{"at": "/language", "expected": "\"eng\"", "got": "\"por\""}]})
        );
        assert_eq!(outcome.nearest.iter().map(|miss| miss.entry).collect::<Vec<_>>(), [3, 1, 2]);
    }

    /// What is not there at all is farther than what is otherwise, and another method farthest.
    #[test]
    fn who_has_no_body_is_not_near() {
        let sent = [("POST", ""), ("GET", ""), ("POST", r#"{"name": "Ana", "language": "por"}"#)];
        let entries = sent.into_iter().zip(1..).map(|((method, body), number)| {
            Arc::new(Entry { number, ..Entry::sample(method, "/api/v2/contacts.json", body) })
        });
        let match_ =
            json!({"method": "POST", "body": {"name": "Ana", "language": "eng", "fields": {"a": "B"}}});
        let question: Verify = serde_json::from_value(json!({"match": match_})).unwrap();
        let outcome = question.answer(&entries.collect::<Vec<_>>(), 0);
        assert_eq!(outcome.nearest.iter().map(|miss| miss.entry).collect::<Vec<_>>(), [3, 1, 2]);
    }

    #[test]
    fn of_a_body_that_was_cut_it_says_so() {
        let long = format!("{{\"name\": \"Longo\", \"note\": \"{}\"}}", "x".repeat(300 << 10));
        let entries = [Arc::new(Entry::sample("POST", "/api/v2/contacts.json", &long))];
        let question: Verify = serde_json::from_value(json!({"match": {"body": {"name": "Longo"}}})).unwrap();
        let outcome = question.answer(&entries, 0);
        let told = serde_json::to_string(&outcome.nearest[0]).unwrap();
        assert!(told.contains("unknown: 262144 of the body's 307229 bytes were kept"), "{told:.300}");
    }

    #[test]
    fn a_question_that_is_none_is_told() {
        let wrong = |question: Value| serde_json::from_value::<Verify>(question).unwrap_err().to_string();
        assert!(wrong(json!({"match": {"stat": 1}})).contains("there is no member \"stat\": there are method, endpoint, path, query, headers, body, status, effect, fault"));
        assert!(wrong(json!({"match": {"status": "6xx"}})).contains("no status such as 201 or 4xx"));
        assert!(wrong(json!({"count": {}})).contains("count: a number"));
        assert!(wrong(json!({"count": -1})).contains("count: a number"));
    }
}
