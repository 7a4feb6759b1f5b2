//! Sees before anything is played whether a mock takes what scenarios ask of it: only the mock itself knows all of its
//! settings and faults.

use serde_json::{Value, json};

use super::{Plan, Ready, Stage, TrialError};
use crate::control::{Control, ControlError};
use crate::json;
use crate::load::LoadError;
use crate::scenario::Scenario;

/// Why scenarios cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The mock refuses something in one.
    #[error(transparent)]
    Refused(#[from] LoadError),
    /// The mock cannot even be asked.
    #[error(transparent)]
    NotAsked(#[from] TrialError),
}

/// Makes the workspace of each scenario and arms its faults, in a mock of its own.
///
/// # Errors
/// The first thing that the mock refuses, with its place in the scenario's file.
pub async fn rehearse(all: &[Ready]) -> Result<(), NotTaken> {
    let stage = Stage::open(&Plan::default()).await.map_err(TrialError::Stage)?;
    for ready in all {
        if let Err((error, pointer)) = taken(&stage.control, ready).await {
            let Some(refusal) = error.refusal() else { return Err(TrialError::Control(error).into()) };
            let told = json::plain(without_place(&refusal, &pointer));
            // Data may be in a file of its own.
            let file = ready.scenario.document.pointer(&pointer).and_then(Value::as_str);
            let file = file.filter(|_| pointer.ends_with("/data")).map(|file| format!("{file}: "));
            return Err(ready.scenario.wrong(&pointer, file.unwrap_or_default() + &told).into());
        }
    }
    Ok(())
}

/// # Errors
/// What the mock says, and the pointer of what it is about.
async fn taken(control: &Control, ready: &Ready) -> Result<(), (ControlError, String)> {
    let workspace = match control.make(ready.settings()).await {
        Ok(workspace) => workspace,
        Err(error) => {
            return Err(first_refused(control, &ready.scenario).await.unwrap_or((error, String::new())));
        }
    };
    for (place, fault) in ready.scenario.faults.iter().enumerate() {
        workspace.arm(fault).await.map_err(|error| (error, format!("/faults/{place}")))?;
    }
    workspace.delete().await.map_err(|error| (error, String::new()))
}

/// The first of the settings that the mock does not take by itself.
async fn first_refused(control: &Control, scenario: &Scenario) -> Option<(ControlError, String)> {
    let settings = json!(scenario.workspace);
    for (name, value) in settings.as_object()? {
        let alone: Value = json!({ name.as_str(): value });
        if let Err(error) = control.make(alone).await {
            let own = format!("/workspace/{name}");
            // Data may stand in either place.
            let stands_there = scenario.document.pointer(&own).is_some();
            return Some((error, if stands_there { own } else { format!("/{name}") }));
        }
    }
    None
}

/// What the mock says, without its own word for the place.
fn without_place<'a>(refusal: &'a str, pointer: &str) -> &'a str {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let rest = refusal.strip_prefix("faults[0]: ");
    rest.or_else(|| refusal.strip_prefix(name)?.strip_prefix(": ")).unwrap_or(refusal)
}
