//! Every route of the program, in one table.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};
use http_body_util::BodyExt;

use crate::api::body::RequestBody;
use crate::api::error::ApiError;
use crate::api::{self, Answer, Endpoint, Query, auth};
use crate::control;
use crate::mock::Shared;
use crate::model::time::Timestamp;
use crate::neighbours;
use crate::store::effect::Effect;
use crate::store::registry::Access;

/// Bytes of a body from which on it is refused.
pub(crate) const MAX_BODY: usize = 2_621_440;

/// Bytes of a refused body that are read for the client's sake.
const MAX_DRAINED: usize = 64 << 20;

/// The whole program as a service.
pub(crate) fn router(mock: Shared) -> Router {
    let control = Router::new()
        .route("/__mock/health", get(control::health))
        .route("/__mock/workspaces", post(control::create))
        .route(
            "/__mock/workspaces/{workspace}",
            get(control::inspect).patch(control::patch).delete(control::remove),
        )
        .route("/__mock/workspaces/{workspace}/reset", post(control::reset))
        .route("/__mock/workspaces/{workspace}/clock", post(control::set_clock))
        .route("/__mock/workspaces/{workspace}/links", post(control::add_link))
        .route("/__mock/workspaces/{workspace}/links/{link}", delete(control::remove_link))
        .route("/__mock/workspaces/{workspace}/smart-groups", post(control::add_smart_group))
        .route("/__mock/workspaces/{workspace}/contacts/{contact}/status", put(control::set_status))
        .route("/__mock/{*rest}", any(control::unknown))
        .layer(DefaultBodyLimit::max(64 << 20))
        .layer(middleware::from_fn_with_state(mock.clone(), control::guard));
    let mut router = Router::new().merge(control);
    for endpoint in Endpoint::ALL {
        let handler = move |State(mock): State<Shared>, request: Request| weni(mock, endpoint, request);
        for suffix in ["", ".json", ".json/"] {
            router = router.route(&format!("/api/v2/{}{suffix}", endpoint.name()), any(handler));
        }
    }
    router
        .fallback(neighbours::answer)
        .layer(middleware::from_fn_with_state(mock.clone(), observe))
        .with_state(mock)
}

/// What a request did, carried with its answer to the log.
#[derive(Clone)]
struct Effects(Vec<Effect>);

/// Notes every request with its effects.
async fn observe(State(mock): State<Shared>, request: Request, next: Next) -> Response {
    let (method, uri, begun) = (request.method().clone(), request.uri().clone(), Instant::now());
    let mut response = next.run(request).await;
    let Effects(effects) = response.extensions_mut().remove().unwrap_or(Effects(Vec::new()));
    if mock.fixed_clock && !response.headers().contains_key(header::DATE) {
        let now = mock.registry.default_workspace().and_then(|workspace| workspace.fixed_now());
        date(response.headers_mut(), now);
    }
    mock.log.request(&method, &uri, response.status(), begun.elapsed(), &effects);
    response
}

/// Answers a request of a mocked endpoint.
async fn weni(mock: Shared, endpoint: Endpoint, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = receive(&parts, body, mock.body_timeout).await;
    let raw_query = parts.uri.query().unwrap_or_default();
    let access = auth::authenticate(&mock.registry, mock.bearer.as_ref(), &parts.headers, raw_query);
    let query = Query::parse(raw_query);
    let heavy = api::is_heavy(endpoint, &parts.method, &query);
    let answer = move || {
        let answer = api::answer(&mock, endpoint, access.as_ref(), &parts, &query, &body);
        respond(Some(endpoint.allow()), answer, access.ok())
    };
    if !heavy {
        return answer();
    }
    tokio::task::spawn_blocking(answer)
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Reads a body whole; why it cannot be read is told where its turn comes.
async fn receive(parts: &Parts, body: Body, patience: Duration) -> RequestBody {
    match tokio::time::timeout(patience, collect(body)).await {
        Ok(Ok(Some(bytes))) => RequestBody::receive(parts, bytes.into()).await,
        Ok(Ok(None)) => RequestBody::Unreadable(ApiError::BodyTooLarge),
        Ok(Err(_)) => RequestBody::Unreadable(ApiError::BodyBrokenOff),
        Err(_) => RequestBody::Unreadable(ApiError::BodyTooSlow),
    }
}

/// The bytes of a body, or `None` of one that is too large: read to its end, within reason, for a client that is
/// still sending would not see the answer.
async fn collect(mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY {
            kept.extend_from_slice(&data);
        } else if length > MAX_DRAINED {
            break;
        }
    }
    Ok((length <= MAX_BODY).then_some(kept))
}

/// Dates an answer with a fixed clock's instant; without one the server's own date will do.
fn date(headers: &mut HeaderMap, now: Option<Timestamp>) {
    // A Date header knows nothing before 1970.
    let date = now.map(|now| httpdate::fmt_http_date(now.to_jiff().max(jiff::Timestamp::UNIX_EPOCH).into()));
    headers.extend(date.and_then(|date| HeaderValue::try_from(date).ok()).map(|date| (header::DATE, date)));
}

/// Turns an answer into HTTP. With a fixed clock its date is the clock's, too.
pub(crate) fn respond(allow: Option<&'static str>, answer: Answer, access: Option<Access>) -> Response {
    let Answer { status, body, retry_after, effects } = answer;
    let mut response = Response::new(body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status != StatusCode::NO_CONTENT {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    for deviation in effects.iter().filter_map(Effect::deviation) {
        let warning = format!("299 weni-mock \"{}: {}\"", deviation.id(), deviation.sentence());
        if let Ok(warning) = HeaderValue::try_from(warning) {
            headers.append(header::WARNING, warning);
        }
    }
    if let Some(access) = access {
        date(headers, access.workspace.fixed_now());
    }
    if !effects.is_empty() {
        response.extensions_mut().insert(Effects(effects));
    }
    response
}
