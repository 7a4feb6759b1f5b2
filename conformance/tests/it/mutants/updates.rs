//! Faults in updating contacts.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::common::{answer_before, create_unknown, first_lookup};
use super::exchange::{Answer, CONTACTS, FIELDS, GROUPS};
use super::mutant::Act::{Delete, Update, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("contacts/updated-by-uuid-answers-201", "An update by UUID is answered with 201.")
            .on(Update, CONTACTS)
            .by("uuid")
            .status(200, 201),
        mutant("contacts/updated-by-urn-answers-201", "An update by URN is answered with 201.")
            .on(Update, CONTACTS)
            .by("urn")
            .status(200, 201),
        mutant("contacts/update-clears-name", "An update without a name removes it.")
            .on(Update, CONTACTS)
            .body(|body| absent(body, "name", Value::Null)),
        mutant("contacts/update-clears-language", "An update without a language removes it.")
            .on(Update, CONTACTS)
            .body(|body| absent(body, "language", Value::Null)),
        mutant("contacts/update-clears-urns", "An update without URNs removes them.")
            .on(Update, CONTACTS)
            .when(|request| !request.has("urn"))
            .body(|body| absent(body, "urns", json!([]))),
        mutant("contacts/update-clears-groups", "An update without groups takes the contact out of them.")
            .on(Update, CONTACTS)
            .body(|body| absent(body, "groups", json!([]))),
        mutant("contacts/update-clears-fields", "An update removes the values that it does not name.")
            .on(Update, CONTACTS)
            .instead(|call| clear_values(call, |_| true)),
        mutant("contacts/empty-fields-clear-the-values", "An empty `fields` removes all values.")
            .on(Update, CONTACTS)
            .instead(|call| clear_values(call, |body| body.get("fields") == Some(&json!({})))),
        mutant("contacts/update-ignores-name", "An update leaves the name as it is.")
            .on(Update, CONTACTS)
            .ignores("name"),
        mutant("contacts/update-ignores-language", "An update leaves the language as it is.")
            .on(Update, CONTACTS)
            .ignores("language"),
        mutant("contacts/update-ignores-urns", "An update leaves the URNs as they are.")
            .on(Update, CONTACTS)
            .ignores("urns"),
        mutant("contacts/update-ignores-groups", "An update leaves the groups as they are.")
            .on(Update, CONTACTS)
            .ignores("groups"),
        mutant("contacts/update-ignores-fields", "An update leaves the values as they are.")
            .on(Update, CONTACTS)
            .ignores("fields"),
        mutant("contacts/update-answers-the-old-state", "An update shows the contact as it was before.")
            .on(Update, CONTACTS)
            .instead(answer_before),
        mutant("contacts/update-by-urn-hits-another", "An update by URN changes another contact.")
            .on(Update, CONTACTS)
            .by("urn")
            .instead(hit_another),
        mutant("contacts/update-of-unknown-creates", "An update by an unknown UUID creates a contact.")
            .on(Update, CONTACTS)
            .by("uuid")
            .instead(create_unknown),
        mutant("contacts/two-look-ups-accepted", "Of several look-ups of a write the first counts.")
            .on(Update, CONTACTS)
            .asks(first_lookup)
            .on(Delete, CONTACTS)
            .asks(first_lookup),
        mutant("contacts/urns-beside-urn-accepted", "URNs beside one in the URL are passed over.")
            .on(Update, CONTACTS)
            .by("urn")
            .body(|body| drop(body.remove("urns"))),
        mutant("contacts/groups-are-added", "An update adds groups to those that the contact is in.")
            .on(Update, CONTACTS)
            .instead(add_groups),
        mutant("contacts/groups-by-name-refused", "Groups are found by UUID alone.")
            .on(Write, CONTACTS)
            .body(|body| {
                for group in body.get_mut("groups").and_then(Value::as_array_mut).into_iter().flatten() {
                    if let Value::String(name) = group
                        && name.len() != 36
                    {
                        name.push(NOBODY);
                    }
                }
            })
            .says(|_, answer| answer.body = answer.text().replace(NOBODY, "").into_bytes()),
        mutant("contacts/group-objects-ignored", "Groups that are sent as objects are passed over.")
            .on(Write, CONTACTS)
            .body(|body| {
                if let Some(Value::Array(groups)) = body.get_mut("groups") {
                    groups.retain(|group| !group.is_object());
                }
            }),
        mutant("contacts/unknown-groups-ignored", "A group that does not exist is passed over.")
            .on(Write, CONTACTS)
            .instead(ignore_unknown_groups),
        mutant("contacts/unknown-groups-created", "A group that does not exist is made.")
            .on(Write, CONTACTS)
            .instead(create_unknown_groups),
        mutant("contacts/unknown-fields-ignored", "A value of a field that does not exist is passed over.")
            .on(Write, CONTACTS)
            .instead(ignore_unknown_fields),
        mutant("contacts/unknown-fields-created", "A value of a field that does not exist makes the field.")
            .on(Write, CONTACTS)
            .instead(create_unknown_fields),
        mutant("contacts/101-urns-accepted", "More than 100 URNs are taken, 100 of them kept.")
            .on(Write, CONTACTS)
            .instead(|call| shorten(call, "urns")),
        mutant("contacts/101-groups-accepted", "More than 100 groups are taken, 100 of them kept.")
            .on(Write, CONTACTS)
            .instead(|call| shorten(call, "groups")),
        mutant("contacts/101-fields-accepted", "More than 100 values are taken, 100 of them kept.")
            .on(Write, CONTACTS)
            .instead(|call| shorten(call, "fields")),
        mutant("contacts/100-urns-refused", "100 URNs are too many.")
            .on(Write, CONTACTS)
            .body(|body| one_more_than_100(body, "urns")),
        mutant("contacts/100-groups-refused", "100 groups are too many.")
            .on(Write, CONTACTS)
            .body(|body| one_more_than_100(body, "groups")),
        mutant("contacts/100-fields-refused", "100 values are too many.")
            .on(Write, CONTACTS)
            .body(|body| one_more_than_100(body, "fields")),
    ]
}

/// A character that no name has.
const NOBODY: char = '\u{e000}';

fn absent(body: &mut Map<String, Value>, member: &str, value: Value) {
    body.entry(member).or_insert(value);
}

/// Adds null for every value that the contact has and the body does not name.
async fn clear_values(mut call: Call, applies: fn(&Map<String, Value>) -> bool) -> Answer {
    let before = call.target().await.unwrap_or_default();
    call.request.edit(|body| {
        if applies(body) {
            let sent = body.entry("fields").or_insert_with(|| json!({}));
            for (key, _) in before["fields"].as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
                sent.as_object_mut().map(|sent| sent.entry(key).or_insert(Value::Null));
            }
        }
    });
    call.forward().await
}

/// The other one is the last to have been modified.
async fn hit_another(mut call: Call) -> Answer {
    if let Some(target) = call.target().await {
        let latest = call.get(CONTACTS, &[("limit", "2")]).await;
        let other = latest.iter().filter(|contact| contact["uuid"] != target["uuid"]);
        if let Some(uuid) = other.filter_map(|contact| contact["uuid"].as_str()).next() {
            call.request.drop_param("urn");
            call.request.set_param("uuid", uuid);
        }
    }
    call.forward().await
}

async fn add_groups(mut call: Call) -> Answer {
    let before = call.target().await.unwrap_or_default();
    // Groups with a query are never set.
    let all = call.get(GROUPS, &[]).await.into_iter().filter(|group| group["query"].is_null());
    let all: Vec<Value> = all.map(|mut group| group["uuid"].take()).collect();
    call.request.edit(|body| {
        if let Some(Value::Array(groups)) = body.get_mut("groups") {
            let kept = before["groups"].as_array().into_iter().flatten().map(|group| &group["uuid"]);
            groups.extend(kept.filter(|uuid| all.contains(uuid)).cloned());
        }
    });
    call.forward().await
}

async fn ignore_unknown_groups(mut call: Call) -> Answer {
    call.mended(|problems, body| {
        let unknown = named(&problems["groups"], UNKNOWN_GROUP);
        if let (Some(unknown), Some(Value::Array(groups))) = (unknown, body.get_mut("groups")) {
            groups.retain(|group| ![group, &group["uuid"], &group["name"]].iter().any(|g| **g == unknown));
        }
    })
    .await
}

async fn ignore_unknown_fields(mut call: Call) -> Answer {
    call.mended(|problems, body| {
        let unknown = named(&problems["fields"], UNKNOWN_FIELD);
        if let (Some(unknown), Some(Value::Object(fields))) = (unknown, body.get_mut("fields")) {
            fields.remove(unknown);
        }
    })
    .await
}

async fn create_unknown_groups(call: Call) -> Answer {
    create_missing(call, "groups", UNKNOWN_GROUP, |name| (GROUPS, json!({"name": name}))).await
}

async fn create_unknown_fields(call: Call) -> Answer {
    create_missing(call, "fields", UNKNOWN_FIELD, |key| (FIELDS, json!({"label": key, "value_type": "text"})))
        .await
}

/// Makes what a member refers to and does not exist.
async fn create_missing(
    call: Call,
    member: &str,
    problem: &str,
    missing: fn(&str) -> (&'static str, Value),
) -> Answer {
    loop {
        let answer = call.forward().await;
        let problems = answer.json();
        let Some((endpoint, object)) = named(&problems[member], problem).map(missing) else { return answer };
        if call.post(endpoint, &[], &object).await.status != 201 {
            return answer;
        }
    }
}

const UNKNOWN_GROUP: &str = "No such object: ";
const UNKNOWN_FIELD: &str = "Invalid contact field key: ";

/// What a member's only problem names.
fn named<'a>(problems: &'a Value, problem: &str) -> Option<&'a str> {
    problems[0].as_str()?.strip_prefix(problem)
}

async fn shorten(mut call: Call, member: &'static str) -> Answer {
    call.mended(|problems, body| {
        let too_many = problems[member].to_string().contains("up to 100 items");
        match body.get_mut(member) {
            Some(Value::Array(items)) if too_many => items.truncate(100),
            Some(Value::Object(items)) if too_many => {
                *items = std::mem::take(items).into_iter().take(100).collect();
            }
            _ => {}
        }
    })
    .await
}

fn one_more_than_100(body: &mut Map<String, Value>, member: &str) {
    match body.get_mut(member) {
        Some(Value::Array(items)) if items.len() == 100 => items.push(items[0].clone()),
        Some(Value::Object(items)) if items.len() == 100 => drop(items.insert(String::new(), Value::Null)),
        _ => {}
    }
}
