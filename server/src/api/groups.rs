//! `/api/v2/groups.json`

use axum::http::StatusCode;

use crate::model::text;
use crate::store::effect::Effect;
use crate::store::groups::NotDeleted;
use crate::store::page::newest_first;

use super::error::ApiError;
use super::page::{self, PAGE_SIZE};
use super::render::GroupView;
use super::{Answer, Call, Endpoint};

/// `GET`: newest first; `uuid` or `name`, in any case, finds one.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (uuid, name) = (call.query.filled("uuid"), call.query.filled("name"));
    if uuid.is_some() && name.is_some() {
        return Err(ApiError::ManyFilters("uuid, name"));
    }
    let cursor = page::cursor(call)?;
    let name = name.map(text::fold);
    let page = call.workspace.read(|state| {
        let groups = state.schema.groups.iter();
        let groups = groups.filter(|group| uuid.is_none_or(|uuid| group.uuid.to_string() == uuid));
        let groups = groups.filter(|group| name.as_ref().is_none_or(|name| text::fold(&group.name) == *name));
        let groups = groups.map(|group| (group.id.0, (group.clone(), state.count(group.id))));
        newest_first(groups, PAGE_SIZE, cursor)
    });
    Ok(page::answer(call, page.map(|(group, count)| GroupView::new(group, count))))
}

/// `POST`: makes a group, or renames the one with `uuid`.
pub(super) fn write(call: &Call<'_>) -> Result<Answer, ApiError> {
    let uuid = call.query.get("uuid");
    if uuid.is_some_and(|uuid| call.workspace.read(|state| state.schema.group_by_uuid(uuid).is_none())) {
        return Err(ApiError::NotFound);
    }
    let members = call.members(Endpoint::Groups)?;
    let (group, count) = call.workspace.write(|state| {
        let group = state.write_group(uuid, &members, &call.settings)?;
        let count = state.count(group.id);
        Ok::<_, ApiError>((group, count))
    })?;
    let status = if uuid.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let mut effects: Vec<Effect> = Call::ignored_members(&members, &["name"]).collect();
    effects.extend(call.ignored_parameters(&["uuid"], uuid.is_none().then_some("group")));
    Ok(Answer::json(status, &GroupView::new(group, count)).with_effects(effects))
}

/// `DELETE`: deletes the group with `uuid`, unless something uses it.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let uuid = call.query.get("uuid").ok_or(ApiError::NoLookup("uuid"))?;
    match call.workspace.write(|state| state.delete_group(uuid)) {
        // The members are dropped here, when the lock is gone: there may be a million.
        Ok(_members) => Ok(Answer::no_content()),
        Err(NotDeleted::NotFound) => Err(ApiError::NotFound),
        Err(NotDeleted::InUse(kind, ids)) => Err(ApiError::GroupInUse(kind, ids)),
    }
}
