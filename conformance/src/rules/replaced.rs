//! What a contact loses because a list in a write replaces all that it has.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;

use super::requests::contact;
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// How long what an answer said of a contact counts: later somebody else may have changed it.
const KNOWN: SignedDuration = SignedDuration::from_hours(1);

/// What a contact has: how each is told, by what it is known by.
pub(super) type Held = BTreeMap<String, String>;

/// A write of a list of which an earlier answer had told what was in it.
pub(super) struct Change<'a> {
    pub(super) place: usize,
    /// The exchange that told it last.
    by: &'a Exchange,
    /// The members of the contact that were sent.
    pub(super) body: Value,
    pub(super) before: Held,
    pub(super) after: Held,
}

impl Change<'_> {
    /// What the contact has no more.
    pub(super) fn left(&self) -> impl Iterator<Item = (&String, &String)> {
        self.before.iter().filter(|(key, _)| !self.after.contains_key(*key))
    }

    /// Whether somebody asked what there was: the answer to a write tells it whoever wants to know or not.
    pub(super) fn was_read(&self) -> bool {
        self.by.only_reads()
    }

    /// Whether nothing else was sent. Who sends other members besides wants the contact to be as it is sent.
    pub(super) fn is_alone(&self) -> bool {
        self.body.as_object().is_some_and(|members| members.len() == 1)
    }
}

/// All writes of this list of a contact, as answers show it.
pub(super) fn changes<'a>(
    traffic: &'a Traffic,
    list: &str,
    held: impl Fn(&Value) -> Option<Held>,
) -> Vec<Change<'a>> {
    let mut seen: BTreeMap<String, (&Exchange, Held)> = BTreeMap::new();
    let mut changes = Vec::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        if exchange.endpoint() != Some(Endpoint::Contacts) || !exchange.succeeded() {
            continue;
        }
        let answered = exchange.answered();
        let body = contact(exchange).filter(|body| body[list].is_array());
        let before = answered["uuid"].as_str().and_then(|uuid| seen.get(uuid));
        if let (Some(body), Some((by, before)), Some(after)) = (body, before, held(&answered))
            && exchange.since(by) <= KNOWN
        {
            changes.push(Change { place, by, body, before: before.clone(), after });
        }
        let listed = answered["results"].as_array().into_iter().flatten();
        for shown in listed.chain(std::iter::once(&answered)) {
            if let (Some(uuid), Some(held)) = (shown["uuid"].as_str(), held(shown)) {
                seen.insert(uuid.to_owned(), (exchange, held));
            }
        }
    }
    changes
}
