//! Groups that a contact leaves because `groups` replaces all of them (observed, `groups`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::Value;

use super::requests::{contact, texts};
use super::{Found, effects};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// How long what an answer said of a contact's groups counts: later somebody else may have changed them.
const KNOWN: SignedDuration = SignedDuration::from_hours(1);

/// Names of groups, by UUID.
type Groups = BTreeMap<String, String>;

/// What an answer said last of a contact's groups.
struct Seen<'a> {
    by: &'a Exchange,
    groups: Groups,
}

/// A write of a contact's groups, of which an earlier answer had told the contact's groups.
struct Change {
    place: usize,
    /// Those that it has no more.
    left: Vec<String>,
    /// Whether just one was taken out of those that were seen: there is no other way to leave a group.
    meant: bool,
}

/// Where a contact was taken out of one group by who had read which it was in, and named all the others.
pub(super) fn meant(traffic: &Traffic) -> BTreeSet<usize> {
    changes(traffic).into_iter().filter(|change| change.meant).map(|change| change.place).collect()
}

/// Groups that a contact was in, as an answer said before, and which a write did not name.
pub(super) fn memberships_dropped(traffic: &Traffic) -> Found {
    let told_by_mock = |place: usize| effects::has(&traffic.exchanges[place], "memberships-dropped");
    changes(traffic)
        .into_iter()
        .filter(|change| !change.meant && !change.left.is_empty() && !told_by_mock(change.place))
        // With another value or language a contact may have left a group that is a query.
        .filter(|change| {
            let body = contact(&traffic.exchanges[change.place]).unwrap_or_default();
            body.get("fields").is_none() && body.get("language").is_none()
        })
        .map(|change| (change.place, format!("the contact left {}", change.left.join(", "))))
        .collect()
}

fn changes(traffic: &Traffic) -> Vec<Change> {
    let mut seen: BTreeMap<String, Seen<'_>> = BTreeMap::new();
    let mut changes = Vec::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        if exchange.endpoint() != Some(Endpoint::Contacts) || !exchange.succeeded() {
            continue;
        }
        let answered = exchange.answered();
        changes.extend(change(place, exchange, &answered, &seen));
        let listed = answered["results"].as_array().into_iter().flatten();
        for shown in listed.chain(std::iter::once(&answered)) {
            if let (Some(uuid), Some(groups)) = (shown["uuid"].as_str(), groups(shown)) {
                seen.insert(uuid.to_owned(), Seen { by: exchange, groups });
            }
        }
    }
    changes
}

fn change(
    place: usize,
    write: &Exchange,
    answered: &Value,
    seen: &BTreeMap<String, Seen<'_>>,
) -> Option<Change> {
    let body = contact(write)?;
    body["groups"].as_array()?;
    let Seen { by, groups: before } = seen.get(answered["uuid"].as_str()?)?;
    if write.since(by) > KNOWN {
        return None;
    }
    let after = groups(answered)?;
    let was_in = |sent: &str| {
        before.iter().any(|(uuid, name)| uuid == sent || name.to_lowercase() == sent.to_lowercase())
    };
    let left: Vec<String> = before
        .iter()
        .filter(|(uuid, _)| !after.contains_key(*uuid))
        .map(|(_, name)| format!("\"{name}\""))
        .collect();
    // Who writes other members besides wants the contact to be as it is sent, not to leave a group.
    let alone = body.as_object().is_some_and(|members| members.len() == 1);
    // Who did not ask what they are may not know: the answer to a write tells it whoever wants to know or not.
    let meant = by.only_reads() && alone && left.len() == 1 && texts(&body["groups"]).all(was_in);
    Some(Change { place, left, meant })
}

fn groups(contact: &Value) -> Option<Groups> {
    let text = |group: &Value, member: &str| group[member].as_str().map(str::to_owned);
    let groups = contact["groups"].as_array()?.iter();
    Some(groups.filter_map(|group| Some((text(group, "uuid")?, text(group, "name")?))).collect())
}
