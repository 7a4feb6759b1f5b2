//! Where scenarios are played: a mock of its own for each that is played at a time, and perhaps the integration.

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::InvalidHeaderValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::app::{App, AppError};
use crate::client::{BadUrl, BaseUrl, ClientError, Http, Token, Tokens};
use crate::control::Control;
use crate::embedded::{Embedded, NotStarted};
use crate::scenario::Scenario;

/// How long an exchange with a mock in this process may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no stage to play on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// No mock could be started.
    #[error("{0}")]
    Mock(#[from] NotStarted),
    /// The mock's own address is none.
    #[error("the mock: {0}")]
    Address(#[from] BadUrl),
    /// The mock's control token is none.
    #[error("the mock's control token: {0}")]
    Token(#[from] InvalidHeaderValue),
    /// There are no connections to be had.
    #[error(transparent)]
    Http(#[from] ClientError),
    /// The integration could not be started.
    #[error(transparent)]
    App(#[from] AppError),
}

/// How stages are set up.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Where the mock listens, for an integration that is running and has one URL; else a free port.
    pub listen: Option<SocketAddr>,
    /// The token of every workspace; else one of the stage's own.
    pub token: Option<String>,
    /// A command for the shell that puts back, before each play, what the integration itself remembers.
    pub reset: Option<String>,
}

/// A mock, and who is to speak to it.
#[derive(Debug)]
pub struct Stage {
    /// Its address: `WENI_URL`.
    pub base: BaseUrl,
    /// The token of every workspace that is played in here: `WENI_TOKEN`.
    pub token: String,
    pub(super) control: Control,
    pub(super) http: Http,
    /// The integration, where it was started here.
    pub(super) app: Option<App>,
    /// What puts the integration back, before each play.
    pub(super) reset: Option<String>,
    /// All that must not be printed.
    secrets: Tokens,
    /// Stops when dropped.
    _mock: Embedded,
}

impl Stage {
    pub(super) async fn open(plan: &Plan) -> Result<Self, StageError> {
        // Nobody else may look into the journal or change it: least of all whoever is judged by it.
        let control_token = random();
        let mock = Embedded::empty(plan.listen, &control_token).await?;
        let base: BaseUrl = mock.url().parse()?;
        let http = Http::new(PATIENCE)?;
        let control =
            Control::new(http.clone(), base.join(Control::PATH, None)?).with_token(&control_token)?;
        let token = plan.token.clone().unwrap_or_else(random);
        let secrets =
            Tokens::administrator(Token::new(token.clone())).hiding_also(Some(control_token.as_str()));
        Ok(Self { base, token, control, http, app: None, reset: plan.reset.clone(), secrets, _mock: mock })
    }

    /// Sees that the integration runs that a scenario starts, and no other.
    pub(super) async fn start(&mut self, scenario: &Scenario) -> Result<(), AppError> {
        let Some(start) = &scenario.start else {
            self.app = None;
            return Ok(());
        };
        if let Some(app) = &mut self.app
            && !start.anew
            && app.is(start)
            && !app.fell()
        {
            app.forget();
        } else {
            // The old one goes before the new one comes.
            self.app = None;
            self.app = Some(App::start(start, scenario.timeout, self).await?);
        }
        Ok(())
    }

    /// What there is to tell of the integration, where it was started here. `failed`: it did not do all that it was to do.
    pub(super) async fn told_of_app(&mut self, failed: bool) -> Option<String> {
        self.app.as_mut()?.told(&self.secrets, failed).await
    }

    /// All that must not be printed.
    pub(super) fn secrets(&self) -> &Tokens {
        &self.secrets
    }
}

/// A token that nobody else has.
fn random() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), &uuid::Uuid::new_v4().simple().to_string()[..8])
}

/// All stages of a run.
#[derive(Debug, Clone)]
pub struct Stages {
    plan: Plan,
    free: Arc<Mutex<Vec<Stage>>>,
    permits: Arc<Semaphore>,
}

impl Stages {
    /// Up to `jobs` at a time; one, where the integration has one URL.
    #[must_use]
    pub fn new(plan: Plan, jobs: usize) -> Self {
        let jobs = if plan.listen.is_some() { 1 } else { jobs };
        Self { plan, free: Arc::default(), permits: Arc::new(Semaphore::new(jobs)) }
    }

    /// Sees whether the mock can listen where it is to.
    ///
    /// # Errors
    /// It cannot.
    pub async fn prepare(&self) -> Result<(), StageError> {
        if self.plan.listen.is_some() {
            self.take().await?;
        }
        Ok(())
    }

    /// One that is free, or a new one.
    ///
    /// # Errors
    /// It cannot be set up.
    pub async fn take(&self) -> Result<Held, StageError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let stage = match free {
            Some(stage) => stage,
            None => Stage::open(&self.plan).await?,
        };
        Ok(Held { stage: Some(stage), home: Arc::clone(&self.free), _permit: permit })
    }
}

/// A stage that is in use; it is free again when this is dropped.
#[derive(Debug)]
pub struct Held {
    stage: Option<Stage>,
    home: Arc<Mutex<Vec<Stage>>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Deref for Held {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        self.stage.as_ref().expect("it is taken back when dropped alone")
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Stage {
        self.stage.as_mut().expect("it is taken back when dropped alone")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).extend(self.stage.take());
    }
}
