//! Indexes over contacts: by a text that a contact has, and in the orders of the lists. Both keep numbers only,
//! for there may be a million contacts in a workspace.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, RandomState};

use hashbrown::HashTable;

use crate::model::contact::ContactId;
use crate::model::time::Timestamp;

/// Contacts by a text, of which only the hash is kept: whoever looks up compares with the contact itself.
#[derive(Debug, Default)]
pub(crate) struct TextIndex {
    table: HashTable<Posting>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Posting {
    hash: u32,
    contact: ContactId,
}

impl Posting {
    /// The kept half of the hash, spread over the table's buckets and tags.
    fn spread(&self) -> u64 {
        u64::from(self.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl TextIndex {
    fn posting<K: Hash + ?Sized>(&self, key: &K, contact: ContactId) -> Posting {
        Posting { hash: (self.hasher.hash_one(key) >> 32) as u32, contact }
    }

    pub(crate) fn insert<K: Hash + ?Sized>(&mut self, key: &K, contact: ContactId) {
        let posting = self.posting(key, contact);
        self.table.insert_unique(posting.spread(), posting, Posting::spread);
    }

    pub(crate) fn remove<K: Hash + ?Sized>(&mut self, key: &K, contact: ContactId) {
        let posting = self.posting(key, contact);
        if let Ok(entry) = self.table.find_entry(posting.spread(), |other| *other == posting) {
            entry.remove();
        }
    }

    /// The first contact under the key for which `has` tells that it has it.
    pub(crate) fn find<K: Hash + ?Sized>(
        &self,
        key: &K,
        has: impl Fn(ContactId) -> bool,
    ) -> Option<ContactId> {
        let sought = self.posting(key, ContactId(0));
        let same = |other: &Posting| other.hash == sought.hash && has(other.contact);
        self.table.find(sought.spread(), same).map(|posting| posting.contact)
    }
}

/// Contacts by a text that many may share: ordered, for a hash table would look at all that share one.
#[derive(Debug, Default)]
pub(crate) struct SharedTextIndex {
    postings: BTreeSet<(u32, ContactId)>,
    hasher: RandomState,
}

impl SharedTextIndex {
    fn hash(&self, key: &str) -> u32 {
        (self.hasher.hash_one(key) >> 32) as u32
    }

    pub(crate) fn insert(&mut self, key: &str, contact: ContactId) {
        self.postings.insert((self.hash(key), contact));
    }

    pub(crate) fn remove(&mut self, key: &str, contact: ContactId) {
        self.postings.remove(&(self.hash(key), contact));
    }

    /// Contacts under the key, the youngest last; hashes may meet, so whoever asks compares.
    pub(crate) fn find(&self, key: &str) -> impl DoubleEndedIterator<Item = ContactId> + '_ {
        let hash = self.hash(key);
        self.postings.range((hash, ContactId(0))..=(hash, ContactId(u32::MAX))).map(|(_, contact)| *contact)
    }
}

/// A set of contacts in both orders that lists have.
#[derive(Debug, Default, Clone)]
pub(crate) struct Order {
    pub(crate) by_modified: BTreeSet<(Timestamp, ContactId)>,
    /// Ids are given in the order of creation.
    pub(crate) by_created: BTreeSet<ContactId>,
}

impl Order {
    pub(crate) fn insert(&mut self, modified_on: Timestamp, contact: ContactId) {
        self.by_modified.insert((modified_on, contact));
        self.by_created.insert(contact);
    }

    pub(crate) fn remove(&mut self, modified_on: Timestamp, contact: ContactId) {
        self.by_modified.remove(&(modified_on, contact));
        self.by_created.remove(&contact);
    }

    /// Moves a contact to the place of its new modification.
    pub(crate) fn touch(&mut self, before: Timestamp, after: Timestamp, contact: ContactId) {
        if before != after {
            self.by_modified.remove(&(before, contact));
            self.by_modified.insert((after, contact));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_created.len()
    }
}
