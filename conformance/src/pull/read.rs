//! Reads groups, fields and contacts from a server, page by page.

mod wire;

use serde::de::DeserializeOwned;

use crate::client::{Client, Endpoint, ListError, Pages};

pub(super) use wire::{Contact, Field, Group, GroupReference};

/// The items that a page of the API holds, and the most that are asked for at once.
const PAGE_SIZE: usize = 250;

/// The most groups and fields: a workspace has 250 of each unless its limit was raised.
const MOST: usize = 10_000;

/// How many more pages than full ones are read at most.
const SPARE: usize = 40;

/// What was read of a workspace, each list in the API's order: the newest first.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) groups: Vec<Group>,
    pub(super) fields: Vec<Field>,
    pub(super) contacts: Vec<Contact>,
    /// How many requests that took.
    pub requests: usize,
}

/// Reads all groups, all fields and up to `contacts` contacts, those last modified, of the administrator's workspace.
/// No request is anything but a `GET`. `told` hears after each page of which list how many items are there by now.
///
/// # Errors
/// No answer, another status than 200, or an answer that is not what the API promises.
pub async fn read(
    client: &Client,
    contacts: usize,
    mut told: impl FnMut(Endpoint, usize),
) -> Result<Snapshot, ListError> {
    let limit = contacts.min(PAGE_SIZE).to_string();
    Ok(Snapshot {
        groups: list(client, Endpoint::Groups, &[], MOST, &mut told).await?,
        fields: list(client, Endpoint::Fields, &[], MOST, &mut told).await?,
        contacts: list(client, Endpoint::Contacts, &[("limit", &limit)], contacts, &mut told).await?,
        requests: client.sent(),
    })
}

async fn list<T: DeserializeOwned>(
    client: &Client,
    list: Endpoint,
    query: &[(&str, &str)],
    at_most: usize,
    told: &mut impl FnMut(Endpoint, usize),
) -> Result<Vec<T>, ListError> {
    let mut items = Vec::new();
    let mut pages = Pages::of(client, list, query)?.at_most(SPARE + at_most / PAGE_SIZE);
    while items.len() < at_most {
        let Some(page) = pages.next().await? else { break };
        for item in page.items {
            let place = items.len();
            let read = serde_json::from_value(item).map_err(|problem| ListError::Unexpected {
                call: page.call.clone(),
                problem: client.tokens.mask(&format!("{list}[{place}]: {problem}")),
            })?;
            items.push(read);
        }
        told(list, items.len().min(at_most));
    }
    items.truncate(at_most);
    Ok(items)
}
