//! Reading requests whole, within bounds of size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use http_body_util::BodyExt;

use crate::api::body::RequestBody;
use crate::api::error::ApiError;
use crate::journal::Kept;
use crate::matching::{HeadersSeen, Seen};

/// Bytes of a body from which on it is refused.
pub(crate) const MAX_BODY: usize = 2_621_440;

/// Bytes of a refused body that are read for the client's sake.
const MAX_DRAINED: usize = 64 << 20;

/// A request that has come in.
pub(crate) struct Incoming {
    pub(crate) parts: Parts,
    /// The body as it came, for the journal and for faults.
    pub(crate) raw: Kept,
    /// The body as the endpoints read it.
    pub(crate) body: RequestBody,
}

impl Incoming {
    /// The request as patterns look at it.
    pub(crate) fn seen(&self) -> Seen<'_> {
        Seen {
            method: &self.parts.method,
            path: self.parts.uri.path(),
            query: self.parts.uri.query().unwrap_or_default(),
            headers: HeadersSeen::There(&self.parts.headers),
            body: self.raw.bytes(),
        }
    }
}

/// Reads a request whole; why its body cannot be read is told where its turn comes. `patience`: how long its client may
/// take to send it.
pub(crate) async fn receive(request: Request, patience: Duration) -> Incoming {
    let (mut parts, body) = request.into_parts();
    // What the router left there is of no use any more, and the journal would keep it.
    parts.extensions.clear();
    let mut length = 0;
    let collected = tokio::time::timeout(patience, collect(body, &mut length)).await;
    let unreadable = |error| (Bytes::new(), RequestBody::Unreadable(error));
    let (bytes, body) = match collected {
        Ok(Ok(Some(bytes))) => {
            let bytes = Bytes::from(bytes);
            (bytes.clone(), RequestBody::receive(&parts, bytes).await)
        }
        Ok(Ok(None)) => unreadable(ApiError::BodyTooLarge),
        Ok(Err(_)) => unreadable(ApiError::BodyBrokenOff),
        Err(_) => unreadable(ApiError::BodyTooSlow),
    };
    Incoming { parts, raw: Kept::of(bytes, length), body }
}

/// The bytes of a body, or `None` of one that is too large: read to its end, within reason, for a client that is
/// still sending would not see the answer. `length` counts them all.
async fn collect(mut body: Body, length: &mut usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        *length += data.len();
        if *length <= MAX_BODY {
            kept.extend_from_slice(&data);
        } else if *length > MAX_DRAINED {
            break;
        }
    }
    Ok((*length <= MAX_BODY).then_some(kept))
}
