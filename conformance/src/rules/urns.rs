//! URNs that a contact loses because `urns` replaces all of them (observed, On update).

use std::collections::BTreeSet;

use serde_json::Value;

use super::replaced::{Change, Held, changes};
use super::requests::texts;
use super::{Found, effects, ninth_digit};
use crate::traffic::Traffic;

/// Where one URN was taken out by who had read which there were, or another of its scheme was put in its place, and all the
/// others were sent: there is no other way to change a number.
pub(super) fn meant(traffic: &Traffic) -> BTreeSet<usize> {
    let changes = changes(traffic, "urns", urns);
    changes.iter().filter(|change| is_meant(change)).map(|change| change.place).collect()
}

/// URNs that a contact had, as an answer said before, and which a write left out.
pub(super) fn urns_dropped(traffic: &Traffic) -> Found {
    let dropped = |change: &Change<'_>| {
        let left = left(change);
        let told = effects::has(&traffic.exchanges[change.place], "urns-dropped");
        let lost = !left.is_empty() && !change.after.is_empty();
        (lost && !told && !is_meant(change))
            .then(|| (change.place, format!("the contact lost {}", left.join(", "))))
    };
    changes(traffic, "urns", urns).iter().filter_map(dropped).collect()
}

/// The same where none is left.
pub(super) fn urns_emptied(traffic: &Traffic) -> Found {
    let emptied = |change: &Change<'_>| {
        let told = effects::has(&traffic.exchanges[change.place], "urns-emptied");
        let had: Vec<&str> = change.before.values().map(String::as_str).collect();
        (change.after.is_empty() && !had.is_empty() && !told)
            .then(|| (change.place, format!("the contact had {} and has no URN now", had.join(", "))))
    };
    changes(traffic, "urns", urns).iter().filter_map(emptied).collect()
}

fn is_meant(change: &Change<'_>) -> bool {
    let [left] = left(change)[..] else { return false };
    let new: Vec<_> = change.after.keys().filter(|urn| !change.before.contains_key(*urn)).collect();
    let only_it = match new[..] {
        [] => change.is_alone() && change.was_read(),
        [new] => scheme(new) == scheme(left),
        _ => false,
    };
    !change.after.is_empty() && only_it
}

/// What was left out. A URN that was sent and is not there was not applied: that is another rule.
fn left<'a>(change: &'a Change<'_>) -> Vec<&'a str> {
    let sent = |key: &str| texts(&change.body["urns"]).any(|urn| identity(urn) == key);
    change.left().filter(|(key, _)| !sent(key)).map(|(_, urn)| urn.as_str()).collect()
}

fn scheme(urn: &str) -> Option<&str> {
    urn.split_once(':').map(|(scheme, _)| scheme)
}

/// A contact's URNs, by their identity.
fn urns(contact: &Value) -> Option<Held> {
    contact["urns"].as_array()?;
    Some(texts(&contact["urns"]).map(|urn| (identity(urn), urn.to_owned())).collect())
}

/// A URN without its display, of a number with a ninth digit one of both forms: they are one person (observed).
fn identity(urn: &str) -> String {
    let identity = urn.split_once('#').map_or(urn, |(identity, _)| identity).to_owned();
    match ninth_digit::twin(&identity) {
        Some(twin) => identity.min(twin),
        None => identity,
    }
}
