//! Requests and answers, and what can be read and changed in them.

use std::borrow::Cow;
use std::collections::HashMap;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Url};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

pub(super) const CONTACTS: &str = "contacts";
pub(super) const FIELDS: &str = "fields";
pub(super) const GROUPS: &str = "groups";

/// A JSON string's text; empty of anything else.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Removes what is about one connection, not about what passes over it.
pub(super) fn pass_on(headers: &mut HeaderMap) {
    for name in ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"] {
        headers.remove(name);
    }
}

/// A request, addressed to the server behind the layer.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// What it is about: [`CONTACTS`], [`FIELDS`], [`GROUPS`] or something else.
    pub(super) fn endpoint(&self) -> &str {
        let name = self.url.path().strip_prefix("/api/v2/").unwrap_or_default().trim_end_matches('/');
        name.strip_suffix(".json").unwrap_or(name)
    }

    /// A header as text; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value of a parameter; of a repeated one the last, as the API has it.
    pub(super) fn param(&self, name: &str) -> Option<String> {
        let pairs = self.url.query_pairs().filter(|(known, _)| known == name);
        pairs.last().map(|(_, value)| value.into_owned())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.param(name).is_some()
    }

    /// Parameters with which a write names an object that is there already.
    pub(super) fn lookups(&self) -> &'static [&'static str] {
        match self.endpoint() {
            CONTACTS => &["uuid", "urn", "name"],
            FIELDS => &["key"],
            GROUPS => &["uuid"],
            _ => &[],
        }
    }

    /// The first parameter that names an object, and its value.
    pub(super) fn lookup(&self) -> Option<(&'static str, String)> {
        self.lookups().iter().find_map(|name| Some((*name, self.param(name)?)))
    }

    pub(super) fn edit_query(&mut self, edit: impl FnOnce(&mut Vec<(String, String)>)) {
        let mut pairs: Vec<_> =
            self.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let before = pairs.clone();
        edit(&mut pairs);
        if pairs == before {
            return;
        }
        self.url.set_query(None);
        if !pairs.is_empty() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
    }

    /// Removes a parameter.
    pub(super) fn drop_param(&mut self, name: &str) {
        self.edit_query(|pairs| pairs.retain(|(known, _)| known != name));
    }

    /// Gives a parameter this value alone.
    pub(super) fn set_param(&mut self, name: &str, value: &str) {
        self.edit_query(|pairs| {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.to_owned(), value.to_owned()));
        });
    }

    /// The body, if it is a JSON object; an empty body is an empty one.
    pub(super) fn json(&self) -> Option<Value> {
        if self.body.is_empty() {
            return Some(json!({}));
        }
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    /// A member of the body; null where there is none.
    pub(super) fn member(&self, name: &str) -> Value {
        self.json().map(|mut json| json[name].take()).unwrap_or_default()
    }

    /// Gives it this body. Members that were there before keep their spelling: `-0` and `1e2` are texts to the API.
    pub(super) fn set_json(&mut self, json: &Value) {
        if self.body.is_empty() {
            self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let before = self.json().unwrap_or_default();
        let spelt: HashMap<String, Box<RawValue>> = serde_json::from_slice(&self.body).unwrap_or_default();
        let members = json.as_object().into_iter().flatten().map(|(name, member)| {
            let kept = spelt.get(name).filter(|_| before[name] == *member);
            format!(
                "{}:{}",
                Value::from(name.as_str()),
                kept.map_or(member.to_string(), |kept| kept.to_string())
            )
        });
        self.body = format!("{{{}}}", members.collect::<Vec<_>>().join(",")).into_bytes();
    }

    /// Changes the body, if it is a JSON object; it is written anew only if that makes it another.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut Map<String, Value>)) {
        let Some(before) = self.json() else { return };
        let mut after = before.clone();
        edit(after.as_object_mut().unwrap());
        if after != before {
            self.set_json(&after);
        }
    }

    /// Changes every URN that it names, in the URL and in the body.
    pub(super) fn edit_urns(&mut self, edit: impl Fn(&str) -> String) {
        if let Some(urn) = self.param("urn") {
            self.set_param("urn", &edit(&urn));
        }
        self.edit(|body| {
            for urn in body.get_mut("urns").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Value::String(urn) = urn {
                    *urn = edit(urn);
                }
            }
        });
    }
}

/// An answer.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body, null where it is no JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Becomes an answer of this status and body.
    pub(super) fn become_json(&mut self, status: u16, json: &Value) {
        self.status = status;
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = json.to_string().into_bytes();
    }

    pub(super) fn become_not_found(&mut self) {
        self.become_json(404, &json!({"detail": "Not found."}));
    }

    /// Becomes an answer without a body.
    pub(super) fn become_empty(&mut self, status: u16) {
        self.status = status;
        self.headers.remove(CONTENT_TYPE);
        self.body.clear();
    }

    /// Changes the body, if it is JSON; it is written anew only if that makes it another.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut Value)) {
        let before = self.json();
        let mut after = before.clone();
        edit(&mut after);
        if after != before {
            self.body = after.to_string().into_bytes();
        }
    }

    /// Changes the items, if it is a list.
    pub(super) fn edit_list(&mut self, edit: impl FnOnce(&mut Vec<Value>)) {
        self.edit(|json| {
            if let Some(items) = json.get_mut("results").and_then(Value::as_array_mut) {
                edit(items);
            }
        });
    }

    /// Changes every object that it shows, be it one or a list.
    pub(super) fn edit_objects(&mut self, edit: impl Fn(&mut Value)) {
        self.edit(|json| {
            if let Some(items) = json.get_mut("results").and_then(Value::as_array_mut) {
                items.iter_mut().for_each(edit);
            } else if json.get("uuid").or(json.get("key")).is_some() {
                edit(json);
            }
        });
    }
}
