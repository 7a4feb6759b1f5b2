//! Brazilian WhatsApp numbers, which have two forms.

use std::collections::BTreeMap;

use serde_json::Value;

use super::writes::TOGETHER;
use super::{Found, after};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// A look-up by the form of a WhatsApp number that the contact does not have (observed, The ninth digit).
pub(super) fn ninth_digit(traffic: &Traffic) -> Found {
    let mut known = Known::default();
    let mut found = Found::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        if exchange.endpoint() != Some(Endpoint::Contacts) {
            continue;
        }
        let answered = exchange.answered();
        let nothing = match exchange.method.as_str() {
            "DELETE" => exchange.status() == Some(404),
            "GET" => answered["results"].as_array().is_some_and(Vec::is_empty),
            _ => false,
        };
        if let Some(urn) = exchange.parameter("urn").filter(|_| nothing)
            && let Some(twin) = twin(&urn).filter(|twin| known.has(twin) && !known.has(&urn))
            && !tries_both(traffic, place, &twin)
        {
            found.push((place, format!("{urn} finds nothing, and there is {twin}")));
        }
        known.learn(exchange, &answered);
    }
    found
}

/// Who goes on to the other form knows that there are two.
fn tries_both(traffic: &Traffic, place: usize, twin: &str) -> bool {
    let time = traffic.exchanges[place].time;
    after(traffic, place)
        .take_while(|(_, next)| next.time.duration_since(time) < TOGETHER)
        .filter(|(_, next)| next.endpoint() == Some(Endpoint::Contacts))
        .any(|(_, next)| next.parameter("urn").as_deref() == Some(twin))
}

/// Which URNs contacts have, by what answers said last.
#[derive(Debug, Default)]
struct Known {
    /// By contact.
    urns: BTreeMap<String, Vec<String>>,
    /// By URN.
    owners: BTreeMap<String, String>,
}

impl Known {
    fn has(&self, urn: &str) -> bool {
        self.owners.contains_key(urn)
    }

    fn learn(&mut self, exchange: &Exchange, answered: &Value) {
        if exchange.method == "DELETE" && exchange.succeeded() {
            let by_urn = exchange.parameter("urn").and_then(|urn| self.owners.get(&urn).cloned());
            if let Some(uuid) = exchange.parameter("uuid").or(by_urn) {
                self.set(&uuid, Vec::new());
            }
        }
        let listed = answered["results"].as_array().into_iter().flatten();
        for contact in listed.chain(std::iter::once(answered)) {
            if let (Some(uuid), Some(urns)) = (contact["uuid"].as_str(), contact["urns"].as_array()) {
                self.set(uuid, urns.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            }
        }
    }

    fn set(&mut self, uuid: &str, urns: Vec<String>) {
        for urn in self.urns.remove(uuid).unwrap_or_default() {
            if self.owners.get(&urn).is_some_and(|owner| owner == uuid) {
                self.owners.remove(&urn);
            }
        }
        self.owners.extend(urns.iter().map(|urn| (urn.clone(), uuid.to_owned())));
        self.urns.insert(uuid.to_owned(), urns);
    }
}

/// The same Brazilian WhatsApp number with or without its ninth digit.
fn twin(urn: &str) -> Option<String> {
    let number =
        urn.strip_prefix("whatsapp:55").filter(|number| number.bytes().all(|c| c.is_ascii_digit()))?;
    let (area, rest) = number.split_at_checked(2)?;
    match (rest.len(), rest.strip_prefix('9')) {
        (8, _) => Some(format!("whatsapp:55{area}9{rest}")),
        (9, Some(rest)) => Some(format!("whatsapp:55{area}{rest}")),
        _ => None,
    }
}
