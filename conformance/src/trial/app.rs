//! An integration that is started and then waits for events.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout_at};

use super::Stage;
use super::shell::{Environment, Running};
use crate::client::{ClientError, SentRequest, Tokens};
use crate::difference::shorten;
use crate::scenario::{NoAddress, Start, check_address, with_port};

/// How long it may take until it is ready, unless the scenario says otherwise.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is asked whether it is ready.
const BEAT: Duration = Duration::from_millis(50);

/// Lines at most of what an integration printed that a message shows.
const LINES: usize = 10;

/// Why an integration is not there. None shows a token.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It could not be started.
    #[error("`{command}` cannot be started: {source}")]
    NotStarted {
        /// The command.
        command: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It ended before it was ready.
    #[error("`{command}` ended before it was ready: {status}{printed}")]
    Ended {
        /// The command.
        command: String,
        /// How.
        status: String,
        /// What it printed last.
        printed: Printed,
    },
    /// It does not get ready.
    #[error("`{command}` is not ready after {} s: {url} {last}{printed}", after.as_secs_f64())]
    NotReady {
        /// The command.
        command: String,
        /// After which time.
        after: Duration,
        /// Where it was asked.
        url: String,
        /// What came of that last.
        last: String,
        /// What it printed last.
        printed: Printed,
    },
    /// The address is none.
    #[error("`ready_url`: {0}")]
    BadUrl(#[from] NoAddress),
}

/// What an integration printed last, a line each; perhaps nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed(Vec<String>);

impl std::fmt::Display for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return write!(f, "; it printed nothing");
        }
        write!(f, "; it printed:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// An integration that is running. It ends when dropped.
#[derive(Debug)]
pub(super) struct App {
    start: Start,
    pub(super) port: u16,
    running: Running,
    _scratch: TempDir,
}

impl App {
    /// Starts it and waits until it is ready, though no longer than the limit.
    pub(super) async fn start(
        start: &Start,
        limit: Option<Duration>,
        stage: &Stage,
    ) -> Result<Self, AppError> {
        check_address(&start.ready_url)?;
        let command = stage.secrets().mask(&start.command);
        let failed = |source| AppError::NotStarted { command: command.clone(), source };
        let scratch = tempfile::tempdir().map_err(failed)?;
        let port = free_port().map_err(failed)?;
        let url = stage.base.to_string();
        let environment =
            Environment { url: &url, token: &stage.token, scratch: scratch.path(), port: Some(port) };
        let mut running = Running::start(&start.command, environment).map_err(failed)?;
        running.read_along();
        let mut app = Self { start: start.clone(), port, running, _scratch: scratch };
        app.wait(command, limit.unwrap_or(PATIENCE), stage).await?;
        Ok(app)
    }

    /// Whether it is the one that was started so.
    pub(super) fn is(&self, start: &Start) -> bool {
        self.start == *start
    }

    async fn wait(&mut self, command: String, after: Duration, stage: &Stage) -> Result<(), AppError> {
        let address = with_port(&self.start.ready_url, Some(self.port));
        let url: Url = address.parse().map_err(|_| NoAddress::NoUrl(address.clone()))?;
        let request = SentRequest { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        let until = Instant::now() + after;
        let mut last = None;
        while Instant::now() < until {
            if let Ok(answered) = timeout_at(until, stage.http.send(&request)).await {
                last = Some(answered.map(|answer| answer.status));
            }
            if matches!(last, Some(Ok(..500))) {
                return Ok(());
            }
            if let Some(status) = self.running.ended() {
                let printed = self.printed(stage.secrets()).await;
                return Err(AppError::Ended { command, status: status.to_string(), printed });
            }
            sleep(BEAT).await;
        }
        let last = match last {
            Some(Ok(status)) => format!("answers {status}, and ready is what is below 500"),
            Some(Err(ClientError::Unreachable { .. })) => "is where nothing listens".to_owned(),
            Some(Err(_)) | None => "does not answer".to_owned(),
        };
        let printed = self.printed(stage.secrets()).await;
        Err(AppError::NotReady { command, after, url: address, last, printed })
    }

    /// Whether it ended as it should not. One that ended with 0 may have left another behind, which goes on.
    pub(super) fn fell(&mut self) -> bool {
        self.running.ended().is_some_and(|status| !status.success())
    }

    /// Forgets what it has printed so far.
    pub(super) fn forget(&self) {
        self.running.forget();
    }

    /// What there is to tell of it after it was at work. `failed`: it did not do all that it was to do.
    pub(super) async fn told(&mut self, secrets: &Tokens, failed: bool) -> Option<String> {
        let command = secrets.mask(&self.start.command);
        let ended = self.running.ended().filter(|status| failed || !status.success());
        let printed = self.printed(secrets).await;
        match ended {
            Some(status) => {
                let how = status.code().map_or(status.to_string(), |code| format!("exit code {code}"));
                Some(format!("`{command}` ended: {how}{printed}"))
            }
            None if failed && !printed.0.is_empty() => Some(format!("`{command}` is running{printed}")),
            None => None,
        }
    }

    async fn printed(&mut self, secrets: &Tokens) -> Printed {
        // Hidden before it is cut: a part of a token is one, too.
        let printed = secrets.mask(&self.running.printed().await);
        let lines: Vec<&str> = printed.lines().filter(|line| !line.trim().is_empty()).collect();
        let from = lines.len().saturating_sub(LINES);
        Printed(lines[from..].iter().map(|line| shorten(line)).collect())
    }
}

/// A port that nobody has. Between this and its use somebody may take it, which then shows as a failed start.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
