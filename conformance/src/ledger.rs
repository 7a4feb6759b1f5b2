//! What a case made on a workspace that others use, and what has become of it.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use crate::client::{Answer, Endpoint, SentRequest};
use crate::mark::Marks;
use crate::matcher::shape;

/// How far a server's `Date`, which has no fractions, may be from its own instants.
const CLOCK: SignedDuration = SignedDuration::from_secs(5);

/// Something that a case made.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// Where it was made.
    pub endpoint: Endpoint,
    /// Its UUID, or a field's key.
    pub id: String,
    /// What has become of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What has become of something that a case made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", content = "reason", rename_all = "snake_case")]
pub enum Fate {
    /// It is there, as far as is known.
    Standing,
    /// It was deleted.
    Removed,
    /// A field of the few that all runs share: the API deletes none.
    Kept,
    /// It is still there, and why.
    Left(String),
}

/// The ledger of one case. Only what bears one of its marks counts as made by it: what does not is never deleted.
#[derive(Debug)]
pub struct Ledger {
    marks: Marks,
    began: Instant,
    lent: Option<String>,
    stores_others: bool,
    made: Vec<Made>,
    tried: Vec<String>,
    unanswered: bool,
}

impl Ledger {
    /// An empty ledger of the case with these marks. `lent`: the UUID of a group that the user of the kit gives for the
    /// attempt to delete it.
    #[must_use]
    pub fn new(marks: Marks, lent: Option<String>) -> Self {
        Self {
            marks,
            began: Instant::now(),
            lent,
            stores_others: false,
            tried: Vec::new(),
            made: Vec::new(),
            unanswered: false,
        }
    }

    /// The same of a case that may store other URNs than `ext:`.
    #[must_use]
    pub fn storing_others(self, allowed: bool) -> Self {
        Self { stores_others: allowed, ..self }
    }

    /// Whether the case may store other URNs than `ext:`.
    #[must_use]
    pub fn stores_others(&self) -> bool {
        self.stores_others
    }

    /// URNs by which the case tried to make contacts, when it is not known what became of that.
    #[must_use]
    pub fn tried(&self) -> &[String] {
        &self.tried
    }

    /// The group that the user of the kit gives.
    #[must_use]
    pub fn lent(&self) -> Option<&str> {
        self.lent.as_deref()
    }

    /// The marks of the case.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Whether some writing request got no answer, so that there may be things whose UUID nobody knows.
    #[must_use]
    pub fn unanswered(&self) -> bool {
        self.unanswered
    }

    /// Everything made so far, in the order made.
    #[must_use]
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// Whether the case made what has this UUID.
    #[must_use]
    pub fn owns(&self, uuid: &str) -> bool {
        self.made.iter().any(|made| made.id == uuid && !matches!(made.fate, Fate::Left(_)))
    }

    /// Enters something that a list shows, if it bears a mark and is as new as the case.
    pub fn adopt(&mut self, endpoint: Endpoint, item: &Value, list: &Answer) {
        let Some(uuid) = uuid_of(item).filter(|uuid| !self.made.iter().any(|made| made.id == *uuid)) else {
            return;
        };
        if self.bears_mark(item) && self.is_new(endpoint, item, list) {
            self.made.push(Made { endpoint, id: uuid.to_owned(), fate: Fate::Standing });
        }
    }

    /// Says what has become of something.
    pub fn settle(&mut self, id: &str, fate: &Fate) {
        for made in self.made.iter_mut().filter(|made| made.id == id) {
            made.fate = fate.clone();
        }
    }

    /// Says that the fields made so far are those that were meant.
    pub fn keep_fields(&mut self) {
        for made in self.made.iter_mut().filter(|made| made.endpoint == Endpoint::Fields) {
            made.fate = Fate::Kept;
        }
    }

    /// Notes what a request did, as its answer tells; `None`: there was none.
    pub fn note(&mut self, request: &SentRequest, answer: Option<&Answer>) {
        let Some(endpoint) = Endpoint::of(&request.url) else { return };
        let done = answer.filter(|answer| (200..300).contains(&answer.status));
        match request.method {
            Method::POST => {
                let body = done.and_then(|answer| serde_json::from_str::<Value>(&answer.text).ok());
                let body = body.unwrap_or_default();
                let refused = answer.is_some_and(|answer| (300..500).contains(&answer.status));
                if endpoint != Endpoint::Fields && !refused && uuid_of(&body).is_none() {
                    self.unanswered = true;
                    self.tried.extend(request.parameter("urn").filter(|urn| self.marks.are_in(urn)));
                }
                if let Some(answer) = done {
                    self.note_made(endpoint, request, answer, &body);
                }
            }
            Method::DELETE if done.is_some() => {
                let Some(uuid) = request.parameter("uuid") else { return };
                if self.lent.as_ref() == Some(&uuid) {
                    let reason = "it was lent by --linked-group, and the server deleted it: it is lost";
                    self.made.push(Made { endpoint, id: uuid, fate: Fate::Left(reason.to_owned()) });
                } else {
                    self.settle(&uuid, &Fate::Removed);
                }
            }
            _ => {}
        }
    }

    /// `body`: the answer's, null if it is no JSON.
    fn note_made(&mut self, endpoint: Endpoint, request: &SentRequest, answer: &Answer, body: &Value) {
        if endpoint == Endpoint::Fields {
            if let (201, Some(key)) = (answer.status, body["key"].as_str()) {
                let fate = Fate::Left("the API deletes no fields".to_owned());
                self.made.push(Made { endpoint, id: key.to_owned(), fate });
            }
            return;
        }
        let Some(uuid) = uuid_of(body) else { return };
        if self.made.iter().any(|made| made.id == uuid)
            || request.parameter("uuid").is_some_and(|u| u == uuid)
        {
            return;
        }
        let fate = if !self.bears_mark(body) {
            Fate::Left("it bears no mark of this run, so it may be somebody else's".to_owned())
        } else if !self.is_new(endpoint, body, answer) {
            Fate::Left(
                "it is older than the request that should have made it, so it is somebody else's".to_owned(),
            )
        } else {
            Fate::Standing
        };
        self.made.push(Made { endpoint, id: uuid.to_owned(), fate });
    }

    /// Whether the name or a URN of something bears one of the case's marks.
    fn bears_mark(&self, body: &Value) -> bool {
        let urns = body["urns"].as_array().into_iter().flatten();
        let texts = urns.chain(std::iter::once(&body["name"])).filter_map(Value::as_str);
        texts.into_iter().any(|text| self.marks.are_in(text))
    }

    /// Whether what an answer shows can have been made by the case: a server in error might have changed somebody else's
    /// instead. By the server's own clock; a group, which shows no instant, is new while nobody is in it.
    fn is_new(&self, endpoint: Endpoint, body: &Value, answer: &Answer) -> bool {
        if endpoint == Endpoint::Groups {
            return body["count"].as_u64() == Some(0);
        }
        let created = body["created_on"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let age = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        match (created, answer.date()) {
            (Some(created), Some(now)) => now.duration_since(created) <= age + CLOCK,
            // Without instants to compare there is only the status to go by.
            _ => answer.status == 201,
        }
    }
}

/// The UUID that an object shows, if it is one.
fn uuid_of(object: &Value) -> Option<&str> {
    object["uuid"].as_str().filter(|uuid| shape::is_uuid(uuid))
}
