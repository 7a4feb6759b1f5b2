//! How many requests, and how soon.

use std::collections::BTreeMap;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::{Found, after, seconds};
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// Requests of a user within an hour (observed, Throttle).
const HOURLY: usize = 2500;

/// From how long a stretch of traffic a pace can be told: a job of some minutes may have nothing more to send.
const STRETCH: SignedDuration = SignedDuration::from_mins(30);

/// Contacts are counted by themselves, fields and groups together (observed, Throttle).
fn is_of_contacts(exchange: &Exchange) -> bool {
    exchange.endpoint() == Some(Endpoint::Contacts)
}

/// A request before the time that `Retry-After` asked for has passed.
pub(super) fn impatient(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, refused) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.status() == Some(429)) {
        let header = refused.answer.as_ref().and_then(|answer| answer.header("retry-after"));
        let Some((header, asked)) = header.and_then(|header| Some((header, asked(header, refused.time)?)))
        else {
            continue;
        };
        // What was under way already when the answer came could not know of it.
        let told = refused.took.and_then(|took| refused.time.checked_add(took).ok()).unwrap_or(refused.time);
        let next = after(traffic, place).find(|(_, next)| {
            next.endpoint().is_some()
                && is_of_contacts(next) == is_of_contacts(refused)
                && next.same_user(refused)
                && next.time > told
        });
        let too_soon =
            |next: &Exchange| next.since(refused) < asked && !is_set_to_work(traffic, refused, next);
        if let Some((next, exchange)) = next.filter(|(_, next)| too_soon(next)) {
            let waited = seconds(exchange.since(refused));
            let unit = if header.bytes().all(|c| c.is_ascii_digit()) { " s" } else { "" };
            found.push((next, format!("{waited} after a 429 that asked for {header}{unit}")));
        }
    }
    found
}

/// How long a `Retry-After` asks to wait: by seconds, or, where a proxy wrote it, by a date. `None`: longer than there is
/// time.
fn asked(header: &str, time: Timestamp) -> Option<SignedDuration> {
    let asked = match header.parse() {
        Ok(seconds) => SignedDuration::from_secs(seconds),
        Err(_) => rfc2822::parse(header).ok()?.timestamp().duration_since(time),
    };
    time.checked_add(asked).is_ok().then_some(asked)
}

/// Whether somebody set the integration to work between the two: an event that comes meanwhile is no second try.
fn is_set_to_work(traffic: &Traffic, refused: &Exchange, next: &Exchange) -> bool {
    traffic.triggers.iter().any(|at| (refused.time..=next.time).contains(at))
}

/// More requests than production lets pass, of one user and in one count.
pub(super) fn too_many_requests(traffic: &Traffic) -> Found {
    let mut counts: BTreeMap<_, Vec<(usize, &Exchange)>> = BTreeMap::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        // What was refused does not count.
        if exchange.endpoint().is_some() && !matches!(exchange.status(), Some(403 | 429)) {
            let count = (exchange.header("authorization"), is_of_contacts(exchange));
            counts.entry(count).or_default().push((place, exchange));
        }
    }
    let mut found: Found = counts.values().filter_map(|count| too_many(count)).collect();
    found.sort_by_key(|(place, _)| *place);
    found
}

fn too_many(of_api: &[(usize, &Exchange)]) -> Option<(usize, String)> {
    let hour = SignedDuration::from_hours(1);
    let over = of_api
        .iter()
        .zip(of_api.iter().skip(HOURLY))
        .find(|((_, first), (_, last))| last.since(first) < hour);
    if let Some((_, (place, _))) = over {
        return Some((*place, format!("more than {HOURLY} requests within an hour")));
    }
    let ((_, first), (place, last)) = (of_api.first()?, of_api.last()?);
    let stretch = last.since(first);
    let hourly = (of_api.len() - 1) as f64 * 3600.0 / stretch.as_secs_f64();
    // Within a longer one they are counted.
    (stretch >= STRETCH && stretch < hour && hourly > HOURLY as f64).then(|| {
        let minutes = stretch.as_secs() / 60;
        (*place, format!("{} requests in {minutes} minutes: at this pace {hourly:.0} an hour", of_api.len()))
    })
}
