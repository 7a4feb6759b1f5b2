//! An integration that is started and then waits for events.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::shell::{Environment, Running};
use crate::client::{Http, SentRequest};
use crate::scenario::Start;

/// How long it may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is asked whether it is ready.
const BEAT: Duration = Duration::from_millis(50);

/// Why an integration is not there.
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
    #[error("`{command}` ended before it was ready: {status}")]
    Ended {
        /// The command.
        command: String,
        /// How.
        status: String,
    },
    /// It does not get ready.
    #[error("`{command}` does not answer at {url} within {} s", PATIENCE.as_secs())]
    NotReady {
        /// The command.
        command: String,
        /// Where it was asked.
        url: String,
    },
    /// The address is none.
    #[error("`ready_url`: `{0}` is no URL")]
    BadUrl(String),
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
    /// Starts it and waits until it is ready.
    pub(super) async fn start(start: &Start, url: &str, token: &str, http: &Http) -> Result<Self, AppError> {
        let failed = |source| AppError::NotStarted { command: start.command.clone(), source };
        let scratch = tempfile::tempdir().map_err(failed)?;
        let port = free_port().map_err(failed)?;
        let environment = Environment { url, token, scratch: scratch.path(), port: Some(port) };
        let mut running = Running::start(&start.command, environment).map_err(failed)?;
        running.ignore_output();
        let mut app = Self { start: start.clone(), port, running, _scratch: scratch };
        app.wait(http).await?;
        Ok(app)
    }

    /// Whether it is the one that was started so.
    pub(super) fn is(&self, start: &Start) -> bool {
        self.start == *start
    }

    async fn wait(&mut self, http: &Http) -> Result<(), AppError> {
        let address = with_port(&self.start.ready_url, Some(self.port));
        let url: Url = address.parse().map_err(|_| AppError::BadUrl(address.clone()))?;
        let request = SentRequest { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if http.send(&request).await.is_ok_and(|answer| answer.status < 500) {
                return Ok(());
            }
            if let Some(status) = self.running.ended() {
                return Err(AppError::Ended {
                    command: self.start.command.clone(),
                    status: status.to_string(),
                });
            }
            sleep(BEAT).await;
        }
        Err(AppError::NotReady { command: self.start.command.clone(), url: address })
    }
}

/// A URL in which `{{port}}` stands for the port of the integration.
pub(super) fn with_port(url: &str, port: Option<u16>) -> String {
    port.map_or_else(|| url.to_owned(), |port| url.replace("{{port}}", &port.to_string()))
}

/// A port that nobody has. Between this and its use somebody may take it, which then shows as a failed start.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
