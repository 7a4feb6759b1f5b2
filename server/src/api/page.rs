//! Lists: `{"next", "previous", "results"}`, with cursors in absolute links (`observed.md`, Lists).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::model::time::Timestamp;
use crate::store::page::{Cursor, Page, Position};

use super::error::ApiError;
use super::{Answer, Call};

/// Items of a page where no other number is asked for.
pub(super) const PAGE_SIZE: usize = 250;

#[derive(Serialize)]
struct List<T> {
    next: Option<String>,
    previous: Option<String>,
    results: Vec<T>,
}

/// Answers a page.
pub(super) fn answer<T: Serialize>(call: &Call<'_>, page: Page<T>) -> Answer {
    let link = |cursor: Cursor| format!("{}?{}", call.url, call.query.with("cursor", &encode(cursor)));
    let Page { items, next, previous } = page;
    let list = List { next: next.map(link), previous: previous.map(link), results: items };
    Answer::json(axum::http::StatusCode::OK, &list)
}

/// The cursor of the URL; an empty one is none.
///
/// # Errors
/// [`ApiError::InvalidCursor`]
pub(super) fn cursor(call: &Call<'_>) -> Result<Option<Cursor>, ApiError> {
    call.query.filled("cursor").map(|text| decode(text).ok_or(ApiError::InvalidCursor)).transpose()
}

/// First byte of every cursor; the two lowest bits tell its kind.
const MARK: u8 = 0b1010_1000;

pub(crate) fn encode(cursor: Cursor) -> String {
    let Cursor { position, backward, inclusive } = cursor;
    let mut bytes = vec![MARK | u8::from(backward) | u8::from(inclusive) << 1];
    bytes.extend(position.modified.micros().to_be_bytes());
    bytes.extend(position.number.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let (kind, rest) = bytes.split_first()?;
    let (modified, number) = rest.split_first_chunk::<8>()?;
    let position = Position {
        modified: Timestamp::from_micros(i64::from_be_bytes(*modified)),
        number: u32::from_be_bytes(number.try_into().ok()?),
    };
    (kind & !0b11 == MARK).then_some(Cursor { position, backward: kind & 1 == 1, inclusive: kind & 2 == 2 })
}
