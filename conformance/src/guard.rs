//! Keeps a case from touching what it did not make: the last look at every request before it leaves for a workspace
//! that others use.

mod lenient;
mod sent;

use reqwest::Method;

use crate::client::{Endpoint, SentRequest};
use crate::ledger::Ledger;
use crate::matcher::shape;
pub(crate) use sent::Sent;

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
    /// It writes somewhere else than to contacts, groups and fields.
    #[error("not sent: only contacts, groups and fields are written to, and {0} is none of them")]
    Elsewhere(String),
    /// It would take a URN that may be somebody's, or store one that the user did not allow.
    #[error(
        "not sent: the URN {0} bears no mark of this run, or is no ext: URN (the case says `needs` other_urns, the user \
         --phone-urns)"
    )]
    Urn(String),
    /// It would put a contact into a group that the case did not make.
    #[error("not sent: the group {0} is none that this run made")]
    Group(String),
    /// It deletes without saying what.
    #[error("not sent: DELETE without a look-up could touch what this run did not make")]
    DeleteAtLarge,
    /// What it makes could not be told from what others made.
    #[error("not sent: what it makes would bear no mark of this run ({{{{own}}}}), and could not be removed")]
    Unmarked,
    /// It looks up by a mark that somebody else's bears by now.
    #[error(
        "not sent: the server has given somebody else's for what this case made, which a URN or name may mean now"
    )]
    Confused,
    /// It is not known whom it would find.
    #[error("not sent: GET ?{by}= answers {status} and does not show whom it would be about")]
    Unlooked {
        /// The parameter that looks up.
        by: String,
        /// The status of the answer.
        status: u16,
    },
    /// It is not known what all it would write.
    #[error("not sent: a body that is not read here as a server may read it")]
    NotUnderstood,
    /// It is about a contact or a group that the case did not make.
    #[error("not done: it is about something that this run did not make")]
    Preparation,
    /// It makes a field for good.
    #[error(
        "not sent: a field cannot be removed again, so only labels with `Weni conformance` in them are made"
    )]
    Field,
}

/// Lets a request through if it changes nothing, or changes only what the case made or makes. `refusal`: whether every
/// answer that the case describes for it is a refusal.
///
/// # Errors
/// Why it must not be sent.
pub fn check(request: &SentRequest, ledger: &Ledger, refusal: bool) -> Result<(), Refused> {
    if request.method.is_safe() {
        return Ok(());
    }
    let endpoint =
        Endpoint::of(&request.url).ok_or_else(|| Refused::Elsewhere(request.url.path().to_owned()))?;
    for (name, value) in request.url.query_pairs() {
        if !is_harmless(&name, &value, request, ledger) {
            let (method, parameter) = (request.method.clone(), name.into_owned());
            return Err(Refused::LookUp { method, parameter, value: value.into_owned() });
        }
    }
    if request.deletes() && !["uuid", "urn", "name", "key"].iter().any(|by| request.parameter(by).is_some()) {
        return Err(Refused::DeleteAtLarge);
    }
    if ledger.is_confused() && ["urn", "name"].iter().any(|by| request.parameter(by).is_some()) {
        return Err(Refused::Confused);
    }
    let sent = Sent::read(request);
    if !sent.is_understood {
        return Err(Refused::NotUnderstood);
    }
    if endpoint == Endpoint::Fields {
        return if sent.labels.iter().all(|label| is_known_field(label)) {
            Ok(())
        } else {
            Err(Refused::Field)
        };
    }
    for urn in &sent.urns {
        let own = ledger.marks().are_in(urn) || is_nobodys(urn);
        let allowed = refusal || ledger.stores_others() || urn.trim().starts_with("ext:") || is_nobodys(urn);
        if !own || !allowed {
            return Err(Refused::Urn(urn.clone()));
        }
    }
    if let Some(group) = sent.groups.iter().find(|group| !is_own_group(group, ledger)) {
        return Err(Refused::Group(group.clone()));
    }
    if bears_mark(request, &sent, ledger) { Ok(()) } else { Err(Refused::Unmarked) }
}

/// Whether nobody can be reached at a URN: it has no path, or is a telephone without a number.
fn is_nobodys(urn: &str) -> bool {
    let digits = || urn.chars().filter(char::is_ascii_digit).count();
    match urn.split_once(':') {
        Some(("tel" | "whatsapp", _)) => digits() < 4,
        Some((_, path)) => path.trim().is_empty(),
        None => digits() == 0,
    }
}

/// Whether a group, given by UUID or name, is the case's own or not there at all.
fn is_own_group(group: &str, ledger: &Ledger) -> bool {
    ledger.owns(group)
        || group == ledger.marks().nobody
        || ledger.marks().are_in(group)
        || group.trim().is_empty()
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
        "urn" => marks.are_in(value) || (!request.deletes() && is_nobodys(value)),
        "name" => marks.are_in(value) || (!request.deletes() && value.trim().is_empty()),
        "key" => {
            let own = value.to_lowercase().starts_with("weni_conformance");
            own || marks.are_in(value) || (!request.deletes() && value.trim().is_empty())
        }
        _ => true,
    }
}

/// Whether what the request makes can be told from what others made, and found again: by its name or a URN. Or whether
/// it can make nothing.
fn bears_mark(request: &SentRequest, sent: &Sent, ledger: &Ledger) -> bool {
    if request.method != Method::POST
        || !sent.makes
        || request.parameter("uuid").is_some_and(|uuid| ledger.owns(&uuid))
    {
        return true;
    }
    let marks = ledger.marks();
    let looked_up = ["urn", "name"].iter().filter_map(|by| request.parameter(by));
    let named = looked_up.chain(sent.names.clone()).chain(sent.urns.iter().cloned());
    // A group has no more than its name.
    let nameless = Endpoint::of(&request.url) == Some(Endpoint::Groups)
        && sent.names.iter().all(|name| name.trim().is_empty());
    nameless || named.into_iter().any(|text| marks.are_in(&text))
}

/// Whether a label is one of the kit's own, or one that the API must refuse.
fn is_known_field(label: &str) -> bool {
    let label = label.trim().to_lowercase();
    label.is_empty()
        || label.contains(FIELDS)
        || label.starts_with(|c: char| c.is_ascii_digit())
        || RESERVED.contains(&label.replace('_', " ").as_str())
}
