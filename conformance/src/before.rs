//! What was on a workspace before a run wrote anything: none of it is the run's own, whatever a server says later.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::client::{Answer, Client, Endpoint, ListError, Page, Pages};

/// How many of the contacts last made are looked at, and held to be known.
const CONTACTS: &str = "100";

/// How far the clocks of a service's machines may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(1);

/// For so long nothing was changed: then the clocks of a service's machines make no difference.
const LONG_AGO: SignedDuration = SignedDuration::from_mins(1);

/// How far a server's `Date` may be from its own instants, where there is nothing else to go by.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// What was there before, and what is known of the server's clock since.
#[derive(Debug)]
pub struct Before {
    groups: BTreeSet<String>,
    /// Contacts that were there: all that were made within [`SKEW`] before the newest, and some more.
    contacts: BTreeSet<String>,
    /// What is younger than this was made since, by the server's own clock, if it is none of these contacts.
    since: Timestamp,
    /// The instant of the last change of any contact.
    changed: Timestamp,
    now: Mutex<Now>,
}

/// What the run has learnt since.
#[derive(Debug)]
struct Now {
    /// What exists was made until then.
    until: Timestamp,
    /// By how much the server's `Date` is at most ahead of the instants that it gives.
    ahead: Option<SignedDuration>,
    /// Whether contacts show their URNs masked; `None`: none was seen that has any.
    anonymous: Option<bool>,
    /// Whether the run has made anything: then the workspace is not suspended.
    made: bool,
}

impl Before {
    /// Reads it: all groups, and the contacts last made. Only GETs are sent.
    ///
    /// # Errors
    /// No answer, or not a list that can be read to its end, or one of which nobody can tell what is new.
    pub async fn read(client: &Client) -> Result<Self, ListError> {
        let mut groups = BTreeSet::new();
        let mut pages = Pages::of(client, Endpoint::Groups, &[])?;
        while let Some(page) = pages.next().await? {
            groups.extend(page.items.iter().filter_map(|item| item["uuid"].as_str().map(str::to_owned)));
        }
        let last_changed = page(client, &[("limit", CONTACTS)]).await?;
        let last_made = page(client, &[("order_by", "-created_on"), ("limit", CONTACTS)]).await?;
        let now = last_made.answer.date().unwrap_or_else(Timestamp::now).max(Timestamp::now());
        let instants = |page: &Page, member: &str| -> Vec<Timestamp> {
            page.items.iter().filter_map(|item| instant(&item[member])).collect()
        };
        let (made, changed) = (instants(&last_made, "created_on"), instants(&last_changed, "modified_on"));
        let complete =
            |of: &[Timestamp], page: &Page| of.len() == page.items.len() && of.is_sorted_by(|a, b| a >= b);
        // Nothing was made or changed later than now.
        let newest = |of: &[Timestamp]| of.first().map(|newest| (*newest).min(now));
        let since = if last_made.items.is_empty() && last_changed.items.is_empty() {
            let date = last_made.answer.date().unwrap_or(now);
            earlier(date.min(Timestamp::now()), CLOCKS)
        } else if complete(&made, &last_made) {
            let newest = newest(&made).unwrap_or(now);
            // All that is about as old as the newest one is on the page: then machines' clocks may be apart.
            let all = made.last().is_some_and(|oldest| *oldest <= earlier(newest, SKEW))
                || made.len() < CONTACTS.parse().unwrap_or(usize::MAX);
            if all { earlier(newest, SKEW) } else { newest }
        } else if complete(&changed, &last_changed) {
            // Whatever was made was changed then or later.
            newest(&changed).unwrap_or(now)
        } else {
            return Err(ListError::Unexpected {
                call: last_made.call,
                problem:
                    "contacts come in no order of created_on or modified_on, so nobody can tell what is new"
                        .to_owned(),
            });
        };
        let contacts: Vec<&Value> = last_made.items.iter().chain(&last_changed.items).collect();
        let anonymous =
            contacts.iter().filter_map(|contact| hides_urns(contact)).reduce(|all, one| all && one);
        Ok(Self {
            groups,
            contacts: contacts.iter().filter_map(|item| item["uuid"].as_str().map(str::to_owned)).collect(),
            since,
            changed: newest(&changed).map_or(since, |changed| match now.duration_since(changed) > LONG_AGO {
                true => changed,
                false => earlier(changed, SKEW),
            }),
            now: Mutex::new(Now { until: since, ahead: None, anonymous, made: false }),
        })
    }

    /// Nothing is known of what was there; what is older than some minutes was.
    #[must_use]
    pub fn unknown() -> Self {
        let since = earlier(Timestamp::now(), CLOCKS);
        Self {
            groups: BTreeSet::new(),
            contacts: BTreeSet::new(),
            since,
            changed: since,
            now: Mutex::new(Now { until: since, ahead: None, anonymous: None, made: false }),
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the last change of any contact was, before the run.
    #[must_use]
    pub fn changed(&self) -> Timestamp {
        self.changed
    }

    /// Since when what is made is younger than what was there.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// Whether the workspace is known to hide URNs, or known not to.
    #[must_use]
    pub fn is_anonymous(&self) -> Option<bool> {
        self.now().anonymous
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
        self.now().until
    }

    /// Whether the run has made anything.
    #[must_use]
    pub fn is_written_to(&self) -> bool {
        self.now().made
    }

    /// Notes that an answer came: by then it was at least so late.
    pub fn note_answer(&self, answer: &Answer) {
        let mut now = self.now();
        if let (Some(date), Some(ahead)) = (answer.date(), now.ahead) {
            now.until = now.until.max(earlier(earlier(date, ahead), SKEW));
        }
    }

    /// Notes that the run has made something, as the answer tells.
    pub fn note_made(&self, item: &Value, answer: &Answer) {
        let mut now = self.now();
        now.made = true;
        if let Some(created) = instant(&item["created_on"]) {
            now.until = now.until.max(earlier(created, SKEW));
            // A date has no fractions.
            let ahead = answer.date().map(|date| date.duration_since(created));
            now.ahead = now.ahead.into_iter().chain(ahead).max();
        }
        // One that shows its own URNs hides none.
        if hides_urns(item) == Some(false) {
            now.anonymous = Some(false);
        }
    }

    /// Whether what an answer shows was made after an instant of the server's. A contact that does not say when it was made
    /// is not taken for new; a group, which shows no instant, is new if it was not in the list, nobody is in it, and no query
    /// fills it.
    #[must_use]
    pub fn lacks(&self, endpoint: Endpoint, item: &Value, until: Timestamp) -> bool {
        match endpoint {
            Endpoint::Contacts => {
                let known = item["uuid"].as_str().is_none_or(|uuid| self.contacts.contains(uuid));
                !known && instant(&item["created_on"]).is_some_and(|created| created > until)
            }
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
            Endpoint::Contacts | Endpoint::Fields => !self.lacks(endpoint, item, self.since),
        }
    }
}

async fn page(client: &Client, query: &[(&str, &str)]) -> Result<Page, ListError> {
    let page = Pages::of(client, Endpoint::Contacts, query)?.next().await?;
    page.ok_or_else(|| ListError::Unexpected {
        call: "GET contacts".to_owned(),
        problem: "no page".to_owned(),
    })
}

/// Whether a contact hides its URNs; `None`: it has none.
fn hides_urns(contact: &Value) -> Option<bool> {
    let urns = contact["urns"].as_array()?.iter().filter_map(Value::as_str);
    urns.map(|urn| urn.ends_with(":********")).reduce(|all, one| all && one)
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn earlier(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}
