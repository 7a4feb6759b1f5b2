//! `/api/v2/fields.json`

use axum::http::StatusCode;

use crate::store::effect::Effect;
use crate::store::page::newest_first;

use super::error::ApiError;
use super::page::{self, PAGE_SIZE};
use super::render::FieldView;
use super::{Answer, Call, Endpoint};

/// `GET`: newest first; `key` finds one.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let cursor = page::cursor(call)?;
    let schema = call.workspace.read(|state| state.schema.clone());
    let key = call.query.filled("key");
    let fields = schema.fields.iter().filter(|field| key.is_none_or(|key| field.key == key));
    let fields = fields.map(|field| (field.id.0, FieldView::from(field.clone())));
    Ok(page::answer(call, newest_first(fields, PAGE_SIZE, cursor)))
}

/// `POST`: makes a field, or changes label and type of the one with `key`.
pub(super) fn write(call: &Call<'_>) -> Result<Answer, ApiError> {
    let key = call.query.get("key");
    if key.is_some_and(|key| call.workspace.read(|state| state.schema.field_by_key(key).is_none())) {
        return Err(ApiError::NotFound);
    }
    let members = call.members(Endpoint::Fields)?;
    let field = call.workspace.write(|state| state.write_field(key, &members, &call.settings))?;
    let status = if key.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let mut effects: Vec<Effect> = Call::ignored_members(&members, &["label", "value_type"]).collect();
    effects.extend(call.ignored_parameters(&["key"], key.is_none().then_some("field")));
    Ok(Answer::json(status, &FieldView::from(field)).with_effects(effects))
}
