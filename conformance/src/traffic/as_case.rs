//! Traffic as a case: what was recorded once is checked from then on.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Exchange, Traffic};
use crate::matcher::shape;

/// A case of these exchanges, to be played in a fresh workspace that begins with `data`: identifiers and instants that answers gave are bound to
/// names, and requests use these. It expects the answers as they were; what of them is promised is for its author to say.
#[must_use]
pub fn as_case(traffic: &Traffic, id: &str, data: &str) -> Value {
    let mut names = Names::default();
    let exchanges = traffic.exchanges.iter().filter(|exchange| exchange.answer.is_some());
    let steps: Vec<Value> = exchanges.map(|exchange| step(exchange, &mut names)).collect();
    json!({
        "id": id,
        "title": "As it was recorded",
        "profiles": ["documented", "observed"],
        "workspace": {"data": data},
        "steps": steps,
    })
}

fn step(exchange: &Exchange, names: &mut Names) -> Value {
    let request = request(exchange, names);
    let mut response = json!({"status": exchange.status()});
    let body = exchange.answered();
    if !body.is_null() {
        response["json"] = names.pattern(&body);
    }
    json!({"request": request, "response": response})
}

fn request(exchange: &Exchange, names: &Names) -> Value {
    let mut request = Map::new();
    request.insert("method".to_owned(), exchange.method.clone().into());
    let query = exchange.url.query();
    let link = query.and_then(|query| names.links.get(&(exchange.url.path().to_owned(), query.to_owned())));
    match (link, query) {
        (Some(name), _) => {
            request.insert("follow".to_owned(), name.clone().into());
        }
        (None, query) => {
            let path = exchange.url.path();
            let path = path.find("/api/v2").map_or(path, |at| &path[at..]);
            request.insert("path".to_owned(), path.into());
            if let Some(query) = query {
                request.insert("rawquery".to_owned(), names.templated(query).into());
            }
        }
    }
    if exchange.header("authorization").is_none() {
        request.insert("as".to_owned(), "none".into());
    }
    if let Some(body) = &exchange.body {
        let kind = exchange.header("content-type").unwrap_or_default();
        if kind != "application/json" {
            request.insert("headers".to_owned(), json!({"Content-Type": kind}));
        }
        let body = names.templated(body);
        match serde_json::from_str::<Value>(&body) {
            Ok(json) => request.insert("json".to_owned(), json),
            Err(_) => request.insert("raw".to_owned(), body.into()),
        };
    }
    request.into()
}

/// What answers gave, and the names that it is bound to.
#[derive(Debug, Default)]
struct Names {
    values: BTreeMap<String, String>,
    /// Path and query of links.
    links: BTreeMap<(String, String), String>,
    counts: [usize; 3],
}

impl Names {
    /// An expectation of this value: identifiers, instants and links by their names.
    fn pattern(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) if shape::is_uuid(text) => json!({"$uuid": self.named(0, 'u', text)}),
            Value::String(text) if shape::is_instant(text) => json!({"$time": self.named(1, 't', text)}),
            Value::String(text) if shape::is_link(text) => {
                let name = self.named(2, 'n', text);
                if let Ok(url) = text.parse::<reqwest::Url>() {
                    let query = url.query().unwrap_or_default().to_owned();
                    self.links.insert((url.path().to_owned(), query), name.clone());
                }
                json!({"$url": name})
            }
            Value::String(text) => {
                let templated = self.templated(text);
                if templated == *text { json!(text) } else { json!({"$text": templated}) }
            }
            Value::Array(items) => items.iter().map(|item| self.pattern(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.pattern(value))).collect()
            }
            other => other.clone(),
        }
    }

    fn named(&mut self, kind: usize, letter: char, value: &str) -> String {
        if let Some(name) = self.values.get(value) {
            return name.clone();
        }
        self.counts[kind] += 1;
        let name = format!("{letter}{}", self.counts[kind]);
        self.values.insert(value.to_owned(), name.clone());
        name
    }

    /// A text in which identifiers that answers gave stand by their names.
    fn templated(&self, text: &str) -> String {
        let uuids = self.values.iter().filter(|(value, _)| shape::is_uuid(value));
        uuids.fold(text.to_owned(), |text, (value, name)| match text.contains(value.as_str()) {
            true => text.replace(value.as_str(), &format!("{{{{{name}}}}}")),
            false => text,
        })
    }
}
