//! What an integration makes of lists.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::client::Endpoint;
use crate::traffic::{Exchange, Traffic};

/// The parameters that mean something to a list (observed, Filters of GET; Authentication), and of them those by which one
/// item is found.
struct Parameters {
    one: &'static [&'static str],
    others: &'static [&'static str],
}

const fn parameters(endpoint: Endpoint) -> Parameters {
    let (one, others): (&[&str], &[&str]) = match endpoint {
        Endpoint::Contacts => (
            &["uuid", "urn", "search", "name"],
            &["group", "deleted", "before", "after", "limit", "reverse", "order_by"],
        ),
        Endpoint::Fields => (&["key"], &[]),
        Endpoint::Groups => (&["uuid", "name"], &[]),
    };
    Parameters { one, others }
}

/// Those that mean something to every list.
const ALWAYS: [&str; 4] = ["cursor", "format", "project", "project_uuid"];

/// Those of which an empty one is never meant: whoever sends it has not got what he looks for. It filters nothing.
const NEVER_EMPTY: [&str; 3] = ["uuid", "urn", "key"];

/// Those by which other servers, and proxies, are told who asks: no filters anywhere.
const OPEN: [&str; 4] = ["token", "access_token", "api_key", "apikey"];

/// Those of other APIs that choose a page: here each gives the first one.
const PAGES: [&str; 6] = ["page", "offset", "skip", "start", "page_number", "pageNumber"];

/// Items at most that may be all that is wanted: a look at the newest. Who asks for more at a time wants all.
const FEW: usize = 10;

/// Those of other APIs that say how much there is on a page, and those that keep an answer out of a cache: they do no harm.
const HARMLESS: [&str; 13] = [
    "limit",
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

pub(super) fn gets(traffic: &Traffic) -> impl Iterator<Item = (usize, &Exchange)> {
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
        // Who reads a second page knows that there are more, and has enough.
        let enough = finds_one(list) || has(list, "cursor") || wants_few(list);
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

/// Whether one item is looked for, by what nothing else has.
fn finds_one(list: &Exchange) -> bool {
    let one = list.endpoint().map(|endpoint| parameters(endpoint).one).unwrap_or_default();
    one.iter().any(|by| has(list, by) && (*by != "name" || list.endpoint() == Some(Endpoint::Groups)))
}

/// Whether so few contacts are asked for that there may be no need for more.
fn wants_few(list: &Exchange) -> bool {
    let limit = list.parameter("limit").and_then(|limit| limit.trim().parse::<usize>().ok());
    list.endpoint() == Some(Endpoint::Contacts) && limit.is_some_and(|limit| (1..=FEW).contains(&limit))
}

/// The first parameter of a list that means nothing to it, and what it says; of those of pages the first page means nothing
/// either, but does no harm.
fn ignored(list: &Exchange) -> Option<(String, String)> {
    let Parameters { one, others } = parameters(list.endpoint()?);
    list.parameters().into_iter().find(|(name, value)| {
        let (name, value) = (name.as_str(), value.as_str());
        let known = one.contains(&name) || others.contains(&name) || ALWAYS.contains(&name);
        let empty = one.contains(&name) && NEVER_EMPTY.contains(&name) && value.trim().is_empty();
        let first = PAGES.contains(&name) && ["", "0", "1"].contains(&value);
        empty || !(known || OPEN.contains(&name) || HARMLESS.contains(&name) || first)
    })
}

/// A filter of a list that is passed over, where no other one finds the one: its name, and what was looked for.
pub(super) fn filter_of_nothing(list: &Exchange) -> Option<(String, String)> {
    let one = parameters(list.endpoint()?).one;
    let filter = ignored(list).filter(|(name, _)| !PAGES.contains(&name.as_str()))?;
    (!one.iter().any(|by| has(list, by))).then_some(filter)
}

/// A parameter of a list that means nothing (observed, Query parameters): all that there is comes back.
pub(super) fn filter_ignored(traffic: &Traffic) -> Found {
    let tell = |(place, list): (usize, &Exchange)| {
        let (name, value) = ignored(list).filter(|_| list.succeeded())?;
        let told = match value.trim() {
            value if PAGES.contains(&name.as_str()) => {
                format!("?{name}={value} means nothing: it is the first page once more")
            }
            "" => format!("?{name}= is empty, and filters nothing"),
            _ => format!("?{name}= means nothing, and filters nothing"),
        };
        Some((place, told))
    };
    gets(traffic).filter_map(tell).collect()
}
