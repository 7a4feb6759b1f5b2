//! Effects of the mock that do harm: only who keeps state can know them.

use super::Found;
use crate::traffic::Traffic;

/// Which rule an effect is told under: its own, or one that can be seen in the traffic, too.
const RULES: [(&str, &str); 13] = [
    ("urn-taken", "urn-taken"),
    ("memberships-dropped", "memberships-dropped"),
    ("urns-emptied", "urns-emptied"),
    ("urn-not-applied", "urn-not-applied"),
    ("value-reads-as-null", "value-reads-as-null"),
    ("value-cut", "value-cut"),
    ("number-read-as-foreign", "number-read-as-foreign"),
    ("twin-exists", "twin-exists"),
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

/// Where the mock saw what a rule is about.
pub(super) fn found(rule: &str, traffic: &Traffic) -> Found {
    let of_rule = |effect: &str| RULES.iter().any(|(id, told_as)| *id == effect && *told_as == rule);
    let mut found = Found::new();
    for (place, exchange) in traffic.exchanges.iter().enumerate() {
        found.extend(
            exchange
                .effects
                .iter()
                .filter(|effect| of_rule(&effect.id))
                .map(|effect| (place, effect.text.clone())),
        );
    }
    found
}
