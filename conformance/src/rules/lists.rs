//! What an integration makes of lists.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, after};
use crate::client::Endpoint;
use crate::rules::writes::TOGETHER;
use crate::traffic::{Exchange, Traffic};

/// The parameters that mean something to a list (observed, Filters of GET; Authentication).
const FILTERS: [&str; 16] = [
    "uuid",
    "urn",
    "name",
    "search",
    "group",
    "deleted",
    "before",
    "after",
    "limit",
    "reverse",
    "order_by",
    "cursor",
    "key",
    "format",
    "project",
    "project_uuid",
];

/// Those by which other servers, and proxies, are told who asks: no filters anywhere.
const OPEN: [&str; 4] = ["token", "access_token", "api_key", "apikey"];

/// Those by which one contact is found.
const ONE: [&str; 4] = ["uuid", "urn", "name", "search"];

/// Those of other APIs that choose a page: here each gives the first one.
const PAGES: [&str; 6] = ["page", "offset", "skip", "start", "page_number", "pageNumber"];

/// Those of other APIs that say how much there is on a page, and those that keep an answer out of a cache: they do no harm.
const HARMLESS: [&str; 12] = [
    "page_size",
    "pageSize",
    "per_page",
    "perPage",
    "size",
    "count",
    "_",
    "_t",
    "t",
    "ts",
    "timestamp",
    "nocache",
];

fn gets(traffic: &Traffic) -> impl Iterator<Item = (usize, &Exchange)> {
    let gets = |exchange: &Exchange| exchange.method == "GET" && exchange.endpoint().is_some();
    traffic.exchanges.iter().enumerate().filter(move |(_, exchange)| gets(exchange))
}

fn has(exchange: &Exchange, name: &str) -> bool {
    exchange.parameter(name).is_some_and(|value| !value.is_empty())
}

/// A list of which only the first page is read.
pub(super) fn next_ignored(traffic: &Traffic) -> Found {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for (place, list) in gets(traffic) {
        last.extend(list.parameter("cursor").map(|cursor| (cursor, place)));
    }
    let mut found = Found::new();
    for (place, list) in gets(traffic) {
        let answered = list.answered();
        let Some(next) = answered["next"].as_str() else { continue };
        // One contact was wanted, or so many; who reads a second page knows that there are more, and has enough.
        let enough = ["uuid", "urn", "limit", "search", "cursor"].iter().any(|by| has(list, by));
        // By whichever host name. A link without a cursor leads nowhere else.
        let followed =
            cursor_of(next).is_none_or(|cursor| last.get(&cursor).is_some_and(|last| *last > place));
        if !enough && !followed {
            let items = answered["results"].as_array().map_or(0, Vec::len);
            found.push((place, format!("{items} items were read, and `next` was not followed")));
        }
    }
    found
}

/// A cursor that no answer gave, or one that was taken out of its link.
pub(super) fn made_up_cursor(traffic: &Traffic) -> Found {
    // A cursor is a place in an order: lists that differ may give the same.
    let mut given: BTreeMap<String, Vec<BTreeSet<(String, String)>>> = BTreeMap::new();
    let mut found = Found::new();
    for (place, exchange) in gets(traffic) {
        if let Some(cursor) = exchange.parameter("cursor").filter(|cursor| !cursor.is_empty()) {
            let sent: BTreeSet<(String, String)> = exchange.parameters().into_iter().collect();
            match given.get(&cursor) {
                // One that is taken was given before the recording began, or in an answer that it does not hold.
                None if exchange.status() == Some(404) => {
                    found.push((place, "no answer gave this cursor".to_owned()));
                }
                Some(links) if !links.contains(&sent) => {
                    found.push((
                        place,
                        "the cursor was taken out of its link, which has other parameters".to_owned(),
                    ));
                }
                _ => {}
            }
        }
        let answered = exchange.answered();
        for link in ["next", "previous"].into_iter().filter_map(|member| answered[member].as_str()) {
            if let (Some(cursor), Ok(url)) = (cursor_of(link), link.parse::<reqwest::Url>()) {
                let pairs = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
                given.entry(cursor).or_default().push(pairs.collect());
            }
        }
    }
    found
}

fn cursor_of(link: &str) -> Option<String> {
    let url: reqwest::Url = link.parse().ok()?;
    url.query_pairs().find(|(name, _)| name == "cursor").map(|(_, value)| value.into_owned())
}

/// A parameter of a list that means nothing (observed, Query parameters): all that there is comes back.
pub(super) fn filter_ignored(traffic: &Traffic) -> Found {
    let tell = |(place, list): (usize, &Exchange)| {
        let ignored = list.parameters().into_iter().find(|(name, value)| {
            let first = PAGES.contains(&name.as_str()) && ["", "0", "1"].contains(&value.as_str());
            let name = name.as_str();
            !FILTERS.contains(&name) && !OPEN.contains(&name) && !HARMLESS.contains(&name) && !first
        });
        let (name, value) = ignored.filter(|_| list.succeeded())?;
        Some((
            place,
            match PAGES.contains(&name.as_str()) {
                true => format!("?{name}={value} means nothing: it is the first page once more"),
                false => format!("?{name}= means nothing, and filters nothing"),
            },
        ))
    };
    gets(traffic).filter_map(tell).collect()
}

/// The first item of a list whose filter means nothing to the API, taken for the one that was looked for.
pub(super) fn first_of_all(traffic: &Traffic) -> Found {
    let mut found = Found::new();
    for (place, list) in gets(traffic).filter(|(_, list)| list.endpoint() == Some(Endpoint::Contacts)) {
        let names: Vec<String> = list.parameters().into_iter().map(|(name, _)| name).collect();
        let Some(ignored) = names.iter().find(|name| !FILTERS.contains(&name.as_str())) else { continue };
        if ONE.iter().any(|by| has(list, by)) {
            continue;
        }
        let answered = list.answered();
        let results = answered["results"].as_array().into_iter().flatten();
        let listed: Vec<&str> = results.filter_map(|contact| contact["uuid"].as_str()).collect();
        let Some(first) = listed.first() else { continue };
        let mut written = after(traffic, place)
            .take_while(|(_, next)| next.since(list) < TOGETHER)
            .filter(|(_, next)| !next.only_reads())
            .filter_map(|(next, exchange)| Some((next, exchange, exchange.parameter("uuid")?)))
            .filter(|(_, _, uuid)| listed.contains(&uuid.as_str()));
        // Who writes to the others, too, did not look for one.
        let (Some((next, exchange, uuid)), true) =
            (written.next(), written.all(|(_, _, uuid)| uuid == *first))
        else {
            continue;
        };
        if uuid == *first {
            let told = format!(
                "?{ignored}= filters nothing, and {} was sent to the first of all contacts",
                exchange.method
            );
            found.push((next, told));
        }
    }
    found
}
