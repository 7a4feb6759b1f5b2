//! What people do in the web interface: use groups in flows, campaigns and triggers, make query-based groups,
//! block contacts.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::seed::StatusSeed;
use crate::store::links::{LinkKind, shown_id};
use crate::store::schema::canonical_uuid;

use super::{ControlError, Named, Outcome, body};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    kind: LinkKind,
    group: String,
}

/// `POST …/links` `{"kind", "group"}`: 201 `{"id"}`, a number for a trigger, else a UUID.
pub(crate) async fn add_link(Named(workspace): Named, bytes: Bytes) -> Outcome<(StatusCode, Json<Value>)> {
    let NewLink { kind, group } = body(&bytes)?;
    let id = workspace.write(|state| {
        let group = state.schema.group_by_uuid(&group)?.id;
        Some(state.link(kind, group, None))
    });
    let id = id.ok_or_else(|| ControlError::missing(format!("group: there is no group \"{group}\"")))?;
    Ok((StatusCode::CREATED, Json(json!({"id": shown_id(&id)}))))
}

/// `DELETE …/links/{id}`: archives it; again, deletes it. 204.
pub(crate) async fn remove_link(
    Named(workspace): Named,
    Path((_, id)): Path<(String, String)>,
) -> Outcome<StatusCode> {
    if workspace.write(|state| state.links.archive(&id)) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ControlError::missing(format!("there is no link \"{id}\"")))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSmartGroup {
    name: String,
    query: String,
}

/// `POST …/smart-groups` `{"name", "query"}`: 201 `{"uuid"}`.
pub(crate) async fn add_smart_group(
    Named(workspace): Named,
    bytes: Bytes,
) -> Outcome<(StatusCode, Json<Value>)> {
    let new: NewSmartGroup = body(&bytes)?;
    let settings = workspace.settings();
    let made = workspace.write(|state| {
        let name = state.schema.new_group_name(&new.name).map_err(|problem| format!("name: {problem}"))?;

        let uuid = state.ids.uuid();
        state.add_query_group(uuid, name, new.query.clone(), &settings)
    });
    let group = made.map_err(ControlError::bad)?;
    Ok((StatusCode::CREATED, Json(json!({"uuid": group.uuid}))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStatus {
    status: StatusSeed,
}

/// `PUT …/contacts/{uuid}/status` `{"status"}`: 204.
pub(crate) async fn set_status(
    Named(workspace): Named,
    Path((_, contact)): Path<(String, String)>,
    bytes: Bytes,
) -> Outcome<StatusCode> {
    let NewStatus { status } = body(&bytes)?;
    let uuid = canonical_uuid(&contact);
    if uuid.is_some_and(|uuid| workspace.write(|state| state.set_status(uuid, status.into()))) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ControlError::missing(format!("there is no contact \"{contact}\", or it is deleted")))
    }
}
