//! What a workspace holds, as the API shows it, and how two ends of one scenario differ.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::{Client, Endpoint, ListError, Pages};
use crate::difference::shorten;

/// Members that tell when something was done and not what is there.
const TIMES: [&str; 3] = ["created_on", "modified_on", "last_seen_on"];

/// What a workspace holds.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Contacts by UUID.
    pub contacts: BTreeMap<String, Value>,
    /// Groups by UUID.
    pub groups: BTreeMap<String, Value>,
    /// Fields by key.
    pub fields: BTreeMap<String, Value>,
}

impl State {
    /// Reads it, by GETs.
    ///
    /// # Errors
    /// A list cannot be read.
    pub async fn read(client: &Client) -> Result<Self, ListError> {
        Ok(Self {
            contacts: list(client, Endpoint::Contacts, "uuid").await?,
            groups: list(client, Endpoint::Groups, "uuid").await?,
            fields: list(client, Endpoint::Fields, "key").await?,
        })
    }

    /// The contacts that have one of these URNs.
    pub fn with_urn<'a>(&'a self, urns: &'a [&str]) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.contacts
            .iter()
            .filter(move |(_, contact)| texts(&contact["urns"]).any(|urn| urns.contains(&urn)))
    }

    /// The end without what differs from play to play: instants, and the identifiers of what was not there before.
    #[must_use]
    pub fn end(&self, before: &Self) -> End {
        let mut things = BTreeMap::new();
        for (id, contact) in &self.contacts {
            let known = before.contacts.contains_key(id).then_some(id);
            // By the name it had: a contact that was renamed is the same one.
            let called = before.contacts.get(id).unwrap_or(contact);
            let (name, mut shown) = (named(called, known), without_times(contact));
            if known.is_none() {
                shown["uuid"] = Value::Null;
            }
            for group in shown["groups"].as_array_mut().into_iter().flatten() {
                *group = group["name"].take();
            }
            add(&mut things, name, shown);
        }
        for (id, group) in &self.groups {
            let mut shown = without_times(group);
            if !before.groups.contains_key(id) {
                shown["uuid"] = Value::Null;
            }
            // How many are in it follows from the contacts.
            shown["count"] = Value::Null;
            add(&mut things, format!("group {}", group["name"]), shown);
        }
        for (key, field) in &self.fields {
            add(&mut things, format!("field {key}"), field.clone());
        }
        End(things)
    }
}

/// An end that can be held against another one: things by what people call them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End(BTreeMap<String, Value>);

impl End {
    /// What is otherwise than in another end, a line each.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> Vec<String> {
        let mut told = Vec::new();
        for (name, expected) in &other.0 {
            match self.0.get(name) {
                None => told.push(format!("{name}: it is not there")),
                Some(got) if got != expected => told.extend(changes(name, expected, got)),
                Some(_) => {}
            }
        }
        told.extend(
            self.0
                .keys()
                .filter(|name| !other.0.contains_key(*name))
                .map(|name| format!("{name}: it is there, and should not be")),
        );
        told
    }
}

/// How a thing differs from what it should be, a line for each member.
pub(super) fn changes(name: &str, expected: &Value, got: &Value) -> Vec<String> {
    let (Value::Object(expected), Value::Object(got)) = (expected, got) else {
        return vec![format!(
            "{name}: {}, not {}",
            shorten(&got.to_string()),
            shorten(&expected.to_string())
        )];
    };
    let mut told = Vec::new();
    for (member, value) in got {
        let before = expected.get(member).unwrap_or(&Value::Null);
        match (before, value) {
            (before, value) if before == value => {}
            (Value::Object(_), Value::Object(_)) => {
                told.extend(changes(&format!("{name}: {member}"), before, value))
            }
            (before, value) => {
                told.push(format!(
                    "{name}: {member} is {}, not {}",
                    shorten(&value.to_string()),
                    shorten(&before.to_string())
                ));
            }
        }
    }
    told
}

/// A contact as people call it: one of its URNs, its name, or that it has neither.
pub(super) fn named(contact: &Value, known: Option<&String>) -> String {
    let urn = texts(&contact["urns"]).next();
    match (known, urn, contact["name"].as_str()) {
        (Some(uuid), _, Some(name)) => format!("contact \"{name}\" ({uuid})"),
        (Some(uuid), Some(urn), None) => format!("contact {urn} ({uuid})"),
        (Some(uuid), None, None) => format!("contact {uuid}"),
        (None, Some(urn), _) => format!("new contact {urn}"),
        (None, None, Some(name)) => format!("new contact \"{name}\" without a URN"),
        (None, None, None) => "new contact without name and URN".to_owned(),
    }
}

pub(super) fn without_times(thing: &Value) -> Value {
    let mut thing = thing.clone();
    if let Some(members) = thing.as_object_mut() {
        members.retain(|name, _| !TIMES.contains(&name.as_str()));
    }
    thing
}

/// A second one of the same name is told apart: a twin must not be lost.
fn add(things: &mut BTreeMap<String, Value>, name: String, thing: Value) {
    let again = (2..).map(|number| format!("{name}, number {number}"));
    let free = std::iter::once(name.clone()).chain(again).find(|name| !things.contains_key(name));
    things.insert(free.unwrap_or(name), thing);
}

pub(super) fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

async fn list(client: &Client, endpoint: Endpoint, id: &str) -> Result<BTreeMap<String, Value>, ListError> {
    let mut items = BTreeMap::new();
    let mut pages = Pages::of(client, endpoint, &[])?;
    while let Some(page) = pages.next().await? {
        items.extend(
            page.items.into_iter().map(|item| (item[id].as_str().unwrap_or_default().to_owned(), item)),
        );
    }
    Ok(items)
}
