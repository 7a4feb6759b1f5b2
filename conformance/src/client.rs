//! The target: makes requests as cases describe them, and sends them.

mod base;
mod curl;
mod endpoint;
mod http;
mod list_error;
mod pages;
mod query;
mod token;

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::bindings::Bindings;
use crate::case::{Actor, Query, Request, Role, Target, Unbound};
use crate::pace::Pace;

pub use base::{BadUrl, BaseUrl};
pub use endpoint::Endpoint;
pub use http::{Answer, ClientError, Http, SentRequest};
pub use list_error::ListError;
pub use pages::{Page, Pages};
pub use token::{Token, Tokens};

/// A well-formed token that belongs to nobody: what the role `bad` sends.
const STRANGER: &str = "Token 0123456789012345678901234567890123456789";

/// How often a request is sent again that comes too fast for a server.
const ATTEMPTS: usize = 7;

/// How long to wait where a server says that it is asked too fast and not for how long.
const UNTOLD: Duration = Duration::from_secs(20);

/// The name that stands for the administrator's token, in an `Authorization` header alone.
pub(crate) const TOKEN: &str = "token";

/// Why a request of a case cannot be made concrete.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// It refers to a name that no answer has bound, as a rule because an earlier answer differed.
    #[error(transparent)]
    Unbound(#[from] Unbound),
    /// There is no token for the role.
    #[error("no token for the role {0}")]
    NoToken(Role),
    /// HTTP does not allow what the case asks for.
    #[error("not a possible request: {0}")]
    Impossible(String),
}

/// A server, and the users of one of its workspaces.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where requests go.
    pub base: BaseUrl,
    /// On whose behalf.
    pub tokens: Tokens,
    http: Http,
    pace: Pace,
}

impl Client {
    /// A client of the server at `base` with these users' tokens.
    #[must_use]
    pub fn new(http: Http, base: BaseUrl, tokens: Tokens, pace: Pace) -> Self {
        Self { base, tokens, http, pace }
    }

    /// Sends a request. Where the server is asked too fast (429) it waits as `Retry-After` says and sends it again.
    ///
    /// # Errors
    /// No complete answer came, or the server asks for more patience than [`Pace::PATIENCE`].
    pub async fn send(&self, request: &SentRequest) -> Result<Answer, ClientError> {
        let mut waited = Duration::ZERO;
        for _ in 1..ATTEMPTS {
            let answer = self.send_once(request).await?;
            if answer.status != 429 {
                return Ok(answer);
            }
            // Who does not say how long is asked again after a while.
            let asked = answer.retry_after();
            let wait = asked.unwrap_or(UNTOLD).max(Duration::from_secs(1));
            waited = waited.saturating_add(wait);
            if waited > self.pace.patience() {
                return Err(ClientError::Throttled(asked));
            }
            self.pace.pause(wait).await;
        }
        let answer = self.send_once(request).await?;
        match answer.status {
            429 => Err(ClientError::Throttled(answer.retry_after())),
            _ => Ok(answer),
        }
    }

    /// The same, whatever the budget: for removing what was made.
    #[must_use]
    pub fn beyond_budget(self) -> Self {
        Self { pace: self.pace.cleaning(), ..self }
    }

    /// How many requests were sent at this client's pace, by it and by others.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.pace.sent()
    }

    /// Sends a request and takes whatever comes, 429 too.
    ///
    /// # Errors
    /// No complete answer came.
    pub async fn send_once(&self, request: &SentRequest) -> Result<Answer, ClientError> {
        if self.pace.is_spent() {
            return Err(ClientError::Spent);
        }
        self.pace.turn().await;
        self.http.send(request).await
    }

    /// A request of the kit's own, on behalf of the administrator.
    ///
    /// # Errors
    /// There is no administrator's token, or HTTP does not allow such a request.
    pub fn own_request(
        &self,
        method: Method,
        endpoint: Endpoint,
        query: &[(&str, &str)],
    ) -> Result<SentRequest, PrepareError> {
        let mut url = self.base.join(&endpoint.path(), None).map_err(impossible)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let administrator = Actor::Role(Role::Administrator);
        headers.extend(
            self.authorization(&administrator, &Bindings::default())?.map(|value| (AUTHORIZATION, value)),
        );
        Ok(SentRequest { method, url, headers, body: None })
    }

    /// Makes a request of a case concrete: fills in names, the address, the credentials.
    ///
    /// # Errors
    /// A name is not bound, the role has no token, or HTTP does not allow such a request.
    pub fn prepare(&self, request: &Request, bindings: &Bindings) -> Result<SentRequest, PrepareError> {
        let url = self.address(&request.target, bindings)?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(impossible)?;
        let body = request.body.as_ref().map(|body| body.fill(bindings)).transpose()?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &request.headers {
            let name: HeaderName = name.parse().map_err(impossible)?;
            headers.insert(name, header_value(value)?);
        }
        if let Some(value) = self.authorization(&request.actor, bindings)? {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(SentRequest { method, url, headers, body })
    }

    fn authorization(&self, actor: &Actor, bindings: &Bindings) -> Result<Option<HeaderValue>, PrepareError> {
        match actor {
            Actor::Nobody => Ok(None),
            Actor::Stranger => Ok(Some(HeaderValue::from_static(STRANGER))),
            Actor::Raw(value) if value.names().contains(&TOKEN) => {
                let token = self.tokens.get(Role::Administrator);
                let token = token.ok_or(PrepareError::NoToken(Role::Administrator))?;
                let mut bindings = bindings.clone();
                bindings.set(TOKEN, token.reveal());
                let mut value = header_value(&value.fill(&bindings)?)?;
                value.set_sensitive(true);
                Ok(Some(value))
            }
            Actor::Raw(value) => header_value(&value.fill(bindings)?).map(Some),
            Actor::Role(role) => {
                let token = self.tokens.get(*role).ok_or(PrepareError::NoToken(*role))?;
                token.header().map(Some).map_err(impossible)
            }
        }
    }

    fn address(&self, target: &Target, bindings: &Bindings) -> Result<Url, PrepareError> {
        match target {
            Target::Path(path, query) => {
                let query = match query {
                    Query::None => None,
                    Query::Raw(text) => Some(text.fill(bindings)?),
                    Query::Pairs(pairs) => Some(query::encode(pairs, bindings)?),
                };
                self.base.join(path, query.as_deref())
            }
            Target::Follow(name) => {
                let link = bindings.get(name).ok_or_else(|| Unbound(name.clone()))?;
                self.base.follow(link)
            }
        }
        .map_err(|reason| PrepareError::Impossible(reason.to_string()))
    }
}

fn header_value(text: &str) -> Result<HeaderValue, PrepareError> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(impossible)
}

fn impossible(reason: impl std::fmt::Display) -> PrepareError {
    PrepareError::Impossible(reason.to_string())
}
