//! Effects of the mock: only who keeps state can know them.

use std::collections::BTreeSet;

use super::retry::alike;
use super::{Found, memberships, ninth_digit, urns, writes};
use crate::traffic::{Exchange, Traffic};

/// Which rule an effect is told under: its own, or one that can be seen in the traffic, too.
const RULES: [(&str, &str); 15] = [
    ("urn-taken", "urn-taken"),
    ("memberships-dropped", "memberships-dropped"),
    ("urns-dropped", "urns-dropped"),
    ("urns-emptied", "urns-emptied"),
    ("urn-not-applied", "urn-not-applied"),
    ("value-reads-as-null", "value-reads-as-null"),
    ("value-cut", "value-cut"),
    ("number-read-as-foreign", "number-read-as-foreign"),
    ("twin-exists", "twin-exists"),
    ("twin-missed", "ninth-digit"),
    ("new-uuid-for-urn", "new-uuid-for-urn"),
    ("member-ignored", "member-ignored"),
    ("parameter-ignored", "misspelt-look-up"),
    ("used-while-fresh", "fresh"),
    ("deviation-met", "deviation"),
];

/// The rules that are told by effects.
pub(super) fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(_, rule)| *rule)
}

/// Where the mock saw what a rule is about. Several effects of one request are one finding.
pub(super) fn found(rule: &str, traffic: &Traffic) -> Found {
    let of_rule = |effect: &str| RULES.iter().any(|(id, told_as)| *id == effect && *told_as == rule);
    // Who takes a contact out of one group or changes its number on purpose can do it in no other way, who tries both forms
    // of a number knows that there are two, and who waits cannot help a clock that stands still.
    let meant = match rule {
        "memberships-dropped" => memberships::meant(traffic),
        "urns-dropped" => urns::meant(traffic),
        "ninth-digit" => ninth_digit::meant(traffic),
        "fresh" => writes::aged(traffic),
        _ => BTreeSet::new(),
    };
    let mut found = Found::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        let effects = exchange.effects.iter().filter(|effect| of_rule(&effect.id));
        let told: Vec<&str> = effects.map(|effect| effect.text.as_str()).collect();
        let is_meant = || meant.contains(&place) || (rule == "deviation" && is_second_try(traffic, place));
        if !told.is_empty() && !is_meant() {
            found.push((place, told.join("; ")));
        }
    }
    found
}

/// Whether the mock saw this, and has said it.
pub(super) fn has(exchange: &Exchange, effect: &str) -> bool {
    exchange.effects.iter().any(|known| known.id == effect)
}

/// Whether the mock said this of what was sent: its sentence begins with it.
pub(super) fn begins(exchange: &Exchange, effect: &str, sent: &str) -> bool {
    let of_sent = |text: &str| text.strip_prefix(sent.trim()).is_some_and(|rest| rest.starts_with(' '));
    exchange.effects.iter().any(|known| known.id == effect && of_sent(&known.text))
}

/// Whether the same was sent before and its answer was lost: whoever has to try again takes either answer.
fn is_second_try(traffic: &Traffic, place: usize) -> bool {
    let exchange = &traffic.exchanges[place];
    let same = |before: &Exchange| {
        before.method == exchange.method && before.url == exchange.url && alike(before, exchange)
    };
    traffic.exchanges[..place].iter().rev().find(|before| same(before)).is_some_and(Exchange::is_uncertain)
}
