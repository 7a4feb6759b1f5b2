//! What is sent and means nothing.

use super::body;
use super::requests::each;
use super::{Found, effects};
use crate::client::Endpoint;
use crate::traffic::Traffic;

/// JSON under the media type of a form: read as one, it has no member that means anything (observed, Bodies).
pub(super) fn json_as_form(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        exchange.endpoint()?;
        let media_type = body::form_of_json(exchange).filter(|_| exchange.method == "POST")?;
        let made = exchange.status() == Some(201) && exchange.endpoint() == Some(Endpoint::Contacts);
        let came = if made { ", so that a contact was made of nothing in it" } else { "" };
        Some(format!("the body is JSON, and Content-Type says {media_type}{came}"))
    })
}

/// Members that mean nothing (observed, Bodies), by the mock's word or by their names.
pub(super) fn member_ignored(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let known: &[&str] = match exchange.endpoint().filter(|_| exchange.method == "POST")? {
            Endpoint::Contacts => &["name", "language", "urns", "groups", "fields"],
            Endpoint::Fields => &["label", "value_type"],
            Endpoint::Groups => &["name"],
        };
        if effects::has(exchange, "member-ignored") || body::form_of_json(exchange).is_some() {
            return None;
        }
        let of_contact = exchange.endpoint() == Some(Endpoint::Contacts);
        let form = exchange.json().is_none();
        let ignored: Vec<String> = body::names(exchange)
            .into_iter()
            .filter(|name| !(of_contact && form && body::is_item(name)))
            .filter(|name| !known.contains(&name.as_str()) || (form && name == "fields"))
            .map(|name| format!("\"{name}\""))
            .collect();
        (!ignored.is_empty()).then(|| told(&ignored))
    })
}

/// Names at most that one sentence tells.
const SHOWN: usize = 5;

fn told(ignored: &[String]) -> String {
    let shown = ignored[..ignored.len().min(SHOWN)].join(", ");
    let more = match ignored.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let means = if ignored.len() == 1 { "means" } else { "mean" };
    format!("{shown}{more} in the body {means} nothing")
}
