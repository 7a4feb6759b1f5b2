//! Scenarios that can be played.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::case::Profile;
use crate::load::LoadError;
use crate::scenario::{Act, Delivery, Payloads, Scenario, Trigger};

/// What is wrong with an address that nobody can know.
pub(crate) const NO_PORT: &str =
    "{{port}} is the port of what `start` or --start starts, and nothing is started";

/// A scenario whose triggers are known.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// What is done, one after another.
    pub acts: Arc<Vec<Act>>,
    /// Whose answers count: those of the running API, unless somebody says otherwise. An integration is made for that.
    pub profile: Profile,
}

/// Why a scenario cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It has events, and nothing says how they are delivered.
    #[error(
        "{0}: it delivers events: say where to with --to URL, or with --command what takes them on its standard input"
    )]
    NoDelivery(String),
    /// Something in it is wrong.
    #[error(transparent)]
    Wrong(#[from] LoadError),
}

impl Ready {
    /// Sees what the scenario's triggers come to.
    ///
    /// # Errors
    /// An event has no message, or no way to the integration; an address has `{{port}}` in it, and nothing is started.
    pub fn new(
        scenario: Scenario,
        delivery: Option<&Delivery>,
        payloads: &Payloads,
        profile: Option<Profile>,
    ) -> Result<Self, NotReady> {
        let mut acts = Vec::new();
        for (place, trigger) in scenario.triggers.iter().enumerate() {
            let within = |member: &str, problem: String| {
                scenario.wrong(&format!("{}/{member}", scenario.pointer_of(place)), problem)
            };
            let act = trigger
                .act(delivery, payloads)
                .map_err(|error| within("event", error.to_string()))?
                .ok_or_else(|| NotReady::NoDelivery(scenario.source.display().to_string()))?;
            if let (Trigger::Http(call), None) = (trigger, &scenario.start)
                && call.url.contains("{{port}}")
            {
                return Err(within("http/url", NO_PORT.to_owned()).into());
            }
            acts.push(act);
        }
        let profile = profile.or(scenario.profile).unwrap_or(Profile::Observed);
        Ok(Self { scenario: Arc::new(scenario), acts: Arc::new(acts), profile })
    }

    /// The settings of its workspace, as the control API takes them.
    pub(super) fn settings(&self) -> Value {
        let mut settings = json!(self.scenario.workspace);
        settings["profile"] = json!(self.profile);
        settings
    }

    /// Whether it calls an integration that is running.
    #[must_use]
    pub fn calls(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Http(_)))
    }
}
