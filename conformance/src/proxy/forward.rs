//! Passing an exchange on.

use std::error::Error;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TRANSFER_ENCODING,
};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::http::{request, response};
use hyper::{Method, Request, Response, StatusCode, Version};
use serde_json::json;

use super::record::Begun;
use super::{Notice, Notices, Recorder, Upstream, links, target};
use crate::words::counted;

/// The longest body of a request, in bytes: four times what the API takes.
const LONGEST_REQUEST: usize = 10_000_000;

/// The longest body of an answer, in bytes: what `weni-conformance run` reads, too.
const LONGEST_ANSWER: usize = 64_000_000;

/// What the proxy's own answers bear, and why it answers itself.
const MARK: HeaderName = HeaderName::from_static("x-weni-proxy");

/// Headers about one connection alone (RFC 9110, 7.6.1), besides those that `Connection` names.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Sends requests upstream, and what comes back to the client.
#[derive(Debug)]
pub struct Forwarder {
    upstream: Upstream,
    address: SocketAddr,
    recorder: Recorder,
    notices: Notices,
}

/// Why a request has no answer.
enum Failure {
    /// No connection was made.
    Unreachable(String),
    /// A connection was made, and no answer came that is one.
    NoAnswer(String),
    /// The answer ended before its end.
    BrokenOff { after: usize, reason: String },
    /// It does not end.
    TooLong,
}

type Answer = Response<Full<Bytes>>;

impl Forwarder {
    /// One that listens at `address`.
    #[must_use]
    pub fn new(upstream: Upstream, address: SocketAddr, recorder: Recorder, notices: Notices) -> Self {
        Self { upstream, address, recorder, notices }
    }

    /// The answer to a request. Bodies are read whole before they go on: half an answer is none.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let own = match target::own_name(&head, self.address, &self.upstream) {
            Ok(name) => target::own_address(&head, &name),
            Err(whom) => {
                let told = format!("this proxy forwards to {} alone, not to {whom}", self.upstream);
                return own_answer(StatusCode::FORBIDDEN, "refused", &told);
            }
        };
        let too_long = || {
            let told = format!("the body is longer than {} MB", LONGEST_REQUEST / 1_000_000);
            own_answer(StatusCode::PAYLOAD_TOO_LARGE, "refused", &told)
        };
        if body.size_hint().lower() > LONGEST_REQUEST as u64 {
            return too_long();
        }
        let body = match Limited::new(body, LONGEST_REQUEST).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return too_long(),
            Err(_) => return own_answer(StatusCode::BAD_REQUEST, "refused", "the body broke off"),
        };
        self.forward(&head, body, &own).await.unwrap_or_else(|failure| self.failed(failure))
    }

    /// What a client is told in place of an answer.
    fn failed(&self, failure: Failure) -> Answer {
        let upstream = &self.upstream;
        let (why, told) = match failure {
            Failure::Unreachable(reason) => {
                ("unreachable", format!("the proxy could not reach {upstream}: {reason}"))
            }
            Failure::NoAnswer(reason) => {
                ("no-answer", format!("{upstream} gave the proxy no answer: {reason}"))
            }
            Failure::BrokenOff { after, reason } => {
                let bytes = counted(after, "byte");
                (
                    "broken-off",
                    format!("the answer of {upstream} broke off after {bytes} of its body: {reason}"),
                )
            }
            Failure::TooLong => {
                let megabytes = LONGEST_ANSWER / 1_000_000;
                ("too-long", format!("the answer of {upstream} is longer than {megabytes} MB"))
            }
        };
        own_answer(StatusCode::BAD_GATEWAY, why, &told)
    }

    async fn forward(&self, head: &request::Parts, body: Bytes, own: &str) -> Result<Answer, Failure> {
        let (request, begun) = self.prepare(head, body).map_err(Failure::NoAnswer)?;
        let answer = self.upstream.pool.request(request).await.map_err(|error| {
            let reason = root_cause(&error);
            if error.is_connect() { Failure::Unreachable(reason) } else { Failure::NoAnswer(reason) }
        })?;
        let (mut answered, body) = answer.into_parts();
        let body = whole(body).await?;
        begun.answered(&answered, &body);
        if links::is_encoded(&answered.headers) {
            self.notices.tell(Notice::Compressed);
        }
        if answered.headers.contains_key(TRANSFER_ENCODING) {
            // Of the two this one counts (RFC 9112, 6.3).
            answered.headers.remove(CONTENT_LENGTH);
        }
        strip(&mut answered.headers);
        answered.version = Version::HTTP_11;
        let past = links::lead_headers_back(&mut answered.headers, own, &self.upstream);
        if let Some(past) = past.filter(|_| answered.status.is_redirection()) {
            self.notices.tell(Notice::LeadsPast(past));
        }
        let changed = is_plain_json(&answered).then(|| links::led_back(&body, own, &self.upstream.prefix));
        let body = match changed.flatten() {
            Some(changed) => {
                answered.headers.insert(CONTENT_LENGTH, changed.len().into());
                changed.into()
            }
            None => body,
        };
        if head.method == Method::HEAD {
            // What is not sent has the length that the upstream says, if it does.
            return Ok(Response::from_parts(answered, Full::default()));
        }
        Ok(Response::from_parts(answered, Full::new(body)))
    }

    /// A request as it goes on, and the record of it, which begins now.
    fn prepare(&self, head: &request::Parts, body: Bytes) -> Result<(Request<Full<Bytes>>, Begun), String> {
        let target = head.uri.path_and_query().ok_or("the request has no path")?;
        let uri = self.upstream.uri(target).map_err(|error| error.to_string())?;
        let url = uri.to_string().parse().map_err(|error| format!("{uri}: {error}"))?;
        let begun = self.recorder.begin(head, url, &body);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers(&head.headers);
        Ok((request, begun))
    }

    /// The headers of a request as they go on. None is added.
    fn headers(&self, sent: &HeaderMap) -> HeaderMap {
        let mut headers = sent.clone();
        strip(&mut headers);
        // The body is here already.
        headers.remove(EXPECT);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Ok(host) = HeaderValue::from_str(self.upstream.authority.as_str()) {
            headers.insert(HOST, host);
        }
        headers
    }
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named.iter().map(String::as_str)) {
        headers.remove(name);
    }
}

/// An answer's body, to its end.
async fn whole(mut body: Incoming) -> Result<Bytes, Failure> {
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let broken = |error| Failure::BrokenOff { after: all.len(), reason: root_cause(&error) };
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if all.len() + data.len() > LONGEST_ANSWER {
            return Err(Failure::TooLong);
        }
        all.extend_from_slice(&data);
    }
    Ok(all.into())
}

fn is_plain_json(head: &response::Parts) -> bool {
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().contains("json") && !links::is_encoded(&head.headers)
}

/// An answer of the proxy's own.
fn own_answer(status: StatusCode, why: &'static str, told: &str) -> Answer {
    let mut answer = Response::new(Full::from(json!({"detail": told}).to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(MARK, HeaderValue::from_static(why));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// The innermost cause: the outer ones only say that something failed.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
