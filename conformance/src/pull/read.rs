//! Reads groups, fields and contacts from a server, page by page.

mod error;
mod wire;

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::client::{Answer, Client, Endpoint, SentRequest};

pub use error::ReadError;
pub(super) use wire::{Contact, Field, Group, GroupReference};

/// The items that a page of the API holds, and the most that are asked for at once.
const PAGE_SIZE: usize = 250;

/// The longest pause that a server may ask for (`Retry-After`).
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one request is sent again after such a pause.
const PAUSES: usize = 5;

/// What was read of a workspace, each list in the API's order: the newest first.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) groups: Vec<Group>,
    pub(super) fields: Vec<Field>,
    pub(super) contacts: Vec<Contact>,
    /// How many requests that took.
    pub requests: usize,
}

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another page has come.
    Page {
        /// Which list it is of.
        list: Endpoint,
        /// The items that are there by now.
        items: usize,
    },
    /// The server asks for a pause.
    Pause(Duration),
}

/// Reads all groups, all fields and up to `contacts` contacts, those last modified, of the administrator's workspace.
/// No request is anything but a `GET`. `progress` hears of each page.
///
/// # Errors
/// No answer, another status than 200, or an answer that is not what the API promises.
pub async fn read(
    client: &Client,
    contacts: usize,
    progress: impl FnMut(Progress),
) -> Result<Snapshot, ReadError> {
    let mut walk = Walk { client, progress, requests: 0 };
    let limit = contacts.min(PAGE_SIZE).to_string();
    Ok(Snapshot {
        groups: walk.list(Endpoint::Groups, &[], usize::MAX).await?,
        fields: walk.list(Endpoint::Fields, &[], usize::MAX).await?,
        contacts: walk.list(Endpoint::Contacts, &[("limit", &limit)], contacts).await?,
        requests: walk.requests,
    })
}

struct Walk<'a, P> {
    client: &'a Client,
    progress: P,
    requests: usize,
}

impl<P: FnMut(Progress)> Walk<'_, P> {
    async fn list<T: DeserializeOwned>(
        &mut self,
        list: Endpoint,
        query: &[(&str, &str)],
        at_most: usize,
    ) -> Result<Vec<T>, ReadError> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut request = self.client.own_request(Method::GET, list, query)?;
        while items.len() < at_most {
            let call = format!("GET {}", request.url.path());
            if !seen.insert(request.url.clone()) {
                return Err(ReadError::Circle { call });
            }
            let page: wire::Page = self.page(&call, &request).await?;
            for item in page.results {
                let place = items.len();
                let read = serde_json::from_value(item).map_err(|problem| ReadError::Unexpected {
                    call: call.clone(),
                    problem: format!("{list}[{place}]: {problem}"),
                })?;
                items.push(read);
            }
            (self.progress)(Progress::Page { list, items: items.len().min(at_most) });
            let Some(next) = page.next else { break };
            request.url = self.client.base.follow(&next)?;
        }
        items.truncate(at_most);
        Ok(items)
    }

    async fn page(&mut self, call: &str, request: &SentRequest) -> Result<wire::Page, ReadError> {
        let answer = self.send(call, request).await?;
        if answer.status != 200 {
            return Err(ReadError::refused(call, &answer, &self.client.tokens));
        }
        let json: serde_json::Value = serde_json::from_str(&answer.text).map_err(|_| ReadError::NotJson {
            call: call.to_owned(),
            text: self.client.tokens.mask(&answer.text),
        })?;
        serde_json::from_value(json)
            .map_err(|problem| ReadError::Unexpected { call: call.to_owned(), problem: problem.to_string() })
    }

    /// Sends a request until the answer is none that asks for patience.
    async fn send(&mut self, call: &str, request: &SentRequest) -> Result<Answer, ReadError> {
        let mut pauses = 0;
        loop {
            self.requests += 1;
            let answer = self.client.send_once(request).await?;
            if answer.status != 429 {
                return Ok(answer);
            }
            let asked = answer.retry_after();
            let Some(pause) = asked.filter(|pause| *pause <= PATIENCE && pauses < PAUSES) else {
                return Err(ReadError::Throttled { call: call.to_owned(), asked });
            };
            pauses += 1;
            (self.progress)(Progress::Pause(pause));
            tokio::time::sleep(pause).await;
        }
    }
}
