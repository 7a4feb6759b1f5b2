//! The first item of a list, taken without a look at it.

use serde_json::Value;

use super::lists::{filter_of_nothing, gets};
use super::requests::{contact, texts};
use super::writes::TOGETHER;
use super::{Found, after};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// The look-ups of all endpoints.
const LOOK_UPS: [&str; 4] = ["uuid", "urn", "name", "key"];

/// What programs make of an identifier that is not there.
const ABSENT: [&str; 7] = ["", "undefined", "null", "None", "nil", "NaN", "[object Object]"];

/// The first item of a list whose filter means nothing to the API, or that is empty, taken for the one that was looked for.
pub(super) fn first_of_all(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, list) in gets(traffic).filter(|(_, list)| list.succeeded()) {
        let answered = list.answered();
        let Some(items) = answered["results"].as_array() else { continue };
        let taken = match items.first() {
            None => of_nothing(traffic, place),
            Some(first) => filter_of_nothing(list)
                .filter(|(_, wanted)| !is_wanted(first, wanted))
                .and_then(|(filter, _)| of_all(traffic, place, &filter, items, &found)),
        };
        found.extend(taken);
    }
    found
}

/// What is written soon after a list was read.
fn written(traffic: &Traffic, place: usize) -> impl Iterator<Item = (usize, &Exchange)> {
    let list = &traffic.exchanges[place];
    after(traffic, place)
        .take_while(move |(_, next)| next.since(list) < TOGETHER)
        .filter(|(_, next)| !next.only_reads() && next.endpoint().is_some())
}

/// A write to the first item of an empty list.
fn of_nothing(traffic: &Traffic, place: usize) -> Option<(usize, String)> {
    let endpoint = traffic.exchanges[place].endpoint();
    let (next, write) = written(traffic, place).next().filter(|(_, write)| write.endpoint() == endpoint)?;
    let absent = |name: &&str| write.parameter(name).is_some_and(|value| ABSENT.contains(&value.as_str()));
    let name = LOOK_UPS.into_iter().find(|name| absent(name))?;
    let value = write.parameter(name)?;
    Some((next, format!("nothing was found, and {} was sent to ?{name}={value} all the same", write.method)))
}

/// A write to the first item of a list that was not filtered.
fn of_all(
    traffic: &Traffic,
    place: usize,
    filter: &str,
    items: &[Value],
    found: &Found,
) -> Option<(usize, String)> {
    let endpoint = traffic.exchanges[place].endpoint()?;
    let of_items = |(next, write): (usize, &'_ Exchange)| {
        let item = items.iter().position(|item| uses(write, endpoint, item).is_some())?;
        Some((next, write.method.clone(), item))
    };
    let mut written = written(traffic, place).filter_map(of_items);
    let (next, method, 0) = written.next()? else { return None };
    // Who writes to the others, too, did not look for one.
    if written.any(|(_, _, item)| item != 0) {
        return None;
    }
    let id = uses(&traffic.exchanges[next], endpoint, &items[0])?;
    let mut before = traffic.exchanges[..place].iter().enumerate();
    // Who has named it before need not have it from the list.
    if before.any(|(at, earlier)| names(earlier, &id) && !found.iter().any(|(found, _)| *found == at)) {
        return None;
    }
    Some((
        next,
        format!("?{filter}= filters nothing, and {method} was sent with the first of all {endpoint}"),
    ))
}

/// By which of its identifiers a write uses an item of a list: such as nobody knows by heart.
fn uses(write: &Exchange, listed: Endpoint, item: &Value) -> Option<String> {
    let text = |member: &str| item[member].as_str().map(str::to_owned);
    let by = |parameter: &str, id: &str| write.parameter(parameter).as_deref() == Some(id);
    let same = write.endpoint() == Some(listed);
    match listed {
        Endpoint::Fields => text("key").filter(|key| same && by("key", key)),
        Endpoint::Groups => text("uuid").filter(|uuid| {
            let named =
                || contact(write).is_some_and(|body| texts(&body["groups"]).any(|group| group == uuid));
            if same { by("uuid", uuid) } else { named() }
        }),
        Endpoint::Contacts => {
            let uuid = text("uuid").filter(|uuid| same && by("uuid", uuid));
            let urn = || texts(&item["urns"]).find(|urn| same && by("urn", urn)).map(str::to_owned);
            uuid.or_else(urn)
        }
    }
}

/// Whether a request has this identifier in it.
fn names(exchange: &Exchange, id: &str) -> bool {
    exchange.parameters().iter().any(|(_, value)| value == id)
        || exchange.body.as_ref().is_some_and(|body| body.contains(id))
}

/// Whether an item has somewhere in it what was looked for: then the first one is the right one.
fn is_wanted(item: &Value, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return false;
    }
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let has = |text: &str| text == wanted || (wanted.len() >= 3 && text.contains(&wanted));
    match item {
        Value::String(text) => has(&text.to_lowercase()) || (digits.len() >= 8 && text.contains(&digits)),
        Value::Array(items) => items.iter().any(|item| is_wanted(item, &wanted)),
        Value::Object(members) => members.values().any(|member| is_wanted(member, &wanted)),
        other => other.to_string() == wanted,
    }
}
