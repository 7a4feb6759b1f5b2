//! What lies beside the mocked endpoints: stubs, neighbours that are not mocked, and paths that nobody knows.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::api::auth;
use crate::api::error::ApiError;
use crate::mock::Shared;
use crate::router::respond;

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

/// Answers whatever no route took.
pub(crate) async fn answer(State(mock): State<Shared>, request: Request) -> Response {
    let uri = request.uri();
    let name = uri.path().strip_prefix("/api/v2/").unwrap_or_default().trim_end_matches('/');
    if let Some(stub) = mock.stubs.get(name) {
        let query = uri.query().unwrap_or_default();
        let access = auth::authenticate(&mock.registry, mock.bearer.as_ref(), request.headers(), query);
        return match access {
            Ok(_) => stub.answer(),
            Err(error) => respond(None, error.into_answer(), None),
        };
    }
    if NEIGHBOURS.contains(&name.strip_suffix(".json").unwrap_or(name)) {
        return respond(None, ApiError::NotMocked(name.to_owned()).into_answer(), None);
    }
    (StatusCode::NOT_FOUND, Html("<!doctype html><title>Not Found</title><h1>Not Found</h1>")).into_response()
}
