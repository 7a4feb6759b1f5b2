//! Workspaces and their clocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault;
use crate::mock::Shared;
use crate::model::settings::SettingsPatch;
use crate::model::time::{Timestamp, parse_duration};
use crate::seed::{self, Seed};
use crate::store::registry::{Role, Template, check_token};
use crate::store::workspace::Workspace;

use super::{ControlError, Named, Outcome, body, counts};

/// What a new workspace alone can be given, besides its settings.
const BEGINNINGS: [&str; 5] = ["data", "faults", "clock", "seed", "token"];

/// `POST /__mock/workspaces`: a fresh workspace, 201. What the body leaves out is as the program was started, but the
/// data and what that says of its own workspace: there is none unless `data` gives a name or seed data.
pub(crate) async fn create(State(mock): State<Shared>, bytes: Bytes) -> Outcome<(StatusCode, Json<Value>)> {
    let mut members: serde_json::Map<String, Value> = body(&bytes)?;
    let template = mock.registry.template();
    let mut template = Template { seed: None, settings: template.plain.clone(), ..template };
    if let Some(data) = members.remove("data").filter(|data| !data.is_null()) {
        let seed = Arc::new(read_data(data)?);
        seed.workspace().settings().apply(&mut template.settings).map_err(ControlError::bad)?;
        template.clock = seed.workspace().clock().or(template.clock);
        template.seed = Some(seed);
    }
    template.clock = take(&mut members, "clock")?.or(template.clock);
    if let Some(faults) = members.remove("faults").filter(|faults| !faults.is_null()) {
        template.faults = fault::read_value(faults).map_err(ControlError::bad)?;
    }
    template.ids = take(&mut members, "seed")?.or(template.ids);
    let token: Option<String> = take(&mut members, "token")?;
    if let Some(what) = token.as_deref().and_then(|token| check_token(token).err()) {
        return Err(ControlError::bad(format!("token: {what}")));
    }
    template.tokens = token.into_iter().collect();
    let settings = SettingsPatch::read(members, &BEGINNINGS).map_err(ControlError::bad)?;
    settings.apply(&mut template.settings).map_err(ControlError::bad)?;
    let made = mock.registry.create(template).map_err(ControlError::bad)?;
    Ok((StatusCode::CREATED, Json(identity(&made))))
}

fn take<T: serde::de::DeserializeOwned>(
    members: &mut serde_json::Map<String, Value>,
    name: &str,
) -> Outcome<Option<T>> {
    let value = members.remove(name).filter(|value| !value.is_null());
    let read = value.map(|value| serde_json::from_value(value));
    read.transpose().map_err(|error| ControlError::bad(format!("{name}: {error}")))
}

/// Seed data in place, or the name of a built-in workspace: files are for the command line alone.
fn read_data(data: Value) -> Outcome<Seed> {
    match data {
        Value::String(name) => match Seed::built_in(&name) {
            Some(seed) => seed.map_err(ControlError::bad),
            None => Err(ControlError::bad(format!(
                "data: there is no workspace \"{name}\": give {} or seed data",
                seed::names()
            ))),
        },
        data => Seed::from_value(data).map_err(ControlError::bad),
    }
}

/// UUID, tokens by role, names of users by role.
fn identity(workspace: &Workspace) -> Value {
    let tokens: BTreeMap<&str, &String> =
        workspace.tokens.iter().map(|(role, token)| (role.as_str(), token)).collect();
    let users: BTreeMap<&str, String> =
        Role::ALL.iter().map(|role| (role.as_str(), role.username())).collect();
    json!({"uuid": workspace.uuid, "tokens": tokens, "users": users})
}

/// Workspaces that a list has at most.
const LISTED: usize = 1000;

/// `GET /__mock/workspaces`: `{"workspaces": [{"uuid", "counts", "requests"}]}`, those first that were made or used last, a
/// thousand at most.
pub(crate) async fn list(State(mock): State<Shared>) -> Json<Value> {
    let listed = mock.registry.used_last(LISTED);
    let listed: Vec<Value> = listed
        .iter()
        .map(|of| json!({"uuid": of.uuid, "counts": counts(of), "requests": of.journal.noted()}))
        .collect();
    Json(json!({"workspaces": listed}))
}

/// `GET …/{id}/seed.json`: the workspace as seed data, which `--data` and `data` read.
pub(crate) async fn seed_data(Named(workspace): Named) -> Outcome<Response> {
    let made = tokio::task::spawn_blocking(move || Json(seed::export(&workspace)).into_response()).await;
    made.map_err(|_| ControlError(StatusCode::INTERNAL_SERVER_ERROR, "it could not be shown".to_owned()))
}

/// `GET /__mock/workspaces/{uuid}`: identity, settings, clock and counts.
pub(crate) async fn inspect(Named(workspace): Named) -> Outcome<Json<Value>> {
    Ok(Json(description(&workspace)))
}

fn description(workspace: &Workspace) -> Value {
    let mut described = identity(workspace);
    described["settings"] = json!(*workspace.settings());
    described["clock"] = json!(workspace.now());
    described["counts"] = counts(workspace);
    described
}

/// `PATCH /__mock/workspaces/{uuid}`: changes settings.
pub(crate) async fn patch(Named(workspace): Named, bytes: Bytes) -> Outcome<Json<Value>> {
    let changes = SettingsPatch::read(body(&bytes)?, &[]).map_err(ControlError::bad)?;
    workspace.change_settings(|settings| changes.apply(settings)).map_err(ControlError::bad)?;
    Ok(Json(description(&workspace)))
}

/// `DELETE /__mock/workspaces/{uuid}`: 204.
pub(crate) async fn remove(State(mock): State<Shared>, Named(workspace): Named) -> Outcome<StatusCode> {
    mock.registry.remove(workspace.uuid);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    #[serde(default)]
    to: ResetTo,
}

/// What a reset leaves.
#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "lowercase")]
enum ResetTo {
    Empty,
    /// The data it was made with; nothing, where there was none.
    #[default]
    Seed,
}

/// `POST /__mock/workspaces/{uuid}/reset` `{"to": "empty" | "seed"}`: 204.
pub(crate) async fn reset(Named(workspace): Named, bytes: Bytes) -> Outcome<StatusCode> {
    let Reset { to } = body(&bytes)?;
    workspace.reset(to == ResetTo::Seed).map_err(ControlError::bad)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    #[serde(default)]
    advance: Option<String>,
    #[serde(default)]
    set: Option<Timestamp>,
}

/// `POST /__mock/workspaces/{uuid}/clock` `{"advance": "1h"}` or `{"set": instant}`: the clock's new instant.
pub(crate) async fn set_clock(Named(workspace): Named, bytes: Bytes) -> Outcome<Json<Value>> {
    let now = match body(&bytes)? {
        SetClock { advance: Some(by), set: None } => {
            let by = parse_duration(&by).map_err(|error| ControlError::bad(format!("advance: {error}")))?;
            workspace.write(|state| {
                state.clock.advance(by);
                state.clock.now()
            })
        }
        SetClock { advance: None, set: Some(at) } => workspace.write(|state| {
            state.clock.set(at);
            state.clock.now()
        }),
        _ => return Err(ControlError::bad("give either \"advance\", a duration, or \"set\", an instant")),
    };
    Ok(Json(json!({"clock": now})))
}
