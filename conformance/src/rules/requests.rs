//! What one request shows by itself.

use std::net::IpAddr;

use serde_json::Value;

use super::{Found, body, effects};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// The look-ups of a contact in the URL of a write (observed).
const LOOK_UPS: [&str; 3] = ["uuid", "urn", "name"];

/// Items in `urns` and `groups`, members of `fields`: at most so many (C4, C9, C10).
const MOST: usize = 100;

/// Three-letter codes that are in ISO 639-2 for libraries alone, not in ISO 639-3: `fre` for French.
const BIBLIOGRAPHIC: [&str; 20] = [
    "alb", "arm", "baq", "bur", "chi", "cze", "dut", "fre", "geo", "ger", "gre", "ice", "mac", "mao", "may",
    "per", "rum", "slo", "tib", "wel",
];

/// Ends of host names that are never public (RFC 6761, RFC 6762, and ICANN's `internal`).
const HERE: [&str; 5] = [".localhost", ".local", ".internal", ".test", ".home.arpa"];

/// The exchanges of which `tell` has something to say.
pub(super) fn each(traffic: &Traffic, tell: impl Fn(&Exchange) -> Option<String>) -> Found {
    let exchanges = traffic.exchanges.iter().enumerate();
    exchanges.filter_map(|(place, exchange)| Some((place, tell(exchange)?))).collect()
}

/// The members of a contact that is written.
pub(super) fn contact(exchange: &Exchange) -> Option<Value> {
    exchange.posts_to(Endpoint::Contacts).then(|| body::members(exchange))?
}

pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// No credentials, or none that the API knows: 403, never 401 (observed, Authentication).
pub(super) fn credentials(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        exchange.endpoint()?;
        // Browsers take credentials out of what they export, and ask without them whether a page may send them: the API,
        // which looks at them first, says whether they were there.
        let asks = exchange.method == "OPTIONS" && exchange.header("access-control-request-method").is_some();
        if asks || exchange.status().is_some_and(|status| !matches!(status, 401 | 403)) {
            return None;
        }
        let Some(header) = exchange.header("authorization") else {
            return Some("there is no Authorization header".to_owned());
        };
        let scheme = header.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if !["token", "basic", "bearer"].contains(&scheme.as_str()) {
            return Some("the Authorization header does not begin with Token".to_owned());
        }
        let detail = exchange.answered()["detail"].as_str().map(str::to_owned)?;
        let refused = exchange.status() == Some(403) && !detail.starts_with("You do not have permission");
        refused.then(|| format!("the API answers 403 {detail}"))
    })
}

/// `urns` in the body beside `?urn=` (C14).
pub(super) fn urns_beside_urn(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let urns = contact(exchange)?.get("urns").cloned()?;
        exchange.parameter("urn").map(|urn| format!("?urn={urn} and `urns` {urns} in one request"))
    })
}

/// More than one of `uuid`, `urn` and `name` (observed).
pub(super) fn several_look_ups(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        if exchange.only_reads() || exchange.endpoint() != Some(Endpoint::Contacts) {
            return None;
        }
        let given: Vec<_> = LOOK_UPS.into_iter().filter(|name| exchange.parameter(name).is_some()).collect();
        (given.len() > 1).then(|| format!("{} in one URL", given.join(" and ")))
    })
}

/// More than a hundred items (C4, C9, C10).
pub(super) fn too_many_items(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let body = contact(exchange)?;
        ["urns", "groups", "fields"].into_iter().find_map(|member| {
            let count = match &body[member] {
                Value::Array(items) => items.len(),
                Value::Object(members) => members.len(),
                _ => 0,
            };
            (count > MOST).then(|| format!("`{member}` has {count} items"))
        })
    })
}

/// A language that is not in ISO 639-3 (C3).
pub(super) fn language(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let body = contact(exchange)?;
        let language = body["language"].as_str()?.trim();
        let letters = language.len() == 3 && language.bytes().all(|c| c.is_ascii_alphabetic());
        let refused = exchange.answered()["language"].is_array();
        let known = letters && !BIBLIOGRAPHIC.contains(&language.to_ascii_lowercase().as_str());
        (!known || refused).then(|| format!("`language` is \"{language}\""))
    })
}

/// Groups as objects, as in the article's example (DV1).
pub(super) fn group_objects(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let body = contact(exchange)?;
        let objects = body["groups"].as_array()?.iter().any(Value::is_object);
        objects.then(|| "`groups` has objects in it".to_owned())
    })
}

/// Telephones without a country code (observed, tel:), but for those of which the mock says more: whose they were read as.
pub(super) fn not_e164(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        if exchange.endpoint() != Some(Endpoint::Contacts) || exchange.only_reads() {
            return None;
        }
        let body = contact(exchange).unwrap_or_default();
        let in_url = exchange.parameter("urn");
        // A plus sign that arrives as a space is another mistake.
        let national = |urn: &&str| {
            urn.strip_prefix("tel:").is_some_and(is_national)
                && !effects::begins(exchange, "number-read-as-foreign", urn)
        };
        let urn = texts(&body["urns"]).chain(in_url.as_deref()).find(national)?;
        let read = format!("tel:+{}", urn.chars().filter(char::is_ascii_digit).collect::<String>());
        let answered = exchange.answered();
        let abroad = texts(&answered["urns"]).any(|shown| shown == read);
        let became = if abroad { format!(", and was read as {read}") } else { String::new() };
        Some(format!("{urn} has no + and country code{became}"))
    })
}

/// Whether a number cannot be told from one without a country code. From twelve digits on that do not begin with 0 it has one:
/// a number of Brazil has ten or eleven without it.
fn is_national(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let letters = number.contains(|c: char| c.is_alphabetic());
    !number.starts_with(['+', ' ']) && (digits < 12 || number.starts_with('0') || letters)
}

/// A plus sign in the query that is not escaped (observed: it arrives as a space, and is forgiven).
pub(super) fn plus_sign(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let query = exchange.url.query()?;
        let urn = query.split('&').find(|pair| pair.starts_with("urn="))?;
        let lower = urn.to_ascii_lowercase();
        // An address has no space in it, so that a plus sign cannot be meant as one.
        let address = ["urn=mailto:", "urn=mailto%3a"].iter().any(|begin| lower.starts_with(begin));
        let raw = urn.contains(":+") || lower.contains("%3a+") || (address && urn.contains('+'));
        raw.then(|| format!("?{urn}"))
    })
}

/// Credentials without encryption to another machine.
pub(super) fn plain_http(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        exchange.endpoint()?;
        let host = exchange.url.host_str()?.trim_start_matches('[').trim_end_matches(']');
        let local = match host.parse() {
            Ok(IpAddr::V4(address)) => {
                address.is_loopback() || address.is_private() || address.is_link_local()
            }
            Ok(IpAddr::V6(address)) => {
                address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
            }
            // A container, or a name that no public server can have.
            Err(_) => !host.contains('.') || HERE.iter().any(|end| host.ends_with(end)),
        };
        (exchange.url.scheme() == "http" && !local).then(|| format!("http to {host}"))
    })
}

/// An endpoint without its `.json` (observed, Paths): a GET gets the page for browsers.
pub(super) fn missing_json(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        exchange.endpoint()?;
        let path = exchange.url.path();
        (!path.contains(".json")).then(|| format!("{} {path}", exchange.method))
    })
}

/// A path that the API does not have, and that is meant for one of its endpoints: as a rule the base address is wrong.
pub(super) fn wrong_path(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let path = exchange.url.path();
        let names = path.split('/').map(|part| part.strip_suffix(".json").unwrap_or(part));
        let meant = names.map(|name| name.strip_suffix('s').unwrap_or(name));
        let meant = meant.into_iter().any(|name| Endpoint::ALL.iter().any(|endpoint| endpoint.one() == name));
        let wrong = meant && exchange.endpoint().is_none() && exchange.status() == Some(404);
        wrong.then(|| format!("there is no {path}"))
    })
}

/// A parameter of a write that means nothing: with a look-up misspelt a contact is made (observed, Query parameters).
pub(super) fn misspelt_look_up(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        if exchange.only_reads() {
            return None;
        }
        let known: &[&str] = match exchange.endpoint()? {
            Endpoint::Contacts => &LOOK_UPS,
            Endpoint::Groups => &["uuid"],
            Endpoint::Fields => &["key"],
        };
        let others = ["project", "project_uuid"];
        let parameters = exchange.parameters();
        let (name, _) = parameters
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()) && !others.contains(&name.as_str()))?;
        let made = if exchange.status() == Some(201) { ", and something new was made" } else { "" };
        Some(format!("?{name}= is no look-up here{made}"))
    })
}

/// A field that does not exist (C10).
pub(super) fn unknown_field(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        exchange.posts_to(Endpoint::Contacts).then_some(())?;
        let answered = exchange.answered();
        texts(&answered["fields"]).find_map(|told| {
            told.strip_prefix("Invalid contact field key: ").map(|key| format!("there is no field \"{key}\""))
        })
    })
}
