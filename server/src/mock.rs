//! What all requests share: the workspaces and how the program was started.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use tokio::sync::watch;

use crate::api::auth::BearerKey;
use crate::control::access::ControlAccess;
use crate::journal::{Entry, Journal, Mask};
use crate::log::Log;
use crate::store::registry::Registry;
use crate::texts::Lang;

/// The running mock.
pub(crate) struct Mock {
    pub(crate) registry: Registry,
    pub(crate) bearer: Option<BearerKey>,
    pub(crate) control: ControlAccess,
    /// Whether the default workspace's clock was fixed at the start: then every answer is dated with it.
    pub(crate) fixed_clock: bool,
    /// Scheme and host of links; `None` takes them from each request.
    pub(crate) public_url: Option<String>,
    /// Canned answers of neighbouring endpoints, by their name in the path.
    pub(crate) stubs: HashMap<String, Stub>,
    pub(crate) log: Log,
    /// What people read, unless they ask for another.
    pub(crate) lang: Lang,
    /// Whether that was asked for when the mock was started.
    pub(crate) lang_is_given: bool,
    /// True when the program is to stop: what would go on for ever ends then.
    pub(crate) closing: watch::Sender<bool>,
    /// Whether there is a page at `/`.
    pub(crate) console: bool,
    /// Requests that no workspace can be told of.
    pub(crate) journal: Arc<Journal>,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
}

/// A canned answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stub {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

impl Stub {
    pub(crate) fn answer(&self) -> Response {
        let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type))];
        (self.status, content_type, self.body.clone()).into_response()
    }
}

impl Mock {
    /// What must not show in these entries: all tokens that open anything here, and what was tried as one.
    pub(crate) fn mask(&self, entries: &[Arc<Entry>]) -> Mask {
        let mut tokens = self.registry.tokens();
        tokens.extend(self.control.token().map(str::to_owned));
        Mask::of(tokens, entries)
    }

    /// Scheme and host under which the client reached the mock.
    pub(crate) fn base_url(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let forwarded = text("x-forwarded-proto").and_then(|value| value.split(',').next()).map(str::trim);
        let scheme = forwarded.filter(|scheme| matches!(*scheme, "http" | "https")).unwrap_or("http");
        let host = text(header::HOST.as_str()).unwrap_or("localhost");
        format!("{scheme}://{host}")
    }
}

/// A handle to the mock, as the router passes it on.
pub(crate) type Shared = Arc<Mock>;
