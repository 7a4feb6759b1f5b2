//! Takes the people out of seed data and keeps its shape: other names, other numbers, of the same lengths, alike where
//! they were alike and different where they were different.
//!
//! Everything here is a one-to-one mapping that follows from a key alone. So equal words and numbers stay equal across
//! contacts, fields and schemes, and different ones never meet; who does not have the key cannot tell which was which.
//! That is a pseudonym, not oblivion: lengths, the order of vowels and consonants, and how often something occurs stay.

mod cipher;
mod letters;
mod phone;
mod queries;
mod urns;
mod values;
mod words;

use uuid::{Builder, Uuid};

use super::seed::Seed;

/// Digits from which on a number in a group's name may be somebody's.
const LONG: usize = 7;

/// A way of masking. Whoever knows its key can undo it.
#[derive(Clone)]
pub struct Mask {
    key: Uuid,
}

impl Mask {
    /// A way of its own.
    #[must_use]
    pub fn random() -> Self {
        Self { key: Uuid::new_v4() }
    }

    /// Always the same way for the same number. A number that can be guessed hides nothing.
    #[must_use]
    pub fn seeded(number: u64) -> Self {
        Self { key: Uuid::from_u128(number.into()) }
    }

    /// Masks names, URNs, values and UUIDs of contacts, what group queries compare texts with, and the runs of seven
    /// digits or more in names of groups. Keeps fields, UUIDs and else the names of groups, languages and instants.
    #[must_use]
    pub fn apply(&self, mut seed: Seed) -> Seed {
        for group in &mut seed.groups {
            group.name = self.long_numbers(&group.name);
            if let Some(query) = &mut group.query {
                *query = self.query(query, &seed.fields);
            }
        }
        for contact in &mut seed.contacts {
            contact.uuid = self.uuid(contact.uuid);
            contact.name = contact.name.take().map(|name| self.text(&name));
            for urn in &mut contact.urns {
                *urn = self.urn(urn);
            }
            for value in contact.fields.values_mut() {
                *value = self.text(value);
            }
        }
        seed
    }

    /// A UUID of version 4 in the place of any other.
    #[must_use]
    pub fn uuid(&self, uuid: Uuid) -> Uuid {
        let made = Uuid::new_v5(&self.key, format!("uuid {uuid}").as_bytes());
        Builder::from_random_bytes(made.into_bytes()).into_uuid()
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

/// Takes steps of a one-to-one mapping until one leads to where `ends` holds. From where it holds, that is one-to-one,
/// too, and it ends: at the latest where it began.
fn walk(from: &str, step: impl Fn(&str) -> String, ends: impl Fn(&str) -> bool) -> String {
    let mut at = step(from);
    while !ends(&at) {
        at = step(&at);
    }
    at
}
