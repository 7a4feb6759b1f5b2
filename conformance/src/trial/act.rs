//! Sets an integration to work, and waits until it is done.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use tokio::time::{Instant, sleep, timeout};

use super::app::with_port;
use super::shell::{Environment, Running};
use super::{Ready, Stage, TrialError, secrets};
use crate::client::{ClientError, SentRequest};
use crate::control::Workspace;
use crate::difference::shorten;
use crate::scenario::{Act, HttpCall};

/// How long it may take with one trigger, unless the scenario says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long an integration that was called over HTTP must have been quiet, unless the scenario says otherwise: it may
/// answer before it is done. A command is done when it ends.
const SETTLE: Duration = Duration::from_millis(500);

/// How often it is looked at whether requests still come.
const BEAT: Duration = Duration::from_millis(50);

/// Before an event is delivered once more.
const AGAIN: Duration = Duration::from_millis(200);

/// How one trigger ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its place, from 1.
    pub number: usize,
    /// Whether the integration said that it was done.
    pub accepted: bool,
    /// What it said: `exit code 1: …`, `status 500`.
    pub told: String,
    /// When it was delivered, each time.
    pub delivered: Vec<Timestamp>,
}

impl Done {
    /// What is wrong about it.
    pub(super) fn problem(&self) -> Option<String> {
        let times = match self.delivered.len() {
            1 => String::new(),
            more => format!(", delivered {more} times"),
        };
        (!self.accepted).then(|| format!("trigger {}: {}{times}", self.number, self.told))
    }
}

/// Does all that a scenario says, one after another, each when the integration is done with the one before.
pub(super) async fn all(
    stage: &mut Stage,
    ready: &Ready,
    workspace: &Workspace,
) -> Result<Vec<Done>, TrialError> {
    // One folder for the whole scenario: an integration remembers from event to event.
    let scratch = tempfile::tempdir()
        .map_err(|error| TrialError::Trigger { number: 1, problem: format!("no folder for it: {error}") })?;
    let mut all = Vec::new();
    // What commands left running in the background may be what does the work: it goes when all is done.
    let mut started = Vec::new();
    for (act, number) in ready.acts.iter().zip(1..) {
        let failed = |problem: String| TrialError::Trigger { number, problem };
        let mut delivered = Vec::new();
        let (accepted, told) = loop {
            delivered.push(Timestamp::now());
            let limit = ready.scenario.timeout.unwrap_or(TIMEOUT);
            let once = timeout(limit, one(stage, act, scratch.path(), &mut started)).await;
            let (accepted, told) = match once {
                Ok(done) => done.map_err(failed)?,
                Err(_) => (false, format!("it is not done after {} s", limit.as_secs_f64())),
            };
            let settled = settle(stage, ready, act, workspace).await?;
            let (accepted, told) = match settled {
                true => (accepted, told),
                false => (false, format!("{told}, and requests still came after {} s", limit.as_secs_f64())),
            };
            if accepted || delivered.len() > ready.scenario.redeliver as usize {
                break (accepted, told);
            }
            sleep(AGAIN).await;
        };
        all.push(Done { number, accepted, told: secrets(stage).mask(&told), delivered });
    }
    Ok(all)
}

/// Puts back what the integration remembers.
pub(super) async fn reset(stage: &Stage) -> Result<(), TrialError> {
    let Some(command) = &stage.reset else { return Ok(()) };
    let failed = |problem: String| TrialError::Reset(secrets(stage).mask(&problem));
    let scratch = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let act = Act::Command(command.clone(), String::new());
    match timeout(TIMEOUT, one(stage, &act, scratch.path(), &mut Vec::new())).await {
        Ok(Ok((true, _))) => Ok(()),
        Ok(Ok((false, told)) | Err(told)) => Err(failed(told)),
        Err(_) => Err(failed(format!("`{command}` is not done after {} s", TIMEOUT.as_secs()))),
    }
}

/// # Errors
/// It could not even be tried.
async fn one(
    stage: &Stage,
    act: &Act,
    scratch: &std::path::Path,
    started: &mut Vec<Running>,
) -> Result<(bool, String), String> {
    // Hidden before it is cut: a part of a token is one, too.
    let shown = |text: &str| shorten(&secrets(stage).mask(text));
    match act {
        Act::Command(command, input) => {
            let url = stage.base.to_string();
            let environment = Environment { url: &url, token: &stage.token, scratch, port: None };
            let failed = |error: std::io::Error| format!("`{command}`: {error}");
            let mut running = Running::start(command, environment).map_err(failed)?;
            let done = running.finish(input).await;
            started.push(running);
            let (status, output) = done.map_err(failed)?;
            let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let told = if last.is_empty() { String::new() } else { format!(": {}", shown(last)) };
            match status.code() {
                // What the shell says of a command that there is none, or that is none.
                Some(126 | 127) => Err(format!("`{command}` cannot be run{told}")),
                Some(code) => Ok((code == 0, format!("exit code {code}{told}"))),
                None => Ok((false, format!("{status}{told}"))),
            }
        }
        Act::Http(call) => {
            let request = request(call, stage.app.as_ref().map(|app| app.port))?;
            let answer = match stage.http.send(&request).await {
                Ok(answer) => answer,
                Err(error @ ClientError::Unreachable { .. }) => return Err(error.to_string()),
                Err(error) => return Ok((false, format!("no answer: {error}"))),
            };
            let accepted = (200..300).contains(&answer.status);
            let says = if accepted || answer.text.is_empty() {
                String::new()
            } else {
                format!(": {}", shown(&answer.text))
            };
            Ok((accepted, format!("status {}{says}", answer.status)))
        }
    }
}

/// # Errors
/// What of the scenario is no request.
fn request(call: &HttpCall, port: Option<u16>) -> Result<SentRequest, String> {
    let address = with_port(&call.url, port);
    let url: Url = address.parse().map_err(|error| format!("`{address}`: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{address}` is no http or https URL"));
    }
    let method =
        Method::from_bytes(call.method.as_bytes()).map_err(|_| format!("no method: `{}`", call.method))?;
    let mut headers = HeaderMap::new();
    if call.json.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &call.headers {
        let header = name.parse::<HeaderName>().ok().zip(HeaderValue::from_str(value).ok());
        let (name, value) = header.ok_or_else(|| format!("no header: `{name}: {value}`"))?;
        headers.insert(name, value);
    }
    let body = call.json.as_ref().map(ToString::to_string);
    Ok(SentRequest { method, url, headers, body })
}

/// Waits until nothing has come for a while, though no longer than the scenario's time limit; whether it came to that.
async fn settle(stage: &Stage, ready: &Ready, act: &Act, workspace: &Workspace) -> Result<bool, TrialError> {
    let usual = if matches!(act, Act::Http(_)) { SETTLE } else { Duration::ZERO };
    let quiet = ready.scenario.settle.unwrap_or(usual);
    let until = Instant::now() + ready.scenario.timeout.unwrap_or(TIMEOUT);
    let (mut seen, mut since) = (None, Instant::now());
    while !quiet.is_zero() && Instant::now() < until {
        let now = Some((workspace.last().await?, stage.control.last().await?));
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() >= quiet {
            return Ok(true);
        }
        sleep(BEAT.min(quiet)).await;
    }
    Ok(quiet.is_zero())
}
