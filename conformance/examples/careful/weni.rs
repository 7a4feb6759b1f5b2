//! The requests to Weni: each says what it wants in one go, and may be sent twice.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::attempts::{self, Failed};

/// Endpoints end in `.json`: without it a `GET` gets the empty list of a page for browsers (`missing-json`).
const CONTACTS: &str = "/api/v2/contacts.json";
const GROUPS: &str = "/api/v2/groups.json";

/// The API, with the token of one workspace.
pub(crate) struct Weni {
    client: Client,
    url: String,
    token: String,
}

/// What is of interest in a contact.
#[derive(Debug, Deserialize)]
pub(crate) struct Contact {
    pub(crate) uuid: String,
    pub(crate) groups: Vec<ContactGroup>,
}

/// A group as a contact shows it.
#[derive(Debug, Deserialize)]
pub(crate) struct ContactGroup {
    pub(crate) uuid: String,
}

/// A group as its own list shows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Group {
    pub(crate) uuid: String,
    /// Of a query-based group: who is in it follows from the query, never from a write.
    pub(crate) query: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    next: Option<String>,
    results: Vec<T>,
}

/// Why nothing can be sent at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Setup {
    #[error("{0} is not set")]
    NotSet(&'static str),
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

impl Weni {
    /// `WENI_URL`, with https for any other machine (`plain-http`), and `WENI_TOKEN` (`credentials`).
    pub(crate) fn from_environment() -> Result<Self, Setup> {
        let read = |name: &'static str| std::env::var(name).map_err(|_| Setup::NotSet(name));
        let client = Client::builder()
            // Without these a request may hang for ever, and the shop's webhook with it.
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(5))
            // A redirected POST goes on as a GET, which succeeds and writes nothing.
            .redirect(redirect::Policy::none())
            .build()?;
        let url = read("WENI_URL")?.trim_end_matches('/').to_owned();
        Ok(Self { client, url, token: read("WENI_TOKEN")? })
    }

    /// Changes the contact that has this URN, or makes one: a single request without a look-up before it
    /// (`look-up-before-write`), and to repeat it makes no second contact. Finds a number of Brazil with and without its
    /// ninth digit. The body has no `urns` (`urns-beside-urn`).
    pub(crate) async fn upsert(&self, urn: &str, body: &Value) -> Result<Contact, Failed> {
        self.write("upsert a contact by its URN", ("urn", urn), body).await
    }

    /// Changes a contact. What the body leaves out stays as it is.
    pub(crate) async fn update(&self, uuid: &str, body: &Value) -> Result<Contact, Failed> {
        self.write("update a contact by its UUID", ("uuid", uuid), body).await
    }

    /// One look-up in the URL, never two (`several-look-ups`), under a name that the API knows: any other one would be
    /// ignored and a contact made (`misspelt-look-up`).
    async fn write(&self, what: &str, by: (&str, &str), body: &Value) -> Result<Contact, Failed> {
        let url = format!("{}{CONTACTS}", self.url);
        // `query` escapes the value: `?urn=whatsapp%3A5582…`, and a plus sign as %2B (`plus-sign`).
        attempts::send(what, || self.with_token(self.client.post(&url)).query(&[by]).json(body), json).await
    }

    /// The contact with this `uuid`, or with just this `urn`; both are filters that the API knows. An unknown one would
    /// give all contacts, and the first of them is somebody else (`first-of-all`).
    pub(crate) async fn find(&self, by: &str, value: &str) -> Result<Option<Contact>, Failed> {
        let url = format!("{}{CONTACTS}", self.url);
        let request = || self.with_token(self.client.get(&url)).query(&[(by, value)]);
        let page: Page<Contact> = attempts::send("find a contact", request, json).await?;
        Ok(page.results.into_iter().next())
    }

    /// Deletes a contact. That there is none is as good: somebody else has deleted it, or we have and the answer was lost.
    /// The article promises 404 for the second time, production answers 204 again (`deviation`, DV2): rely on neither.
    pub(crate) async fn delete(&self, uuid: &str) -> Result<(), Failed> {
        let url = format!("{}{CONTACTS}", self.url);
        let request = || self.with_token(self.client.delete(&url)).query(&[("uuid", uuid)]);
        match attempts::send("delete a contact", request, |_| Ok(())).await {
            Err(Failed::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(()),
            other => other,
        }
    }

    /// All groups.
    pub(crate) async fn groups(&self) -> Result<Vec<Group>, Failed> {
        let mut groups = Vec::new();
        let mut next = Some(format!("{}{GROUPS}", self.url));
        // `next` is followed until it is null (`next-ignored`), just as it came: cursors are opaque (`made-up-cursor`).
        while let Some(url) = next {
            let request = || self.with_token(self.client.get(&url));
            let page: Page<Group> = attempts::send("list the groups", request, json).await?;
            groups.extend(page.results);
            next = page.next;
        }
        Ok(groups)
    }

    fn with_token(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("Authorization", format!("Token {}", self.token))
    }
}

fn json<T: DeserializeOwned>(body: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(body)
}
