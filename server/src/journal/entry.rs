//! One exchange, as it is kept and shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Headers;
use crate::matching::{HeadersSeen, Seen};
use crate::model::time::Timestamp;
use crate::secret::{self, Forms};
use crate::store::effect::Effect;

/// Bytes of a body that are kept at most: the page of 250 contacts has about 110 KB.
const MOST: usize = 256 << 10;

/// About what an entry takes besides its texts.
const OVERHEAD: usize = 700;

/// A body as far as it is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    bytes: Bytes,
    /// Bytes of the whole.
    length: usize,
}

impl Kept {
    /// What is kept of a body of this length, of which these bytes are there. Short of [`MOST`] nothing is copied.
    pub(crate) fn of(bytes: Bytes, length: usize) -> Self {
        let bytes = if bytes.len() > MOST { Bytes::copy_from_slice(&bytes[..MOST]) } else { bytes };
        Kept { bytes, length }
    }

    /// A body that is there as a whole.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        let length = bytes.len();
        Self::of(bytes, length)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// About how many bytes it takes: a buffer that grew is larger than what is in it.
    fn size(&self) -> usize {
        self.bytes.len() + self.bytes.len() / 2
    }

    /// Bytes of the whole body.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether a part of it was not kept.
    pub(super) fn is_cut(&self) -> bool {
        self.bytes.len() < self.length
    }

    /// The body as text, or what is no text in base64, and which of the two. Where it was cut in the middle of a
    /// character, that is left out.
    pub(super) fn text(&self, content_type: &str, mask: &Mask) -> (String, bool) {
        let shown = match std::str::from_utf8(&self.bytes) {
            Err(error) if self.is_cut() && error.error_len().is_none() => &self.bytes[..error.valid_up_to()],
            _ => &self.bytes,
        };
        let (masked, _) = secret::in_body(content_type, shown);
        match String::from_utf8(mask.0.hide_bytes(&masked, self.is_cut()).into_owned()) {
            Ok(text) => (text, false),
            Err(error) => (STANDARD.encode(error.as_bytes()), true),
        }
    }
}

/// The fault that met a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Struck {
    /// The fault's id.
    pub(crate) id: String,
    /// What it is: `status`, `reset`, …
    pub(crate) kind: &'static str,
    /// Whether the request was carried out all the same.
    pub(crate) applied: bool,
}

/// How long it takes to send a body: until its last piece went out, or the client was gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sending(Arc<AtomicU64>);

impl Sending {
    /// It has taken so long by now.
    pub(crate) fn takes(&self, time: Duration) {
        self.0.store(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn time(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Milliseconds, as journals and archives tell times.
pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// One exchange.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its place in its journal, from 1.
    pub(crate) number: u64,
    /// When the request was there, by the system's clock.
    pub(crate) time: Timestamp,
    /// The same by the clock of the workspace, which a test may move.
    pub(crate) clock: Option<Timestamp>,
    /// Until the answer was made.
    pub(crate) took: Duration,
    /// Of an answer that is sent slowly on purpose: how long that takes.
    pub(crate) sending: Option<Sending>,
    /// The workspace, and the role of the user in it.
    pub(crate) caller: Option<(Uuid, &'static str)>,
    pub(crate) method: Method,
    /// Path and query, as they came.
    pub(crate) target: Box<str>,
    pub(crate) request_headers: Headers,
    pub(crate) body: Kept,
    /// `None`: a fault kept it from being answered at all.
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: Headers,
    pub(crate) answer: Kept,
    pub(crate) effects: Vec<Effect>,
    pub(crate) fault: Option<Struck>,
}

impl Entry {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        OVERHEAD
            + self.request_headers.size()
            + self.headers.size()
            + self.target.len()
            + self.body.size()
            + self.answer.size()
            + self.effects.len() * 150
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// Without the `?`.
    pub(crate) fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    pub(crate) fn seen(&self) -> Seen<'_> {
        Seen {
            method: &self.method,
            path: self.path(),
            query: self.query().unwrap_or_default(),
            headers: HeadersSeen::Kept(&self.request_headers),
            body: self.body.bytes(),
        }
    }

    /// The secrets that it was sent and answered with: those of headers and the URL; cookies and members of bodies, which may be
    /// anything, where they are long enough to be one.
    fn tell_secrets(&self, forms: &mut Forms) {
        for (name, value) in self.request_headers.iter().chain(self.headers.iter()) {
            let secrets = secret::header_secrets(&name, &value).into_iter();
            match name.contains("cookie") {
                true => secrets.for_each(|secret| forms.learn_long(&secret)),
                false => secrets.for_each(|secret| forms.learn(&secret)),
            }
        }
        let query = secret::query_secrets(self.query().unwrap_or_default());
        let (_, sent) = secret::in_body(&self.request_headers.content_type(), self.body.bytes());
        let (_, answered) = secret::in_body(&self.headers.content_type(), self.answer.bytes());
        query.for_each(|secret| forms.learn(&secret));
        sent.into_iter().chain(answered).for_each(|secret| forms.learn_long(&secret));
    }

    /// How long the client took to receive the answer, as far as anybody can tell: zero, but for one that is sent slowly.
    pub(super) fn receiving(&self) -> Duration {
        self.sending.as_ref().map(Sending::time).unwrap_or_default()
    }

    /// Scheme and host under which the client reached the mock.
    pub(super) fn host(&self) -> String {
        let forwarded = self.request_headers.get("x-forwarded-proto");
        let encrypted =
            forwarded.is_some_and(|value| value.split(',').next().map(str::trim) == Some("https"));
        let scheme = if encrypted { "https" } else { "http" };
        format!("{scheme}://{}", self.request_headers.get("host").as_deref().unwrap_or("localhost"))
    }

    /// How it is shown: an object, in which no credentials can be read.
    pub(crate) fn view(&self, mask: &Mask) -> Value {
        let deviation = self.effects.iter().find_map(Effect::deviation).map(|deviation| deviation.id());
        json!({
            "id": self.number,
            "time": self.time,
            "clock": self.clock,
            "ms": millis(self.took + self.receiving()),
            "workspace": self.caller.map(|(uuid, _)| uuid),
            "user": self.caller.map(|(_, role)| role),
            "request": {
                "method": self.method.as_str(),
                "path": mask.text(self.path()),
                "query": self.query().map(|query| mask.text(&secret::in_query(query))),
                "headers": mask.headers(&self.request_headers),
                "body": mask.body(&self.body, &self.request_headers),
            },
            "response": self.status.map(|status| json!({
                "status": status.as_u16(),
                "headers": mask.headers(&self.headers),
                "body": mask.body(&self.answer, &self.headers),
            })),
            "effects": mask.effects(&self.effects),
            "deviation": deviation,
            "fault": self.fault,
        })
    }

    /// An exchange without much in it.
    #[cfg(test)]
    pub(super) fn sample(method: &str, uri: &str, body: &str) -> Self {
        Entry {
            number: 0,
            time: Timestamp::from_micros(0),
            clock: None,
            took: Duration::ZERO,
            sending: None,
            caller: None,
            method: method.parse().expect("a method"),
            target: uri.into(),
            request_headers: Headers::default(),
            body: Kept::whole(Bytes::from(body.to_owned())),
            status: Some(StatusCode::OK),
            headers: Headers::default(),
            answer: Kept::default(),
            effects: Vec::new(),
            fault: None,
        }
    }
}

/// Hides secrets: those that it knows wherever they stand, and others where they belong.
#[derive(Debug, Default)]
pub(crate) struct Mask(Forms);

impl Mask {
    /// One that knows these tokens, and whatever secrets are in the entries that are to be shown: a rejected token is
    /// somebody's, too.
    pub(crate) fn of(tokens: impl IntoIterator<Item = impl AsRef<str>>, entries: &[Arc<Entry>]) -> Self {
        let mut forms = Forms::default();
        tokens.into_iter().for_each(|token| forms.learn(token.as_ref()));
        entries.iter().for_each(|entry| entry.tell_secrets(&mut forms));
        Mask(forms)
    }

    /// A text in which none of those that it knows can be read.
    pub(crate) fn text(&self, text: &str) -> String {
        self.0.hide(text)
    }

    /// Pairs of name and value, in the order in which they came.
    pub(super) fn headers(&self, headers: &Headers) -> Vec<(String, String)> {
        let shown = headers.iter().map(|(name, value)| {
            let value = self.text(&secret::in_header(&name, &value));
            (name.into_owned(), value)
        });
        shown.collect()
    }

    /// Each as `{"id", "severity", "text", …}` with what it is about.
    pub(super) fn effects(&self, effects: &[Effect]) -> Vec<Value> {
        let shown = |effect: &Effect| {
            let mut shown = effect.details();
            shown["id"] = effect.id().into();
            shown["severity"] = effect.severity().as_str().into();
            shown["text"] = effect.to_string().into();
            self.value(shown)
        };
        effects.iter().map(shown).collect()
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, self.value(value))).collect()
            }
            other => other,
        }
    }

    /// `{"text", "bytes"}`, with `"base64": true` of what is no text and `"cut": true` where a part was not kept; null
    /// where there is none.
    fn body(&self, body: &Kept, headers: &Headers) -> Value {
        if body.length == 0 {
            return Value::Null;
        }
        let (text, base64) = body.text(&headers.content_type(), self);
        let mut shown = json!({"text": text, "bytes": body.length});
        if base64 {
            shown["base64"] = true.into();
        }
        if body.is_cut() {
            shown["cut"] = true.into();
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn nobody_reads_credentials_in_it() {
        let mut entry =
            Entry::sample("POST", "/api/v2/contacts.json?token=abc&urn=s3cret", "{\"a\": \"s3cret\"}");
        let header = |name: &'static str| {
            Headers::of(
                &[(HeaderName::from_static(name), HeaderValue::from_static("Token s3cret"))]
                    .into_iter()
                    .collect(),
            )
        };
        (entry.request_headers, entry.headers) = (header("authorization"), header("x-echo"));
        let mask = Mask::of(["s3cret"], &[]);
        let shown = entry.view(&mask);
        assert!(!shown.to_string().contains("s3cret") && !shown.to_string().contains("abc"), "{shown}");
        assert_eq!(shown["request"]["query"], "token=***&urn=***");
        assert_eq!(shown["request"]["headers"][0], json!(["authorization", "Token ***"]));
        assert_eq!(shown["request"]["body"], json!({"text": "{\"a\": \"***\"}", "bytes": 15}));
        assert_eq!(shown["response"]["body"], Value::Null);
    }

    #[test]
    fn what_came_through_a_tunnel_was_sent_to_its_address() {
        let mut entry = Entry::sample("GET", "/api/v2/groups.json", "");
        let mut sent = |headers: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            entry.request_headers = Headers::of(&headers.iter().map(pair).collect());
            entry.host()
        };
        assert_eq!(sent(&[("host", "mock:9364")]), "http://mock:9364");
        assert_eq!(
            sent(&[("host", "t.example.com"), ("x-forwarded-proto", "https, http")]),
            "https://t.example.com"
        );
    }

    #[test]
    fn a_long_body_is_cut_between_characters_and_says_so() {
        let long = "é".repeat(MOST);
        let kept = Kept::whole(Bytes::from(long[..MOST * 2 - 2].to_owned() + "x"));
        let (text, base64) = kept.text("", &Mask::default());
        assert_eq!((text.len(), base64, kept.is_cut(), kept.length()), (MOST, false, true, MOST * 2 - 1));
        let shown = Mask::default().body(&Kept::whole(Bytes::from_static(b"\xff\x00")), &Headers::default());
        assert_eq!(shown, json!({"text": "/wA=", "bytes": 2, "base64": true}));
    }
}
