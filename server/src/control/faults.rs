//! The faults of a workspace: `…/faults`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::{self, Armed, Fault};
use crate::store::state::State;
use crate::store::workspace::Workspace;

use super::{ControlError, Named, Outcome, body};

/// `GET …/{id}/faults`: `{"faults"}`, each with how many requests it could have met and how many it did.
pub(crate) async fn list(Named(workspace): Named) -> Json<Value> {
    Json(json!({"faults": workspace.faults.all()}))
}

/// `POST …/{id}/faults`: a fault, a list of them, `{"faults": […]}` as in a file, or `{"preset": "flaky"}`. 201 with those
/// that were added.
pub(crate) async fn add(Named(workspace): Named, bytes: Bytes) -> Outcome<(StatusCode, Json<Value>)> {
    let value: Value = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(_) => body(&bytes)?,
    };
    let added = arm(&workspace, value).map_err(ControlError::bad)?;
    Ok((StatusCode::CREATED, Json(json!({"faults": added}))))
}

/// Arms faults, and returns them with their ids.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn arm(workspace: &Workspace, value: Value) -> Result<Vec<Armed>, String> {
    let faults = fault::read_value(value)?;
    if faults.iter().any(Fault::is_stale) {
        // In production there is always somebody who has just had the engine read: so it is from here on.
        workspace.write(State::engine_reads);
    }
    Ok(workspace.faults.add(&faults))
}

/// `DELETE …/{id}/faults`: 204.
pub(crate) async fn clear(Named(workspace): Named) -> StatusCode {
    workspace.faults.remove(None);
    StatusCode::NO_CONTENT
}

/// `DELETE …/{id}/faults/{fault}`: 204.
pub(crate) async fn remove(
    Named(workspace): Named,
    Path((_, fault)): Path<(String, String)>,
) -> Outcome<StatusCode> {
    if workspace.faults.remove(Some(&fault)) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ControlError::missing(format!("there is no fault \"{fault}\"")))
}
