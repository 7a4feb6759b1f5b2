//! `/openapi.json`: the API described for tools. The document is data, `fixtures/openapi.json`.

use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::IntoResponse;

const DOCUMENT: &str = include_str!("../../fixtures/openapi.json");

/// 200 and the OpenAPI 3.1 document, for everybody: pages of other sites may read it, too, as editors for such documents
/// do. It holds nothing of any workspace.
pub(crate) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")], DOCUMENT)
}
