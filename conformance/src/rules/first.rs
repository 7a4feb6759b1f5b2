//! The first item of a list, taken without a look at it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Found;
use super::lists::{filter_of_nothing, gets};
use super::requests::{contact, texts};
use super::writes::TOGETHER;
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// What programs make of an identifier that is not there.
const ABSENT: [&str; 7] = ["", "undefined", "null", "None", "nil", "NaN", "[object Object]"];

/// The first item of a list whose filter means nothing to the API, or that is empty, taken for the one that was looked for.
pub(super) fn first_of_all(traffic: &Traffic) -> Found {
    let writes = Writes::of(traffic);
    let mut found = BTreeMap::new();
    for (place, list) in gets(traffic).filter(|(_, list)| list.succeeded()) {
        let answered = list.answered();
        let Some(items) = answered["results"].as_array() else { continue };
        let taken = match items.first() {
            None => writes.to_nothing(place, list),
            Some(first) => filter_of_nothing(list)
                .filter(|(_, wanted)| !is_wanted(first, wanted))
                .and_then(|(filter, _)| writes.to_first(place, list, &filter, items, &found)),
        };
        found.extend(taken);
    }
    found.into_iter().collect()
}

/// An identifier of something, such as nobody knows by heart.
type Id = (Endpoint, String);

/// What was written, and which identifiers were sent.
struct Writes<'a> {
    /// By their places, each with what it is for or puts a contact into.
    all: Vec<(usize, &'a Exchange, Vec<Id>)>,
    /// Where each identifier was sent, also to read.
    sent: BTreeMap<Id, Vec<usize>>,
}

impl<'a> Writes<'a> {
    fn of(traffic: &'a Traffic) -> Self {
        let mut writes = Self { all: Vec::new(), sent: BTreeMap::new() };
        for (place, exchange) in traffic.exchanges.iter().enumerate() {
            let ids = targets(exchange);
            for id in ids.iter().cloned().chain(mentioned(exchange)) {
                writes.sent.entry(id).or_default().push(place);
            }
            if exchange.endpoint().is_some() && !exchange.only_reads() {
                writes.all.push((place, exchange, ids));
            }
        }
        writes
    }

    /// What was written soon after a list was read.
    fn after(&self, place: usize, list: &Exchange) -> impl Iterator<Item = &(usize, &'a Exchange, Vec<Id>)> {
        let begin = self.all.partition_point(|(at, ..)| *at < place);
        self.all[begin..].iter().take_while(move |(_, write, _)| write.since(list) < TOGETHER)
    }

    /// A write to the first item of an empty list.
    fn to_nothing(&self, place: usize, list: &Exchange) -> Option<(usize, String)> {
        let (next, write, ids) = self.after(place, list).next()?;
        let absent = |(of, id): &&Id| Some(*of) == list.endpoint() && ABSENT.contains(&id.as_str());
        let (_, id) = ids.iter().find(absent)?;
        Some((*next, format!("nothing was found, and {} was sent to \"{id}\" all the same", write.method)))
    }

    /// A write to the first item of a list that was not filtered. `found`: where such writes are known already.
    fn to_first(
        &self,
        place: usize,
        list: &Exchange,
        filter: &str,
        items: &[Value],
        found: &BTreeMap<usize, String>,
    ) -> Option<(usize, String)> {
        let endpoint = list.endpoint()?;
        let mut listed: BTreeMap<Id, usize> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            for id in ids(endpoint, item) {
                listed.entry((endpoint, id)).or_insert(at);
            }
        }
        let mut used = self.after(place, list).filter_map(|(next, write, ids)| {
            let (id, item) = ids.iter().find_map(|id| Some((id, listed.get(id)?)))?;
            Some((*next, write, id, *item))
        });
        // Who writes to the others, too, did not look for one.
        let (next, write, id, _) = used.next().filter(|(.., item)| *item == 0)?;
        if used.any(|(.., item)| item != 0) {
            return None;
        }
        // Who has sent it before need not have it from the list.
        let before = self.sent.get(id).into_iter().flatten().take_while(|at| **at < place);
        if before.into_iter().any(|at| !found.contains_key(at)) {
            return None;
        }
        let method = &write.method;
        Some((
            next,
            format!("?{filter}= filters nothing, and {method} was sent with the first of all {endpoint}"),
        ))
    }
}

/// What a request is for, and into which groups it puts a contact.
fn targets(exchange: &Exchange) -> Vec<Id> {
    let Some(endpoint) = exchange.endpoint() else { return Vec::new() };
    let look_ups: &[&str] = match endpoint {
        Endpoint::Contacts => &["uuid", "urn"],
        Endpoint::Fields => &["key"],
        Endpoint::Groups => &["uuid"],
    };
    let mut ids: Vec<Id> =
        look_ups.iter().filter_map(|by| Some((endpoint, exchange.parameter(by)?))).collect();
    let body = contact(exchange).unwrap_or_default();
    ids.extend(texts(&body["groups"]).map(|group| (Endpoint::Groups, group.to_owned())));
    ids
}

/// What else a request speaks of.
fn mentioned(exchange: &Exchange) -> Vec<Id> {
    let group = exchange.parameter("group").map(|group| (Endpoint::Groups, group));
    let body = contact(exchange).unwrap_or_default();
    let urns = texts(&body["urns"]).map(|urn| (Endpoint::Contacts, urn.to_owned()));
    group.into_iter().chain(urns).collect()
}

/// The identifiers of an item of a list.
fn ids(endpoint: Endpoint, item: &Value) -> impl Iterator<Item = String> {
    let id = if endpoint == Endpoint::Fields { "key" } else { "uuid" };
    item[id].as_str().into_iter().chain(texts(&item["urns"])).map(str::to_owned)
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
        _ => false,
    }
}
