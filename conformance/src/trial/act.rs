//! Sets an integration to work, and waits until it is done.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use tokio::time::{Instant, sleep, timeout};

use super::shell::{Environment, Running};
use super::{Ready, Stage, TrialError};
use crate::check::masked;
use crate::client::{ClientError, SentRequest};
use crate::control::Workspace;
use crate::difference::shorten;
use crate::scenario::{Act, HttpCall, with_port};

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
    stage: &Stage,
    ready: &Ready,
    workspace: &Workspace,
) -> Result<Vec<Done>, TrialError> {
    // One folder for the whole scenario: an integration remembers from event to event.
    let scratch = tempfile::tempdir()
        .map_err(|error| TrialError::Trigger { number: 1, problem: format!("no folder for it: {error}") })?;
    // What commands left running in the background may be what does the work: it goes when all is done.
    let mut place = Place { stage, scratch: scratch.path(), started: Vec::new() };
    let mut all = Vec::new();
    for (act, number) in ready.acts.iter().zip(1..) {
        all.push(done(&mut place, ready, workspace, act, number).await?);
    }
    Ok(all)
}

/// Where something is done.
struct Place<'a> {
    stage: &'a Stage,
    /// A folder for commands.
    scratch: &'a Path,
    /// Commands that were started.
    started: Vec<Running>,
}

/// Does one thing, again if it is not accepted and the scenario says so.
async fn done(
    place: &mut Place<'_>,
    ready: &Ready,
    workspace: &Workspace,
    act: &Act,
    number: usize,
) -> Result<Done, TrialError> {
    let mut delivered = Vec::new();
    loop {
        delivered.push(Timestamp::now());
        let (accepted, told) = once(place, ready, workspace, act, number).await?;
        if accepted || delivered.len() > ready.scenario.redeliver as usize {
            let told = place.stage.secrets().mask(&told);
            return Ok(Done { number, accepted, told, delivered });
        }
        sleep(AGAIN).await;
    }
}

/// Does one thing once, and waits until the integration is done with it: whether it accepted it, and what it said.
async fn once(
    place: &mut Place<'_>,
    ready: &Ready,
    workspace: &Workspace,
    act: &Act,
    number: usize,
) -> Result<(bool, String), TrialError> {
    let limit = ready.scenario.timeout.unwrap_or(TIMEOUT);
    let (accepted, told) = match timeout(limit, one(place, act)).await {
        Ok(done) => done.map_err(|problem| TrialError::Trigger { number, problem })?,
        Err(_) => (false, format!("it is not done after {} s", limit.as_secs_f64())),
    };
    Ok(match settle(place.stage, ready, act, workspace).await? {
        true => (accepted, told),
        false => (false, format!("{told}, and requests still came after {} s", limit.as_secs_f64())),
    })
}

/// Puts back what the integration remembers.
pub(super) async fn reset(stage: &Stage) -> Result<(), TrialError> {
    let Some(command) = &stage.reset else { return Ok(()) };
    let failed = |problem: String| TrialError::Reset(stage.secrets().mask(&problem));
    let scratch = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let act = Act::Command(command.clone(), String::new());
    let mut place = Place { stage, scratch: scratch.path(), started: Vec::new() };
    match timeout(TIMEOUT, one(&mut place, &act)).await {
        Ok(Ok((true, _))) => Ok(()),
        Ok(Ok((false, told)) | Err(told)) => Err(failed(told)),
        Err(_) => Err(failed(format!("`{command}` is not done after {} s", TIMEOUT.as_secs()))),
    }
}

/// # Errors
/// It could not even be tried.
async fn one(place: &mut Place<'_>, act: &Act) -> Result<(bool, String), String> {
    match act {
        Act::Command(command, input) => run(place, command, input).await,
        Act::Http(call) => send(place.stage, call).await,
    }
}

/// Runs a command to its end.
async fn run(place: &mut Place<'_>, command: &str, input: &str) -> Result<(bool, String), String> {
    let url = place.stage.base.to_string();
    let environment =
        Environment { url: &url, token: &place.stage.token, scratch: place.scratch, port: None };
    let failed = |error: std::io::Error| format!("`{command}`: {error}");
    let mut running = Running::start(command, environment).map_err(failed)?;
    let done = running.finish(input).await;
    place.started.push(running);
    let (status, output) = done.map_err(failed)?;
    let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let told = if last.is_empty() { String::new() } else { format!(": {}", shown(place.stage, last)) };
    match status.code() {
        // What the shell says of a command that there is none, or that is none.
        Some(126 | 127) => Err(format!("`{command}` cannot be run{told}")),
        Some(code) => Ok((code == 0, format!("exit code {code}{told}"))),
        None => Ok((false, format!("{status}{told}"))),
    }
}

/// Sends a request to the integration.
async fn send(stage: &Stage, call: &HttpCall) -> Result<(bool, String), String> {
    let request = request(call, stage.app.as_ref().map(|app| app.port))?;
    let answer = match stage.http.send(&request).await {
        Ok(answer) => answer,
        Err(error @ ClientError::Unreachable { .. }) => return Err(error.to_string()),
        Err(error) => return Ok((false, format!("no answer: {error}"))),
    };
    let accepted = (200..300).contains(&answer.status);
    let to = answer.header("location").filter(|_| (300..400).contains(&answer.status));
    let to = to.map(|to| format!(" to {}", shown(stage, &masked(&to)))).unwrap_or_default();
    let says = match accepted || answer.text.is_empty() {
        true => String::new(),
        false => format!(": {}", shown(stage, &answer.text)),
    };
    Ok((accepted, format!("status {}{to}{says}", answer.status)))
}

/// Hidden before it is cut: a part of a token is one, too.
fn shown(stage: &Stage, text: &str) -> String {
    shorten(&stage.secrets().mask(text))
}

/// # Errors
/// What of the scenario is no request.
fn request(call: &HttpCall, port: Option<u16>) -> Result<SentRequest, String> {
    let address = with_port(&call.url, port);
    let url: Url = address.parse().map_err(|error| format!("`{address}`: {error}"))?;
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

/// What to say if nothing came from an integration that was called over HTTP: it may work later, or look elsewhere.
pub(super) fn silence(stage: &Stage, ready: &Ready, done: &[Done]) -> Option<String> {
    let quiet = ready.scenario.settle.unwrap_or(SETTLE).as_secs_f64();
    let waited = match done.iter().all(|done| done.accepted) {
        true => format!(" within {quiet} s of its answer (--settle waits longer)"),
        // What failed does not go on later.
        false => String::new(),
    };
    let told = || format!("nothing reached the mock at {}{waited}: is that its WENI_URL?", stage.base);
    ready.calls().then(told)
}

/// Waits until nothing has come for a while, though no longer than the scenario's time limit; whether it came to that.
async fn settle(stage: &Stage, ready: &Ready, act: &Act, workspace: &Workspace) -> Result<bool, TrialError> {
    let usual = if matches!(act, Act::Http(_)) { SETTLE } else { Duration::ZERO };
    let quiet = ready.scenario.settle.unwrap_or(usual);
    let until = Instant::now() + ready.scenario.timeout.unwrap_or(TIMEOUT);
    let last = async || Ok::<_, TrialError>((workspace.last().await?, stage.control.last().await?));
    let (mut seen, began) = (last().await?, Instant::now());
    let mut since = began;
    while since.elapsed() < quiet {
        if Instant::now() >= until {
            // The limit may be shorter than what is to be waited.
            return Ok(since == began);
        }
        sleep(BEAT.min(quiet)).await;
        let now = last().await?;
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    Ok(true)
}
