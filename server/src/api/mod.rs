//! The Weni surface: HTTP in, HTTP out. Every request takes the same way: authentication, permission, throttle,
//! method, look-up, body, write; each step may end it (`observed.md`, Order of checks).

pub(crate) mod auth;
mod base64_text;
pub(crate) mod body;
mod contacts;
pub(crate) mod error;
mod fields;
mod form;
mod groups;
pub(crate) mod page;
mod query;
mod render;

use std::sync::Arc;

use axum::http::{Method, StatusCode, request::Parts};
use serde::Serialize;

use crate::mock::Mock;
use crate::model::json::Members;
use crate::model::settings::Settings;
use crate::receive::Incoming;
use crate::store::contacts::Engine;
use crate::store::effect::Effect;
use crate::store::registry::Access;
use crate::store::throttle::Scope;
use crate::store::workspace::Workspace;
use body::RequestBody;
use error::ApiError;
pub(crate) use query::Query;

/// Parameters that mean something to the server, though not to a write.
const OTHERS: [&str; 2] = ["project", "project_uuid"];

/// The endpoints that are mocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Contacts,
    Fields,
    Groups,
}

impl Endpoint {
    pub(crate) const ALL: [Endpoint; 3] = [Endpoint::Contacts, Endpoint::Fields, Endpoint::Groups];

    /// Its name in the path.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Endpoint::Contacts => "contacts",
            Endpoint::Fields => "fields",
            Endpoint::Groups => "groups",
        }
    }

    /// The endpoint that a path leads to, in whichever of its forms.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let name = path.strip_prefix("/api/v2/")?;
        let name = name.strip_suffix(".json/").or(name.strip_suffix(".json")).unwrap_or(name);
        Self::ALL.into_iter().find(|endpoint| endpoint.name() == name)
    }

    /// The `Allow` header of every answer.
    pub(crate) fn allow(self) -> &'static str {
        match self {
            Endpoint::Contacts | Endpoint::Groups => "GET, POST, DELETE, HEAD, OPTIONS",
            Endpoint::Fields => "GET, POST, HEAD, OPTIONS",
        }
    }

    fn scope(self) -> Scope {
        match self {
            Endpoint::Contacts => Scope::Contacts,
            Endpoint::Fields | Endpoint::Groups => Scope::Other,
        }
    }
}

/// An answer of an endpoint, not yet HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Compact JSON; `None` on 204.
    pub(crate) body: Option<Vec<u8>>,
    /// Seconds, on 429.
    pub(crate) retry_after: Option<i64>,
    pub(crate) effects: Vec<Effect>,
}

impl Answer {
    fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Our own types with string keys: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Answer { status, body: Some(body), retry_after: None, effects: Vec::new() }
    }

    fn no_content() -> Self {
        Answer { status: StatusCode::NO_CONTENT, body: None, retry_after: None, effects: Vec::new() }
    }

    fn with_effects(self, effects: Vec<Effect>) -> Self {
        Answer { effects, ..self }
    }
}

/// A request that may be answered: authenticated and admitted.
struct Call<'a> {
    workspace: &'a Workspace,
    settings: Arc<Settings>,
    query: &'a Query,
    /// Scheme, host and path, without the query: what links begin with.
    url: String,
    content_type: Option<&'a str>,
    body: &'a RequestBody,
    engine: Engine,
}

impl Call<'_> {
    /// What of the request's own URL a write passed over: every parameter but the look-ups.
    fn ignored_parameters<'q>(
        &'q self,
        lookups: &'q [&str],
        made: Option<&'static str>,
    ) -> impl Iterator<Item = Effect> + 'q {
        let others = self.query.names().filter(|name| !lookups.contains(name) && !OTHERS.contains(name));
        others.map(move |name| Effect::ParameterIgnored { parameter: name.to_owned(), made })
    }

    /// What of a body a write passed over.
    fn ignored_members<'q>(body: &'q Members, known: &'q [&str]) -> impl Iterator<Item = Effect> + 'q {
        let others = body.keys().filter(|name| !known.contains(&name.as_str()));
        others.map(|name| Effect::MemberIgnored { member: name.clone() })
    }

    /// The members of the body.
    fn members(&self, endpoint: Endpoint) -> Result<Members, ApiError> {
        body::members(endpoint, self.content_type, self.body)
    }
}

/// Answers a request of an endpoint. `access` is what its credentials open.
pub(crate) fn answer(
    mock: &Mock,
    endpoint: Endpoint,
    access: Result<&Access, &ApiError>,
    incoming: &Incoming,
    query: &Query,
    engine: Engine,
) -> Answer {
    let outcome = access
        .map_err(Clone::clone)
        .and_then(|access| dispatch(mock, endpoint, access, incoming, query, engine));
    outcome.unwrap_or_else(ApiError::into_answer)
}

fn dispatch(
    mock: &Mock,
    endpoint: Endpoint,
    access: &Access,
    incoming: &Incoming,
    query: &Query,
    engine: Engine,
) -> Result<Answer, ApiError> {
    let Incoming { parts, body, .. } = incoming;
    if !access.role.may_use_api() {
        return Err(ApiError::Forbidden);
    }
    let settings = access.workspace.settings();
    if let Some(limit) = settings.rate_limit {
        let admitted = access.workspace.admit(access.user, endpoint.scope(), limit);
        admitted.map_err(ApiError::Throttled)?;
    }
    let call = Call {
        workspace: &access.workspace,
        settings,
        query,
        url: format!("{}{}", mock.base_url(&parts.headers), parts.uri.path()),
        content_type: header(parts, "content-type"),
        body,
        engine,
    };
    // Without its suffix an endpoint's GET is a documentation page for browsers.
    let documentation = !parts.uri.path().contains(".json");
    match (endpoint, &parts.method) {
        (_, &Method::GET | &Method::HEAD) if documentation => Ok(Answer::json(StatusCode::OK, &[(); 0])),
        (Endpoint::Contacts, &Method::GET | &Method::HEAD) => contacts::list(&call),
        (Endpoint::Contacts, &Method::POST) => contacts::write(&call),
        (Endpoint::Contacts, &Method::DELETE) => contacts::delete(&call),
        (Endpoint::Fields, &Method::GET | &Method::HEAD) => fields::list(&call),
        (Endpoint::Fields, &Method::POST) => fields::write(&call),
        (Endpoint::Groups, &Method::GET | &Method::HEAD) => groups::list(&call),
        (Endpoint::Groups, &Method::POST) => groups::write(&call),
        (Endpoint::Groups, &Method::DELETE) => groups::delete(&call),
        (_, method) => Err(ApiError::MethodNotAllowed(method.to_string())),
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Whether a request may take long, so that it is answered off the runtime's threads: it reads a page larger than
/// usual, or searches in names.
pub(crate) fn is_heavy(endpoint: Endpoint, method: &Method, query: &Query) -> bool {
    let reads = method == Method::GET || method == Method::HEAD;
    endpoint == Endpoint::Contacts
        && reads
        && ["name", "search", "limit", "order_by"].iter().any(|name| query.get(name).is_some())
}
