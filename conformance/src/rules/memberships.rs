//! Groups that a contact leaves because `groups` replaces all of them (observed, `groups`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::replaced::{Change, Held, changes};
use super::requests::{contact, texts};
use super::{Found, effects};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// Where a contact was taken out of one group by who had read which it was in, and named all the others: there is no other
/// way to leave a group.
pub(super) fn meant(traffic: &Traffic) -> BTreeSet<usize> {
    let queries = queries(traffic);
    let changes = changes(traffic, "groups", groups);
    changes.iter().filter(|change| is_meant(change, &queries)).map(|change| change.place).collect()
}

/// Groups that a contact was in, as an answer said before, and which a write did not name.
pub(super) fn memberships_dropped(traffic: &Traffic) -> Found {
    let queries = queries(traffic);
    let dropped = |change: &Change<'_>| {
        if is_meant(change, &queries) || effects::has(&traffic.exchanges[change.place], "memberships-dropped")
        {
            return None;
        }
        let left = left(change, &queries);
        (!left.is_empty()).then(|| (change.place, format!("the contact left {}", left.join(", "))))
    };
    changes(traffic, "groups", groups).iter().filter_map(dropped).collect()
}

fn is_meant(change: &Change<'_>, queries: &BTreeSet<String>) -> bool {
    let was_in = |sent: &str| change.before.iter().any(|(uuid, name)| is_named(sent, uuid, name));
    change.was_read()
        && change.is_alone()
        && left(change, queries).len() == 1
        && texts(&change.body["groups"]).all(was_in)
}

/// The groups that the contact left because they were not named: whether it is in one that is a query, its values decide.
fn left(change: &Change<'_>, queries: &BTreeSet<String>) -> Vec<String> {
    let left = change.left().filter(|(uuid, _)| !queries.contains(*uuid));
    left.map(|(_, name)| format!("\"{name}\"")).collect()
}

/// UUIDs of groups that are queries: their list says so, or a contact is in one although a write of its groups did not name
/// it.
fn queries(traffic: &Traffic) -> BTreeSet<String> {
    let of = |exchange: &Exchange| -> Vec<String> {
        let answered = exchange.answered();
        if exchange.endpoint() == Some(Endpoint::Groups) {
            let listed = answered["results"].as_array().into_iter().flatten();
            let queries = listed.filter(|group| group["query"].is_string());
            return queries.filter_map(|group| group["uuid"].as_str().map(str::to_owned)).collect();
        }
        let body = contact(exchange).filter(|body| body["groups"].is_array()).unwrap_or_default();
        let Some(shown) = groups(&answered).filter(|_| body["groups"].is_array()) else { return Vec::new() };
        let sent = &body["groups"];
        let is_sent = |uuid: &str, name: &str| {
            let objects = sent.as_array().into_iter().flatten().filter_map(|group| group["uuid"].as_str());
            texts(sent).chain(objects).any(|sent| is_named(sent, uuid, name))
        };
        shown.into_iter().filter(|(uuid, name)| !is_sent(uuid, name)).map(|(uuid, _)| uuid).collect()
    };
    traffic.exchanges.iter().filter(|exchange| exchange.succeeded()).flat_map(of).collect()
}

/// Whether a group is meant: by its UUID, or by its name in any letter case (observed).
fn is_named(sent: &str, uuid: &str, name: &str) -> bool {
    uuid == sent || name.to_lowercase() == sent.to_lowercase()
}

/// The names of a contact's groups, by UUID.
fn groups(contact: &Value) -> Option<Held> {
    let text = |group: &Value, member: &str| group[member].as_str().map(str::to_owned);
    let groups = contact["groups"].as_array()?.iter();
    Some(groups.filter_map(|group| Some((text(group, "uuid")?, text(group, "name")?))).collect())
}
