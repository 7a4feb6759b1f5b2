//! Which requests are meant: a pattern over method, path, query, headers and body, for faults and for looking into the
//! journal; and how a request differs from it.

mod text;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use axum::http::{HeaderMap, Method};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::api::Endpoint;
use crate::journal::Headers;
use crate::secret;
pub(crate) use text::TextPattern;

/// A request as far as patterns look at it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    /// As it came, without the `?`.
    pub(crate) query: &'a str,
    pub(crate) headers: HeadersSeen<'a>,
    pub(crate) body: &'a [u8],
}

/// The headers of a request that is there, or of one in a journal.
#[derive(Clone, Copy)]
pub(crate) enum HeadersSeen<'a> {
    There(&'a HeaderMap),
    Kept(&'a Headers),
}

impl<'a> HeadersSeen<'a> {
    /// The value of a header, in any letter case.
    fn get(self, name: &str) -> Option<Cow<'a, str>> {
        match self {
            HeadersSeen::There(map) => map.get(name).map(|value| String::from_utf8_lossy(value.as_bytes())),
            HeadersSeen::Kept(kept) => kept.get(&name.to_ascii_lowercase()),
        }
    }
}

/// What is told of a value that is not there.
const NOTHING: &str = "nothing";

/// Characters that are shown of a value at most.
const SHOWN: usize = 500;

/// Which requests are meant. What is left out is not looked at.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RequestPattern {
    /// One method, or one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<OneOrMore>,
    /// `contacts`, `fields` or `groups`, by whichever of its paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<TextPattern>,
    /// Parameters, decoded; of a repeated one the last.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query: BTreeMap<String, TextPattern>,
    /// Headers, names in any letter case.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, TextPattern>,
    /// A part of the body: objects may have further members; a form counts as an object of texts.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    body: Option<Value>,
}

/// How a request differs from what was meant, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// `method`, `path`, `query urn`, `header accept`, or a JSON pointer into the body.
    pub(crate) at: String,
    pub(crate) expected: String,
    pub(crate) got: String,
}

impl Difference {
    pub(crate) fn new(at: impl Into<String>, expected: impl fmt::Display, got: impl fmt::Display) -> Self {
        Difference { at: at.into(), expected: expected.to_string(), got: got.to_string() }
    }

    /// How far it is from what was meant: another request altogether farther than another value, and of a body that is
    /// not there every value.
    pub(crate) fn weight(&self) -> usize {
        match self.at.as_str() {
            "method" | "endpoint" | "path" => 10,
            _ => serde_json::from_str(&self.expected).map_or(1, |expected| leaves(&expected)),
        }
    }

    /// Hides credentials: in what was there those that stand in their own place, and in all of it whatever `mask` knows. A long
    /// text is cut.
    pub(crate) fn hide(&mut self, mask: impl Fn(&str) -> String) {
        // `header x`, `query x`, or a pointer into the body.
        let name = self.at.rsplit([' ', '/']).next().unwrap_or_default();
        if self.got != NOTHING && secret::is_secret(name) {
            let bare = self.got.trim_matches('"');
            let scheme =
                self.at.starts_with("header ").then(|| secret::in_header(&name.to_ascii_lowercase(), bare));
            self.got = Value::from(scheme.unwrap_or_else(|| secret::MASK.to_owned())).to_string();
        }
        let (shown, _) = secret::in_body("application/json", self.got.as_bytes());
        self.got = String::from_utf8_lossy(&shown).into_owned();
        self.expected = mask(&self.expected);
        self.got = mask(&self.got);
        if let Some((end, _)) = self.got.char_indices().nth(SHOWN) {
            self.got.truncate(end);
            self.got.push('…');
        }
    }
}

impl RequestPattern {
    /// Every place where a request is not what is meant.
    pub(crate) fn differences(&self, seen: Seen<'_>) -> Vec<Difference> {
        let mut found = Vec::new();
        if let Some(OneOrMore(methods)) = &self.method
            && !methods.iter().any(|method| method.eq_ignore_ascii_case(seen.method.as_str()))
        {
            found.push(Difference::new("method", methods.join(" or "), seen.method));
        }
        if let Some(EndpointName(endpoint)) = &self.endpoint
            && Endpoint::of_path(seen.path) != Some(*endpoint)
        {
            found.push(Difference::new("endpoint", endpoint.name(), seen.path));
        }
        if let Some(path) = &self.path {
            found.extend(path.difference("path", Some(seen.path)));
        }
        if !self.query.is_empty() {
            let pairs: BTreeMap<_, _> = form_urlencoded::parse(seen.query.as_bytes()).collect();
            for (name, pattern) in &self.query {
                let got = pairs.get(name.as_str()).map(|value| &**value);
                found.extend(pattern.difference(&format!("query {name}"), got));
            }
        }
        for (name, pattern) in &self.headers {
            let got = seen.headers.get(name);
            found.extend(pattern.difference(&format!("header {name}"), got.as_deref()));
        }
        if let Some(pattern) = &self.body {
            found.extend(value::differences(
                pattern,
                &value::of_body(seen.headers.get("content-type").as_deref(), seen.body),
            ));
        }
        found
    }
}

/// How many values a pattern names.
fn leaves(pattern: &Value) -> usize {
    match pattern {
        Value::Object(members) => members.values().map(leaves).sum::<usize>().max(1),
        Value::Array(items) => items.iter().map(leaves).sum::<usize>().max(1),
        _ => 1,
    }
}

/// A member that may be null is told from one that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let pattern = Value::deserialize(deserializer)?;
    value::check(&pattern).map_err(serde::de::Error::custom)?;
    Ok(Some(pattern))
}

/// A text or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OneOrMore(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("a method is a text such as \"POST\", or a list of them");
        let texts = match Value::deserialize(deserializer)? {
            Value::String(text) => vec![text],
            Value::Array(items) => items
                .into_iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
                .collect::<Result<_, _>>()?,
            _ => return Err(wrong()),
        };
        if texts.is_empty() { Err(wrong()) } else { Ok(OneOrMore(texts)) }
    }
}

impl Serialize for OneOrMore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            more => more.serialize(serializer),
        }
    }
}

/// The name of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EndpointName(Endpoint);

impl<'de> Deserialize<'de> for EndpointName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Endpoint::ALL.into_iter().find(|endpoint| endpoint.name() == name).map(EndpointName);
        found.ok_or_else(|| {
            let names = Endpoint::ALL.map(Endpoint::name).join(", ");
            serde::de::Error::custom(format!("unknown endpoint \"{name}\": there are {names}"))
        })
    }
}

impl Serialize for EndpointName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn differences(pattern: Value, method: &str, target: &str, body: &str) -> Vec<String> {
        let pattern: RequestPattern = serde_json::from_value(pattern).unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let method = method.parse().unwrap();
        let seen = Seen {
            method: &method,
            path,
            query,
            headers: HeadersSeen::There(&headers),
            body: body.as_bytes(),
        };
        let told = |found: &Difference| format!("{}: {} / {}", found.at, found.expected, found.got);
        pattern.differences(seen).iter().map(told).collect()
    }

    #[test]
    fn what_is_left_out_is_not_looked_at() {
        assert!(differences(json!({}), "POST", "/api/v2/contacts.json?urn=ext%3A1", "{}").is_empty());
    }

    #[test]
    fn every_part_is_compared() {
        let pattern = json!({
            "method": ["POST", "DELETE"], "endpoint": "contacts", "path": {"$contains": "v2"},
            "query": {"urn": "ext:1", "uuid": null}, "headers": {"Content-Type": {"$matches": "json$"}},
            "body": {"name": "Ana", "urns": [{"$any": true}]},
        });
        let body = r#"{"name": "Ana", "urns": ["ext:1"], "language": "por"}"#;
        assert!(differences(pattern.clone(), "POST", "/api/v2/contacts.json/?urn=ext%3A1", body).is_empty());
        assert_eq!(
            differences(pattern, "GET", "/api/v2/groups.json?uuid=1", r#"{"name": "Ana Lima", "urns": []}"#),
            [
                "method: POST or DELETE / GET",
                "endpoint: contacts / /api/v2/groups.json",
                "query urn: \"ext:1\" / nothing",
                "query uuid: nothing / \"1\"",
                "/name: \"Ana\" / \"Ana Lima\"",
                "/urns: 1 item / 0 items",
            ]
        );
    }

    #[test]
    fn a_pattern_that_is_none_is_told() {
        let wrong =
            |pattern: Value| serde_json::from_value::<RequestPattern>(pattern).unwrap_err().to_string();
        assert!(wrong(json!({"methods": "GET"})).starts_with("unknown field `methods`"));
        assert!(wrong(json!({"endpoint": "contact"})).contains("there are contacts, fields, groups"));
        assert!(wrong(json!({"query": {"urn": {"$regex": "x"}}})).contains("unknown marker \"$regex\""));
        assert!(wrong(json!({"path": {"$matches": "("}})).contains("$matches"));
        assert!(wrong(json!({"body": {"a": [{"$matches": "("}]}})).contains("$matches"));
    }
}
