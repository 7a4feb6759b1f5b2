//! Bodies as the API reads them: JSON, and forms, which cannot carry everything (observed, Bodies; Forms).

use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::{Map, Value};

use crate::client::Endpoint;
use crate::traffic::Exchange;

/// The members that are lists, in a form by repeated names or as `urns[0]=…`.
const LISTS: [&str; 2] = ["urns", "groups"];

/// The members of the body, as far as they mean something; `None` where there is no body, or none with members.
pub(super) fn members(exchange: &Exchange) -> Option<Value> {
    match pairs(exchange) {
        Some(pairs) => Some(of_pairs(exchange.endpoint(), pairs)),
        None => exchange.json().filter(Value::is_object),
    }
}

/// The names of all that the body has in it, also of what means nothing.
pub(super) fn names(exchange: &Exchange) -> Vec<String> {
    match pairs(exchange) {
        Some(pairs) => pairs.into_iter().map(|(name, _)| name).collect(),
        None => match exchange.json() {
            Some(Value::Object(members)) => members.into_iter().map(|(name, _)| name).collect(),
            _ => Vec::new(),
        },
    }
}

/// Whether a name in a form is an item of a list: `urns[0]`.
pub(super) fn is_item(name: &str) -> bool {
    LISTS.iter().any(|list| index(name, list).is_some())
}

/// The media type of a form in which nothing but JSON came.
pub(super) fn form_of_json(exchange: &Exchange) -> Option<&str> {
    let media_type = media_type(exchange).filter(|it| *it == "application/x-www-form-urlencoded")?;
    let json = exchange.json()?;
    (json.is_object() || json.is_array()).then_some(media_type)
}

fn media_type(exchange: &Exchange) -> Option<&str> {
    exchange.header("content-type")?.split(';').next().map(str::trim)
}

/// What a form holds, in its order; `None` where the body is none.
fn pairs(exchange: &Exchange) -> Option<Vec<(String, String)>> {
    let body = exchange.body.as_deref()?;
    match media_type(exchange)?.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => {
            let mut url: Url = "http://localhost/".parse().ok()?;
            url.set_query(Some(body));
            Some(url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
        }
        "multipart/form-data" => Some(of_multipart(body)),
        _ => None,
    }
}

/// The texts of a multipart body: its first line is what stands between the parts.
fn of_multipart(body: &str) -> Vec<(String, String)> {
    let boundary = body.lines().next().unwrap_or_default().trim_end();
    if boundary.is_empty() {
        return Vec::new();
    }
    let part = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    body.split(boundary).filter_map(part).collect()
}

fn of_pairs(endpoint: Option<Endpoint>, pairs: Vec<(String, String)>) -> Value {
    let mut members = Map::new();
    let mut indexed: BTreeMap<&str, BTreeMap<u32, Value>> = BTreeMap::new();
    let of_contact = endpoint == Some(Endpoint::Contacts);
    for (name, value) in pairs {
        let item = LISTS.into_iter().find_map(|list| Some((list, index(&name, list)?)));
        match item {
            _ if !of_contact => {
                members.insert(name, value.into());
            }
            Some((list, index)) => {
                indexed.entry(list).or_default().insert(index, value.into());
            }
            None if LISTS.contains(&name.as_str()) => {
                let items = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                items.as_array_mut().into_iter().for_each(|items| items.push(value.as_str().into()));
            }
            // It cannot be sent so.
            None if name == "fields" => {}
            None => {
                members.insert(name, value.into());
            }
        }
    }
    for (list, items) in indexed {
        members.entry(list).or_insert_with(|| items.into_values().collect());
    }
    Value::Object(members)
}

/// The index in `urns[3]`.
fn index(name: &str, list: &str) -> Option<u32> {
    name.strip_prefix(list)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
