//! Plays a scenario: something happens, the integration does what it does, and what Weni then holds is judged.
//!
//! The way of a play: [`stage`] gives a mock with a workspace of its own, `act` sets the integration to work and waits
//! until it is done, `state` is read before and after, `judge` holds the end against what the scenario expects, and
//! [`crate::rules`] the requests against what the API takes. [`explore`] plays it again and again, with one fault each.

mod act;
mod app;
pub mod explore;
mod judge;
pub mod run;
mod shell;
pub mod stage;
mod state;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::case::{Profile, Role};
use crate::client::{Client, ListError, Tokens};
use crate::control::{ControlError, Workspace};
use crate::pace::Pace;
use crate::scenario::{Act, Delivery, EventError, Payloads, Scenario};
use crate::traffic::{self, Traffic, TrafficError};

pub use act::Done;
pub use app::AppError;
pub use stage::{Plan, Stage, StageError, Stages};
pub use state::{End, State};

/// Why a scenario could not be played. None shows a token.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is no stage for it.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The mock does not take its workspace or its faults.
    #[error("{0}")]
    Control(#[from] ControlError),
    /// What the workspace holds cannot be read.
    #[error("the end cannot be read: {0}")]
    State(#[from] ListError),
    /// What the integration sent cannot be read.
    #[error("{0}")]
    Traffic(#[from] TrafficError),
    /// The integration could not be put back to where it began.
    #[error("--reset: {0}")]
    Reset(String),
    /// The integration could not be set to work.
    #[error("trigger {number}: {problem}")]
    Trigger {
        /// Its place, from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
}

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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// It has events, and nothing says how they are delivered.
    #[error(
        "{0}: it delivers events: say where to with --to URL, or with --command what takes them on its standard input"
    )]
    NoDelivery(String),
    /// An event cannot be told.
    #[error("{0}: {1}")]
    Event(String, EventError),
    /// There is nothing in it that happens.
    #[error("{0}: `trigger` is empty: nothing happens")]
    NoTrigger(String),
}

impl Ready {
    /// Sees what the scenario's triggers come to.
    ///
    /// # Errors
    /// An event has no message, or no way to the integration.
    pub fn new(
        scenario: Scenario,
        delivery: Option<&Delivery>,
        payloads: &Payloads,
        profile: Option<Profile>,
    ) -> Result<Self, NotReady> {
        let place = || scenario.source.display().to_string();
        let acts = scenario.triggers.iter().map(|trigger| {
            let act = trigger.act(delivery, payloads).map_err(|error| NotReady::Event(place(), error))?;
            act.ok_or_else(|| NotReady::NoDelivery(place()))
        });
        let acts: Vec<Act> = acts.collect::<Result<_, _>>()?;
        if acts.is_empty() {
            return Err(NotReady::NoTrigger(place()));
        }
        let profile = profile.or(scenario.profile).unwrap_or(Profile::Observed);
        Ok(Self { scenario: Arc::new(scenario), acts: Arc::new(acts), profile })
    }

    /// Whether it calls an integration that is running.
    #[must_use]
    pub fn calls(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Http(_)))
    }
}

/// What came of one play.
#[derive(Debug)]
pub struct Played {
    /// What the workspace held before.
    pub before: State,
    /// What it holds now.
    pub after: State,
    /// What the integration sent.
    pub traffic: Traffic,
    /// The requests of it that faults can meet, those with the workspace's token: method, path and query.
    pub own: Vec<String>,
    /// How each trigger ended.
    pub done: Vec<Done>,
    /// How many requests met a fault.
    pub struck: u64,
    /// How long it took.
    pub took: Duration,
}

impl Played {
    /// What is otherwise than expected, a line each; nothing: all is well.
    #[must_use]
    pub fn problems(&self, scenario: &Scenario) -> Vec<String> {
        let given_up = self.done.iter().filter_map(Done::problem);
        given_up.chain(judge::problems(&scenario.expect, self)).collect()
    }

    /// Whether the end is one that the scenario allows where something went wrong on the way.
    #[must_use]
    pub fn is_allowed(&self, scenario: &Scenario) -> bool {
        scenario.allow.iter().any(|allowed| judge::problems(allowed, self).is_empty())
    }

    /// The end, to be held against that of another play.
    #[must_use]
    pub fn end(&self) -> End {
        self.after.end(&self.before)
    }
}

/// Plays a scenario with these faults, in a workspace of its own that is gone afterwards.
///
/// # Errors
/// It could not be played to its end.
pub async fn play(stages: &Stages, ready: &Ready, faults: &[Value]) -> Result<Played, TrialError> {
    let mut stage = stages.take().await?;
    let scenario = &ready.scenario;
    let mut settings = json!(scenario.workspace);
    settings["profile"] = json!(ready.profile);
    settings["token"] = stage.token.clone().into();
    let workspace = stage.control.make(settings).await.map_err(|error| error.masked(&secrets(&stage)))?;
    let played = in_workspace(&mut stage, ready, &workspace, faults).await;
    let gone = workspace.delete().await;
    let played = played?;
    gone?;
    Ok(played)
}

async fn in_workspace(
    stage: &mut Stage,
    ready: &Ready,
    workspace: &Workspace,
    faults: &[Value],
) -> Result<Played, TrialError> {
    let started = Instant::now();
    let client = reader(stage, workspace);
    let before = State::read(&client).await?;
    stage.start(ready.scenario.start.as_ref()).await.map_err(StageError::App)?;
    act::reset(stage).await?;
    stage.control.forget().await?;
    workspace.forget().await?;
    if !faults.is_empty() {
        workspace.arm(faults).await?;
    }
    let acted = act::all(stage, ready, workspace).await;
    // What came in is looked at before the kit itself asks for anything.
    let (own, mut traffic) = sent(stage, workspace).await?;
    let struck = workspace.disarm().await?;
    let after = State::read(&client).await?;
    let done = acted?;
    traffic.triggers = done.iter().flat_map(|done| &done.delivered).copied().collect();
    Ok(Played { before, after, traffic, own, done, struck, took: started.elapsed() })
}

/// The kit's own look: on behalf of another user than the integration's, whose requests are counted by themselves.
fn reader(stage: &Stage, workspace: &Workspace) -> Client {
    let editor = workspace.tokens.get(Role::Editor).cloned().unwrap_or_else(|| stage.secret());
    let tokens = Tokens::administrator(editor).hiding(&secrets(stage));
    Client::new(stage.http.clone(), stage.base.clone(), tokens, Pace::default())
}

/// All that the integration sent, also without a valid token; before it the lines of what came with one.
async fn sent(stage: &Stage, workspace: &Workspace) -> Result<(Vec<String>, Traffic), TrialError> {
    let path = Path::new("the journal");
    let mut all = traffic::of_value(path, workspace.journal().await?)?;
    let own = all.exchanges.iter().map(|exchange| secrets(stage).mask(&exchange.line())).collect();
    all.join(traffic::of_value(path, stage.control.journal_of_server().await?)?);
    Ok((own, all.by_time()))
}

fn secrets(stage: &Stage) -> Tokens {
    Tokens::administrator(stage.secret())
}
