//! The endpoints of the API, as addresses show them.

use std::fmt;

use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};

use super::http::SentRequest;

/// One of the API's three endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum Endpoint {
    Contacts,
    Groups,
    Fields,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 3] = [Self::Contacts, Self::Groups, Self::Fields];

    /// The name in its path.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Groups => "groups",
            Self::Fields => "fields",
        }
    }

    /// The word for one thing there.
    #[must_use]
    pub fn one(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::Groups => "group",
            Self::Fields => "field",
        }
    }

    /// Its path, from `/api/v2` on.
    #[must_use]
    pub fn path(self) -> String {
        format!("/api/v2/{self}.json")
    }

    /// The endpoint that an address leads to, whichever way it is written.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        Self::of_path(url.path())
    }

    /// The endpoint that a path leads to. Anything may stand before `/api/v2`, but not `/api/v2` again: the address had it already.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (before, name) = path.trim_end_matches('/').rsplit_once("/api/v2/")?;
        if before.trim_end_matches('/').ends_with("/api/v2") {
            return None;
        }
        let name = name.strip_suffix(".json").unwrap_or(name);
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == name)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SentRequest {
    /// The value of a parameter in the query. Of a repeated one the last counts.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().filter(|(key, _)| key == name).last().map(|(_, value)| value.into_owned())
    }

    /// Whether the request asks for a deletion.
    #[must_use]
    pub fn deletes(&self) -> bool {
        self.method == Method::DELETE
    }
}
