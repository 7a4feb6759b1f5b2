//! Holds the end of a play against what a scenario expects.

use serde_json::Value;

use super::state::{changes, named, texts, without_times};
use super::{Played, State};
use crate::case::{BodyMatch, Pattern};
use crate::difference::{Place, shorten};
use crate::matcher::Matcher;
use crate::scenario::{Allowed, Expectation, Members, Others, Urns};

/// What is otherwise, a line each.
pub(super) fn problems(expected: &Expectation, played: &Played) -> Vec<String> {
    let Played { before, after, traffic, .. } = played;
    let mut told = Vec::new();
    for (urns, contact) in &expected.contacts {
        let named: Vec<&str> = urns.iter().collect();
        let found: Vec<&Value> = after.with_urn(&named).map(|(_, contact)| contact).collect();
        match (contact, found.as_slice()) {
            (None, found) => {
                let gone = || format!("{}: it is there, and should be gone", urns);
                told.extend(found.iter().map(|_| gone()));
            }
            (Some(_), []) => told.push(format!("{}: there is no such contact", urns)),
            (Some(Members(members)), [contact]) => {
                told.extend(members.iter().filter_map(|(member, allowed)| {
                    let member = member.as_str();
                    let problem = problem(member, allowed, contact, after)?;
                    Some(format!("{} {member}: {problem}", urns.first()))
                }));
            }
            (Some(_), several) => told.push(format!("{}: there are {} such contacts", urns, several.len())),
        }
    }
    if expected.others == Some(Others::Unchanged) {
        told.extend(changed_others(expected, before, after));
    }
    for (thing, number, before, after) in [
        ("contacts", expected.new_contacts, &before.contacts, &after.contacts),
        ("groups", expected.new_groups, &before.groups, &after.groups),
        ("fields", expected.new_fields, &before.fields, &after.fields),
    ] {
        let new = after.keys().filter(|id| !before.contains_key(*id)).count();
        if let Some(number) = number.filter(|number| !number.holds(new)) {
            told.push(format!("new {thing}: {new}, expected {number}"));
        }
    }
    if let Some(most) = expected.max_requests.filter(|most| traffic.sent() > *most) {
        told.push(format!("requests: {}, expected at most {most}", traffic.sent()));
    }
    told
}

/// What is wrong with one member of a contact.
fn problem(member: &str, allowed: &Allowed, contact: &Value, state: &State) -> Option<String> {
    let got = &contact[member];
    match allowed {
        Allowed::Items { include, exclude } => {
            let items = items(member, got);
            let has = |wanted: &String| items.iter().any(|(id, name)| id == wanted || name == wanted);
            let missing: Vec<_> = include.iter().filter(|wanted| !has(wanted)).collect();
            let unwanted: Vec<_> = exclude.iter().filter(|wanted| has(wanted)).collect();
            let shown: Vec<_> = items.iter().map(|(_, name)| name).collect();
            match (missing.as_slice(), unwanted.as_slice()) {
                ([], []) => None,
                ([], unwanted) => Some(format!("{unwanted:?} should not be in {shown:?}")),
                (missing, _) => Some(format!("{missing:?} should be in {shown:?}")),
            }
        }
        Allowed::Pattern(pattern) => {
            // Groups are called by name or by UUID, whichever the scenario uses.
            let shown = if member == "groups" { called(pattern, got, state) } else { got.clone() };
            let compared = Matcher::default().compare(pattern, BodyMatch::Contains, &shown);
            compared.err().map(|difference| match &difference.place {
                Place::Body(pointer) if !pointer.is_empty() => difference.to_string(),
                _ => format!("{}, expected {}", shorten(&difference.got), shorten(&difference.expected)),
            })
        }
    }
}

/// Items of a list, by identifier and by name; both are one for a text.
fn items(member: &str, list: &Value) -> Vec<(String, String)> {
    match member {
        "groups" => {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let groups = list.as_array().into_iter().flatten();
            groups.map(|group| (text(&group["uuid"]), text(&group["name"]))).collect()
        }
        _ => texts(list).map(|text| (text.to_owned(), text.to_owned())).collect(),
    }
}

/// A contact's groups as a list of texts, sorted; as they are, where the scenario speaks of objects.
fn called(pattern: &Pattern, groups: &Value, state: &State) -> Value {
    let Pattern::List(wanted) = pattern else { return groups.clone() };
    if wanted.iter().any(|item| item.as_str().is_none()) {
        return groups.clone();
    }
    let by_uuid =
        |name: &str| wanted.iter().any(|item| item.as_str() == Some(name)) && state.groups.contains_key(name);
    let mut all: Vec<String> = items("groups", groups)
        .into_iter()
        .map(|(uuid, name)| if by_uuid(&uuid) { uuid } else { name })
        .collect();
    // In the order of the scenario, which the API does not promise.
    all.sort_by_key(|name| wanted.iter().position(|item| item.as_str() == Some(name)).unwrap_or(usize::MAX));
    all.into()
}

/// Contacts that nobody spoke of, and that are not as they were.
fn changed_others(expected: &Expectation, before: &State, after: &State) -> Vec<String> {
    let spoken_of: Vec<&str> = expected.contacts.keys().flat_map(Urns::iter).collect();
    let concerns = |contact: &Value| texts(&contact["urns"]).any(|urn| spoken_of.contains(&urn));
    let mut told = Vec::new();
    for (uuid, contact) in before.contacts.iter().filter(|(_, contact)| !concerns(contact)) {
        let name = named(contact, Some(uuid));
        match after.contacts.get(uuid) {
            None => told.push(format!("{name}: it is gone")),
            Some(now) => told.extend(changes(&name, &without_times(contact), &without_times(now))),
        }
    }
    told
}
