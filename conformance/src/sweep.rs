//! Finds and removes what runs left behind: everything that bears a run's mark in its name or in a URN.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::Value;

use crate::client::{Answer, Client, ClientError, Endpoint, PrepareError, SentRequest};
use crate::difference::shorten;
use crate::mark::RunId;

/// How far apart clocks may be, besides what a server's `Date` shows.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// How many pages of a list are read at most.
const PAGES: usize = 400;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only what this run left.
    pub run: Option<RunId>,
    /// Only what runs left that began at least so long ago.
    pub older_than: Duration,
    /// Contacts changed within this time are looked at one by one, since a mark may stand in a URN alone, by which the
    /// API does not search. `None`: only names are searched.
    pub recent: Option<Duration>,
}

/// Something that a run left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Its UUID.
    pub uuid: String,
    /// The name or URN that bears the mark.
    pub label: String,
    /// The run that made it.
    pub run: RunId,
}

/// Why a sweep did not come to its end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SweepError {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The question cannot be asked.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// Not the answer that was needed.
    #[error("{request} answers {status} {text}")]
    Answer {
        /// What was asked.
        request: String,
        /// The status of the answer.
        status: u16,
        /// The beginning of its body.
        text: String,
    },
}

/// Finds what runs left, contacts first. Only GETs are sent.
///
/// # Errors
/// No answer, or not a list.
pub async fn find(client: &Client, scope: &Scope) -> Result<Vec<Leftover>, SweepError> {
    let mut found = BTreeMap::new();
    let name = scope.run.as_ref().map_or(RunId::prefix(), RunId::as_str);
    walk(client, scope, Endpoint::Contacts, &[("name", name), ("limit", "250")], &mut found).await?;
    if let Some(recent) = scope.recent {
        let after = instant(SystemTime::now() - recent);
        let query = [("after", after.as_str()), ("limit", "250")];
        walk(client, scope, Endpoint::Contacts, &query, &mut found).await?;
    }
    walk(client, scope, Endpoint::Groups, &[], &mut found).await?;
    Ok(found.into_values().collect())
}

/// Deletes one of them.
///
/// # Errors
/// No answer, or a refusal.
pub async fn remove(client: &Client, leftover: &Leftover) -> Result<(), SweepError> {
    let request = client.own_request(Method::DELETE, leftover.endpoint, &[("uuid", &leftover.uuid)])?;
    let answer = client.send(&request).await?;
    match answer.status {
        200..=299 | 404 => Ok(()),
        _ => Err(unexpected(client, &request, &answer)),
    }
}

/// Reads all pages of a list and keeps what bears a mark that is looked for.
async fn walk(
    client: &Client,
    scope: &Scope,
    endpoint: Endpoint,
    query: &[(&str, &str)],
    found: &mut BTreeMap<(Endpoint, String), Leftover>,
) -> Result<(), SweepError> {
    let mut request = client.own_request(Method::GET, endpoint, query)?;
    let mut read = BTreeSet::new();
    loop {
        // A server whose pages lead in a circle has been read when the first comes again.
        if !read.insert(request.url.to_string()) || read.len() > PAGES {
            return Ok(());
        }
        let answer = client.send(&request).await?;
        let page = serde_json::from_str::<Value>(&answer.text).ok().filter(|_| answer.status == 200);
        let items = page.as_ref().and_then(|page| page["results"].as_array());
        let Some(items) = items else { return Err(unexpected(client, &request, &answer)) };
        let ahead = answer.date().map_or(SignedDuration::ZERO, |date| date.duration_since(Timestamp::now()));
        for (item, leftover) in items.iter().filter_map(|item| Some((item, leftover(endpoint, item)?))) {
            if is_older(item, &leftover.run, ahead) {
                continue;
            }
            let asked_for = scope.run.as_ref().is_none_or(|run| *run == leftover.run);
            let age = leftover.run.began().elapsed().unwrap_or_default();
            if asked_for && age >= scope.older_than {
                found.insert((endpoint, leftover.uuid.clone()), leftover);
            }
        }
        let next = page.as_ref().and_then(|page| page["next"].as_str());
        match next.and_then(|next| client.base.follow(next).ok()) {
            Some(next) => request.url = next,
            None => return Ok(()),
        }
    }
}

/// The item, if its name or one of its URNs bears a mark.
fn leftover(endpoint: Endpoint, item: &Value) -> Option<Leftover> {
    let urns = item["urns"].as_array().into_iter().flatten();
    let labels = std::iter::once(&item["name"]).chain(urns).filter_map(Value::as_str);
    let (run, label) = labels.into_iter().find_map(|label| RunId::find(label).map(|run| (run, label)))?;
    Some(Leftover { endpoint, uuid: item["uuid"].as_str()?.to_owned(), label: label.to_owned(), run })
}

/// Whether an item was there before the run whose mark it bears: then the mark came to it by a server's error. `ahead`: how
/// far the server's clock is ahead of ours.
fn is_older(item: &Value, run: &RunId, ahead: SignedDuration) -> bool {
    let created = item["created_on"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let began = Timestamp::try_from(run.began()).ok();
    match (created, began) {
        (Some(created), Some(began)) => created < began + ahead - CLOCKS,
        _ => false,
    }
}

/// An instant as the API's filters read it.
fn instant(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| String::new(), |instant| instant.to_string())
}

fn unexpected(client: &Client, request: &SentRequest, answer: &Answer) -> SweepError {
    SweepError::Answer {
        request: format!("{} {}", request.method, request.url.path()),
        status: answer.status,
        text: shorten(&client.tokens.mask(&answer.text)),
    }
}
