//! What comes before a write, and after it.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Found, after, body, seconds};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// For so long production may not know a new field or group (observed, Freshness).
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How soon after a look-up a write belongs to it.
pub(super) const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// How long after a request another one may be its second try.
const RETRY: SignedDuration = SignedDuration::from_hours(1);

/// A field or a group that is used within 5 seconds of being made.
pub(super) fn fresh(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, made) in traffic.exchanges.iter().enumerate().filter(|(_, made)| made.status() == Some(201)) {
        let answered = made.answered();
        let (member, names) = match made.endpoint() {
            Some(Endpoint::Fields) => ("fields", [answered["key"].as_str(), None]),
            Some(Endpoint::Groups) => ("groups", [answered["uuid"].as_str(), answered["name"].as_str()]),
            _ => continue,
        };
        let user = after(traffic, place)
            .take_while(|(_, next)| next.time.duration_since(made.time) < FRESH)
            .filter(|(_, next)| next.posts_to(Endpoint::Contacts))
            .find_map(|(user, next)| Some((user, next, uses(next, member, names)?)));
        if let Some((user, next, name)) = user {
            let age = seconds(next.time.duration_since(made.time));
            found.push((user, format!("\"{name}\" was made {age} before")));
        }
    }
    found
}

/// Which of the names a contact that is written refers to. Names of groups may be in any letter case (observed).
fn uses(exchange: &Exchange, member: &str, names: [Option<&str>; 2]) -> Option<String> {
    let mut names = names.into_iter().flatten();
    let body = body::members(exchange)?;
    let used: Vec<String> = match &body[member] {
        Value::Object(fields) => fields.keys().cloned().collect(),
        Value::Array(groups) => groups.iter().filter_map(Value::as_str).map(str::to_lowercase).collect(),
        _ => return None,
    };
    names.find(|name| used.iter().any(|used| used == name || *used == name.to_lowercase())).map(str::to_owned)
}

/// A create that may have been carried out, sent once more as it was: without a URN there is nothing by which the API could
/// tell that it is the same contact.
pub(super) fn blind_retry(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, first) in traffic.exchanges.iter().enumerate() {
        let nameable = || {
            body::members(first).unwrap_or_default()["urns"].as_array().is_some_and(|urns| !urns.is_empty())
        };
        if !first.is_uncertain() || !creates(first) || nameable() {
            continue;
        }
        // Whoever has looked in between knows what became of it. Others may be written meanwhile.
        let next = after(traffic, place)
            .take_while(|(_, next)| next.time.duration_since(first.time) < RETRY)
            .filter(|(_, next)| next.endpoint() == Some(Endpoint::Contacts))
            .take_while(|(_, next)| !next.only_reads())
            .find(|(_, next)| creates(next) && next.body == first.body);
        if let Some((next, _)) = next {
            let why = first.status().map_or("no answer".to_owned(), |status| status.to_string());
            found.push((
                next,
                format!("the same create again after {why}: the first may have been carried out"),
            ));
        }
    }
    found
}

/// Whether it makes a contact, whoever there is.
pub(super) fn creates(exchange: &Exchange) -> bool {
    exchange.posts_to(Endpoint::Contacts)
        && ["uuid", "urn", "name"].iter().all(|by| exchange.parameter(by).is_none())
}

/// A look-up by URN just before a write of the same contact, which `POST ?urn=` does in one (C15).
pub(super) fn look_up_before_write(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, look) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.method == "GET") {
        let of_contacts = look.endpoint() == Some(Endpoint::Contacts) && look.succeeded();
        let Some(urn) = look.parameter("urn").filter(|_| of_contacts) else { continue };
        let answered = look.answered();
        let seen = &answered["results"][0];
        let write = after(traffic, place)
            .take_while(|(_, next)| next.time.duration_since(look.time) < TOGETHER)
            .find(|(_, next)| next.endpoint() == Some(Endpoint::Contacts));
        let Some((write, exchange)) = write.filter(|(_, next)| next.method == "POST") else { continue };
        let body = body::members(exchange).unwrap_or_default();
        if in_one(exchange, &body, &urn, seen["uuid"].as_str())
            && !rests_on(&body, seen)
            && !is_second_try(traffic, place, exchange)
        {
            found.push((write, format!("GET ?urn={urn}, and then the write")));
        }
    }
    found
}

/// Whether the write is of the contact with this URN, and `POST ?urn=` could do it.
fn in_one(exchange: &Exchange, body: &Value, urn: &str, uuid: Option<&str>) -> bool {
    let has_urn = body["urns"].as_array().is_some_and(|urns| urns.iter().any(|sent| *sent == urn));
    // With several URNs, or a change of them, one write by URN cannot do it.
    let one = body["urns"].as_array().is_none_or(|urns| urns.len() == 1);
    exchange.parameter("urn").as_deref() == Some(urn)
        || (uuid.is_some() && exchange.parameter("uuid").as_deref() == uuid && body.get("urns").is_none())
        || (uuid.is_none() && has_urn && one)
}

/// Whether the write may have been made of what the look-up found: `groups` replaces all memberships, so who adds one must
/// know the others, and who adds one only to a new contact must know that it is new; a sum or a longer text was made of the
/// value that stood there.
fn rests_on(body: &Value, seen: &Value) -> bool {
    let grown = |(key, new): (&String, &Value)| match (&seen["fields"][key.as_str()], new) {
        (Value::String(old), Value::String(new)) => grown(old, new),
        (Value::String(old), Value::Number(new)) => grown(old, &new.to_string()),
        _ => false,
    };
    body.get("groups").is_some() || body["fields"].as_object().is_some_and(|fields| fields.iter().any(grown))
}

fn grown(old: &str, new: &str) -> bool {
    let numbers = old.parse::<f64>().is_ok() && new.parse::<f64>().is_ok();
    old != new && !old.is_empty() && (numbers || new.contains(old))
}

/// Whether the same was sent before the look-up and nobody knows what became of it: then one has to look.
fn is_second_try(traffic: &Traffic, place: usize, write: &Exchange) -> bool {
    let look = &traffic.exchanges[place];
    traffic.exchanges[..place]
        .iter()
        .rev()
        .take_while(|first| look.time.duration_since(first.time) < RETRY)
        .any(|first| first.is_uncertain() && first.posts_to(Endpoint::Contacts) && first.body == write.body)
}
