//! Faults in deleting contacts.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::call::Call;
use super::common::do_nothing;
use super::exchange::{Answer, CONTACTS, Request};
use super::mutant::Act::{Create, Delete, Read, Update};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("contacts/deleted-answers-200", "Deleting a contact is answered with 200.")
            .on(Delete, CONTACTS)
            .status(204, 200),
        mutant("contacts/deleted-answers-202", "Deleting a contact is answered with 202.")
            .on(Delete, CONTACTS)
            .status(204, 202),
        mutant("contacts/deleted-answers-404", "Deleting a contact is done and answered with 404.")
            .on(Delete, CONTACTS)
            .says(|_, answer| {
                if answer.status == 204 {
                    answer.become_not_found();
                }
            }),
        mutant("contacts/delete-does-nothing", "A deletion is answered with 204 and not done.")
            .on(Delete, CONTACTS)
            .instead(do_nothing),
        mutant("contacts/delete-of-unknown-answers-204", "Deleting an unknown contact is answered with 204.")
            .on(Delete, CONTACTS)
            .instead(|call| pretend(call, false)),
        mutant("contacts/delete-of-unknown-answers-400", "Deleting an unknown contact is answered with 400.")
            .on(Delete, CONTACTS)
            .status(404, 400),
        mutant("contacts/repeated-delete-answers-204", "A repeated deletion by UUID is answered with 204.")
            .on(Delete, CONTACTS)
            .by("uuid")
            .instead(|call| pretend(call, true)),
        still_listed(),
        named_forever(),
        urns_not_free(),
        mutant("contacts/deleted-can-be-updated", "A deleted contact can be updated by its UUID.")
            .on(Update, CONTACTS)
            .by("uuid")
            .instead(revive),
        mutant("contacts/deleted-is-not-kept", "A deleted contact is not to be found under `?deleted=true`.")
            .on(Read, CONTACTS)
            .by("deleted")
            .lists(|_, contacts| contacts.retain(|contact| !contact["blocked"].is_null())),
    ]
}

/// Contacts as they were before they were deleted, and the credentials of who did it: others may be elsewhere.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<(String, Value)>>>);

impl Kept {
    async fn delete(self, call: Call) -> Answer {
        let before = call.target().await;
        let answer = call.forward().await;
        if answer.status == 204 {
            let user = call.request.header("authorization");
            self.0.lock().unwrap().extend(before.map(|before| (user.to_owned(), before)));
        }
        answer
    }

    fn of(&self, request: &Request) -> Vec<Value> {
        let kept = self.0.lock().unwrap();
        let own = kept.iter().filter(|(user, _)| user == request.header("authorization"));
        own.map(|(_, contact)| contact.clone()).collect()
    }
}

/// Begins a mutant that keeps what is deleted.
fn keeping(id: &'static str, fault: &'static str) -> (Mutant, Kept) {
    let kept = Kept::default();
    let deleted = kept.clone();
    (mutant(id, fault).on(Delete, CONTACTS).instead(move |call| kept.clone().delete(call)), deleted)
}

fn still_listed() -> Mutant {
    let (mutant, deleted) = keeping("contacts/deleted-still-listed", "A deleted contact is found as before.");
    mutant.on(Read, CONTACTS).when(|request| !request.has("deleted") && !request.has("cursor")).lists(
        move |request, contacts| {
            let deleted = deleted.of(request).into_iter();
            contacts.splice(..0, deleted.filter(|contact| finds(request, contact)));
        },
    )
}

/// Whether a list would hold a contact, by its UUID or URN or because it holds all.
fn finds(request: &Request, contact: &Value) -> bool {
    match (request.param("uuid"), request.param("urn")) {
        (Some(uuid), None) => contact["uuid"] == uuid,
        (None, Some(urn)) => has_urn(contact, &urn),
        _ => request.url.query().is_none(),
    }
}

fn has_urn(contact: &Value, urn: &str) -> bool {
    contact["urns"].as_array().is_some_and(|urns| urns.iter().any(|known| known == urn))
}

fn named_forever() -> Mutant {
    let (mutant, deleted) =
        keeping("contacts/deleted-keeps-its-name", "A deleted contact still has its name.");
    mutant.on(Read, CONTACTS).lists(move |request, contacts| {
        for before in deleted.of(request) {
            if let Some(contact) = contacts.iter_mut().find(|contact| contact["uuid"] == before["uuid"]) {
                contact["name"] = before["name"].clone();
            }
        }
    })
}

fn urns_not_free() -> Mutant {
    let (mutant, deleted) =
        keeping("contacts/deleted-keeps-its-urns", "A URN of a deleted contact cannot be given to another.");
    mutant
        .on(Create, CONTACTS)
        .instead({
            let deleted = deleted.clone();
            move |call| refuse_urns(call, deleted.clone())
        })
        .on(Update, CONTACTS)
        .by("urn")
        .instead(move |call| refuse_urn(call, deleted.clone()))
}

async fn refuse_urns(call: Call, deleted: Kept) -> Answer {
    let (sent, deleted) = (call.request.member("urns"), deleted.of(&call.request));
    let mut urns = sent.as_array().into_iter().flatten().filter_map(Value::as_str);
    match urns.find(|urn| deleted.iter().any(|contact| has_urn(contact, urn))) {
        Some(urn) => call.reply(400, &json!({"urns": [format!("URN belongs to another contact: {urn}")]})),
        None => call.forward().await,
    }
}

async fn refuse_urn(call: Call, deleted: Kept) -> Answer {
    let urn = call.request.param("urn").unwrap_or_default();
    if deleted.of(&call.request).iter().any(|contact| has_urn(contact, &urn)) {
        return call.reply(400, &json!({"non_field_errors": ["Inactive contacts can't be modified."]}));
    }
    call.forward().await
}

/// Answers 204 in place of 404, of contacts that were deleted before or of all others.
async fn pretend(call: Call, repeated: bool) -> Answer {
    let mut answer = call.forward().await;
    if answer.status == 404 {
        let uuid = call.request.param("uuid").unwrap_or_default();
        let deleted = call.get(CONTACTS, &[("uuid", &uuid), ("deleted", "true")]).await;
        if repeated == deleted.iter().any(|contact| contact["uuid"] == uuid) {
            answer.become_empty(204);
        }
    }
    answer
}

async fn revive(call: Call) -> Answer {
    let mut answer = call.forward().await;
    if answer.text().contains("Inactive contacts") {
        let uuid = call.request.param("uuid").unwrap_or_default();
        if let Some(mut contact) = call.get(CONTACTS, &[("uuid", &uuid), ("deleted", "true")]).await.pop() {
            contact["name"] = call.request.member("name");
            answer.become_json(200, &contact);
        }
    }
    answer
}
