//! Faults in groups.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::call::Call;
use super::common::{accept, answer_before, create_unknown, do_nothing, keep_white_space, lacks, now};
use super::exchange::{Answer, CONTACTS, GROUPS, text};
use super::mutant::Act::{self, Any, Create, Delete, Update, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("groups/created-answers-200", "Creating a group is answered with 200.")
            .on(Create, GROUPS)
            .status(201, 200),
        mutant("groups/renamed-answers-201", "Renaming a group is answered with 201.")
            .on(Update, GROUPS)
            .status(200, 201),
        mutant("groups/name-not-trimmed", "White space around a name is kept.")
            .on(Write, GROUPS)
            .instead(|call| keep_white_space(call, "name")),
        mutant("groups/name-need-not-be-unique", "Two groups may have one name.").on(Write, GROUPS).accepts(
            "name",
            "must be unique",
            another,
        ),
        mutant("groups/name-in-another-case-accepted", "Two names may differ in letter case alone.")
            .on(Write, GROUPS)
            .instead(unless_taken),
        mutant("groups/empty-name-accepted", "A name may be empty.").on(Write, GROUPS).accepts(
            "name",
            "may not be blank",
            another,
        ),
        mutant("groups/null-name-accepted", "A name may be null.").on(Write, GROUPS).accepts(
            "name",
            "may not be null",
            another,
        ),
        mutant("groups/65-characters-accepted", "A name may have more than 64 characters.")
            .on(Write, GROUPS)
            .accepts("name", "no more than 64", another),
        mutant("groups/64-characters-refused", "A name may have 63 characters at most.")
            .on(Write, GROUPS)
            .body(|body| {
                if let Some(Value::String(name)) = body.get_mut("name")
                    && name.chars().count() == 64
                {
                    name.push('x');
                }
            }),
        mutant("groups/any-first-character-accepted", "A name may begin with any character.")
            .on(Write, GROUPS)
            .accepts("name", "illegal characters", another),
        mutant("groups/new-group-has-a-member", "The answer to a creation counts one contact.")
            .on(Create, GROUPS)
            .shows(|group| group["count"] = json!(1)),
        mutant("groups/new-group-has-no-count", "The answer to a creation shows `count` as null.")
            .on(Create, GROUPS)
            .shows(|group| group["count"] = Value::Null),
        mutant("groups/query-is-empty-text", "A group without a query shows an empty one, not null.")
            .on(Any, GROUPS)
            .shows(|group| {
                if group["query"].is_null() {
                    group["query"] = json!("");
                }
            }),
        mutant("groups/status-missing", "Groups have no `status`.")
            .on(Any, GROUPS)
            .shows(|group| lacks(group, "status")),
        mutant("groups/uuid-without-hyphens", "The UUIDs of groups have no hyphens.")
            .on(Any, GROUPS)
            .shows(|group| group["uuid"] = text(&group["uuid"]).replace('-', "").into()),
        counts("groups/count-never-rises", "Contacts that come into a group are not counted.", u64::min),
        counts("groups/count-never-falls", "Contacts that leave a group are still counted.", u64::max),
        ghosts(
            "groups/count-not-lowered-by-updates",
            "A contact that an update takes out is still counted.",
            Update,
        ),
        ghosts("groups/count-not-lowered-by-deletions", "A deleted contact is still counted.", Delete),
        mutant("groups/renamed-answers-the-old-name", "Renaming is answered with the name before.")
            .on(Update, GROUPS)
            .instead(answer_before),
        mutant("groups/new-name-not-stored", "A new name is shown once, and then is the one before.")
            .on(Update, GROUPS)
            .instead(rename_back),
        mutant("groups/renaming-makes-a-new-uuid", "Renaming a group deletes it and makes another.")
            .on(Update, GROUPS)
            .instead(replace),
        mutant("groups/renaming-resets-the-count", "Renaming is answered with a count of 0.")
            .on(Update, GROUPS)
            .shows(|group| group["count"] = json!(0)),
        mutant("groups/renaming-of-unknown-creates", "`POST ?uuid=` of an unknown UUID makes a group.")
            .on(Update, GROUPS)
            .instead(create_unknown),
        mutant("groups/named-in-url-is-renamed", "`POST ?name=` updates the group with this name.")
            .on(Write, GROUPS)
            .by("name")
            .instead(rename_by_name),
        mutant("groups/deleted-answers-200", "Deleting a group is answered with 200.")
            .on(Delete, GROUPS)
            .status(204, 200),
        mutant("groups/delete-does-nothing", "A deletion is answered with 204 and not done.")
            .on(Delete, GROUPS)
            .instead(do_nothing),
        mutant("groups/delete-of-unknown-answers-204", "Deleting an unknown group is answered with 204.")
            .on(Delete, GROUPS)
            .says(|_, answer| {
                if answer.status == 404 {
                    answer.become_empty(204);
                }
            }),
        mutant("groups/linked-group-deleted", "Deleting a group that something uses is answered with 204.")
            .on(Delete, GROUPS)
            .says(|_, answer| {
                if answer.text().contains("is being used") {
                    answer.become_empty(204);
                }
            }),
        mutant("groups/full-group-not-deleted", "A group that has contacts cannot be deleted.")
            .on(Delete, GROUPS)
            .instead(spare_full),
        still_on_contacts(),
    ]
}

/// A name that no group has.
fn another(_: &Value) -> Value {
    format!("Mutant {}", now()).into()
}

async fn unless_taken(call: Call) -> Answer {
    let name = call.request.member("name");
    if call.get(GROUPS, &[("name", text(&name))]).await.iter().any(|group| group["name"] == name) {
        return call.forward().await;
    }
    accept(call, "name", "must be unique", another).await
}

/// Shows of the counts that a group has had, as far as they were asked for, one such as the least.
fn counts(id: &'static str, fault: &'static str, shown: fn(u64, u64) -> u64) -> Mutant {
    let known = Mutex::new(HashMap::new());
    mutant(id, fault).on(Any, GROUPS).shows(move |group| {
        let count = group["count"].as_u64().unwrap_or_default();
        let mut known = known.lock().unwrap();
        let known = known.entry(group["uuid"].to_string()).or_insert(count);
        *known = shown(*known, count);
        group["count"] = json!(*known);
    })
}

/// Group and contact, by their UUIDs.
type Memberships = Arc<Mutex<Vec<(Value, Value)>>>;

/// Contacts that leave a group in this way are still counted.
fn ghosts(id: &'static str, fault: &'static str, act: Act) -> Mutant {
    let left = Memberships::default();
    let counted = Memberships::clone(&left);
    mutant(id, fault)
        .on(act, CONTACTS)
        .instead(move |call| note_leaving(call, Memberships::clone(&left)))
        .on(Any, GROUPS)
        .shows(move |group| {
            let ghosts = counted.lock().unwrap().iter().filter(|(left, _)| *left == group["uuid"]).count();
            group["count"] = json!(group["count"].as_u64().unwrap_or_default() + ghosts as u64);
        })
}

async fn note_leaving(call: Call, left: Memberships) -> Answer {
    let before = call.target().await.unwrap_or_default();
    let answer = call.forward().await;
    if answer.is_success() {
        let after = answer.json();
        let mut left = left.lock().unwrap();
        left.retain(|(group, contact)| *contact != after["uuid"] || !is_in(&after, group));
        let groups = before["groups"].as_array().into_iter().flatten().map(|group| &group["uuid"]);
        let gone = groups.filter(|group| !is_in(&after, group));
        left.extend(gone.map(|group| (group.clone(), before["uuid"].clone())));
    }
    answer
}

fn is_in(contact: &Value, group: &Value) -> bool {
    contact["groups"].as_array().is_some_and(|groups| groups.iter().any(|known| known["uuid"] == *group))
}

async fn rename_back(call: Call) -> Answer {
    let before = call.target().await;
    let answer = call.forward().await;
    if let (200, Some(before)) = (answer.status, before) {
        call.post(GROUPS, &[("uuid", text(&before["uuid"]))], &before).await;
    }
    answer
}

async fn replace(call: Call) -> Answer {
    let mut answer = call.forward().await;
    let group = answer.json();
    if answer.status == 200 && call.delete(GROUPS, &[("uuid", text(&group["uuid"]))]).await.status == 204 {
        answer.body = call.post(GROUPS, &[], &group).await.body;
    }
    answer
}

async fn rename_by_name(mut call: Call) -> Answer {
    let name = call.request.param("name").unwrap_or_default();
    if let Some(group) = call.get(GROUPS, &[("name", &name)]).await.first() {
        call.request.drop_param("name");
        call.request.set_param("uuid", text(&group["uuid"]));
    }
    call.forward().await
}

async fn spare_full(call: Call) -> Answer {
    match call.target().await {
        Some(group) if group["count"] != 0 => call.reply(400, &json!({"detail": "Group is not empty."})),
        _ => call.forward().await,
    }
}

/// Contacts by UUID, with a group that they were in when it was deleted.
type Kept = Arc<Mutex<Vec<(Value, Value)>>>;

fn still_on_contacts() -> Mutant {
    let kept = Kept::default();
    let shown = Kept::clone(&kept);
    mutant("groups/deleted-still-on-contacts", "Contacts still show a deleted group.")
        .on(Delete, GROUPS)
        .instead(move |call| note_members(call, Kept::clone(&kept)))
        .on(Any, CONTACTS)
        .shows(move |contact| {
            let kept = shown.lock().unwrap();
            let groups =
                kept.iter().filter(|(uuid, _)| *uuid == contact["uuid"]).map(|(_, group)| group.clone());
            let groups: Vec<Value> = groups.collect();
            if let Value::Array(shown) = &mut contact["groups"] {
                shown.extend(groups);
            }
        })
}

async fn note_members(call: Call, kept: Kept) -> Answer {
    let Some(group) = call.target().await else { return call.forward().await };
    let members = call.get(CONTACTS, &[("group", text(&group["uuid"])), ("limit", "1000")]).await;
    let answer = call.forward().await;
    if answer.status == 204 {
        let reference = json!({"uuid": group["uuid"], "name": group["name"]});
        let members = members.into_iter().map(|mut contact| (contact["uuid"].take(), reference.clone()));
        kept.lock().unwrap().extend(members);
    }
    answer
}
