//! Carrying a fault out.

use std::convert::Infallible;
use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::StreamExt;
use http_body_util::StreamBody;
use hyper::body::Frame;

use super::{Kind, Strike};
use crate::exchange::Exchange;
use crate::journal::{Sending, Struck};
use crate::wire::Break;

/// How long it takes at most until the beginning of a body has gone out.
const FLUSHED: Duration = Duration::from_millis(20);

/// Pieces in which a slow body comes.
const PIECES: usize = 20;

impl Strike {
    /// What the journal says of it.
    pub(crate) fn struck(&self) -> Struck {
        Struck { id: self.id.clone(), kind: self.kind.name(), applied: self.kind.applies() }
    }

    /// How long the request waits before anything happens.
    pub(crate) fn delay(&self) -> Duration {
        match &self.kind {
            Kind::Latency { delay } => delay.0,
            _ => Duration::ZERO,
        }
    }

    /// Whether the contact engine is to know only what its cache does.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self.kind, Kind::Stale)
    }

    /// Answers a request that is not carried out.
    pub(crate) fn instead(&self, exchange: Exchange) -> Response {
        let mut response = Response::new(Body::empty());
        exchange.carry(&mut response);
        self.spoil(response)
    }

    /// Makes of an answer what the client gets to see.
    pub(crate) fn spoil(&self, mut response: Response) -> Response {
        let Some(mut exchange) = Exchange::take(&mut response) else { return response };
        exchange.fault = Some(self.struck());
        let whole = exchange.answer.clone();
        match &self.kind {
            Kind::Status(answer) => {
                let (body, kind) = answer.body();
                // An answer of the API's own keeps its headers, the page of a server in front of it has none of them.
                response = Response::new(Body::from(body.clone()));
                *response.status_mut() = answer.status;
                let headers = response.headers_mut();
                headers.extend(HeaderValue::try_from(kind).ok().map(|kind| (header::CONTENT_TYPE, kind)));
                headers.extend(answer.retry_after.map(|wait| (header::RETRY_AFTER, HeaderValue::from(wait))));
                exchange.answer = body;
            }
            Kind::Latency { .. } | Kind::Stale => {}
            Kind::Reset { applied } => {
                exchange.unanswered = !applied;
                response.extensions_mut().insert(Break(Duration::ZERO));
            }
            Kind::LostAnswer { hold } => {
                response.extensions_mut().insert(Break(hold.0));
            }
            Kind::TruncatedBody { bytes } => {
                let sent = bytes.unwrap_or(whole.len() / 2).min(whole.len());
                response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len().max(1)));
                *response.body_mut() = truncated(whole.slice(..sent));
            }
            Kind::SlowBody { over } => {
                response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
                let sending = exchange.sending.insert(Sending::default()).clone();
                *response.body_mut() = slow(whole, over.0, Clock(Instant::now(), sending));
            }
            Kind::MalformedJson => {
                let sent = whole.slice(..whole.len().saturating_sub(1));
                *response.body_mut() = Body::from(sent.clone());
                exchange.answer = sent;
            }
        }
        exchange.carry(&mut response);
        response
    }
}

/// The beginning of a body, and then the end of the connection.
fn truncated(sent: Bytes) -> Body {
    let first = futures_util::stream::iter([Ok(Frame::data(sent))]);
    let then = futures_util::stream::once(async {
        // What was written goes out while the rest is waited for.
        tokio::time::sleep(FLUSHED).await;
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, "a fault cuts the body short"))
    });
    Body::new(StreamBody::new(first.chain(then)))
}

/// Tells how long a body has been on its way: at every piece, and when it is no more.
struct Clock(Instant, Sending);

impl Clock {
    fn tell(&self) {
        self.1.takes(self.0.elapsed());
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.tell();
    }
}

/// A body in pieces, over so much time.
fn slow(whole: Bytes, over: Duration, clock: Clock) -> Body {
    let size = whole.len().div_ceil(PIECES).max(1);
    let pieces: Vec<Bytes> =
        (0..whole.len()).step_by(size).map(|at| whole.slice(at..whole.len().min(at + size))).collect();
    let pause = over / u32::try_from(pieces.len().max(1)).unwrap_or(1);
    let frames =
        futures_util::stream::unfold((pieces.into_iter(), clock), move |(mut rest, clock)| async move {
            let piece = rest.next()?;
            tokio::time::sleep(pause).await;
            clock.tell();
            Some((Ok::<_, Infallible>(Frame::data(piece)), (rest, clock)))
        });
    Body::new(StreamBody::new(frames))
}
