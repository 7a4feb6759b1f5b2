//! Finds and removes what runs left behind: everything that bears a run's mark in its name or in a URN.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::Value;

use crate::client::{Client, ClientError, Endpoint, ListError, Pages, PrepareError};
use crate::difference::shorten;
use crate::mark::RunId;

/// How far apart clocks may be, besides what a server's `Date` shows.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

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

/// What a look for leftovers found.
#[derive(Debug)]
pub struct Found {
    /// What runs left, contacts first.
    pub leftovers: Vec<Leftover>,
    /// Why not everything was looked at: there may be more.
    pub incomplete: Option<ListError>,
}

/// Why something was not removed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RemoveError {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The question cannot be asked.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A refusal.
    #[error("DELETE answers {status} {text}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The beginning of its body.
        text: String,
    },
}

/// Finds what runs left. Only GETs are sent. A list that cannot be read to its end does not keep what was found of it, and
/// of the others, from being told.
pub async fn find(client: &Client, scope: &Scope) -> Found {
    let mut found = BTreeMap::new();
    let name = scope.run.as_ref().map_or(RunId::prefix(), RunId::as_str);
    let mut incomplete = None;
    let mut walks = vec![(Endpoint::Contacts, vec![("name", name.to_owned()), ("limit", "250".to_owned())])];
    if let Some(recent) = scope.recent {
        let after = instant(SystemTime::now() - recent);
        walks.push((Endpoint::Contacts, vec![("after", after), ("limit", "250".to_owned())]));
    }
    walks.push((Endpoint::Groups, Vec::new()));
    for (endpoint, query) in walks {
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let walked = walk(client, scope, endpoint, &query, &mut found).await;
        incomplete = incomplete.or(walked.err());
    }
    Found { leftovers: found.into_values().collect(), incomplete }
}

/// Deletes one of them.
///
/// # Errors
/// No answer, or a refusal.
pub async fn remove(client: &Client, leftover: &Leftover) -> Result<(), RemoveError> {
    let request = client.own_request(Method::DELETE, leftover.endpoint, &[("uuid", &leftover.uuid)])?;
    let answer = client.send(&request).await?;
    match answer.status {
        200..=299 | 404 => Ok(()),
        status => Err(RemoveError::Refused { status, text: shorten(&client.tokens.mask(&answer.text)) }),
    }
}

/// Reads all pages of a list and keeps what bears a mark that is looked for.
async fn walk(
    client: &Client,
    scope: &Scope,
    endpoint: Endpoint,
    query: &[(&str, &str)],
    found: &mut BTreeMap<(Endpoint, String), Leftover>,
) -> Result<(), ListError> {
    let mut pages = Pages::of(client, endpoint, query)?;
    while let Some(page) = pages.next().await? {
        let date = page.answer.date();
        let ahead = date.map_or(SignedDuration::ZERO, |date| date.duration_since(Timestamp::now()));
        for (item, leftover) in page.items.iter().filter_map(|item| Some((item, leftover(endpoint, item)?))) {
            let asked_for = scope.run.as_ref().is_none_or(|run| *run == leftover.run);
            let age = leftover.run.began().elapsed().unwrap_or_default();
            if asked_for && age >= scope.older_than && !is_older(item, &leftover.run, ahead) {
                found.insert((endpoint, leftover.uuid.clone()), leftover);
            }
        }
    }
    Ok(())
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
