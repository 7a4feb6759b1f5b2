//! Keeps a case from touching what it did not make: the last look at every request before it leaves for a workspace
//! that others use.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Endpoint, SentRequest};
use crate::ledger::Ledger;
use crate::matcher::shape;

/// What every field that the kit makes has in its label: fields cannot be deleted, so all runs share a few.
const FIELDS: &str = "weni conformance";

/// Labels that the API must refuse, because their keys are reserved (observed); one that begins with a digit, too. A server that takes them keeps a field
/// that does no harm.
#[rustfmt::skip]
const RESERVED: [&str; 32] = [
    "id", "uuid", "name", "first name", "language", "groups", "created on", "created by", "modified by", "is", "has",
    "tel", "whatsapp", "mailto", "ext", "facebook", "instagram", "twitter", "twitterid", "viber", "line", "telegram",
    "jiochat", "wechat", "fcm", "freshchat", "vk", "rocketchat", "discord", "weniwebchat", "slack", "teams",
];

/// A request that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It looks up something for change that may be somebody else's.
    #[error("not sent: {method} with {parameter}={value} could touch what this run did not make")]
    LookUp {
        /// The method.
        method: Method,
        /// The parameter that looks up.
        parameter: String,
        /// Its value.
        value: String,
    },
    /// It deletes without saying what.
    #[error("not sent: DELETE without a look-up could touch what this run did not make")]
    DeleteAtLarge,
    /// What it makes could not be told from what others made.
    #[error("not sent: what it makes would bear no mark of this run ({{{{own}}}}), and could not be removed")]
    Unmarked,
    /// It is about a contact or a group that the case did not make.
    #[error("not done: it is about something that this run did not make")]
    Preparation,
    /// It makes a field for good.
    #[error(
        "not sent: a field cannot be removed again, so only labels with `Weni conformance` in them are made"
    )]
    Field,
}

/// Lets a request through if it changes nothing, or changes only what the case made or makes.
///
/// # Errors
/// Why it must not be sent.
pub fn check(request: &SentRequest, ledger: &Ledger) -> Result<(), Refused> {
    if request.method.is_safe() {
        return Ok(());
    }
    for (name, value) in request.url.query_pairs() {
        if !is_harmless(&name, &value, request, ledger) {
            let (method, parameter) = (request.method.clone(), name.into_owned());
            return Err(Refused::LookUp { method, parameter, value: value.into_owned() });
        }
    }
    if request.deletes() && !["uuid", "urn", "name", "key"].iter().any(|by| request.parameter(by).is_some()) {
        return Err(Refused::DeleteAtLarge);
    }
    match Endpoint::of(&request.url) {
        Some(Endpoint::Fields) if !is_known_field(request) => Err(Refused::Field),
        Some(Endpoint::Contacts | Endpoint::Groups) if !bears_mark(request, ledger) => Err(Refused::Unmarked),
        _ => Ok(()),
    }
}

/// Whether what this parameter looks up is the case's own, or cannot be anybody's.
fn is_harmless(name: &str, value: &str, request: &SentRequest, ledger: &Ledger) -> bool {
    let marks = ledger.marks();
    match name {
        "uuid" => {
            ledger.owns(value)
                || (request.deletes() && ledger.lent() == Some(value))
                || value == marks.nobody
                || (!request.deletes() && value.is_empty())
                || (!shape::is_uuid(&value.to_lowercase()) && marks.are_in(value))
        }
        "urn" => marks.are_in(value) || (!request.deletes() && is_no_urn(value)),
        "name" => marks.are_in(value) || (!request.deletes() && value.trim().is_empty()),
        "key" => {
            marks.are_in(value) || value.to_lowercase().starts_with("weni_conformance") || !request.deletes()
        }
        _ => true,
    }
}

/// Whether a text has no path that somebody could be reached at: `tel:`, `nonsense`, nothing.
fn is_no_urn(text: &str) -> bool {
    let path = text.split_once(':').map_or("", |(_, path)| path);
    path.trim().is_empty() && !text.contains(|c: char| c.is_ascii_digit())
}

/// Whether what the request makes can be told from what others made, or it can make nothing.
fn bears_mark(request: &SentRequest, ledger: &Ledger) -> bool {
    if request.method != Method::POST || request.parameter("uuid").is_some_and(|uuid| ledger.owns(&uuid)) {
        return true;
    }
    let marks = ledger.marks();
    let body = request.body.as_deref().unwrap_or("{}");
    let in_query = request.url.query_pairs().any(|(_, value)| marks.are_in(&value));
    if in_query || marks.are_in(body) {
        return true;
    }
    match serde_json::from_str::<Value>(body) {
        // A group has no more than its name.
        Ok(Value::Object(members)) => {
            Endpoint::of(&request.url) == Some(Endpoint::Groups)
                && members.get("name").and_then(Value::as_str).is_none_or(|name| name.trim().is_empty())
        }
        Ok(_) => true,
        Err(_) => !body.contains('='),
    }
}

/// Whether a request about a field can only make one of the kit's own.
fn is_known_field(request: &SentRequest) -> bool {
    let Some(body) = request.body.as_deref() else { return true };
    let label = match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(members)) => match members.get("label") {
            Some(Value::String(label)) => label.clone(),
            _ => return true,
        },
        Ok(_) => return true,
        Err(_) => body.replace(['+', '_'], " ").replace("%20", " "),
    };
    let label = label.trim().to_lowercase();
    label.is_empty()
        || label.contains(FIELDS)
        || label.starts_with(|c: char| c.is_ascii_digit())
        || RESERVED.contains(&label.replace('_', " ").as_str())
        || (serde_json::from_str::<Value>(body).is_err() && !label.contains("label"))
}
