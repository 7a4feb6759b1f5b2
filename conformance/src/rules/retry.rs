//! Second tries of what may have been carried out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;

use super::requests::texts;
use super::writes::creates;
use super::{Found, body};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// How long after a request another one may be its second try.
pub(super) const RETRY: SignedDuration = SignedDuration::from_hours(1);

/// Parts of the names of fields that tell one try from another.
const OF_A_TRY: [&str; 9] =
    ["attempt", "retry", "retries", "tentativa", "idempot", "request_id", "correlation", "trace_id", "nonce"];

/// Tries at most that anybody counts.
const TRIES: i64 = 20;

/// Creates of the same name at most among which a second try is looked for.
const NEXT: usize = 250;

/// How much a time that is written into a value may be off: it may have no seconds.
const COARSE: SignedDuration = SignedDuration::from_mins(1);

/// A create that may have been carried out, sent once more: without a URN there is nothing by which the API could tell that
/// it is the same contact.
pub(super) fn blind_retry(traffic: &Traffic) -> Found {
    let exchanges = || traffic.exchanges.iter().enumerate();
    // By their names: without the same one no two are alike.
    let mut by_name: BTreeMap<Option<String>, Vec<(usize, Meaning<'_>)>> = BTreeMap::new();
    for (place, create) in exchanges().filter(|(_, exchange)| creates(exchange) && !has_urns(exchange)) {
        let meaning = Meaning::of(create);
        let name = meaning.members.get("name").map(Value::to_string);
        by_name.entry(name).or_default().push((place, meaning));
    }
    let looks: Vec<(usize, &Exchange)> = exchanges().filter(|(_, exchange)| looks(exchange)).collect();
    let mut found = Found::new();
    for creates in by_name.values() {
        for (at, (place, first)) in creates.iter().enumerate().filter(|(_, (_, it))| it.write.is_uncertain())
        {
            let Some(next) = second_try(first, &creates[at + 1..]) else { continue };
            // Whoever has looked for it in between knows what became of it. Others may be written or looked for meanwhile.
            let after = &looks[looks.partition_point(|(look, _)| look < place)..];
            let mut between = after.iter().take_while(|(look, _)| *look < next);
            if !between.any(|(_, look)| could_show(look, first.write)) {
                let why = first.write.status().map_or("no answer".to_owned(), |status| status.to_string());
                let told = format!("the same create again after {why}: the first may have been carried out");
                found.push((next, told));
            }
        }
    }
    found
}

/// Where it was tried again, among what came later.
fn second_try(first: &Meaning<'_>, later: &[(usize, Meaning<'_>)]) -> Option<usize> {
    let soon = later.iter().take(NEXT).take_while(|(_, next)| next.write.since(first.write) < RETRY);
    soon.into_iter().find(|(_, next)| first.is_alike(next)).map(|(place, _)| *place)
}

fn has_urns(write: &Exchange) -> bool {
    body::members(write).is_some_and(|members| texts(&members["urns"]).next().is_some())
}

fn looks(exchange: &Exchange) -> bool {
    exchange.method == "GET" && exchange.endpoint() == Some(Endpoint::Contacts) && exchange.succeeded()
}

/// Whether a look-up could have shown the contact that a write may have made: one without a URN, whose UUID nobody knows.
fn could_show(look: &Exchange, write: &Exchange) -> bool {
    let members = body::members(write).unwrap_or_default();
    let name = members["name"].as_str().unwrap_or_default().trim().to_lowercase();
    let mut filters = look.parameters().into_iter().filter(|(_, value)| !value.is_empty());
    filters.all(|(filter, value)| match filter.as_str() {
        "uuid" | "urn" => false,
        "name" => name.contains(&value.to_lowercase()),
        "search" => name == value.to_lowercase(),
        "group" => texts(&members["groups"]).next().is_some(),
        _ => true,
    })
}

/// Whether two writes are of the same contact, as far as their bodies show it.
pub(super) fn alike(first: &Exchange, next: &Exchange) -> bool {
    Meaning::of(first).is_alike(&Meaning::of(next))
}

/// What the body of a write of a contact means to the API, each field by itself, and nothing in any order.
struct Meaning<'a> {
    write: &'a Exchange,
    members: BTreeMap<String, Value>,
}

impl<'a> Meaning<'a> {
    fn of(write: &'a Exchange) -> Self {
        let mut meant = BTreeMap::new();
        let members = body::members(write).unwrap_or_default();
        for (member, value) in members.as_object().into_iter().flatten() {
            match (member.as_str(), value) {
                ("fields", Value::Object(fields)) => {
                    meant.extend(fields.iter().map(|(key, value)| (format!("fields.{key}"), value.clone())));
                }
                ("urns" | "groups", Value::Array(_)) => {
                    let items: BTreeSet<String> = texts(value).map(str::to_lowercase).collect();
                    meant.insert(member.clone(), items.into_iter().collect());
                }
                ("name" | "language" | "urns" | "groups" | "fields", value) => {
                    meant.insert(member.clone(), value.clone());
                }
                _ => {}
            }
        }
        meant.retain(|_, value| !value.is_null());
        Self { write, members: meant }
    }

    /// Whether the other one is of the same contact: what is another at every try does not count.
    fn is_alike(&self, next: &Self) -> bool {
        if self.members.is_empty() && next.members.is_empty() {
            return self.write.body == next.write.body;
        }
        let named = match (self.members.get("name"), next.members.get("name")) {
            (Some(name), Some(other)) if name == other => true,
            (Some(_), Some(_)) => return false,
            _ => false,
        };
        let same = |(member, value): (&String, &Value)| match next.members.get(member) {
            Some(now) => value == now || is_of_a_try(member, (self.write, value), (next.write, now)),
            None => true,
        };
        let in_both = self.members.keys().filter(|member| next.members.contains_key(*member)).count();
        let in_one = self.members.len() + next.members.len() - 2 * in_both;
        // A second try may leave something out, or say that it is one: with the same name it is of the same contact still.
        self.members.iter().all(same) && (in_one == 0 || (named && in_one <= in_both))
    }
}

/// Whether a value that differs tells only that it is another try: by the field's name, or because it is the time at which
/// it was sent, or a count.
fn is_of_a_try(member: &str, (first, then): (&Exchange, &Value), (next, now): (&Exchange, &Value)) -> bool {
    let Some(field) = member.strip_prefix("fields.") else { return false };
    let field = field.to_lowercase();
    if OF_A_TRY.iter().any(|part| field.contains(part)) {
        return true;
    }
    if let (Some(then), Some(now)) = (instant(then, first), instant(now, next)) {
        let passed = now.duration_since(then);
        return passed >= SignedDuration::ZERO && passed <= next.since(first) + COARSE;
    }
    matches!((integer(then), integer(now)), (Some(then), Some(now)) if now == then + 1 && (0..TRIES).contains(&then))
}

/// An instant in a value: ISO 8601 with an offset or without, or seconds or milliseconds since 1970 near the time at which it
/// was sent.
fn instant(value: &Value, sent: &Exchange) -> Option<Timestamp> {
    let near = |at: &Timestamp| at.duration_since(sent.time).abs() < SignedDuration::from_hours(24);
    if let Some(number) = integer(value) {
        let seconds = Timestamp::from_second(number).ok().filter(near);
        return seconds.or_else(|| Timestamp::from_millisecond(number).ok().filter(near));
    }
    let text = value.as_str()?.trim();
    let local = |text: &str| text.parse::<civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| local(text).map(|zoned| zoned.timestamp()))
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
