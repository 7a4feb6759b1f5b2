//! What an integration sent and what it was answered: read from a HAR file or a journal of the mock, whoever recorded it.

mod archive;
mod as_case;
mod har;
mod journal;
mod read;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use crate::client::Endpoint;

pub(crate) use archive::archive;
pub use as_case::as_case;
pub use read::{TrafficError, of_value, read};

/// What an integration sent, in the order in which it did.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    /// The exchanges, by the time of the request.
    pub exchanges: Vec<Exchange>,
    /// How many were not kept by whoever recorded them.
    pub dropped: u64,
    /// When somebody set the integration to work, as far as it is known: what is sent from then on is about something new.
    pub triggers: Vec<Timestamp>,
}

/// One request, and what came of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its place in the recording, from 1; a journal's id where there is one.
    pub number: u64,
    /// When it was sent.
    pub time: Timestamp,
    /// The same by the clock of the mock's workspace, which a test may move.
    pub clock: Option<Timestamp>,
    /// How long the answer took; `None`: nobody wrote it down.
    pub took: Option<SignedDuration>,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The whole address.
    pub url: Url,
    /// Headers in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one and it is a text.
    pub body: Option<String>,
    /// What came back; `None`: nothing.
    pub answer: Option<Answer>,
    /// What the mock says that it did besides; empty where somebody else recorded it.
    pub effects: Vec<Effect>,
    /// The kind of the fault by which the mock met it.
    pub fault: Option<String>,
}

/// Faults of the mock by which an answer that its journal has did not reach the integration, or not whole.
const LOST: [&str; 3] = ["reset", "lost-answer", "truncated-body"];

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether whoever recorded it kept only a part of the body, or nothing.
    pub cut: bool,
}

/// What a write did besides what was asked, as the mock tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Effect {
    /// Such as `urn-taken`.
    pub id: String,
    /// One sentence.
    #[serde(default)]
    pub text: String,
}

impl Traffic {
    /// How many requests there were, those counted that were not kept.
    #[must_use]
    pub fn sent(&self) -> usize {
        usize::try_from(self.dropped).unwrap_or(usize::MAX).saturating_add(self.exchanges.len())
    }

    /// Takes in other traffic of the same integration, recorded by itself: its numbers go on behind those that are here.
    pub fn join(&mut self, other: Self) {
        let before = self.exchanges.iter().map(|exchange| exchange.number).max().unwrap_or_default();
        self.dropped = self.dropped.saturating_add(other.dropped);
        self.triggers.extend(other.triggers);
        self.exchanges.extend(other.exchanges.into_iter().map(|mut exchange| {
            exchange.number += before;
            exchange
        }));
    }

    /// The same in the order in which it was sent, where it was recorded in several places at once.
    #[must_use]
    pub fn by_time(mut self) -> Self {
        self.exchanges.sort_by_key(|exchange| (exchange.time, exchange.number));
        self
    }
}

impl Exchange {
    /// The endpoint of the API that it is for.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint> {
        Endpoint::of(&self.url)
    }

    /// Method, path and query.
    #[must_use]
    pub fn line(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", self.method, self.url.path())
    }

    /// How long after another one it was sent: in truth, or for the workspace, if a test moved its clock on.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> SignedDuration {
        let really = self.time.duration_since(earlier.time);
        match (self.clock, earlier.clock) {
            (Some(now), Some(then)) => really.max(now.duration_since(then)),
            _ => really,
        }
    }

    /// Whether HTTP calls the method safe.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether it is a `POST` to this endpoint.
    #[must_use]
    pub fn posts_to(&self, endpoint: Endpoint) -> bool {
        self.method == "POST" && self.endpoint() == Some(endpoint)
    }

    /// All parameters of the query, decoded, in their order.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        self.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    /// The value of a parameter: of a repeated one the last.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().filter(|(known, _)| known == name).last().map(|(_, value)| value.into_owned())
    }

    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.body.as_deref()?).ok()
    }

    /// The status that came back.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.as_ref().map(|answer| answer.status)
    }

    /// The answer's body, null where it is no JSON.
    #[must_use]
    pub fn answered(&self) -> Value {
        self.answer.as_ref().map(Answer::json).unwrap_or_default()
    }

    /// Whether the other was sent on behalf of the same user, as far as can be seen: a journal shows no tokens.
    #[must_use]
    pub fn same_user(&self, other: &Self) -> bool {
        self.header("authorization") == other.header("authorization")
    }

    /// Whether the API did what was asked, as far as the integration could see.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the integration cannot know whether it was carried out: no answer, or a failure of the server.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        let lost = self.fault.as_ref().is_some_and(|fault| LOST.contains(&fault.as_str()));
        lost || self.status().is_none_or(|status| status >= 500)
    }
}

impl Answer {
    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body, null where it is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A time in milliseconds, as recordings have it: -1 or nothing where it is not known.
fn took(millis: &Value) -> Option<SignedDuration> {
    let seconds = millis.as_f64().filter(|millis| *millis >= 0.0)? / 1e3;
    SignedDuration::try_from_secs_f64(seconds).ok()
}

/// The bytes of base64 as recordings have it: in lines, with or without `=` at its end.
fn of_base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(text.split_ascii_whitespace().collect::<String>())
}

/// Headers with their names in lower case, by which they are known.
fn in_lower_case(headers: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}
