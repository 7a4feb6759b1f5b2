//! Where requests go.

use std::fmt;
use std::time::Duration;

use http_body_util::Full;
use hyper::Uri;
use hyper::body::Bytes;
use hyper::http::Error;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::client::BaseUrl;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an idle one is kept: many servers close theirs after few seconds, and a request sent in that moment is lost.
const IDLE: Duration = Duration::from_secs(1);

/// No connections can be made. One line.
#[derive(Debug, thiserror::Error)]
pub enum NoUpstream {
    /// The system offers no TLS configuration.
    #[error("no TLS here: {0}")]
    Tls(String),
    /// The address is none that HTTP can name.
    #[error("--upstream: `{0}` has no host")]
    Address(BaseUrl),
}

/// A connection pool to one server. It sends a target byte for byte as it came, which reqwest does not: its URLs write `'`,
/// `"`, `{` and letters beyond ASCII as `%27` and the like, and leave `..` segments out.
#[derive(Debug, Clone)]
pub struct Upstream {
    pub(super) pool: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    scheme: Scheme,
    pub(super) authority: Authority,
    /// The path that all of the API's follow; empty as a rule.
    pub(super) prefix: String,
}

impl Upstream {
    /// The server at this address. Nothing is sent yet.
    ///
    /// # Errors
    /// The address has no host, or the system offers no TLS configuration.
    pub fn new(base: &BaseUrl) -> Result<Self, NoUpstream> {
        let none = || NoUpstream::Address(base.clone());
        let uri = base.to_string().parse::<Uri>().map_err(|_| none())?.into_parts();
        let prefix = uri.path_and_query.map(|path| path.path().trim_end_matches('/').to_owned());
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        let tls = HttpsConnectorBuilder::new().try_with_platform_verifier();
        let tls = tls.map_err(|error| NoUpstream::Tls(error.to_string()))?;
        let mut pool = Client::builder(TokioExecutor::new());
        pool.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        Ok(Self {
            pool: pool.build(tls.https_or_http().enable_http1().wrap_connector(http)),
            scheme: uri.scheme.ok_or_else(none)?,
            authority: uri.authority.ok_or_else(none)?,
            prefix: prefix.unwrap_or_default(),
        })
    }

    /// The address there of a target as a client sent it.
    ///
    /// # Errors
    /// The two make no address.
    pub(super) fn uri(&self, target: &PathAndQuery) -> Result<Uri, Error> {
        let target = match self.prefix.as_str() {
            "" => target.clone(),
            prefix => format!("{prefix}{target}").parse()?,
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(target)
            .build()
    }

    /// The port, also where the address does not name it.
    #[must_use]
    pub fn port(&self) -> u16 {
        let usual = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(usual)
    }
}

/// Its address.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}
