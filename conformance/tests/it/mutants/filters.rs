//! Faults in the filters of lists.

use serde_json::Value;

use super::call::Call;
use super::exchange::{Answer, CONTACTS, FIELDS, GROUPS, Request};
use super::mutant::Act::Read;
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        ignored("lists/uuid-ignored", "Contacts are not filtered by `uuid`.", "uuid"),
        ignored("lists/urn-ignored", "Contacts are not filtered by `urn`.", "urn"),
        ignored("lists/name-ignored", "Contacts are not filtered by `name`.", "name"),
        ignored("lists/search-ignored", "Contacts are not filtered by `search`.", "search"),
        ignored("lists/deleted-ignored", "Contacts are not filtered by `deleted`.", "deleted"),
        ignored("lists/before-ignored", "Contacts are not filtered by `before`.", "before"),
        ignored("lists/after-ignored", "Contacts are not filtered by `after`.", "after"),
        ignored("lists/group-uuid-ignored", "Contacts are not filtered by a group's UUID.", "group")
            .when(by_uuid),
        ignored("lists/group-name-ignored", "Contacts are not filtered by a group's name.", "group")
            .when(|request| !by_uuid(request)),
        mutant("lists/key-ignored", "Fields are not filtered by `key`.").on(Read, FIELDS).drops("key"),
        mutant("lists/uuid-of-group-ignored", "Groups are not filtered by `uuid`.")
            .on(Read, GROUPS)
            .drops("uuid"),
        mutant("lists/name-of-group-ignored", "Groups are not filtered by `name`.")
            .on(Read, GROUPS)
            .drops("name"),
        mutant("lists/name-of-group-in-its-case", "Groups are found in the letter case of their name alone.")
            .on(Read, GROUPS)
            .by("name")
            .lists(|request, groups| groups.retain(|group| group["name"] == text(request, "name"))),
        mutant("lists/name-in-its-case", "Names are searched with regard to letter case.")
            .on(Read, CONTACTS)
            .by("name")
            .lists(|request, contacts| {
                contacts.retain(|contact| name(contact).contains(&text(request, "name")))
            }),
        mutant("lists/name-begins", "`name` finds the beginnings of names alone.")
            .on(Read, CONTACTS)
            .by("name")
            .lists(|request, contacts| {
                let sought = text(request, "name").to_lowercase();
                contacts.retain(|contact| name(contact).to_lowercase().starts_with(&sought));
            }),
        mutant("lists/name-exact", "`name` finds whole names alone.").on(Read, CONTACTS).by("name").lists(
            |request, contacts| {
                let sought = text(request, "name").to_lowercase();
                contacts.retain(|contact| sought.is_empty() || name(contact).to_lowercase() == sought);
            },
        ),
        mutant("lists/name-with-wildcards", "`%` and `_` in `name` stand for any text and any character.")
            .on(Read, CONTACTS)
            .by("name")
            .asks(|request| {
                let pattern = text(request, "name");
                let longest = pattern.split(WILDCARDS).max_by_key(|part| part.len()).unwrap_or_default();
                request.set_param("name", longest);
            })
            .lists(|request, contacts| {
                let pattern = format!("%{}%", text(request, "name").to_lowercase());
                contacts.retain(|contact| fits(&name(contact).to_lowercase(), &pattern));
            }),
        mutant("lists/search-finds-parts", "`search` finds parts of names.")
            .on(Read, CONTACTS)
            .by("search")
            .asks(|request| {
                let sought = text(request, "search");
                if !sought.is_empty() && !sought.contains(':') && !request.has("name") {
                    request.drop_param("search");
                    request.set_param("name", &sought);
                }
            }),
        mutant("lists/before-exclusive", "`before` does not find the instant itself.")
            .on(Read, CONTACTS)
            .by("before")
            .lists(|request, contacts| {
                contacts.retain(|contact| contact["modified_on"] != text(request, "before"))
            }),
        mutant("lists/after-exclusive", "`after` does not find the instant itself.")
            .on(Read, CONTACTS)
            .by("after")
            .lists(|request, contacts| {
                contacts.retain(|contact| contact["modified_on"] != text(request, "after"))
            }),
        mutant("lists/empty-filter-finds-nothing", "A filter without a value finds nothing.")
            .on(Read, CONTACTS)
            .when(|request| FILTERS.iter().any(|name| request.param(name).as_deref() == Some("")))
            .lists(|_, contacts| contacts.clear()),
        mutant("lists/only-one-filter-counts", "Of several filters the first alone counts.")
            .on(Read, CONTACTS)
            .asks(|request| {
                let given = FILTERS.into_iter().filter(|name| !text(request, name).is_empty());
                let others: Vec<_> = given.skip(1).collect();
                others.iter().for_each(|name| request.drop_param(name));
            }),
        mutant("lists/deleted-among-the-others", "Deleted contacts are listed with the others.")
            .on(Read, CONTACTS)
            .when(|request| !request.has("deleted") && !request.has("cursor"))
            .instead(add_deleted),
        mutant("lists/uuid-in-any-spelling", "A UUID may be in upper case.")
            .on(Read, CONTACTS)
            .by("uuid")
            .asks(|request| request.set_param("uuid", &text(request, "uuid").to_lowercase())),
    ]
}

/// Filters of contacts that take a text.
const FILTERS: [&str; 7] = ["uuid", "urn", "name", "group", "search", "before", "after"];

const WILDCARDS: [char; 2] = ['%', '_'];

fn ignored(id: &'static str, fault: &'static str, parameter: &'static str) -> Mutant {
    mutant(id, fault).on(Read, CONTACTS).drops(parameter)
}

fn text(request: &Request, parameter: &str) -> String {
    request.param(parameter).unwrap_or_default()
}

fn name(contact: &Value) -> &str {
    contact["name"].as_str().unwrap_or_default()
}

fn by_uuid(request: &Request) -> bool {
    let group = text(request, "group");
    group.len() == 36 && group.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// Whether a text fits a pattern as in SQL.
fn fits(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| fits(&text[at..], rest.as_str())),
        Some(c) => {
            let mut text = text.chars();
            text.next().is_some_and(|first| c == '_' || c == first) && fits(text.as_str(), rest.as_str())
        }
    }
}

async fn add_deleted(mut call: Call) -> Answer {
    let mut answer = call.forward().await;
    call.request.set_param("deleted", "true");
    let deleted = call.forward().await.json();
    answer
        .edit_list(|contacts| contacts.extend(deleted["results"].as_array().into_iter().flatten().cloned()));
    answer
}
