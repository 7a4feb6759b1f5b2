//! Every route of the program, in one table.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};

use crate::api::{self, Answer, Endpoint, Query, auth};
use crate::control::{self, faults, journal};
use crate::exchange::{Arrival, Exchange};
use crate::mock::Shared;
use crate::model::time::Timestamp;
use crate::neighbours;
use crate::receive::receive;
use crate::store::contacts::Engine;
use crate::store::effect::Effect;

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
        .route("/__mock/workspaces/{workspace}/journal", get(journal::list).delete(journal::clear))
        .route("/__mock/workspaces/{workspace}/journal.har", get(journal::archive))
        .route("/__mock/workspaces/{workspace}/journal/verify", post(journal::verify))
        .route(
            "/__mock/workspaces/{workspace}/faults",
            get(faults::list).post(faults::add).delete(faults::clear),
        )
        .route("/__mock/workspaces/{workspace}/faults/{fault}", delete(faults::remove))
        .route("/__mock/journal", get(journal::list).delete(journal::clear))
        .route("/__mock/journal.har", get(journal::archive))
        .route("/__mock/journal/verify", post(journal::verify))
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

/// Notes every request in the log, and those of the API in their journal.
async fn observe(State(mock): State<Shared>, request: Request, next: Next) -> Response {
    let (method, uri, arrived) = (request.method().clone(), request.uri().clone(), Arrival::now());
    let mut response = next.run(request).await;
    if mock.fixed_clock && !response.headers().contains_key(header::DATE) {
        let now = mock.registry.default_workspace().and_then(|workspace| workspace.fixed_now());
        date(response.headers_mut(), now);
    }
    let exchange = Exchange::take(&mut response);
    let answered = exchange.as_ref().is_none_or(|exchange| !exchange.unanswered);
    let status = answered.then(|| response.status());
    mock.log.request(&mock, (&method, &uri), status, arrived.elapsed(), exchange.as_ref());
    if let Some(exchange) = exchange {
        exchange.note(&mock, arrived, &response);
    }
    response
}

/// Answers a request of a mocked endpoint.
async fn weni(mock: Shared, endpoint: Endpoint, request: Request) -> Response {
    let incoming = receive(request, mock.body_timeout).await;
    let raw_query = incoming.parts.uri.query().unwrap_or_default();
    let access = auth::authenticate(&mock.registry, mock.bearer.as_ref(), &incoming.parts.headers, raw_query);
    let query = Query::parse(raw_query);
    let heavy = api::is_heavy(endpoint, &incoming.parts.method, &query);
    let strike = access.as_ref().ok().and_then(|access| access.workspace.faults.strike(incoming.seen()));
    let engine = match &strike {
        Some(strike) if strike.is_stale() => Engine::Cached,
        _ => Engine::Current,
    };
    match &strike {
        Some(strike) if !strike.kind.applies() => {
            return strike.instead(Exchange::of(incoming, access.ok()));
        }
        Some(strike) if !strike.delay().is_zero() => tokio::time::sleep(strike.delay()).await,
        _ => {}
    }
    let answer = move || {
        let answer = api::answer(&mock, endpoint, access.as_ref(), &incoming, &query, engine);
        respond(Some(endpoint.allow()), answer, Exchange::of(incoming, access.ok()))
    };
    let answered = if heavy {
        tokio::task::spawn_blocking(answer)
            .await
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    } else {
        answer()
    };
    match strike {
        Some(strike) => strike.spoil(answered),
        None => answered,
    }
}

/// Dates an answer with a fixed clock's instant; without one the server's own date will do.
fn date(headers: &mut HeaderMap, now: Option<Timestamp>) {
    // A Date header knows nothing before 1970.
    let date = now.map(|now| httpdate::fmt_http_date(now.to_jiff().max(jiff::Timestamp::UNIX_EPOCH).into()));
    headers.extend(date.and_then(|date| HeaderValue::try_from(date).ok()).map(|date| (header::DATE, date)));
}

/// Turns an answer into HTTP. With a fixed clock its date is the clock's, too.
pub(crate) fn respond(allow: Option<&'static str>, answer: Answer, mut exchange: Exchange) -> Response {
    let Answer { status, body, retry_after, effects } = answer;
    let body = Bytes::from(body.unwrap_or_default());
    let mut response = Response::new(Body::from(body.clone()));
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
    if let Some(access) = &exchange.access {
        date(headers, access.workspace.fixed_now());
    }
    (exchange.answer, exchange.effects) = (body, effects);
    exchange.carry(&mut response);
    response
}
