//! Brazilian WhatsApp numbers, which have two forms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::requests::{contact, texts};
use super::writes::TOGETHER;
use super::{Found, effects};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// A look-up by the form of a WhatsApp number that the contact does not have (observed, The ninth digit). The mock says so of
/// each; without it one knows by what answers showed, before or right afterwards, and by what was written.
pub(super) fn ninth_digit(traffic: &Traffic) -> Found {
    let places = Places::of(traffic);
    let mut known = Known::default();
    let mut found = Found::new();
    for (place, exchange) in of_contacts(traffic) {
        let answered = exchange.answered();
        if let Some((urn, twin)) = misses(exchange, &answered)
            && !effects::has(exchange, "twin-missed")
            && (known.has_only(&twin, &urn) || places.is_shown_later(traffic, place, &twin))
            && !places.tries_both(traffic, place, &twin)
        {
            found.push((place, format!("{urn} finds nothing, and there is {twin}")));
        }
        known.learn(exchange, &answered);
    }
    found
}

/// Where the mock says that a look-up missed somebody, and it does not matter: the number was looked up by both of its
/// forms, or nobody can have relied on the answer.
pub(super) fn meant(traffic: &Traffic) -> BTreeSet<usize> {
    let places = Places::of(traffic);
    let missed = of_contacts(traffic).filter(|(_, exchange)| effects::has(exchange, "twin-missed"));
    let meant = missed.filter(|(place, exchange)| {
        let twin = exchange.parameter("urn").and_then(|urn| twin(&urn));
        exchange.is_uncertain() || twin.is_some_and(|twin| places.tries_both(traffic, *place, &twin))
    });
    meant.map(|(place, _)| place).collect()
}

fn of_contacts(traffic: &Traffic) -> impl Iterator<Item = (usize, &Exchange)> {
    let exchanges = traffic.exchanges.iter().enumerate();
    exchanges.filter(|(_, exchange)| exchange.endpoint() == Some(Endpoint::Contacts))
}

/// The number by which a look-up finds nothing, and its other form.
fn misses(exchange: &Exchange, answered: &Value) -> Option<(String, String)> {
    let nothing = match exchange.method.as_str() {
        "DELETE" => exchange.status() == Some(404),
        "GET" => answered["results"].as_array().is_some_and(Vec::is_empty),
        _ => false,
    };
    let urn = exchange.parameter("urn").filter(|_| nothing)?;
    let twin = twin(&urn)?;
    Some((urn, twin))
}

/// Where numbers with two forms occur.
#[derive(Default)]
struct Places {
    /// In `?urn=`.
    asked: BTreeMap<String, Vec<usize>>,
    /// In an answer.
    shown: BTreeMap<String, Vec<usize>>,
}

impl Places {
    fn of(traffic: &Traffic) -> Self {
        let mut places = Self::default();
        for (place, exchange) in of_contacts(traffic) {
            let asked = exchange.parameter("urn").filter(|urn| twin(urn).is_some());
            asked.into_iter().for_each(|urn| places.asked.entry(urn).or_default().push(place));
            let answered = exchange.answered();
            let urns = shown(&answered).flat_map(|contact| texts(&contact["urns"]));
            for urn in urns.filter(|urn| exchange.succeeded() && twin(urn).is_some()) {
                places.shown.entry(urn.to_owned()).or_default().push(place);
            }
        }
        places
    }

    /// Who goes on to the other form, or comes from it with the same request, knows that there are two.
    fn tries_both(&self, traffic: &Traffic, place: usize, twin: &str) -> bool {
        let exchange = &traffic.exchanges[place];
        self.asked.get(twin).into_iter().flatten().any(|at| {
            let other = &traffic.exchanges[*at];
            match *at > place {
                true => other.since(exchange) < TOGETHER,
                false => exchange.since(other) < TOGETHER && other.method == exchange.method,
            }
        })
    }

    /// Whether an answer shows soon afterwards that somebody had this form, which nobody was given in between.
    fn is_shown_later(&self, traffic: &Traffic, place: usize, form: &str) -> bool {
        let exchange = &traffic.exchanges[place];
        let later = self.shown.get(form).into_iter().flatten().find(|at| **at > place);
        let Some(later) = later.filter(|at| traffic.exchanges[**at].since(exchange) < TOGETHER) else {
            return false;
        };
        let gives = |next: &Exchange| {
            contact(next).is_some_and(|body| texts(&body["urns"]).any(|urn| urn == form))
                || next.parameter("urn").as_deref() == Some(form)
        };
        !traffic.exchanges[place..=*later].iter().any(gives)
    }
}

/// The contacts in an answer: of a list its items, else the one that was written.
fn shown(answered: &Value) -> impl Iterator<Item = &Value> {
    answered["results"].as_array().into_iter().flatten().chain(std::iter::once(answered))
}

/// Which URNs contacts have, by what answers said last, or by what was written where answers were not kept.
#[derive(Debug, Default)]
struct Known {
    /// By contact.
    urns: BTreeMap<String, Vec<String>>,
    /// By URN; one of whom nothing else is known has the URN in place of a UUID.
    owners: BTreeMap<String, String>,
    /// URNs by which a contact was changed: it has this form or the other.
    either: BTreeSet<String>,
}

impl Known {
    /// Whether somebody has this form, and nobody the other one, by which a look-up found nothing.
    fn has_only(&self, form: &str, other: &str) -> bool {
        let either = [form, other].iter().any(|urn| self.either.contains(*urn));
        (self.owners.contains_key(form) || either) && !self.owners.contains_key(other)
    }

    fn learn(&mut self, exchange: &Exchange, answered: &Value) {
        if !exchange.succeeded() {
            return;
        }
        match exchange.method.as_str() {
            "DELETE" => self.forget(exchange),
            "POST" if !answered["urns"].is_array() => self.learn_of_request(exchange),
            _ => {}
        }
        for contact in shown(answered) {
            if let (Some(uuid), Some(urns)) = (contact["uuid"].as_str(), contact["urns"].as_array()) {
                self.set(uuid, urns.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            }
        }
    }

    /// What a write shows whose answer was not kept.
    fn learn_of_request(&mut self, write: &Exchange) {
        let sent = contact(write).unwrap_or_default();
        let uuid = write.parameter("uuid");
        let given: Vec<String> = texts(&sent["urns"]).map(str::to_owned).collect();
        if let Some(first) = given.first().cloned() {
            self.set(&uuid.unwrap_or(first), given);
        }
        match write.parameter("urn") {
            Some(urn) if write.status() == Some(201) => self.set(&urn.clone(), vec![urn]),
            Some(urn) if twin(&urn).is_some() => {
                self.either.insert(urn);
            }
            _ => {}
        }
    }

    fn forget(&mut self, deletion: &Exchange) {
        let urn = deletion.parameter("urn");
        let by_urn = urn.as_ref().and_then(|urn| self.owners.get(urn).cloned());
        if let Some(uuid) = deletion.parameter("uuid").or(by_urn) {
            self.set(&uuid, Vec::new());
        }
        // By its UUID it may have been any of these.
        self.either.retain(|either| {
            urn.as_ref().is_some_and(|urn| urn != either && twin(urn).as_ref() != Some(either))
        });
        self.owners.retain(|urn, owner| deletion.parameter("uuid").is_none() || owner != urn);
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
pub(super) fn twin(urn: &str) -> Option<String> {
    let number =
        urn.strip_prefix("whatsapp:55").filter(|number| number.bytes().all(|c| c.is_ascii_digit()))?;
    let (area, rest) = number.split_at_checked(2)?;
    match (rest.len(), rest.strip_prefix('9')) {
        (8, _) => Some(format!("whatsapp:55{area}9{rest}")),
        (9, Some(rest)) => Some(format!("whatsapp:55{area}{rest}")),
        _ => None,
    }
}
