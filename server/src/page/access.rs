//! Who may see the page: whoever may use the control API. A browser sends no header of its own, so where a token is
//! needed the page asks for it and keeps it in a cookie.

use axum::extract::{Form, Request, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{HeaderName, LOCATION, ORIGIN, SET_COOKIE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::control::access::{Refused, is_of};
use crate::mock::Shared;
use crate::texts::Lang;

use super::layout;
use super::visit::{cookie, language};

const COOKIE: &str = "weni_mock_control";

/// Stands before every view and action.
pub(crate) async fn guard(State(mock): State<Shared>, mut request: Request, next: Next) -> Response {
    let lang = language(request.headers(), None, &mock);
    if let Some(token) =
        cookie(request.headers(), COOKIE).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok())
        && let Ok(value) = HeaderValue::from_bytes(&token)
        && is_own(&request)
    {
        request.headers_mut().insert(HeaderName::from_static("x-control-token"), value);
    }
    match mock.control.check(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(Refused::Token) => layout::login(lang, false),
        Err(refused) => refuse(lang, refused),
    }
}

/// Whether the request comes from no other site's page: a cookie goes along with whatever a browser sends.
fn is_own(request: &Request) -> bool {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(axum::http::header::HOST).unwrap_or_default();
    is_of(host, text(ORIGIN))
}

fn refuse(lang: Lang, refused: Refused) -> Response {
    layout::message(lang, refused.status(), &refused.to_string())
}

#[derive(Deserialize)]
pub(crate) struct Login {
    token: String,
}

/// `POST /__mock/page/login`: takes the control token, or asks again.
pub(crate) async fn login(State(mock): State<Shared>, request: Request) -> Response {
    let lang = language(request.headers(), None, &mock);
    let uri = request.uri().clone();
    let mut headers = request.headers().clone();
    let Ok(Form(Login { token })) = axum::RequestExt::extract::<Form<Login>, _>(request).await else {
        return layout::login(lang, true);
    };
    let Ok(value) = token.trim().parse() else { return layout::login(lang, true) };
    headers.insert(HeaderName::from_static("x-control-token"), value);
    match mock.control.check(&headers, &uri) {
        Ok(()) => {
            let cookie = format!(
                "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict",
                URL_SAFE_NO_PAD.encode(token.trim())
            );
            let headers = [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(Refused::Token) => layout::login(lang, true),
        Err(refused) => refuse(lang, refused),
    }
}
