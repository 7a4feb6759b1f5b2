//! What was on a workspace before a run wrote anything: none of it is the run's own, whatever a server says later.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::client::{Client, Endpoint, ListError, Pages};

/// How many of the contacts last changed are looked at: the first shows the newest instant.
const CONTACTS: &str = "20";

/// How far a server's `Date` may be from its own instants, where there is nothing else to go by.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// What was there before.
#[derive(Debug, Clone)]
pub struct Before {
    groups: BTreeSet<String>,
    /// The newest instant of any contact, by the server's own clock: what was made since is younger.
    newest: Timestamp,
}

impl Before {
    /// Reads it: all groups, and the contacts last changed. Only GETs are sent.
    ///
    /// # Errors
    /// No answer, or not a list.
    pub async fn read(client: &Client) -> Result<Self, ListError> {
        let mut groups = BTreeSet::new();
        let mut pages = Pages::of(client, Endpoint::Groups, &[])?;
        loop {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                // Of a list that leads in a circle everything has been seen.
                Ok(None) | Err(ListError::Circle { .. }) => break,
                Err(error) => return Err(error),
            };
            groups.extend(page.items.iter().filter_map(|item| item["uuid"].as_str().map(str::to_owned)));
        }
        let page = Pages::of(client, Endpoint::Contacts, &[("limit", CONTACTS)])?.next().await?;
        let instants = page.iter().flat_map(|page| &page.items).flat_map(|item| {
            ["created_on", "modified_on"].into_iter().filter_map(|name| instant(&item[name]))
        });
        let newest = instants.max().unwrap_or_else(|| {
            let now = page.as_ref().and_then(|page| page.answer.date()).unwrap_or_else(Timestamp::now);
            now.saturating_sub(CLOCKS).unwrap_or(Timestamp::MIN)
        });
        Ok(Self { groups, newest })
    }

    /// Nothing is known of what was there; what is older than some minutes was.
    #[must_use]
    pub fn unknown() -> Self {
        let newest = Timestamp::now().saturating_sub(CLOCKS).unwrap_or(Timestamp::MIN);
        Self { groups: BTreeSet::new(), newest }
    }

    /// The newest instant of any contact.
    #[must_use]
    pub fn newest(&self) -> Timestamp {
        self.newest
    }

    /// Whether what an answer shows was made since. A contact that does not say when it was made is not taken for new;
    /// a group, which shows no instant, is new if it was not in the list, nobody is in it, and no query fills it.
    #[must_use]
    pub fn lacks(&self, endpoint: Endpoint, item: &Value) -> bool {
        match endpoint {
            Endpoint::Contacts => instant(&item["created_on"]).is_some_and(|created| created > self.newest),
            Endpoint::Groups => {
                let known = item["uuid"].as_str().is_none_or(|uuid| self.groups.contains(uuid));
                !known && item["query"].is_null() && item["count"].as_u64().is_none_or(|count| count == 0)
            }
            Endpoint::Fields => false,
        }
    }

    /// Whether what a list shows was there before: by now somebody may have entered a group made since.
    #[must_use]
    pub fn had(&self, endpoint: Endpoint, item: &Value) -> bool {
        match endpoint {
            Endpoint::Groups => item["uuid"].as_str().is_none_or(|uuid| self.groups.contains(uuid)),
            Endpoint::Contacts | Endpoint::Fields => !self.lacks(endpoint, item),
        }
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
