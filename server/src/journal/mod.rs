//! The journal: what came in, what was answered, and what that did. Each workspace has one, and the server has one of its
//! own for requests that no workspace can be told of.
//!
//! A journal is bounded by a number of entries; all journals together by a number of bytes. What does not fit any more is
//! dropped, the oldest first, and counted.

mod entry;
mod filter;
mod har;
mod headers;
mod verify;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

pub(crate) use entry::{Entry, Kept, Mask, Sending, Struck};
pub(crate) use filter::Filter;
pub(crate) use har::har;
pub(crate) use headers::Headers;
pub(crate) use verify::Verify;

/// How much journals may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Entries of one journal; 0: nothing is kept.
    pub(crate) entries: usize,
    /// Bytes of all journals together.
    pub(crate) bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { entries: 10_000, bytes: 64 << 20 }
    }
}

/// What all journals share: how much they may keep, and how much they do.
#[derive(Debug)]
pub(crate) struct Journals {
    limits: Limits,
    bytes: AtomicUsize,
    all: Mutex<Vec<Weak<Journal>>>,
}

impl Journals {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Journals { limits, bytes: AtomicUsize::new(0), all: Mutex::default() })
    }

    /// Another journal.
    pub(crate) fn open(self: &Arc<Self>) -> Arc<Journal> {
        let journal = Arc::new(Journal { shared: Arc::clone(self), ring: Mutex::default() });
        let mut all = self.all.lock();
        if all.len() == all.capacity() {
            all.retain(|known| known.strong_count() > 0);
        }
        all.push(Arc::downgrade(&journal));
        journal
    }

    /// Makes room where too much is kept: the journal that holds most gives way, so that a busy workspace does not push
    /// out what a quiet one did.
    fn relieve(&self) {
        while self.bytes.load(Ordering::Relaxed) > self.limits.bytes {
            let journals: Vec<Arc<Journal>> = self.all.lock().iter().filter_map(Weak::upgrade).collect();
            let Some(largest) = journals.iter().max_by_key(|journal| journal.ring.lock().bytes) else {
                return;
            };
            if !largest.give_way() {
                return;
            }
        }
    }
}

/// The journal of one workspace, or of the server.
#[derive(Debug)]
pub(crate) struct Journal {
    shared: Arc<Journals>,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Arc<Entry>>,
    /// How many entries there have been since the journal was last cleared.
    noted: u64,
    bytes: usize,
}

/// What a journal holds.
pub(crate) struct Page {
    pub(crate) entries: Vec<Arc<Entry>>,
    /// How many were dropped for want of room since the journal was last cleared.
    pub(crate) dropped: u64,
}

impl Journal {
    /// Notes an exchange, and gives it its number.
    pub(crate) fn note(&self, mut entry: Entry) {
        let size = entry.size();
        let mut ring = self.ring.lock();
        ring.noted += 1;
        if self.shared.limits.entries == 0 {
            return;
        }
        entry.number = ring.noted;
        let mut dropped = Vec::new();
        while ring.entries.len() >= self.shared.limits.entries {
            dropped.extend(ring.drop_oldest());
        }
        ring.entries.push_back(Arc::new(entry));
        ring.bytes += size;
        drop(ring);
        let freed: usize = dropped.iter().map(|entry| entry.size()).sum();
        self.shared.bytes.fetch_sub(freed, Ordering::Relaxed);
        if self.shared.bytes.fetch_add(size, Ordering::Relaxed) + size > self.shared.limits.bytes {
            self.shared.relieve();
        }
    }

    /// Everything there is, the oldest first.
    pub(crate) fn entries(&self) -> Page {
        let ring = self.ring.lock();
        Page {
            entries: ring.entries.iter().cloned().collect(),
            dropped: ring.noted - ring.entries.len() as u64,
        }
    }

    /// Forgets everything, and begins to count anew.
    pub(crate) fn clear(&self) {
        let emptied = std::mem::take(&mut *self.ring.lock());
        self.shared.bytes.fetch_sub(emptied.bytes, Ordering::Relaxed);
    }

    /// Drops the oldest eighth of what it holds, at least one entry. `false` where there is none.
    fn give_way(&self) -> bool {
        let mut ring = self.ring.lock();
        let before = ring.bytes;
        let mut dropped = Vec::new();
        while let Some(entry) = ring.drop_oldest() {
            dropped.push(entry);
            if ring.bytes <= before - before / 8 {
                break;
            }
        }
        let freed = before - ring.bytes;
        drop(ring);
        self.shared.bytes.fetch_sub(freed, Ordering::Relaxed);
        !dropped.is_empty()
    }
}

impl Ring {
    fn drop_oldest(&mut self) -> Option<Arc<Entry>> {
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.size();
        Some(oldest)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.bytes.fetch_sub(self.ring.get_mut().bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: usize) -> Entry {
        Entry::sample("POST", "/api/v2/contacts.json", &"x".repeat(body))
    }

    fn numbers(journal: &Journal) -> (Vec<u64>, u64) {
        let page = journal.entries();
        (page.entries.iter().map(|entry| entry.number).collect(), page.dropped)
    }

    #[test]
    fn the_oldest_give_way_and_are_counted() {
        let journal = Journals::new(Limits { entries: 3, bytes: 1 << 20 }).open();
        (0..5).for_each(|_| journal.note(entry(0)));
        assert_eq!(numbers(&journal), (vec![3, 4, 5], 2));
        journal.clear();
        journal.note(entry(0));
        assert_eq!(numbers(&journal), (vec![1], 0));
    }

    #[test]
    fn who_holds_most_gives_way() {
        let journals = Journals::new(Limits { entries: 1000, bytes: 200_000 });
        let (quiet, busy) = (journals.open(), journals.open());
        quiet.note(entry(1000));
        (0..500).for_each(|_| busy.note(entry(1000)));
        assert_eq!(numbers(&quiet), (vec![1], 0));
        let (kept, dropped) = numbers(&busy);
        assert_eq!(kept.len() as u64 + dropped, 500);
        assert!(kept.len() > 50 && kept.last() == Some(&500), "{}", kept.len());
        assert!(journals.bytes.load(Ordering::Relaxed) <= 200_000);
        drop(busy);
        assert_eq!(journals.bytes.load(Ordering::Relaxed), quiet.ring.lock().bytes);
    }

    #[test]
    fn an_entry_larger_than_all_that_may_be_kept_is_dropped_and_counted() {
        let journal = Journals::new(Limits { entries: 10, bytes: 5000 }).open();
        journal.note(entry(9000));
        assert_eq!(numbers(&journal), (vec![], 1));
    }

    #[test]
    fn a_journal_of_nothing_counts() {
        let journal = Journals::new(Limits { entries: 0, bytes: 5000 }).open();
        journal.note(entry(1));
        assert_eq!(numbers(&journal), (vec![], 1));
    }
}
