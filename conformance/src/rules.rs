//! Rules on traffic: what an integration does that the API does not take, or takes otherwise than it was meant. Their texts
//! and examples are data, `fixtures/rules/`; how each is recognised is here.

mod answers;
mod bodies;
mod body;
mod catalogue;
mod effects;
mod first;
mod lists;
mod memberships;
mod ninth_digit;
mod pace;
mod refused;
mod replaced;
mod requests;
mod retry;
mod shown;
mod urns;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::traffic::{Exchange, Traffic};

pub use catalogue::{Example, Rule, Severity, Story, all, example};

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The number of the exchange that shows it.
    pub exchange: u64,
    /// What was found there, one sentence.
    pub told: String,
}

/// What a rule's recogniser finds: places in the traffic, and what to tell of them.
type Found = Vec<(usize, String)>;

/// How each rule is recognised. A rule that is told by effects of the mock as well, or by them alone, has its effects in
/// [`effects`].
type Check = fn(&Traffic) -> Found;

const CHECKS: [(&str, Check); 34] = [
    ("answer-shape", answers::answer_shape),
    ("credentials", requests::credentials),
    ("urns-beside-urn", requests::urns_beside_urn),
    ("several-look-ups", requests::several_look_ups),
    ("too-many-items", requests::too_many_items),
    ("language", requests::language),
    ("group-objects", requests::group_objects),
    ("not-e164", requests::not_e164),
    ("plus-sign", requests::plus_sign),
    ("plain-http", requests::plain_http),
    ("missing-json", requests::missing_json),
    ("wrong-path", requests::wrong_path),
    ("misspelt-look-up", requests::misspelt_look_up),
    ("unknown-field", requests::unknown_field),
    ("json-as-form", bodies::json_as_form),
    ("member-ignored", bodies::member_ignored),
    ("already-there", refused::already_there),
    ("value-reads-as-null", shown::value_reads_as_null),
    ("value-cut", shown::value_cut),
    ("urn-not-applied", shown::urn_not_applied),
    ("no-urn", shown::no_urn),
    ("filter-ignored", lists::filter_ignored),
    ("memberships-dropped", memberships::memberships_dropped),
    ("urns-dropped", urns::urns_dropped),
    ("urns-emptied", urns::urns_emptied),
    ("fresh", writes::fresh),
    ("ninth-digit", ninth_digit::ninth_digit),
    ("impatient", pace::impatient),
    ("blind-retry", retry::blind_retry),
    ("next-ignored", lists::next_ignored),
    ("made-up-cursor", lists::made_up_cursor),
    ("first-of-all", first::first_of_all),
    ("look-up-before-write", writes::look_up_before_write),
    ("too-many-requests", pace::too_many_requests),
];

/// The exchanges after a place, each with its own.
fn after(traffic: &Traffic, place: usize) -> impl Iterator<Item = (usize, &Exchange)> {
    traffic.exchanges.iter().enumerate().skip(place + 1)
}

/// The rule that holds what others leave: it looks at what they found.
const REFUSED: &str = "refused";

/// Rules that are silent where another one says the same, and in better words: groups as objects are the deviation DV1.
const SAID_BETTER: [(&str, &str); 5] = [
    ("deviation", "group-objects"),
    ("member-ignored", "json-as-form"),
    ("no-urn", "json-as-form"),
    ("no-urn", "misspelt-look-up"),
    ("no-urn", "blind-retry"),
];

/// A time between two requests, as findings tell it.
fn seconds(time: SignedDuration) -> String {
    match time.as_millis() {
        millis @ 0..100 => format!("{millis} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// Holds traffic against every rule: the gravest first, of equals in the order of the traffic.
#[must_use]
pub fn judge(traffic: &Traffic) -> Vec<Finding> {
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    let mut named: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for rule in all() {
        let check = CHECKS.iter().find(|(id, _)| *id == rule.id).map(|(_, check)| check(traffic));
        let by_effects = effects::found(&rule.id, traffic);
        for (place, told) in check.unwrap_or_default().into_iter().chain(by_effects) {
            let Some(exchange) = traffic.exchanges.get(place) else { continue };
            // A rule and an effect may see the same.
            if named.entry(place).or_default().insert(rule.id.as_str()) {
                findings.push((place, Finding { rule, exchange: exchange.number, told }));
            }
        }
    }
    let has = |place: usize, id: &str| named.get(&place).is_some_and(|ids| ids.contains(id));
    findings.retain(|(place, found)| {
        !SAID_BETTER.iter().any(|(id, better)| found.rule.id == *id && has(*place, better))
    });
    if let Some(rule) = all().iter().find(|rule| rule.id == REFUSED) {
        let left = refused::refused(traffic, &named).into_iter();
        findings.extend(
            left.map(|(place, told)| {
                (place, Finding { rule, exchange: traffic.exchanges[place].number, told })
            }),
        );
    }
    findings.sort_by_key(|(place, found)| (std::cmp::Reverse(found.rule.severity), *place));
    findings.into_iter().map(|(_, found)| found).collect()
}

/// Whether only the mock can tell what a rule is about.
#[must_use]
pub fn needs_mock(rule: &Rule) -> bool {
    rule.id != REFUSED && CHECKS.iter().all(|(id, _)| *id != rule.id)
}

/// Ids of all that can be recognised, for the test that every rule has a recogniser and the other way round.
#[must_use]
pub fn recognised() -> Vec<&'static str> {
    CHECKS.iter().map(|(id, _)| *id).chain(effects::rules()).chain([REFUSED]).collect()
}
