//! The requests of two plays, held against each other: exploring names a request by its place, so that it must be the same
//! one each time.

use std::borrow::Cow;

use super::State;
use crate::client::Tokens;
use crate::matcher::shape;
use crate::traffic::Exchange;

/// A request of the integration that a fault can meet.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method, path and query; no token in it.
    pub line: String,
    /// The same without what differs from play to play: identifiers of what was not there before, instants and cursors.
    shape: String,
}

impl Request {
    /// That of this exchange. `before`: what was there, whose identifiers are the same in each play.
    pub(super) fn of(exchange: &Exchange, before: &State, secrets: &Tokens) -> Self {
        let mut shape = format!("{} {}", exchange.method, exchange.url.path());
        for (name, value) in exchange.parameters() {
            let value = if differs(&name, &value, before) { Cow::from("…") } else { value.into() };
            shape.push_str(&format!("&{name}={value}"));
        }
        Self { line: secrets.mask(&exchange.line()), shape }
    }
}

fn differs(name: &str, value: &str, before: &State) -> bool {
    let is_new = || !before.contacts.contains_key(value) && !before.groups.contains_key(value);
    name == "cursor" || shape::is_instant(value) || (shape::is_uuid(value) && is_new())
}

/// Where one play first sent something else than another: its place from 1, and both requests.
pub(super) fn first_other<'a>(
    one: &'a [Request],
    other: &'a [Request],
) -> Option<(usize, Option<&'a Request>, Option<&'a Request>)> {
    (0..one.len().max(other.len()))
        .map(|place| (place + 1, one.get(place), other.get(place)))
        .find(|(_, one, other)| one.map(|request| &request.shape) != other.map(|request| &request.shape))
}

/// A request in a sentence.
pub(super) fn told(request: Option<&Request>) -> String {
    request.map_or("none".to_owned(), |request| format!("`{}`", request.line))
}
