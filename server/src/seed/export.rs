//! A workspace as seed data: what `--data` reads again.

use serde_json::{Map, Value, json};

use crate::model::contact::{Contact, ContactId, Status};
use crate::model::settings::Settings;
use crate::store::links::{Link, shown_id};
use crate::store::schema::{Group, Schema};
use crate::store::state::State;
use crate::store::workspace::Workspace;

/// The settings and all that is in a workspace but tokens, clock and deleted contacts; `fixtures/README.md` says how it
/// is laid out. Values that show as null are left out: seed data has none such. Of what is archived and used a group, only flows are in it: they alone still hold the group.
pub(crate) fn export(workspace: &Workspace) -> Value {
    let settings = workspace.settings();
    // Contacts are never changed, only replaced: taken under the lock, they are shown after it.
    let (schema, links, mut contacts) = workspace.read(|state| {
        let all = |id: &ContactId| (*id, state.contact(*id).clone());
        let contacts: Vec<_> = state.live().by_created.iter().map(all).collect();
        (state.schema.clone(), links(state), contacts)
    });
    contacts.sort_by_key(|(id, contact)| (contact.created_on, *id));
    json!({
        "workspace": settings_of(workspace, &settings),
        "fields": schema.fields.iter().map(|field| {
            json!({"key": field.key, "label": field.label, "value_type": field.value_type.as_str()})
        }).collect::<Vec<_>>(),
        "groups": schema.groups.iter().map(group).collect::<Vec<_>>(),
        "contacts": contacts.iter().map(|(_, of)| contact(of, &schema)).collect::<Vec<_>>(),
        "links": links,
    })
}

fn settings_of(workspace: &Workspace, settings: &Settings) -> Value {
    let mut shown = json!(settings);
    shown["uuid"] = json!(workspace.uuid);
    shown
}

fn group(group: &Group) -> Value {
    let mut shown = json!({"uuid": group.uuid, "name": group.name});
    if let Some((query, _)) = &group.query {
        shown["query"] = json!(query);
    }
    shown
}

fn contact(contact: &Contact, schema: &Schema) -> Value {
    let static_groups = contact.groups.iter().filter_map(|id| schema.group(*id));
    let groups: Vec<_> =
        static_groups.filter(|group| group.query.is_none()).map(|group| group.uuid).collect();
    let values = schema
        .fields
        .iter()
        .filter_map(|field| Some((field, contact.value(field.id)?)))
        .filter(|(field, value)| field.shows(value).is_some())
        .map(|(field, value)| (field.key.clone(), json!(value.text())));
    let mut shown = json!({
        "uuid": contact.uuid,
        "urns": contact.urns.iter().map(|urn| urn.as_str()).collect::<Vec<_>>(),
        "groups": groups,
        "fields": values.collect::<Map<String, Value>>(),
        "created_on": contact.created_on,
        "modified_on": contact.modified_on,
    });
    if let Some(name) = &contact.name {
        shown["name"] = json!(name.as_str());
    }
    if let Some(language) = &contact.language {
        shown["language"] = json!(language.as_str());
    }
    if contact.status != Status::Active {
        shown["status"] = json!(contact.status.as_str());
    }
    if let Some(seen) = contact.last_seen_on {
        shown["last_seen_on"] = json!(seen);
    }
    shown
}

fn links(state: &State) -> Vec<Value> {
    let shown = |link: &Link, group: &Group| json!({"kind": link.kind.as_str(), "group": group.uuid, "id": shown_id(&link.id)});
    let all =
        state.schema.groups.iter().flat_map(|group| state.links.of(group.id).map(move |link| (link, group)));
    all.filter(|(link, _)| link.holds()).map(|(link, group)| shown(link, group)).collect()
}
