//! Scenarios: what happens in a shop or a CRM, and what Weni is to hold afterwards. Data: `fixtures/scenarios/` holds those
//! of the article's events, and anybody writes their own.

mod event;
mod expect;
mod load;
mod number;
mod pieces;
mod trigger;
mod urns;

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::case::{Profile, WorkspaceSettings};
use crate::load::{LoadError, Source};

pub use event::{EventError, Payloads};
pub use expect::{Allowed, Expectation, Member, Members, Others};
pub use load::{Shipped, load, shipped};
pub use number::Number;
pub(crate) use trigger::with_port;
pub use trigger::{Act, Delivery, HttpCall, NoAddress, Trigger, check_address};
pub use urns::Urns;

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
    /// The file's text, to say where something in it is wrong.
    pub text: String,
    /// The file's whole content, for schedules that are written from it.
    pub document: Value,
}

impl Scenario {
    /// What is wrong in its file, at the value that a JSON pointer leads to.
    #[must_use]
    pub fn wrong(&self, pointer: &str, problem: String) -> LoadError {
        Source { path: &self.source, text: &self.text }.wrong(pointer, problem)
    }

    /// The JSON pointer of a trigger, by its place from 0.
    #[must_use]
    pub fn pointer_of(&self, trigger: usize) -> String {
        match self.document["trigger"].is_array() {
            true => format!("/trigger/{trigger}"),
            false => "/trigger".to_owned(),
        }
    }
}

/// How an integration is started that then waits for events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// A command for the shell. In its environment: `WENI_URL`, `WENI_TOKEN`, `WENI_SCRATCH`, `PORT`.
    pub command: String,
    /// It is ready when this answers with a status below 500. `{{port}}` is its `PORT`.
    #[serde(deserialize_with = "trigger::address")]
    pub ready_url: String,
    /// Whether it is started anew for each scenario, and for each fault: for one that remembers what it has seen.
    #[serde(default)]
    pub anew: bool,
}
