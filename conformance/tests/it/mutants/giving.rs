//! Servers that give somebody else's for what a case made: not to be caught, but to be survived.

use serde_json::{Value, json};

use super::call::Call;
use super::exchange::{Answer, CONTACTS, GROUPS, text};
use super::mutant::Act::{Create, Read, Update};
use super::mutant::{Mutant, mutant};

/// The mutant of this id.
pub(crate) fn giving_away(id: &str) -> Mutant {
    let all = [
        mutant("contacts/create-shows-another-uuid", "A create answers with the UUID of another contact.")
            .on(Create, CONTACTS)
            .instead(|call| show_another(call, CONTACTS)),
        mutant("groups/create-shows-another-uuid", "A create answers with the UUID of another group.")
            .on(Create, GROUPS)
            .instead(|call| show_another(call, GROUPS)),
        mutant("contacts/create-changes-another", "A create changes another contact.")
            .on(Create, CONTACTS)
            .instead(|call| change(call, ("reverse", "true"))),
        mutant("contacts/create-changes-the-newest", "A create changes the contact that was made last.")
            .on(Create, CONTACTS)
            .instead(|call| change(call, ("order_by", "-created_on"))),
        mutant("contacts/create-changes-one-that-no-urn-finds", "The same, and a look-up by its URN fails.")
            .on(Create, CONTACTS)
            .instead(|call| change(call, ("reverse", "true")))
            .on(Create, CONTACTS)
            .says(|_, answer| answer.become_json(500, &json!({})))
            .on(Read, CONTACTS)
            .by("urn")
            .says(|_, answer| answer.become_json(503, &json!({}))),
        mutant("groups/create-renames-another", "A create renames a group in which nobody is.")
            .on(Create, GROUPS)
            .instead(|call| rename(call, "Empty", 201)),
        mutant("groups/rename-hits-another", "A rename changes another group.")
            .on(Update, GROUPS)
            .instead(|call| rename(call, "G1", 200)),
    ];
    all.into_iter().find(|mutant| mutant.id == id).expect("there is such a mutant")
}

/// Does as it should, and answers with the UUID of the one that was changed longest ago.
async fn show_another(call: Call, endpoint: &'static str) -> Answer {
    let mut answer = call.forward().await;
    if answer.status == 201 {
        let list = call.get(endpoint, &[("reverse", "true")]).await;
        let oldest = if endpoint == CONTACTS { list.first() } else { list.last() };
        let uuid = oldest.map(|item| item["uuid"].clone()).unwrap_or_default();
        answer.edit(|made| made["uuid"] = uuid);
    }
    answer
}

/// Changes the contact that comes first in an order in place of making one.
async fn change(call: Call, order: (&'static str, &'static str)) -> Answer {
    let first = call.get(CONTACTS, &[order, ("limit", "1")]).await;
    let uuid = first.first().map(|contact| text(&contact["uuid"]).to_owned()).unwrap_or_default();
    let body: Value = call.request.json().unwrap_or_default();
    let mut answer = call.post(CONTACTS, &[("uuid", &uuid)], &body).await;
    if answer.is_success() {
        answer.status = 201;
    }
    answer
}

/// Renames the group of this name in place of what was asked, and answers with this status.
async fn rename(call: Call, name: &str, status: u16) -> Answer {
    let groups = call.get(GROUPS, &[]).await;
    let Some(group) = groups.iter().find(|group| text(&group["name"]) == name) else {
        return call.forward().await;
    };
    let body: Value = call.request.json().unwrap_or_default();
    let mut answer = call.post(GROUPS, &[("uuid", text(&group["uuid"]))], &body).await;
    if answer.is_success() {
        answer.status = status;
    }
    answer
}
