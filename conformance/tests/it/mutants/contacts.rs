//! Faults in creating contacts, in their names and languages, and in how they are shown.

use serde_json::{Value, json};

use super::call::Call;
use super::common::{keep_white_space, lacks};
use super::exchange::{Answer, CONTACTS, text};
use super::mutant::Act::{Any, Create, Update, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("contacts/created-answers-200", "Creating a contact is answered with 200.")
            .on(Create, CONTACTS)
            .status(201, 200),
        mutant("contacts/upserted-answers-200", "A contact that `?urn=` creates is answered with 200.")
            .on(Update, CONTACTS)
            .by("urn")
            .status(201, 200),
        mutant("contacts/upsert-refuses-unknown", "`POST ?urn=` of an unknown URN is answered with 404.")
            .on(Update, CONTACTS)
            .by("urn")
            .instead(undo_upsert),
        mutant("contacts/upsert-always-creates", "`POST ?urn=` creates a contact each time.")
            .on(Update, CONTACTS)
            .by("urn")
            .instead(create_another),
        mutant("contacts/upsert-forgets-the-urn", "A contact that `?urn=` creates does not get the URN.")
            .on(Update, CONTACTS)
            .by("urn")
            .instead(forget_urn),
        mutant("contacts/name-not-trimmed", "White space around a name is kept.")
            .on(Write, CONTACTS)
            .instead(|call| keep_white_space(call, "name")),
        mutant("contacts/name-not-stored", "A name is shown in the answer to its write, and never again.")
            .on(Write, CONTACTS)
            .instead(take_name_back),
        mutant("contacts/name-cut", "A name ends after 64 characters.").on(Write, CONTACTS).body(|body| {
            let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
            if (65..=100).contains(&name.chars().count()) {
                let cut: String = name.chars().take(64).collect();
                body.insert("name".to_owned(), cut.into());
            }
        }),
        mutant("contacts/empty-name-accepted", "A name may be empty.").on(Write, CONTACTS).accepts(
            "name",
            "cannot be empty",
            |_| json!("nobody"),
        ),
        mutant("contacts/long-name-accepted", "A name may have more than 100 characters.")
            .on(Write, CONTACTS)
            .accepts("name", "cannot exceed", |_| json!("a long name")),
        mutant("contacts/null-name-ignored", "A name cannot be removed: null is passed over.")
            .on(Update, CONTACTS)
            .body(|body| body.retain(|member, value| member != "name" || !value.is_null())),
        mutant("contacts/language-dropped", "A new contact gets no language.")
            .on(Create, CONTACTS)
            .ignores("language"),
        mutant("contacts/language-in-upper-case", "Languages are shown in upper case.")
            .on(Any, CONTACTS)
            .shows(|contact| {
                if let Value::String(language) = &mut contact["language"] {
                    language.make_ascii_uppercase();
                }
            }),
        mutant("contacts/any-three-letters-are-a-language", "A language of three letters need not exist.")
            .on(Write, CONTACTS)
            .accepts("language", "Not a valid ISO639-3", |_| json!("und")),
        mutant("contacts/two-letters-are-a-language", "A language may be a code of two letters.")
            .on(Write, CONTACTS)
            .accepts("language", "at least 3 characters", |_| json!("und")),
        mutant("contacts/null-language-ignored", "A language cannot be removed: null is passed over.")
            .on(Update, CONTACTS)
            .body(|body| body.retain(|member, value| member != "language" || !value.is_null())),
        mutant("contacts/unknown-members-refused", "A member of the body that means nothing is an error.")
            .on(Write, CONTACTS)
            .when(|request| request.json().is_some_and(|body| unknown_member(&body).is_some()))
            // What is surely refused is refused in its turn.
            .body(|body| drop(body.insert("name".to_owned(), json!([]))))
            .says(|request, answer| {
                if answer.status == 400 && !answer.json()["name"].is_null() {
                    let body = request.json().unwrap_or_default();
                    let unknown = unknown_member(&body).unwrap_or_default();
                    answer.become_json(400, &json!({ unknown: ["Unknown member."] }));
                }
            }),
        mutant("contacts/new-contact-has-blocked-null", "The answer to a creation shows `blocked` as null.")
            .on(Write, CONTACTS)
            .says(|_, answer| {
                if answer.status == 201 {
                    answer.edit(|contact| contact["blocked"] = Value::Null);
                }
            }),
        mutant("contacts/created-on-moves", "`created_on` moves with every change.")
            .on(Any, CONTACTS)
            .shows(|contact| contact["created_on"] = contact["modified_on"].clone()),
        mutant("contacts/modified-on-stays", "`modified_on` does not move.")
            .on(Any, CONTACTS)
            .shows(|contact| contact["modified_on"] = contact["created_on"].clone()),
        mutant("contacts/modified-on-moves-for-nothing", "`modified_on` moves without a change.")
            .on(Update, CONTACTS)
            .instead(touch),
        mutant("contacts/last-seen-on-missing", "Contacts have no `last_seen_on`.")
            .on(Any, CONTACTS)
            .shows(|contact| lacks(contact, "last_seen_on")),
        mutant("contacts/stopped-missing", "Contacts have no `stopped`.")
            .on(Any, CONTACTS)
            .shows(|contact| lacks(contact, "stopped")),
        mutant("contacts/null-language-missing", "A contact without a language has no member of that name.")
            .on(Any, CONTACTS)
            .shows(|contact| {
                if contact["language"].is_null() {
                    lacks(contact, "language");
                }
            }),
        mutant("contacts/extra-member", "Contacts have a member `id`.")
            .on(Any, CONTACTS)
            .shows(|contact| contact["id"] = json!(1)),
        mutant("contacts/groups-without-names", "Contacts show the UUIDs of their groups alone.")
            .on(Any, CONTACTS)
            .shows(|contact| {
                for group in contact["groups"].as_array_mut().into_iter().flatten() {
                    *group = group["uuid"].take();
                }
            }),
    ]
}

fn unknown_member(body: &Value) -> Option<&str> {
    const KNOWN: [&str; 5] = ["name", "language", "urns", "groups", "fields"];
    body.as_object()?.keys().map(String::as_str).find(|member| !KNOWN.contains(member))
}

async fn undo_upsert(call: Call) -> Answer {
    let mut answer = call.forward().await;
    if answer.status == 201 {
        let made = answer.json();
        call.delete(CONTACTS, &[("uuid", text(&made["uuid"]))]).await;
        answer.become_not_found();
    }
    answer
}

/// Two contacts cannot have the URN, so the one before is left without any.
async fn create_another(call: Call) -> Answer {
    if let Some(owner) = call.target().await {
        call.change(&owner, &json!({"urns": []})).await;
        call.show(&owner, json!({"urns": owner["urns"]}));
    }
    call.forward().await
}

async fn forget_urn(call: Call) -> Answer {
    let mut answer = call.forward().await;
    if answer.status == 201 {
        answer.body = call.change(&answer.json(), &json!({"urns": []})).await.body;
    }
    answer
}

async fn take_name_back(call: Call) -> Answer {
    let before = call.target().await.unwrap_or_default();
    let answer = call.forward().await;
    if answer.is_success() && !call.request.member("name").is_null() {
        call.change(&answer.json(), &json!({"name": before["name"]})).await;
    }
    answer
}

/// Changes the name and back again where nothing else has moved the contact.
async fn touch(call: Call) -> Answer {
    let before = call.target().await.unwrap_or_default();
    let mut answer = call.forward().await;
    let after = answer.json();
    if answer.status == 200 && after["modified_on"] == before["modified_on"] {
        call.change(&after, &json!({"name": "somebody else"})).await;
        answer.body = call.change(&after, &json!({"name": after["name"]})).await.body;
    }
    answer
}
