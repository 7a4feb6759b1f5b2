//! The address of the server under test.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use crate::difference::shorten;

/// An address that no server can be tested at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Not a URL.
    #[error("`{0}` is not a URL: {1}")]
    Malformed(String, String),
    /// Something else than http or https.
    #[error("`{0}` is not an http or https URL")]
    Scheme(String),
    /// It carries a user name or password, which would show in reports.
    #[error("no credentials in the URL, please: give the token by itself")]
    Credentials,
    /// It has a query or a fragment.
    #[error("`{0}` has a query or a fragment: give the address of the server alone")]
    NotABase(String),
}

/// Scheme, host, port and perhaps a path that the API's own paths follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl FromStr for BaseUrl {
    type Err = BadUrl;

    /// With or without `/api/v2` at its end.
    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let mut url: Url =
            text.parse().map_err(|reason| BadUrl::Malformed(shown(text), format!("{reason}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadUrl::Scheme(shown(text)));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadUrl::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BadUrl::NotABase(shown(text)));
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/api/v2").unwrap_or(path).to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl BaseUrl {
    /// The address of a path under this base, with the query as it stands.
    ///
    /// # Errors
    /// The two do not make a URL.
    pub fn join(&self, path: &str, query: Option<&str>) -> Result<Url, BadUrl> {
        let mark = if query.is_some() { "?" } else { "" };
        let text = format!("{self}{path}{mark}{}", query.unwrap_or_default());
        text.parse().map_err(|reason| BadUrl::Malformed(shown(&text), format!("{reason}")))
    }

    /// The address that a link of an answer leads to *on this server*, whichever host the link itself names:
    /// a server behind a tunnel may know itself by another name.
    ///
    /// # Errors
    /// The link is not a URL.
    pub fn follow(&self, link: &str) -> Result<Url, BadUrl> {
        let link: Url = link.parse().map_err(|reason| BadUrl::Malformed(shown(link), format!("{reason}")))?;
        let mut url = self.0.clone();
        url.set_path(link.path());
        url.set_query(link.query());
        Ok(url)
    }

    /// Whether the server runs on this machine, as far as its name tells.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.0.host_str().is_some_and(|host| {
            let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
            host == "localhost" || address.is_ok_and(|address| address.is_loopback())
        })
    }
}

/// An address without what may be a secret in it: user name and password, and the query.
fn shown(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let separator = if scheme.is_empty() { "" } else { "://" };
    let (before, host) = rest.rsplit_once('@').map_or(("", rest), |(_, host)| ("…@", host));
    let end = host.find(['?', '#']);
    let (host, after) = end.map_or((host, ""), |end| (&host[..end], "?…"));
    shorten(&format!("{scheme}{separator}{before}{host}{after}"))
}

/// Without a `/` at the end.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}
