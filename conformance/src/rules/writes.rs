//! What comes before a write, and after it.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::Value;

use super::requests::{contact, texts};
use super::retry::{RETRY, alike};
use super::{Found, after, body, effects, seconds};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// For so long production may not know a new field or group (observed, Freshness).
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How soon after a look-up a write belongs to it.
pub(super) const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// A field or a group that is used within 5 seconds of being made.
pub(super) fn fresh(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, made) in made(traffic) {
        let user = after(traffic, place)
            .take_while(|(_, next)| next.since(made) < FRESH)
            .find_map(|(user, next)| Some((user, next, uses(next, made)?)));
        if let Some((user, next, name)) = user {
            found.push((user, format!("\"{name}\" was made {} before", seconds(next.since(made)))));
        }
    }
    found
}

/// Where fields and groups were used that were made 5 seconds before, or more, although the clock of the workspace stood
/// still meanwhile.
pub(super) fn aged(traffic: &Traffic) -> BTreeSet<usize> {
    let is_aged = |(place, user): (usize, &Exchange)| {
        let before = made(traffic).take_while(|(at, _)| *at < place);
        let mut ages =
            before.filter(|(_, made)| uses(user, made).is_some()).map(|(_, made)| user.since(made));
        (ages.next()? >= FRESH && ages.all(|age| age >= FRESH)).then_some(place)
    };
    traffic
        .exchanges
        .iter()
        .enumerate()
        .filter(|(_, user)| effects::has(user, "used-while-fresh"))
        .filter_map(is_aged)
        .collect()
}

/// The requests that made a field or a group.
fn made(traffic: &Traffic) -> impl Iterator<Item = (usize, &Exchange)> {
    let makes = |made: &Exchange| {
        matches!(made.endpoint(), Some(Endpoint::Fields | Endpoint::Groups)) && made.status() == Some(201)
    };
    traffic.exchanges.iter().enumerate().filter(move |(_, made)| makes(made))
}

/// By which name a write of a contact uses what was made. Names of groups may be in any letter case (observed).
fn uses(exchange: &Exchange, made: &Exchange) -> Option<String> {
    let body = contact(exchange)?;
    let answered = made.answered();
    let names = match made.endpoint()? {
        Endpoint::Fields => [answered["key"].as_str(), None],
        _ => [answered["uuid"].as_str(), answered["name"].as_str()],
    };
    let used: Vec<String> = match made.endpoint()? {
        Endpoint::Fields => body["fields"].as_object()?.keys().cloned().collect(),
        _ => texts(&body["groups"]).map(str::to_lowercase).collect(),
    };
    let mut names = names.into_iter().flatten();
    names.find(|name| used.iter().any(|used| used == name || *used == name.to_lowercase())).map(str::to_owned)
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
            .take_while(|(_, next)| next.since(look) < TOGETHER)
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
        .take_while(|first| look.since(first) < RETRY)
        .any(|first| first.is_uncertain() && first.posts_to(Endpoint::Contacts) && alike(first, write))
}
