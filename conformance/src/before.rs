//! What was on a workspace before a run wrote anything: none of it is the run's own, whatever a server says later.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::client::{Client, Endpoint, ListError, Pages};

/// How many of the contacts last made are looked at.
const CONTACTS: &str = "20";

/// How many groups a full page has: of a shorter one there is no other.
const PAGE: usize = 250;

/// How far a server's `Date` may be from its own instants, where there is nothing else to go by.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// How far the clocks of a service's machines may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(1);

/// What was there before.
#[derive(Debug)]
pub struct Before {
    groups: BTreeSet<String>,
    /// Whether contacts show their URNs masked; `None`: none was seen that has any.
    anonymous: Option<bool>,
    /// When the newest contact was made, by the server's own clock: what is made later is younger. It moves on with what
    /// the run makes itself.
    newest: Mutex<Timestamp>,
    /// The same, as it was at first.
    since: Timestamp,
    /// Whether the run has made anything: then the workspace is not suspended.
    made: AtomicBool,
}

impl Before {
    /// Reads it: all groups, and the contacts last made. Only GETs are sent.
    ///
    /// # Errors
    /// No answer, or not a list that can be read to its end.
    pub async fn read(client: &Client) -> Result<Self, ListError> {
        let mut groups = BTreeSet::new();
        let mut pages = Pages::of(client, Endpoint::Groups, &[])?;
        let mut last = 0;
        loop {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                // Behind a page that is not full there is no other, wherever its link leads.
                Err(ListError::Circle { .. }) if last < PAGE => break,
                Ok(None) => break,
                Err(error) => return Err(error),
            };
            last = page.items.len();
            groups.extend(page.items.iter().filter_map(|item| item["uuid"].as_str().map(str::to_owned)));
        }
        let query = [("order_by", "-created_on"), ("limit", CONTACTS)];
        let page = Pages::of(client, Endpoint::Contacts, &query)?.next().await?;
        let contacts = || page.iter().flat_map(|page| &page.items);
        let date = page.as_ref().and_then(|page| page.answer.date());
        let now = Timestamp::now();
        let newest = contacts().filter_map(|item| instant(&item["created_on"])).max();
        let newest = match newest {
            // Nothing was made later than now.
            Some(newest) => newest.min(date.unwrap_or(now).saturating_add(SKEW).unwrap_or(newest)),
            None => earlier(date.map_or(now, |date| date.min(now)), CLOCKS),
        };
        let masked = contacts().flat_map(|item| item["urns"].as_array()).flatten().filter_map(Value::as_str);
        let masked: Vec<bool> = masked.map(|urn| urn.ends_with(":********")).collect();
        let anonymous = masked.iter().copied().reduce(|all, one| all && one);
        Ok(Self {
            groups,
            anonymous,
            newest: Mutex::new(newest),
            since: newest,
            made: AtomicBool::new(false),
        })
    }

    /// Nothing is known of what was there; what is older than some minutes was.
    #[must_use]
    pub fn unknown() -> Self {
        let newest = earlier(Timestamp::now(), CLOCKS);
        Self {
            groups: BTreeSet::new(),
            anonymous: None,
            newest: Mutex::new(newest),
            since: newest,
            made: AtomicBool::new(false),
        }
    }

    /// When the newest contact was made that was there before the run.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        earlier(self.since, SKEW)
    }

    /// Whether the workspace is known to hide URNs, or known not to.
    #[must_use]
    pub fn is_anonymous(&self) -> Option<bool> {
        self.anonymous
    }

    /// How many groups there were.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Whether the very same groups were in another workspace: then it is no other.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        !self.groups.is_empty() && self.groups == other.groups
    }

    /// Until when what there is was made, as far as is known now. What a request makes that is sent after this is younger.
    #[must_use]
    pub fn until_now(&self) -> Timestamp {
        earlier(*self.newest.lock().unwrap_or_else(std::sync::PoisonError::into_inner), SKEW)
    }

    /// Whether the run has made anything.
    #[must_use]
    pub fn is_written_to(&self) -> bool {
        self.made.load(Ordering::Relaxed)
    }

    /// Notes that the run has made something.
    pub fn note(&self, item: &Value) {
        self.made.store(true, Ordering::Relaxed);
        if let Some(created) = instant(&item["created_on"]) {
            let mut newest = self.newest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *newest = created.max(*newest);
        }
    }

    /// Whether what an answer shows was made after an instant of the server's. A contact that does not say when it was made
    /// is not taken for new; a group, which shows no instant, is new if it was not in the list, nobody is in it, and no query
    /// fills it.
    #[must_use]
    pub fn lacks(&self, endpoint: Endpoint, item: &Value, until: Timestamp) -> bool {
        match endpoint {
            Endpoint::Contacts => instant(&item["created_on"]).is_some_and(|created| created > until),
            Endpoint::Groups => {
                let known = item["uuid"].as_str().is_none_or(|uuid| self.groups.contains(uuid));
                !known && item["query"].is_null() && item["count"].as_u64().is_none_or(|count| count == 0)
            }
            Endpoint::Fields => false,
        }
    }

    /// Whether what a list shows was there before the run: by now somebody may have entered a group made since.
    #[must_use]
    pub fn had(&self, endpoint: Endpoint, item: &Value) -> bool {
        match endpoint {
            Endpoint::Groups => item["uuid"].as_str().is_none_or(|uuid| self.groups.contains(uuid)),
            Endpoint::Contacts | Endpoint::Fields => !self.lacks(endpoint, item, self.since()),
        }
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn earlier(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}
