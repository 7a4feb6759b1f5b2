//! What a run may do to a target.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::mark::RunId;
use crate::pace::Pace;

/// What a run may do to a target, and in whose name.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The run that marks what it makes.
    pub run: RunId,
    /// Whether requests that change something may be sent.
    pub write: bool,
    /// Whether URNs other than `ext:` may be stored: behind a number or an address there may be a person.
    pub other_urns: bool,
    /// The UUID of a group that something uses, given for an attempt to delete it.
    pub linked_group: Option<String>,
    /// How fast requests may follow each other.
    pub pace: Pace,
    /// Says when to stop.
    pub stop: Stop,
}

impl Terms {
    /// Everything is allowed: for a mock.
    #[must_use]
    pub fn free() -> Self {
        Self { write: true, other_urns: true, ..Self::default() }
    }
}

/// A request to stop, shared by all cases of a run: no step is begun any more, what was made is removed.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks all to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
