//! What a fault does.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::model::time::parse_duration;

/// What happens to a request that a fault meets.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Kind {
    /// Another answer than the API's.
    Status(StatusAnswer),
    /// The answer comes late.
    Latency { delay: Span },
    /// The connection is reset.
    Reset {
        /// After the request was carried out, not before.
        #[serde(default)]
        applied: bool,
    },
    /// The request is carried out, and no answer comes: after a while the connection is reset.
    LostAnswer {
        #[serde(default = "Span::minute")]
        hold: Span,
    },
    /// The connection closes before the whole body was sent.
    TruncatedBody {
        /// How much of it is sent; half, where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// The body comes piece by piece.
    SlowBody { over: Span },
    /// The body is no JSON: its end is missing, and nothing else shows it.
    MalformedJson,
    /// Contacts are written by a contact engine that reads fields and groups from a cache of 5 seconds, as production's
    /// does (observed, Freshness).
    Stale,
}

/// An answer in place of the API's.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusAnswer {
    #[serde(deserialize_with = "status", serialize_with = "status_code")]
    pub(crate) status: StatusCode,
    /// Seconds; the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u32>,
    /// JSON, or a text. Where there is none, what such a status comes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "media_type")]
    content_type: Option<String>,
    /// Whether the request is carried out all the same.
    #[serde(default)]
    pub(crate) applied: bool,
}

impl StatusAnswer {
    /// The body, and its media type.
    pub(crate) fn body(&self) -> (Bytes, String) {
        let (body, kind) = match &self.body {
            Some(Value::String(text)) => (text.clone(), "text/html; charset=utf-8"),
            Some(json) => (json.to_string(), "application/json"),
            None => self.usual(),
        };
        (Bytes::from(body), self.content_type.clone().unwrap_or_else(|| kind.to_owned()))
    }

    /// What comes with such a status: the API's own 429, and the pages of servers in front of it.
    fn usual(&self) -> (String, &'static str) {
        let reason = self.status.canonical_reason().unwrap_or("Error");
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = match self.retry_after {
                    Some(1) => " Expected available in 1 second.".to_owned(),
                    Some(seconds) => format!(" Expected available in {seconds} seconds."),
                    None => String::new(),
                };
                let detail = format!("Request was throttled.{wait}");
                (json!({ crate::api::error::DETAIL: detail }).to_string(), "application/json")
            }
            StatusCode::INTERNAL_SERVER_ERROR => {
                ("<h1>Server Error (500)</h1>".to_owned(), "text/html; charset=utf-8")
            }
            status => {
                let title = format!("{} {reason}", status.as_u16());
                let page = format!(
                    "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
                );
                (page, "text/html")
            }
        }
    }
}

impl Kind {
    /// The word for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Kind::Status(_) => "status",
            Kind::Latency { .. } => "latency",
            Kind::Reset { .. } => "reset",
            Kind::LostAnswer { .. } => "lost-answer",
            Kind::TruncatedBody { .. } => "truncated-body",
            Kind::SlowBody { .. } => "slow-body",
            Kind::MalformedJson => "malformed-json",
            Kind::Stale => "stale",
        }
    }

    /// Whether the request is carried out.
    pub(crate) fn applies(&self) -> bool {
        match self {
            Kind::Status(answer) => answer.applied,
            Kind::Reset { applied } => *applied,
            _ => true,
        }
    }
}

/// A time, written as `300ms`, `5s` or `1m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// The longest that a fault holds a request: a mock is no place to wait.
const LONGEST: Duration = Duration::from_secs(600);

impl Span {
    fn minute() -> Self {
        Span(Duration::from_secs(60))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let micros = parse_duration(&text).map_err(serde::de::Error::custom)?;
        let span = u64::try_from(micros).map(Duration::from_micros).ok().filter(|span| *span <= LONGEST);
        span.map(Span).ok_or_else(|| serde::de::Error::custom(format!("\"{text}\": from 0s to 10m")))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_micros() {
            micros if micros.is_multiple_of(1_000_000) => {
                serializer.collect_str(&format_args!("{}s", micros / 1_000_000))
            }
            micros if micros.is_multiple_of(1000) => {
                serializer.collect_str(&format_args!("{}ms", micros / 1000))
            }
            micros => serializer.collect_str(&format_args!("{micros}us")),
        }
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    let code = u16::deserialize(deserializer)?;
    let status = StatusCode::from_u16(code).ok().filter(|_| (200..600).contains(&code));
    status.ok_or_else(|| serde::de::Error::custom(format!("{code} is no status from 200 to 599")))
}

fn status_code<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

fn media_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    match &text {
        Some(wrong) if HeaderValue::from_str(wrong).is_err() => {
            Err(serde::de::Error::custom(format!("content_type: {wrong:?} cannot stand in a header")))
        }
        _ => Ok(text),
    }
}
