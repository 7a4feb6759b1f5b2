//! Contacts of seed data.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::groups::Groups;
use super::note::Change;
use super::{Contact, Field, MAX_ITEMS, Notes, ValueType};
use crate::case::Status;
use crate::pull::instant::Instant;
use crate::pull::read;
use crate::pull::urn::{self, Fault};
use crate::pull::value;

/// Characters that a name may have.
const MAX_NAME: usize = 100;

/// Characters that a value may have.
const MAX_VALUE: usize = 640;

/// Contacts in the order in which they were made, and whether the workspace masks their URNs.
pub(super) fn read(
    last_modified_first: Vec<read::Contact>,
    fields: &[Field],
    groups: &Groups,
    notes: &mut Notes,
) -> (Vec<Contact>, bool) {
    let mut reader = Reader { fields, groups, notes, owned: HashSet::new(), anon: false };
    let mut seen = HashSet::new();
    let distinct = last_modified_first.into_iter().filter(|contact| seen.insert(contact.uuid));
    let mut contacts: Vec<Contact> = distinct.map(|contact| reader.contact(contact)).collect();
    let anon = reader.anon;
    // Of contacts that changed at one instant the API lists the younger first.
    contacts.reverse();
    part(&mut contacts, notes);
    contacts.sort_by_key(|contact| contact.created_on);
    (contacts, anon)
}

/// Gives each contact an instant of its own, in the order that they are in.
fn part(contacts: &mut [Contact], notes: &mut Notes) {
    contacts.sort_by_key(|contact| contact.modified_on.max(contact.created_on));
    let mut last: Option<Instant> = None;
    for contact in contacts {
        let at = contact.modified_on.max(contact.created_on);
        let at = last.map_or(at, |last| at.max(last.next()));
        if at != contact.modified_on {
            notes.count(Change::Moved);
        }
        contact.modified_on = at;
        last = Some(at);
    }
}

struct Reader<'a> {
    fields: &'a [Field],
    groups: &'a Groups,
    notes: &'a mut Notes,
    /// URNs of the contacts before.
    owned: HashSet<String>,
    anon: bool,
}

impl Reader<'_> {
    fn contact(&mut self, contact: read::Contact) -> Contact {
        let status = match (contact.blocked, contact.stopped) {
            (Some(true), _) => Status::Blocked,
            (_, Some(true)) => Status::Stopped,
            _ => Status::Active,
        };
        Contact {
            uuid: contact.uuid,
            name: contact.name.as_deref().and_then(|name| self.text(name, MAX_NAME, Change::Name)),
            language: contact.language.and_then(|code| self.language(&code)),
            urns: self.urns(contact.urns),
            groups: self.static_groups(&contact.groups, status),
            fields: self.values(contact.fields),
            status,
            created_on: contact.created_on,
            modified_on: contact.modified_on,
            last_seen_on: contact.last_seen_on,
        }
    }

    /// A text without white space around it, cut where it is too long; `None` where nothing is left.
    fn text(&mut self, text: &str, most: usize, cut: Change) -> Option<String> {
        let clean = text.replace('\0', "");
        let clean = clean.trim();
        let kept: String = clean.chars().take(most).collect();
        if kept.len() < clean.len() {
            self.notes.count(cut);
        }
        Some(kept.trim_end().to_owned()).filter(|kept| !kept.is_empty())
    }

    fn language(&mut self, code: &str) -> Option<String> {
        let good = code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
        if !good {
            self.notes.count(Change::Language);
        }
        good.then(|| code.to_ascii_lowercase())
    }

    fn urns(&mut self, urns: Vec<String>) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for urn in urns {
            let own = kept.iter().any(|other| urn::identity(other) == urn::identity(&urn));
            let taken = own
                || self.owned.contains(urn::identity(&urn))
                || urn::twin(&urn).is_some_and(|twin| self.owned.contains(&twin));
            let fault = urn::check(&urn).err().or(taken.then_some(Fault::Taken));
            self.anon |= fault == Some(Fault::Masked);
            match fault {
                Some(fault) => self.notes.count(Change::Urn(urn::parts(&urn).0.to_owned(), fault)),
                None if kept.len() == MAX_ITEMS => self.notes.count(Change::ManyUrns),
                None => kept.push(urn),
            }
        }
        self.owned.extend(kept.iter().map(|urn| urn::identity(urn).to_owned()));
        kept
    }

    fn static_groups(&mut self, groups: &[read::GroupReference], status: Status) -> Vec<uuid::Uuid> {
        let mut kept = Vec::new();
        for group in groups {
            match self.groups.statics.get(&group.uuid) {
                None => self.notes.count(Change::NoSuchGroup),
                Some(false) => {}
                Some(true) if status != Status::Active => self.notes.count(Change::NotActive),
                Some(true) if kept.len() == MAX_ITEMS => self.notes.count(Change::ManyGroups),
                Some(true) if kept.contains(&group.uuid) => {}
                Some(true) => kept.push(group.uuid),
            }
        }
        kept
    }

    fn values(&mut self, values: BTreeMap<String, Value>) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::new();
        for (key, value) in values {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                other => other.to_string(),
            };
            let Some(field) = self.fields.iter().find(|field| field.key == key) else {
                self.notes.count(Change::NoSuchField(key));
                continue;
            };
            let Some(text) = self.text(&text, MAX_VALUE, Change::LongValue(key.clone())) else { continue };
            let good = match field.value_type {
                ValueType::Numeric => value::is_number(&text),
                ValueType::Datetime => value::Moment::read(&text).is_some(),
                _ => true,
            };
            if !good {
                self.notes.count(Change::Value(key));
            } else if kept.len() == MAX_ITEMS {
                self.notes.count(Change::ManyFields);
            } else {
                kept.insert(key, text);
            }
        }
        kept
    }
}
