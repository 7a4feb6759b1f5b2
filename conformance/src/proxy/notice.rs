//! What the proxy itself has to say of its upstream: each once.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Something about the upstream that keeps the proxy from doing what it is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// It compresses what it was asked not to.
    Compressed,
    /// It redirects to this other scheme and host.
    LeadsPast(String),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compressed => f.write_str(
                "the upstream compresses answers though it is asked not to: such answers are passed on as they are, \
                 not judged, and their links lead past the proxy",
            ),
            Self::LeadsPast(origin) => {
                write!(f, "the upstream redirects to {origin}: who follows that leaves the proxy (another --upstream?)")
            }
        }
    }
}

/// Where notices are told.
#[derive(Clone)]
pub struct Notices {
    told: Arc<Mutex<BTreeSet<Notice>>>,
    tell: Arc<dyn Fn(&Notice) + Send + Sync>,
}

/// Different notices at most that are told: somebody may redirect to another host each time.
const MOST: usize = 10;

impl Notices {
    /// Told to this.
    pub fn new(tell: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        Self { told: Arc::default(), tell: Arc::new(tell) }
    }

    pub(super) fn tell(&self, notice: Notice) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST && !told.contains(&notice) {
            (self.tell)(&notice);
            told.insert(notice);
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").field("told", &self.told).finish_non_exhaustive()
    }
}
