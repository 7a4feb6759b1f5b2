//! What several requests show together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::SignedDuration;
use serde_json::Value;

use super::Found;
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// For so long production may not know a new field or group (observed, Freshness).
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How soon after a look-up a write belongs to it.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// Requests of a user within an hour (observed, Throttle).
const HOURLY: usize = 2500;

/// From how long a stretch of traffic a pace can be told.
const STRETCH: SignedDuration = SignedDuration::from_secs(60);

/// The exchanges after a place, each with its own.
fn after(traffic: &Traffic, place: usize) -> impl Iterator<Item = (usize, &Exchange)> {
    traffic.exchanges.iter().enumerate().skip(place + 1)
}

/// A field or a group that is used within 5 seconds of being made.
pub(super) fn fresh(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, made) in traffic.exchanges.iter().enumerate().filter(|(_, made)| made.status() == Some(201)) {
        let answered = made.answered();
        let (member, names) = match made.endpoint() {
            Some(Endpoint::Fields) => ("fields", vec![answered["key"].as_str()]),
            Some(Endpoint::Groups) => ("groups", vec![answered["uuid"].as_str(), answered["name"].as_str()]),
            _ => continue,
        };
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let user = after(traffic, place)
            .take_while(|(_, next)| next.time.duration_since(made.time) < FRESH)
            .find(|(_, next)| next.posts_to(Endpoint::Contacts) && uses(next, member, &names));
        if let Some((user, next)) = user {
            let age = next.time.duration_since(made.time).as_secs_f64();
            found.push((user, format!("\"{}\" was made {age:.1} s before", names[0])));
        }
    }
    found
}

fn uses(exchange: &Exchange, member: &str, names: &[&str]) -> bool {
    match &exchange.json().unwrap_or_default()[member] {
        Value::Object(fields) => fields.keys().any(|key| names.contains(&key.as_str())),
        Value::Array(groups) => groups.iter().filter_map(Value::as_str).any(|group| names.contains(&group)),
        _ => false,
    }
}

/// A look-up by the form of a WhatsApp number that the contact does not have (observed, The ninth digit).
pub(super) fn ninth_digit(traffic: &Traffic) -> Found {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut found = Found::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        let answered = exchange.answered();
        if exchange.endpoint() == Some(Endpoint::Contacts) && exchange.method != "POST" {
            let nothing = match exchange.method.as_str() {
                "DELETE" => exchange.status() == Some(404),
                _ => answered["results"].as_array().is_some_and(Vec::is_empty),
            };
            let urn = exchange.parameter("urn").filter(|_| nothing);
            if let Some((urn, twin)) = urn.and_then(|urn| twin(&urn).map(|twin| (urn, twin)))
                && known.contains(&twin)
            {
                found.push((place, format!("{urn} finds nothing, and there is {twin}")));
            }
        }
        let listed = answered["results"].as_array().into_iter().flatten();
        for contact in listed.chain(std::iter::once(&answered)) {
            known.extend(
                contact["urns"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
            );
        }
    }
    found
}

/// The same Brazilian WhatsApp number with or without its ninth digit.
fn twin(urn: &str) -> Option<String> {
    let number =
        urn.strip_prefix("whatsapp:55").filter(|number| number.bytes().all(|c| c.is_ascii_digit()))?;
    let (area, rest) = number.split_at_checked(2)?;
    match (rest.len(), rest.strip_prefix('9')) {
        (8, _) => Some(format!("whatsapp:55{area}9{rest}")),
        (9, Some(rest)) => Some(format!("whatsapp:55{area}{rest}")),
        _ => None,
    }
}

/// A request before the time that `Retry-After` asked for has passed.
pub(super) fn impatient(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, refused) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.status() == Some(429)) {
        let asked =
            refused.answer.as_ref().and_then(|answer| answer.header("retry-after")?.parse::<i64>().ok());
        let Some(asked) = asked else { continue };
        let until = refused.time + SignedDuration::from_secs(asked);
        // Contacts are counted by themselves, fields and groups together (observed, Throttle).
        let of_contacts = |exchange: &Exchange| exchange.endpoint() == Some(Endpoint::Contacts);
        let next = after(traffic, place)
            .find(|(_, next)| next.endpoint().is_some() && of_contacts(next) == of_contacts(refused));
        if let Some((next, exchange)) = next.filter(|(_, exchange)| exchange.time < until) {
            let waited = exchange.time.duration_since(refused.time).as_secs_f64();
            found.push((next, format!("{waited:.1} s after a 429 that asked for {asked} s")));
        }
    }
    found
}

/// A create that may have been carried out, sent once more as it was: without a URN there is nothing by which the API could
/// tell that it is the same contact.
pub(super) fn blind_retry(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, first) in traffic.exchanges.iter().enumerate() {
        let creates = first.posts_to(Endpoint::Contacts)
            && ["uuid", "urn", "name"].iter().all(|by| first.parameter(by).is_none());
        let nameable =
            first.json().unwrap_or_default()["urns"].as_array().is_some_and(|urns| !urns.is_empty());
        if !creates || nameable || !first.is_uncertain() {
            continue;
        }
        // Whoever has looked in between knows what became of it.
        let next = after(traffic, place).find(|(_, next)| next.endpoint() == Some(Endpoint::Contacts));
        if let Some((next, _)) =
            next.filter(|(_, next)| next.method == "POST" && next.url == first.url && next.body == first.body)
        {
            let why = first.status().map_or("no answer".to_owned(), |status| status.to_string());
            found.push((
                next,
                format!("the same create again after {why}: the first may have been carried out"),
            ));
        }
    }
    found
}

/// A list of which only the first page is read.
pub(super) fn next_ignored(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    let exchanges = traffic.exchanges.iter().zip(0..);
    // Where each was last followed.
    let followed: HashMap<String, usize> =
        exchanges.filter_map(|(exchange, place)| Some((exchange.parameter("cursor")?, place))).collect();
    for (place, list) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.method == "GET") {
        let answered = list.answered();
        let Some(next) = answered["next"].as_str().filter(|_| list.endpoint().is_some()) else { continue };
        // One contact was wanted, or so many.
        let enough = ["uuid", "urn", "limit", "search"].iter().any(|by| list.parameter(by).is_some());
        // A link without a cursor leads nowhere else.
        let followed = cursor_of(next)
            .is_none_or(|cursor| followed.get(&cursor).is_some_and(|followed| *followed > place));
        if !enough && !followed {
            let items = answered["results"].as_array().map_or(0, Vec::len);
            found.push((place, format!("{items} items were read, and `next` was not followed")));
        }
    }
    found
}

/// A cursor that no answer gave, or one that was taken out of its link.
pub(super) fn made_up_cursor(traffic: &Traffic) -> Found {
    let mut given: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut found = Found::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        if let Some(cursor) = exchange.parameter("cursor").filter(|cursor| !cursor.is_empty()) {
            let sent: BTreeSet<(String, String)> = exchange.parameters().into_iter().collect();
            match given.get(&cursor) {
                None => found.push((place, "no answer gave this cursor".to_owned())),
                Some(link) if *link != sent => {
                    found.push((
                        place,
                        "the cursor was taken out of its link, which has other parameters".to_owned(),
                    ));
                }
                Some(_) => {}
            }
        }
        let answered = exchange.answered();
        for link in ["next", "previous"].into_iter().filter_map(|member| answered[member].as_str()) {
            if let (Some(cursor), Ok(url)) = (cursor_of(link), link.parse::<reqwest::Url>()) {
                let pairs = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
                given.insert(cursor, pairs.collect());
            }
        }
    }
    found
}

fn cursor_of(link: &str) -> Option<String> {
    let url: reqwest::Url = link.parse().ok()?;
    url.query_pairs().find(|(name, _)| name == "cursor").map(|(_, value)| value.into_owned())
}

/// The parameters that mean something to a list (observed, Filters of GET).
const FILTERS: [&str; 14] = [
    "uuid", "urn", "name", "search", "group", "deleted", "before", "after", "limit", "reverse", "order_by",
    "cursor", "key", "format",
];

/// The first item of a list whose filter means nothing to the API, taken for the one that was looked for.
pub(super) fn first_of_all(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, list) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.method == "GET") {
        let names: Vec<String> = list.parameters().into_iter().map(|(name, _)| name).collect();
        let Some(ignored) = names.iter().find(|name| !FILTERS.contains(&name.as_str())) else { continue };
        if list.endpoint() != Some(Endpoint::Contacts) {
            continue;
        }
        let answered = list.answered();
        let Some(first) = answered["results"][0]["uuid"].as_str() else { continue };
        let written = after(traffic, place)
            .find(|(_, next)| !next.only_reads() && next.parameter("uuid").as_deref() == Some(first));
        if let Some((next, exchange)) = written {
            let told = format!(
                "?{ignored}= filters nothing, and {} was sent to the first of all contacts",
                exchange.method
            );
            found.push((next, told));
        }
    }
    found
}

/// A look-up by URN just before a write of the same contact, which `POST ?urn=` does in one (C15).
pub(super) fn look_up_before_write(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, look) in traffic.exchanges.iter().enumerate().filter(|(_, e)| e.method == "GET") {
        let Some(urn) = look.parameter("urn").filter(|_| look.endpoint() == Some(Endpoint::Contacts)) else {
            continue;
        };
        let answered = look.answered();
        let uuid = answered["results"][0]["uuid"].as_str();
        let write = after(traffic, place)
            .take_while(|(_, next)| next.time.duration_since(look.time) < TOGETHER)
            .find(|(_, next)| next.endpoint() == Some(Endpoint::Contacts));
        let Some((write, exchange)) = write.filter(|(_, next)| next.method == "POST") else { continue };
        let body = exchange.json().unwrap_or_default();
        let has_urn =
            body["urns"].as_array().is_some_and(|urns| urns.iter().any(|sent| *sent == urn.as_str()));
        // With several URNs, or a change of them, one write by URN cannot do it.
        let one = body["urns"].as_array().is_none_or(|urns| urns.len() == 1);
        let same = exchange.parameter("urn").as_ref() == Some(&urn)
            || (uuid.is_some()
                && exchange.parameter("uuid").as_deref() == uuid
                && body.get("urns").is_none())
            || (uuid.is_none() && has_urn && one);
        if same {
            found.push((write, format!("GET ?urn={urn}, and then the write")));
        }
    }
    found
}

/// More requests than production lets pass.
pub(super) fn too_many_requests(traffic: &Traffic) -> Found {
    let of_api: Vec<(usize, &Exchange)> =
        traffic.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.endpoint().is_some()).collect();
    let hour = SignedDuration::from_hours(1);
    let over = of_api
        .iter()
        .zip(of_api.iter().skip(HOURLY))
        .find(|((_, first), (_, last))| last.time.duration_since(first.time) < hour);
    if let Some((_, (place, _))) = over {
        return vec![(*place, format!("more than {HOURLY} requests within an hour"))];
    }
    let (Some((_, first)), Some((place, last))) = (of_api.first(), of_api.last()) else {
        return Found::new();
    };
    let stretch = last.time.duration_since(first.time);
    let hourly = of_api.len() as f64 * 3600.0 / stretch.as_secs_f64();
    if stretch >= STRETCH && hourly > HOURLY as f64 {
        let told =
            format!("{} requests in {} s: at this pace {hourly:.0} an hour", of_api.len(), stretch.as_secs());
        return vec![(*place, told)];
    }
    Found::new()
}
