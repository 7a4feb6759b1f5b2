//! What a case made on a workspace that others use, and what has become of it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use crate::before::Before;
use crate::client::{Answer, Endpoint, SentRequest};
use crate::guard::Sent;
use crate::mark::Marks;
use crate::matcher::shape;

/// Why something is left that a server gave for what the case made.
const OTHERS: &str = "it may be somebody else's";

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
    /// Whether a list showed it with a mark. Until then only the answer that made it speaks for it, and a server in error
    /// may have given somebody else's UUID there.
    #[serde(skip)]
    pub seen: bool,
    /// Its name, as the answer that made it showed it.
    #[serde(skip)]
    pub name: Option<String>,
    /// Whether no mark of it can be seen.
    #[serde(skip)]
    pub masked: bool,
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

/// The ledger of one case. Only what bears one of its marks and was not there before counts as made by it: what does not
/// is never changed or deleted.
#[derive(Debug)]
pub struct Ledger {
    marks: Marks,
    before: Arc<Before>,
    lent: Option<String>,
    stores_others: bool,
    made: Vec<Made>,
    tried: Vec<String>,
    unanswered: bool,
    /// Until when what there is was made, when the last request left.
    until: Timestamp,
    wrote: bool,
}

impl Ledger {
    /// An empty ledger of the case with these marks, on a workspace of which this was there before. `lent`: the UUID of a
    /// group that the user of the kit gives for the attempt to delete it.
    #[must_use]
    pub fn new(marks: Marks, before: Arc<Before>, lent: Option<String>) -> Self {
        Self {
            marks,
            until: before.until_now(),
            wrote: false,
            before,
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

    /// What was on the workspace before.
    #[must_use]
    pub fn before(&self) -> &Before {
        &self.before
    }

    /// To be called before a request leaves: what it makes is younger than all there is.
    pub fn sending(&mut self, request: &SentRequest) {
        self.until = self.before.until_now();
        self.wrote |= !request.method.is_safe();
    }

    /// Whether the case has sent anything that could have changed something.
    #[must_use]
    pub fn wrote(&self) -> bool {
        self.wrote
    }

    /// Whether a server gave somebody else's for the case's own: then URNs and names no longer tell whose something is.
    #[must_use]
    pub fn is_confused(&self) -> bool {
        Self::others(&self.made).next().is_some()
    }

    /// Looks at what a look-up by a mark finds, before it is used for writing: what was there before the run is somebody
    /// else's, however it came by the mark.
    pub fn note_found(&mut self, endpoint: Endpoint, answer: &Answer) {
        let page = answer.json().unwrap_or_default();
        for item in page["results"].as_array().into_iter().flatten() {
            let Some(uuid) = uuid_of(item).filter(|_| self.before.had(endpoint, item)) else { continue };
            let fate = Fate::Left(format!("{OTHERS}: it was there before this run, and bears its mark now"));
            if let Some(made) = self.made.iter_mut().find(|made| made.id == uuid) {
                made.fate = fate;
            } else {
                self.made.push(Made {
                    endpoint,
                    id: uuid.to_owned(),
                    fate,
                    seen: true,
                    name: None,
                    masked: false,
                });
            }
        }
    }

    /// Whether the case made what has this UUID, and a list has shown it since.
    #[must_use]
    pub fn owns(&self, uuid: &str) -> bool {
        self.made.iter().any(|made| made.id == uuid && made.seen && !matches!(made.fate, Fate::Left(_)))
    }

    /// What stands under one of these UUIDs, or as a group under one of these names, and was not seen in a list yet.
    pub fn unseen<'a>(&self, uuids: impl Iterator<Item = &'a str>) -> Vec<(Endpoint, String)> {
        let unseen = |uuid: &&str| {
            let is_meant = |made: &Made| {
                let named = made.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(uuid.trim()));
                made.id == **uuid || (made.endpoint == Endpoint::Groups && named)
            };
            let standing = |made: &&Made| is_meant(made) && !made.seen && made.fate == Fate::Standing;
            self.made.iter().find(standing).map(|made| (made.endpoint, made.id.clone()))
        };
        uuids.filter_map(|uuid| unseen(&uuid)).collect()
    }

    /// Enters something that a list shows, if it bears a mark and was not there before.
    pub fn adopt(&mut self, endpoint: Endpoint, item: &Value) {
        let Some(uuid) = uuid_of(item).filter(|uuid| !self.made.iter().any(|made| made.id == *uuid)) else {
            return;
        };
        if self.bears_mark(item) && self.before.lacks(endpoint, item, self.before.since()) {
            self.made.push(Made {
                endpoint,
                id: uuid.to_owned(),
                fate: Fate::Standing,
                seen: true,
                name: None,
                masked: false,
            });
        }
    }

    /// UUIDs of what a server gave for the case's own, and which may be somebody else's.
    pub fn others(made: &[Made]) -> impl Iterator<Item = &str> {
        let is_others = |made: &&Made| matches!(&made.fate, Fate::Left(reason) if reason.starts_with(OTHERS));
        made.iter().filter(is_others).map(|made| made.id.as_str())
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
        if let Some(answer) = answer {
            self.before.note_answer(answer);
        }
        let Some(endpoint) = Endpoint::of(&request.url) else { return };
        let done = answer.filter(|answer| (200..300).contains(&answer.status));
        match request.method {
            Method::GET => {
                if let Some(answer) = done.filter(|_| request.parameter("deleted").is_none()) {
                    self.note_shown(endpoint, answer);
                }
            }
            Method::POST => {
                let body = done.and_then(|answer| serde_json::from_str::<Value>(&answer.text).ok());
                let body = body.unwrap_or_default();
                let refused = answer.is_some_and(|answer| (300..500).contains(&answer.status));
                if endpoint != Endpoint::Fields && !refused && uuid_of(&body).is_none() {
                    self.unanswered = true;
                    let urns = request.parameter("urn").into_iter().chain(Sent::read(request).urns);
                    self.tried.extend(urns.filter(|urn| self.marks.are_in(urn)));
                }
                if let Some(answer) = done {
                    self.note_made(endpoint, request, answer, &body);
                }
            }
            Method::DELETE if done.is_some() => {
                let Some(uuid) = request.parameter("uuid") else { return };
                if self.lent.as_ref() == Some(&uuid) {
                    let reason = "it was lent by --linked-group, and the server deleted it: it is lost";
                    let fate = Fate::Left(reason.to_owned());
                    self.made.push(Made { endpoint, id: uuid, fate, seen: true, name: None, masked: false });
                } else {
                    self.settle(&uuid, &Fate::Removed);
                }
            }
            _ => {}
        }
    }

    /// Looks in a list for what stands and was not seen yet: with a mark it is the case's, without it is not.
    fn note_shown(&mut self, endpoint: Endpoint, answer: &Answer) {
        let page = answer.json().unwrap_or_default();
        for item in page["results"].as_array().into_iter().flatten() {
            let Some(uuid) = uuid_of(item) else { continue };
            let name = item["name"].as_str();
            let marked = self.bears_mark(item);
            // Nobody is in a group of the case's before the case puts somebody there, and then it has been seen.
            let entered = endpoint == Endpoint::Groups
                && !(item["count"].as_u64() == Some(0) && item["query"].is_null());
            let had = self.before.had(endpoint, item) || entered;
            let known = self.made.iter_mut().find(|made| made.id == uuid && made.fate == Fate::Standing);
            match known {
                Some(made) if made.seen => {}
                Some(made) if !had && (marked || (is_masked(item) && made.name.as_deref() == name)) => {
                    made.seen = true;
                }
                Some(made) => {
                    made.fate = Fate::Left(format!("{OTHERS}: a list shows it as none of this run's"));
                }
                None => {}
            }
        }
    }

    /// `body`: the answer's, null if it is no JSON.
    fn note_made(&mut self, endpoint: Endpoint, request: &SentRequest, answer: &Answer, body: &Value) {
        if endpoint == Endpoint::Fields {
            if let (201, Some(key)) = (answer.status, body["key"].as_str()) {
                let fate = Fate::Left("the API deletes no fields".to_owned());
                self.made.push(Made {
                    endpoint,
                    id: key.to_owned(),
                    fate,
                    seen: true,
                    name: None,
                    masked: false,
                });
            }
            return;
        }
        let Some(uuid) = uuid_of(body) else { return };
        if self.made.iter().any(|made| made.id == uuid)
            || request.parameter("uuid").is_some_and(|u| u == uuid)
        {
            return;
        }
        let name = body["name"].as_str();
        // An anonymous workspace shows no mark: then it is what was sent, and new.
        let sent = Sent::read(request);
        let masked = answer.status == 201
            && is_masked(body)
            && sent.names.first().map_or(name.is_none(), |sent| name == Some(sent.trim()));
        let why_not = if request.parameter("uuid").is_some() {
            Some("the request named another")
        } else if !self.bears_mark(body) && !masked {
            Some("it bears no mark of this run")
        } else if self.has_foreign_urn(body, &sent) {
            Some("it has a URN that this case did not send")
        } else if !self.before.lacks(endpoint, body, self.until) {
            Some("it was there before this run")
        } else {
            None
        };
        let fate = why_not.map_or(Fate::Standing, |why| Fate::Left(format!("{OTHERS}: {why}")));
        if fate == Fate::Standing {
            self.before.note_made(body, answer);
        }
        let name = name.map(str::to_owned);
        self.made.push(Made {
            endpoint,
            id: uuid.to_owned(),
            fate,
            seen: false,
            name,
            masked: is_masked(body),
        });
    }

    /// Whether a contact shows a URN that can be none of those sent: all of these bear a mark, or have no path.
    fn has_foreign_urn(&self, body: &Value, sent: &Sent) -> bool {
        let urns = body["urns"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let is_own = |urn: &str| {
            self.marks.are_in(urn) || urn.ends_with(":********") || sent.urns.iter().any(|sent| sent == urn)
        };
        urns.into_iter().any(|urn| !is_own(urn))
    }

    /// Whether the name or a URN of something bears one of the case's marks.
    fn bears_mark(&self, body: &Value) -> bool {
        let urns = body["urns"].as_array().into_iter().flatten();
        let texts = urns.chain(std::iter::once(&body["name"])).filter_map(Value::as_str);
        texts.into_iter().any(|text| self.marks.are_in(text))
    }
}

/// Whether an anonymous workspace hides all the URNs of a contact, so that no mark in them can be seen.
fn is_masked(body: &Value) -> bool {
    let mut urns = body["urns"].as_array().into_iter().flatten().filter_map(Value::as_str).peekable();
    urns.peek().is_some() && urns.all(|urn| urn.ends_with(":********"))
}

/// The UUID that an object shows, if it is one.
fn uuid_of(object: &Value) -> Option<&str> {
    object["uuid"].as_str().filter(|uuid| shape::is_uuid(uuid))
}
