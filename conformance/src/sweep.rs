//! Finds and removes what runs left behind: everything that bears a run's mark in its name or in a URN.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::Value;

use crate::before::Before;
use crate::client::{Client, ClientError, Endpoint, ListError, Pages, PrepareError};
use crate::difference::shorten;
use crate::mark::RunId;
use crate::matcher::shape;

/// How far apart the clocks of a server and of whoever ran the kit may be.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// How many pages a sweep reads of one list: 100,000 items.
const PAGES: usize = 400;

/// How many pages the last look of a run reads of one list: of what others changed meanwhile there may be any number.
const LAST_LOOK: usize = 20;

/// What to look for.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Only what this run left.
    pub run: Option<RunId>,
    /// Only what runs left that began at least so long ago.
    pub older_than: Duration,
    /// Which contacts are looked at one by one, since a mark may stand in a URN alone, by which the API does not search.
    pub since: Since,
}

/// Which contacts are looked at one by one.
#[derive(Debug, Clone)]
pub enum Since {
    /// None: only names are searched.
    Nothing,
    /// Those changed within this time.
    Recent(Duration),
    /// Those changed since a run looked, before it wrote anything: what it saw then is not removed.
    Run(Arc<Before>),
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
    /// What bears a mark and was there before: it came to it by a server's error.
    pub older: Vec<Leftover>,
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
    /// A group that contacts are in.
    #[error("there are contacts in it that no run made, so it may be somebody else's")]
    NotEmpty,
    /// A group that could not be looked at once more.
    #[error("GET ?uuid= answers {0} and does not show it, so nobody knows who is in it")]
    Unseen(u16),
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
    let (mut found, mut older) = (BTreeMap::new(), BTreeMap::new());
    let name = scope.run.as_ref().map_or(RunId::prefix(), RunId::as_str);
    let mut incomplete = None;
    let mut walks = vec![(Endpoint::Contacts, vec![("name", name.to_owned()), ("limit", "250".to_owned())])];
    let after = match &scope.since {
        Since::Nothing => None,
        Since::Recent(time) => {
            let recent = SignedDuration::try_from(*time).ok();
            recent
                .and_then(|recent| Timestamp::now().checked_sub(recent).ok())
                .or(Some(Timestamp::UNIX_EPOCH))
        }
        Since::Run(before) => Some(before.changed()),
    };
    if let Some(after) = after {
        walks.push((Endpoint::Contacts, vec![("after", after.to_string()), ("limit", "250".to_owned())]));
    }
    walks.push((Endpoint::Groups, Vec::new()));
    for (endpoint, query) in walks {
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let walked = walk(client, scope, endpoint, &query, [&mut found, &mut older]).await;
        incomplete = incomplete.or(walked.err());
    }
    Found { leftovers: found.into_values().collect(), older: older.into_values().collect(), incomplete }
}

/// Deletes one of them.
///
/// # Errors
/// No answer, or a refusal.
pub async fn remove(client: &Client, leftover: &Leftover) -> Result<(), RemoveError> {
    let query = [("uuid", leftover.uuid.as_str())];
    if leftover.endpoint == Endpoint::Groups {
        // Contacts went first. What is in it now, no run has put there.
        let answer = client.send(&client.own_request(Method::GET, Endpoint::Groups, &query)?).await?;
        let page = answer.json().filter(|_| answer.status == 200).unwrap_or_default();
        let Some(groups) = page["results"].as_array() else {
            return Err(RemoveError::Unseen(answer.status));
        };
        match groups.iter().find(|group| group["uuid"] == leftover.uuid.as_str()) {
            None => return Err(RemoveError::Unseen(answer.status)),
            Some(group) if group["count"].as_u64() != Some(0) => return Err(RemoveError::NotEmpty),
            Some(_) => {}
        }
    }
    let request = client.own_request(Method::DELETE, leftover.endpoint, &query)?;
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
    [found, older]: [&mut BTreeMap<(Endpoint, String), Leftover>; 2],
) -> Result<(), ListError> {
    let mut pages = Pages::of(client, endpoint, query)?;
    pages = pages.at_most(if matches!(scope.since, Since::Run(_)) { LAST_LOOK } else { PAGES });
    while let Some(page) = pages.next().await? {
        for (item, leftover) in page.items.iter().filter_map(|item| Some((item, leftover(endpoint, item)?))) {
            let asked_for = scope.run.as_ref().is_none_or(|run| *run == leftover.run);
            let age = leftover.run.began().elapsed().unwrap_or_default();
            let was_there = match &scope.since {
                Since::Run(before) => before.had(endpoint, item),
                _ => is_older(endpoint, item, &leftover.run),
            };
            if asked_for && age >= scope.older_than {
                let known = if was_there { &mut *older } else { &mut *found };
                known.insert((endpoint, leftover.uuid.clone()), leftover);
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
    let uuid = item["uuid"].as_str().filter(|uuid| shape::is_uuid(uuid))?.to_owned();
    Some(Leftover { endpoint, uuid, label: label.to_owned(), run })
}

/// Whether an item was there before the run whose mark it bears, or does not say when it was made: then the mark may have
/// come to it by a server's error.
fn is_older(endpoint: Endpoint, item: &Value, run: &RunId) -> bool {
    if endpoint == Endpoint::Groups {
        // It shows no instant. No run makes one with a query.
        return !item["query"].is_null();
    }
    let created = item["created_on"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let began = Timestamp::try_from(run.began()).ok().and_then(|began| began.checked_sub(CLOCKS).ok());
    match (created, began) {
        (Some(created), Some(began)) => created < began,
        _ => true,
    }
}
