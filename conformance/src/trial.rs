//! Plays a scenario: something happens, the integration does what it does, and what Weni then holds is judged.
//!
//! The way of a play: [`stage`] gives a mock with a workspace of its own, `act` sets the integration to work and waits
//! until it is done, `state` is read before and after, `judge` holds the end against what the scenario expects, and
//! [`crate::rules`] the requests against what the API takes. [`explore`] plays it again and again, with one fault each.

mod act;
mod app;
pub mod explore;
mod interrupt;
mod judge;
mod ready;
mod rehearsal;
mod requests;
pub mod run;
mod shell;
pub mod stage;
mod state;
pub mod tried;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::case::Role;
use crate::client::{Client, ListError, Tokens};
use crate::control::{ControlError, Workspace};
use crate::pace::Pace;
use crate::scenario::Scenario;
use crate::traffic::{self, Traffic, TrafficError};

pub use act::Done;
pub use app::AppError;
pub use interrupt::Interrupt;
pub(crate) use ready::NO_PORT;
pub use ready::{NotReady, Ready};
pub use rehearsal::{NotTaken, rehearse};
pub use requests::Request;
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

impl TrialError {
    /// With what there is to tell of the integration that could not be set to work.
    fn with(mut self, app: Option<&str>) -> Self {
        if let (Self::Trigger { problem, .. }, Some(app)) = (&mut self, app) {
            problem.push_str(&format!("\n{app}"));
        }
        self
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
    /// The requests of it that faults can meet, those with the workspace's token.
    pub own: Vec<Request>,
    /// How each trigger ended.
    pub done: Vec<Done>,
    /// The ids of faults that met a request.
    pub struck: BTreeSet<String>,
    /// What is wrong with the integration itself, where it was started here: how it ended, what it printed.
    pub app: Option<String>,
    /// What to say if nothing came from it, where more is known than that.
    pub silence: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl Played {
    /// What is otherwise than expected, a line each; nothing: all is well.
    #[must_use]
    pub fn problems(&self, scenario: &Scenario) -> Vec<String> {
        let given_up = self.done.iter().filter_map(Done::problem);
        given_up.chain(self.app.clone()).chain(judge::problems(&scenario.expect, self)).collect()
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
    let mut settings = ready.settings();
    settings["token"] = stage.token.clone().into();
    let workspace = stage.control.make(settings).await.map_err(|error| error.masked(stage.secrets()))?;
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
    stage.start(&ready.scenario).await.map_err(StageError::App)?;
    act::reset(stage).await?;
    stage.control.forget().await?;
    workspace.forget().await?;
    for fault in faults {
        workspace.arm(fault).await?;
    }
    let acted = act::all(stage, ready, workspace).await;
    // What came in is looked at before the kit itself asks for anything.
    let (own, mut traffic) = sent(stage, workspace, &before).await?;
    let struck = workspace.disarm().await?;
    let after = State::read(&client).await?;
    let failed = acted.as_ref().map_or(true, |done| done.iter().any(|done| !done.accepted));
    let app = stage.told_of_app(failed).await;
    let done = acted.map_err(|error| error.with(app.as_deref()))?;
    traffic.triggers = done.iter().flat_map(|done| &done.delivered).copied().collect();
    let silence = act::silence(stage, ready, &done);
    Ok(Played { before, after, traffic, own, done, struck, app, silence, took: started.elapsed() })
}

/// The kit's own look: on behalf of another user than the integration's, whose requests are counted by themselves.
fn reader(stage: &Stage, workspace: &Workspace) -> Client {
    let secrets = stage.secrets();
    let tokens = match workspace.tokens.get(Role::Editor) {
        Some(editor) => Tokens::administrator(editor.clone()).hiding(secrets),
        None => secrets.clone(),
    };
    Client::new(stage.http.clone(), stage.base.clone(), tokens, Pace::default())
}

/// All that the integration sent, also without a valid token; before it what came with one.
async fn sent(
    stage: &Stage,
    workspace: &Workspace,
    before: &State,
) -> Result<(Vec<Request>, Traffic), TrialError> {
    let path = Path::new("the journal");
    let secrets = stage.secrets();
    let mut all = traffic::of_value(path, workspace.journal().await?)?;
    let own = all.exchanges.iter().map(|exchange| Request::of(exchange, before, secrets)).collect();
    all.join(traffic::of_value(path, stage.control.journal_of_server().await?)?);
    Ok((own, all.by_time()))
}
