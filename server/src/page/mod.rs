//! The page at `/`: what people see of the mock, and what they do in it that Weni's web interface is for. Made here as
//! HTML, and whole without a script; `page.js` adds what is live. The routes stand in `router.rs` with all others.

pub(crate) mod access;
pub(crate) mod contacts;
pub(crate) mod faults;
pub(crate) mod groups;
pub(crate) mod journal;
mod json;
mod layout;
pub(crate) mod live;
mod visit;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

/// Where everything of the page is, but for its first view at `/`.
pub(crate) const BASE: &str = "/__mock/page";

/// `GET /__mock/page/page.css`
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, include_str!("page.css"))
}

/// `GET /__mock/page/page.js`
pub(crate) async fn script() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, include_str!("page.js"))
}
