//! Compares the answers of two servers to the same request. What a case says about the answer tells which parts are its
//! own making: of the rest, other people's data, only the shape can be compared.

use serde_json::Value;

use super::pairs::{Apart, Pairs, skeleton};
use crate::case::{BodyMatch, Pattern, Response};
use crate::client::Answer;
use crate::difference::Place;
use crate::mark::RunId;
use crate::matcher::shape;
use crate::words::counted;

/// Headers that belong to the connection or to what stands in front of a server, not to the API.
const NOT_THE_API: [&str; 19] = [
    "date",
    "server",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "set-cookie",
    "via",
    "age",
    "alt-svc",
    "strict-transport-security",
    "report-to",
    "nel",
    "expect-ct",
    "server-timing",
    "referrer-policy",
    "cross-origin-opener-policy",
    "accept-ranges",
];

/// One difference between two answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) place: Place,
    /// What the one has there; UUIDs and instants are `<uuid>` and `<time>`.
    pub(super) a: String,
    pub(super) b: String,
}

/// Compares the answers of one conversation.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pairs: Pairs,
    points: Vec<Point>,
}

impl Comparison {
    /// All differences between two answers. Where the statuses differ, there is nothing else to compare.
    pub(super) fn answers(&mut self, expected: &Response, a: &Answer, b: &Answer) -> Vec<Point> {
        if a.status != b.status {
            // What a refusal says is a part of it; what a success shows differs from case to case.
            let told = |answer: &Answer| match answer.status {
                200..=299 => answer.status.to_string(),
                status => format!("{status} {}", general(&answer.text)).trim_end().to_owned(),
            };
            return vec![Point { place: Place::Status, a: told(a), b: told(b) }];
        }
        match (a.json(), b.json()) {
            (Some(a), Some(b)) => match &expected.json {
                Some(pattern) => self.value("", Some(pattern), expected.body_match, &a, &b),
                None => self.shapes("", &a, &b),
            },
            (None, None) => {}
            (a, b) => {
                let told = |json: Option<Value>| if json.is_some() { "JSON" } else { "no JSON" }.to_owned();
                self.differ(Place::Body(String::new()), told(a), told(b));
            }
        }
        self.headers(a, b);
        std::mem::take(&mut self.points)
    }

    fn headers(&mut self, a: &Answer, b: &Answer) {
        let mut names: Vec<&str> =
            a.headers.keys().chain(b.headers.keys()).map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let of_api =
            |name: &&str| !NOT_THE_API.contains(name) && !name.starts_with("x-") && !name.starts_with("cf-");
        for name in names.into_iter().filter(of_api) {
            let read = |answer: &Answer| answer.header(name).map(|value| in_order(&value));
            let (of_a, of_b) = (read(a), read(b));
            if of_a != of_b {
                let told = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
                self.differ(Place::Header(name.to_owned()), told(of_a), told(of_b));
            }
        }
    }

    fn value(&mut self, at: &str, expected: Option<&Pattern>, how: BodyMatch, a: &Value, b: &Value) {
        match (expected, a, b) {
            (Some(Pattern::Any), ..) => {}
            (
                Some(
                    Pattern::Each(_)
                    | Pattern::Members(_)
                    | Pattern::Some(_)
                    | Pattern::None(_)
                    | Pattern::Order(_)
                    | Pattern::OneOf(_)
                    | Pattern::Type(_),
                ),
                ..,
            ) => {
                self.shapes(at, a, b);
            }
            (Some(Pattern::Contains(inner)), Value::Object(_), Value::Object(_)) => {
                if let Pattern::Object(members) = &**inner {
                    for (name, pattern) in members {
                        self.member(at, name, Some(pattern), BodyMatch::Contains, a, b);
                    }
                }
            }
            (_, Value::Object(of_a), Value::Object(of_b)) => {
                let mut names: Vec<&String> = of_a.keys().chain(of_b.keys()).collect();
                names.sort_unstable();
                names.dedup();
                // Each workspace shows the values of its own fields.
                let own = at.ends_with("/fields");
                names.retain(|name| !own || of_a.contains_key(*name) && of_b.contains_key(*name));
                for name in names {
                    self.member(at, name, expected.and_then(|e| e.member(name)), how, a, b);
                }
            }
            (_, Value::Array(of_a), Value::Array(of_b)) => self.lists(at, expected, how, of_a, of_b),
            (_, Value::String(of_a), Value::String(of_b)) => {
                let place = Place::Body(at.to_owned());
                if !same_link(of_a, of_b)
                    && let Err(Apart { a, b }) = self.pairs.agree(&in_general(&place), of_a, of_b)
                {
                    self.differ(place, general(&a), general(&b));
                }
            }
            _ if a == b => {}
            _ => self.differ_in_body(at, a, b),
        }
    }

    fn member(
        &mut self,
        at: &str,
        name: &str,
        expected: Option<&Pattern>,
        how: BodyMatch,
        a: &Value,
        b: &Value,
    ) {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) => self.value(&at, expected, how, a, b),
            (None, None) => {}
            (a, b) => {
                let told = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), told);
                self.differ(Place::Body(at), told(a), told(b));
            }
        }
    }

    fn lists(&mut self, at: &str, expected: Option<&Pattern>, how: BodyMatch, a: &[Value], b: &[Value]) {
        // A contact may also be in groups that other people's queries fill.
        let own = |list: &'_ [Value]| -> Vec<Value> {
            let is_own =
                |group: &&Value| group["name"].as_str().is_none_or(|name| RunId::find(name).is_some());
            list.iter().filter(is_own).cloned().collect()
        };
        let (own_a, own_b) =
            if at.ends_with("/groups") { (own(a), own(b)) } else { (a.to_vec(), b.to_vec()) };
        let (a, b) = (own_a.as_slice(), own_b.as_slice());
        if a.len() != b.len() {
            let told = |list: &[Value]| counted(list.len(), "item");
            return self.differ(Place::Body(at.to_owned()), told(a), told(b));
        }
        let (mut a, mut b): (Vec<&Value>, Vec<&Value>) = (a.iter().collect(), b.iter().collect());
        let patterns = match expected {
            Some(Pattern::List(patterns)) if !at.ends_with("/groups") => patterns.as_slice(),
            _ => &[],
        };
        if at.ends_with("/groups") {
            // The order of a contact's groups is not promised.
            a.sort_by_key(|group| group["name"].as_str());
            b.sort_by_key(|group| group["name"].as_str());
        }
        for (index, (a, b)) in a.into_iter().zip(b).enumerate() {
            self.value(&format!("{at}/{index}"), patterns.get(index), how, a, b);
        }
    }

    /// Compares kinds, and of lists of objects the members that their items have.
    fn shapes(&mut self, at: &str, a: &Value, b: &Value) {
        match (a, b) {
            (Value::Array(a), Value::Array(b)) => {
                if let (Some(a), Some(b)) = (a.first(), b.first()) {
                    self.shapes(&format!("{at}/*"), a, b);
                }
            }
            (Value::Object(a), Value::Object(b)) if !at.ends_with("/fields") => {
                let missing = |of: &serde_json::Map<String, Value>, name| {
                    if of.contains_key(name) { "there" } else { "nothing" }
                };
                for name in a.keys().chain(b.keys().filter(|name| !a.contains_key(*name))) {
                    if a.contains_key(name) != b.contains_key(name) {
                        let place = Place::Body(format!("{at}/{name}"));
                        self.differ(place, missing(a, name).to_owned(), missing(b, name).to_owned());
                    }
                }
            }
            (Value::Null, _) | (_, Value::Null) => {}
            _ if std::mem::discriminant(a) == std::mem::discriminant(b) => {}
            _ => self.differ_in_body(at, a, b),
        }
    }

    fn differ_in_body(&mut self, at: &str, a: &Value, b: &Value) {
        self.differ(Place::Body(at.to_owned()), told(a), told(b));
    }

    fn differ(&mut self, place: Place, a: String, b: String) {
        self.points.push(Point { place, a, b });
    }
}

/// A place with `*` for the positions in lists.
pub(super) fn in_general(place: &Place) -> String {
    let Place::Body(pointer) = place else { return place.to_string() };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let parts: Vec<_> = pointer.split('/').map(|part| if number(part) { "*" } else { part }).collect();
    Place::Body(parts.join("/")).to_string()
}

fn told(value: &Value) -> String {
    general(&value.to_string())
}

/// A text in which what differs by nature does not: the same difference is then the same text.
fn general(text: &str) -> String {
    let (kept, _) = skeleton(text);
    let mut general = String::new();
    let mut rest = kept.as_str();
    while let Some(at) = rest.find(crate::mark::RunId::prefix()) {
        general.push_str(&rest[..at]);
        general.push_str("<own>");
        let after = &rest[at..];
        let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(after.len());
        rest = &after[length.min(22)..];
    }
    general + rest
}

/// A header's value with the parts of a list in one order.
fn in_order(value: &str) -> String {
    let mut parts: Vec<_> = value.split(',').map(str::trim).collect();
    parts.sort_unstable();
    parts.join(", ")
}

/// Whether two links lead to the same path with the same parameters: hosts and cursors are each server's own.
fn same_link(a: &str, b: &str) -> bool {
    let read = |link: &str| {
        if !shape::is_link(link) {
            return None;
        }
        let url: reqwest::Url = link.parse().ok()?;
        let mut names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        names.sort_unstable();
        Some((url.path().to_owned(), names))
    };
    read(a).is_some() && read(a) == read(b)
}
