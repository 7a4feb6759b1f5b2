//! Scenarios: what happens in a shop or a CRM, and what Weni is to hold afterwards. Data: `fixtures/scenarios/` holds those
//! of the article's events, and anybody writes their own.

mod event;
mod expect;
mod load;
mod trigger;

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::case::{Profile, WorkspaceSettings};

pub use event::{EventError, Payloads};
pub use expect::{Allowed, Expectation, Member, Number, Others};
pub use load::{Shipped, load, shipped};
pub use trigger::{Act, Delivery, HttpCall, Trigger};

/// One scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Such as `customer-created`; a file that names none is called as it is.
    pub id: String,
    /// One line for people.
    pub title: Option<String>,
    /// What the workspace begins with, and its settings.
    pub workspace: WorkspaceSettings,
    /// Whose answers count where the article and the running API differ; where nothing is said, the command line does.
    pub profile: Option<Profile>,
    /// What goes wrong on purpose, as the mock's control API takes it.
    pub faults: Vec<Value>,
    /// What happens, one after another.
    pub triggers: Vec<Trigger>,
    /// How long nothing must have come from the integration before it counts as done with a trigger.
    pub settle: Option<Duration>,
    /// How long it may take with one trigger.
    pub timeout: Option<Duration>,
    /// How often an event is delivered again that the integration did not accept, as shops do.
    pub redeliver: u32,
    /// How the integration is started, where it is not running already.
    pub start: Option<Start>,
    /// What is to be so in the end.
    pub expect: Expectation,
    /// Ends that are as good where something went wrong on the way.
    pub allow: Vec<Expectation>,
    /// Whether the end must be that of the same scenario without its faults, or one that is allowed.
    pub as_without_faults: bool,
    /// The file that it was read from.
    pub source: PathBuf,
    /// The file's whole content, for schedules that are written from it.
    pub document: Value,
}

/// How an integration is started that then waits for events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// A command for the shell. In its environment: `WENI_URL`, `WENI_TOKEN`, `WENI_SCRATCH`, `PORT`.
    pub command: String,
    /// It is ready when this answers with a status below 500. `{{port}}` is its `PORT`.
    pub ready_url: String,
    /// Whether it is started anew for each scenario, and for each fault: for one that remembers what it has seen.
    #[serde(default)]
    pub anew: bool,
}
