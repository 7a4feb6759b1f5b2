//! What a handler knows of an exchange, carried with its answer to the log and the journal.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::Response;

use crate::journal::{Entry, Headers, Kept, Sending, Struck};
use crate::mock::Mock;
use crate::model::time::Timestamp;
use crate::receive::Incoming;
use crate::store::clock;
use crate::store::effect::Effect;
use crate::store::registry::Access;

/// When a request was there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    time: Timestamp,
    instant: Instant,
}

impl Arrival {
    pub(crate) fn now() -> Self {
        Arrival { time: clock::system(), instant: Instant::now() }
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.instant.elapsed()
    }
}

/// An exchange, as its handler knows it.
pub(crate) struct Exchange {
    request: Parts,
    body: Kept,
    /// What the request's credentials open.
    pub(crate) access: Option<Access>,
    /// The whole body of the answer.
    pub(crate) answer: Bytes,
    pub(crate) effects: Vec<Effect>,
    pub(crate) fault: Option<Struck>,
    /// Of an answer that is sent slowly on purpose: how long that takes.
    pub(crate) sending: Option<Sending>,
    /// Whether no answer was made at all.
    pub(crate) unanswered: bool,
}

/// In the extensions of a response, which want to be cloned.
#[derive(Clone)]
struct Carried(Arc<Exchange>);

impl Exchange {
    /// An exchange that is not answered yet.
    pub(crate) fn of(incoming: Incoming, access: Option<Access>) -> Self {
        let Incoming { parts: request, raw: body, .. } = incoming;
        Exchange {
            request,
            body,
            access,
            answer: Bytes::new(),
            effects: Vec::new(),
            fault: None,
            sending: None,
            unanswered: false,
        }
    }

    /// The credentials that it was sent with, as they came.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        self.request.headers.get(AUTHORIZATION).cloned()
    }

    /// Sends it along with its answer.
    pub(crate) fn carry(self, response: &mut Response) {
        response.extensions_mut().insert(Carried(Arc::new(self)));
    }

    /// Takes it from an answer, if it has one.
    pub(crate) fn take(response: &mut Response) -> Option<Self> {
        let Carried(exchange) = response.extensions_mut().remove()?;
        Arc::into_inner(exchange)
    }

    /// Notes it in the journal of its workspace, or in the server's.
    pub(crate) fn note(self, mock: &Mock, arrived: Arrival, response: &Response) {
        let journal = self.access.as_ref().map_or(&mock.journal, |access| &access.workspace.journal);
        // What answers HEAD has no body.
        let answer = if self.request.method == Method::HEAD { Bytes::new() } else { self.answer };
        // Copies: the request's own are parts of its connection's buffer.
        let target = self.request.uri.path_and_query().map_or("/", |target| target.as_str());
        journal.note(Entry {
            number: 0,
            time: arrived.time,
            clock: self.access.as_ref().map(|access| access.workspace.clock_at(arrived.time)),
            took: arrived.elapsed(),
            sending: self.sending,
            caller: self.access.as_ref().map(|access| (access.workspace.uuid, access.role.as_str())),
            target: target.into(),
            request_headers: Headers::of(&self.request.headers),
            method: self.request.method,
            body: self.body,
            status: (!self.unanswered).then(|| response.status()),
            headers: if self.unanswered { Headers::default() } else { Headers::of(response.headers()) },
            answer: Kept::whole(answer),
            effects: self.effects,
            fault: self.fault,
        });
    }
}
