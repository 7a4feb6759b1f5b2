//! The mock's own surface under `/__mock`: JSON in, JSON out.

pub(crate) mod access;
pub(crate) mod faults;
pub(crate) mod journal;
mod links;
mod workspaces;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::api::auth;
use crate::mock::Shared;
use crate::store::workspace::Workspace;
pub(crate) use links::{add_link, add_smart_group, remove_link, set_status};
pub(crate) use workspaces::{create, inspect, list, patch, remove, reset, seed_data, set_clock};

/// Why a control call was not done: a status and one sentence, as `{"error": "…"}`.
#[derive(Debug)]
pub(crate) struct ControlError(StatusCode, String);

impl ControlError {
    fn bad(what: impl ToString) -> Self {
        ControlError(StatusCode::BAD_REQUEST, what.to_string())
    }

    fn missing(what: impl ToString) -> Self {
        ControlError(StatusCode::NOT_FOUND, what.to_string())
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Outcome<T> = Result<T, ControlError>;

/// Lets pass who may control the mock; it stands before every control route.
pub(crate) async fn guard(State(mock): State<Shared>, request: Request, next: Next) -> Response {
    match mock.control.check(request.headers(), request.uri()) {
        Ok(()) => match tokio::time::timeout(mock.body_timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => ControlError(StatusCode::REQUEST_TIMEOUT, "the request took too long".to_owned())
                .into_response(),
        },
        Err(refused) => ControlError(refused.status(), refused.to_string()).into_response(),
    }
}

/// `GET /__mock/health`
pub(crate) async fn health(State(mock): State<Shared>) -> Json<serde_json::Value> {
    let counts = mock.registry.default_workspace().map(|workspace| counts(&workspace));
    Json(json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "workspaces": mock.registry.len(),
        "default": counts,
    }))
}

/// Whatever else is under `/__mock`.
pub(crate) async fn unknown(uri: Uri) -> ControlError {
    ControlError::missing(format!("there is no control call {}", uri.path()))
}

/// How much a workspace holds.
fn counts(workspace: &Workspace) -> serde_json::Value {
    workspace.read(|state| {
        json!({
            "contacts": state.live().len(),
            "deleted_contacts": state.deleted().len(),
            "fields": state.schema.fields.len(),
            "groups": state.schema.groups.len(),
        })
    })
}

/// The workspace that the path names: by UUID, `default`, or `current`, the one of the `Authorization` header.
pub(crate) struct Named(Arc<Workspace>);

impl FromRequestParts<Shared> for Named {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, mock: &Shared) -> Outcome<Self> {
        let name = Named::in_path(parts, mock).await?.unwrap_or_default();
        Named::find(&name, parts, mock)
    }
}

impl Named {
    /// The name in the path, if one belongs there.
    async fn in_path(parts: &mut Parts, mock: &Shared) -> Outcome<Option<String>> {
        Self::part_of_path("workspace", parts, mock).await
    }

    /// What stands in the path where the route has this name.
    async fn part_of_path(name: &str, parts: &mut Parts, mock: &Shared) -> Outcome<Option<String>> {
        let path = RawPathParams::from_request_parts(parts, mock).await.map_err(ControlError::bad)?;
        Ok(path.iter().find(|(part, _)| *part == name).map(|(_, value)| value.to_owned()))
    }

    fn find(name: &str, parts: &Parts, mock: &Shared) -> Outcome<Self> {
        let found = match name {
            "default" => mock.registry.default_workspace(),
            "current" => {
                let query = parts.uri.query().unwrap_or_default();
                let access = auth::authenticate(&mock.registry, mock.bearer.as_ref(), &parts.headers, query);
                let access = access.map_err(|error| {
                    let what = format!("\"current\" needs the workspace's token: {error}");
                    ControlError(StatusCode::FORBIDDEN, what)
                })?;
                Some(access.workspace)
            }
            uuid => uuid.parse().ok().and_then(|uuid| mock.registry.get(uuid)),
        };
        found.map(Named).ok_or_else(|| ControlError::missing(format!("there is no workspace \"{name}\"")))
    }
}

/// Reads a JSON body; an empty one counts as `{}`.
fn body<T: DeserializeOwned>(bytes: &Bytes) -> Outcome<T> {
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    // A list would count as the members in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ControlError::bad("expected a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(ControlError::bad)
}
