//! What lies beside the mocked endpoints: stubs, neighbours that are not mocked, and paths that nobody knows.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::api::auth;
use crate::api::error::ApiError;
use crate::exchange::Exchange;
use crate::mock::{Mock, Shared};
use crate::receive::{Incoming, receive};
use crate::router::respond;
use crate::store::registry::Access;

/// Endpoints of the API that are not mocked, by their name in the path.
const NEIGHBOURS: [&str; 37] = [
    "archives",
    "boundaries",
    "broadcasts",
    "campaign_events",
    "campaigns",
    "channel_events",
    "channel_stats",
    "channels",
    "classifiers",
    "contact_actions",
    "definitions",
    "events",
    "external_services",
    "filter_templates",
    "flow_starts",
    "flows",
    "globals",
    "intents",
    "labels",
    "media",
    "message_actions",
    "messages",
    "optins",
    "products",
    "resthook_events",
    "resthook_subscribers",
    "resthooks",
    "runs",
    "templates",
    "ticket_actions",
    "ticketers",
    "tickets",
    "topics",
    "users",
    "whatsapp_broadcasts",
    "whatsapp_flows",
    "workspace",
];

/// What a path that nobody knows is answered with.
const NOT_FOUND: &str = "<!doctype html><title>Not Found</title><h1>Not Found</h1>";

/// Answers whatever no route took.
pub(crate) async fn answer(State(mock): State<Shared>, request: Request) -> Response {
    let incoming = receive(request, mock.body_timeout).await;
    let query = incoming.parts.uri.query().unwrap_or_default();
    let access = auth::authenticate(&mock.registry, mock.bearer.as_ref(), &incoming.parts.headers, query);
    let path = incoming.parts.uri.path();
    let name = path.strip_prefix("/api/v2/").unwrap_or_default().trim_end_matches('/').to_owned();
    let strike = access.as_ref().ok().and_then(|access| access.workspace.faults.strike(incoming.seen()));
    match &strike {
        Some(strike) if !strike.kind.applies() => {
            return strike.instead(Exchange::of(incoming, access.ok()));
        }
        Some(strike) => tokio::time::sleep(strike.delay()).await,
        None => {}
    }
    let answered = unspoilt(&mock, &name, incoming, access);
    match strike {
        Some(strike) => strike.spoil(answered),
        None => answered,
    }
}

/// The answer that there is before any fault.
fn unspoilt(mock: &Mock, name: &str, incoming: Incoming, access: Result<Access, ApiError>) -> Response {
    let stub = mock.stubs.get(name);
    if let (Some(_), Err(error)) = (stub, &access) {
        return respond(None, error.clone().into_answer(), Exchange::of(incoming, None));
    }
    let mut exchange = Exchange::of(incoming, access.ok());
    let mut response = match stub {
        Some(stub) => {
            exchange.answer = stub.body.clone();
            stub.answer()
        }
        None if NEIGHBOURS.contains(&name.strip_suffix(".json").unwrap_or(name)) => {
            return respond(None, ApiError::NotMocked(name.to_owned()).into_answer(), exchange);
        }
        None => {
            exchange.answer = Bytes::from_static(NOT_FOUND.as_bytes());
            (StatusCode::NOT_FOUND, Html(NOT_FOUND)).into_response()
        }
    };
    exchange.carry(&mut response);
    response
}
