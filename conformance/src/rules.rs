//! Rules on traffic: what an integration does that the API does not take, or takes otherwise than it was meant. Their texts
//! and examples are data, `fixtures/rules/`; how each is recognised is here.

mod answers;
mod catalogue;
mod effects;
mod requests;
mod sequence;

use std::collections::{HashMap, HashSet};

use crate::traffic::Traffic;

pub use catalogue::{Example, Rule, Severity, all, example};

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

const CHECKS: [(&str, Check); 23] = [
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
    ("misspelt-look-up", requests::misspelt_look_up),
    ("unknown-field", requests::unknown_field),
    ("refused", requests::refused),
    ("fresh", sequence::fresh),
    ("ninth-digit", sequence::ninth_digit),
    ("impatient", sequence::impatient),
    ("blind-retry", sequence::blind_retry),
    ("next-ignored", sequence::next_ignored),
    ("made-up-cursor", sequence::made_up_cursor),
    ("first-of-all", sequence::first_of_all),
    ("look-up-before-write", sequence::look_up_before_write),
    ("too-many-requests", sequence::too_many_requests),
];

/// Holds traffic against every rule: the gravest first, of equals in the order of the traffic.
#[must_use]
pub fn judge(traffic: &Traffic) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut known = HashSet::new();
    for rule in all() {
        let check = CHECKS.iter().find(|(id, _)| *id == rule.id).map(|(_, check)| check(traffic));
        let by_effects = effects::found(&rule.id, traffic);
        for (place, told) in check.unwrap_or_default().into_iter().chain(by_effects) {
            let exchange = traffic.exchanges[place].number;
            // A rule and an effect may see the same.
            if known.insert((&rule.id, exchange)) {
                findings.push(Finding { rule, exchange, told });
            }
        }
    }
    // What another rule names, and in better words, is not refused once more.
    let names = |rule: &Rule| !["refused", "answer-shape"].contains(&rule.id.as_str());
    let named: HashSet<u64> =
        findings.iter().filter(|found| names(found.rule)).map(|found| found.exchange).collect();
    findings.retain(|found| found.rule.id != "refused" || !named.contains(&found.exchange));
    let numbers = traffic.exchanges.iter().map(|exchange| exchange.number);
    let places: HashMap<u64, usize> = numbers.zip(0..).collect();
    findings.sort_by_key(|found| (std::cmp::Reverse(found.rule.severity), places.get(&found.exchange)));
    findings
}

/// Ids of all that can be recognised, for the test that every rule has a recogniser and the other way round.
#[must_use]
pub fn recognised() -> Vec<&'static str> {
    CHECKS.iter().map(|(id, _)| *id).chain(effects::rules()).collect()
}
