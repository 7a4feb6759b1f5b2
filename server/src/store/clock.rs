//! The clock of a workspace: the system's, or one that stands still until it is moved.

use crate::model::time::Timestamp;

/// The system's time.
pub(crate) fn system() -> Timestamp {
    jiff::Timestamp::now().into()
}

/// What time it is in a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    /// The instant at which a fixed clock stands; `None` follows the system.
    fixed: Option<Timestamp>,
    /// Microseconds by which a running clock was moved.
    ahead: i64,
    last: Timestamp,
}

impl Clock {
    pub(crate) fn new(fixed: Option<Timestamp>) -> Self {
        Clock { fixed, ahead: 0, last: Timestamp::MIN }
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.at(system())
    }

    /// What it shows, as it is set now, at an instant of the system's clock.
    pub(crate) fn at(&self, system: Timestamp) -> Timestamp {
        self.fixed.unwrap_or_else(|| system.plus(self.ahead))
    }

    /// The instant of a change: at least a microsecond after that of the change before, also with a fixed clock.
    pub(crate) fn tick(&mut self) -> Timestamp {
        self.last = self.now().max(self.last.plus(1));
        self.last
    }

    /// Notes an instant that was given, so that later changes come after it.
    pub(crate) fn witness(&mut self, at: Timestamp) {
        self.last = self.last.max(at);
    }

    /// Moves the clock on by `micros`.
    pub(crate) fn advance(&mut self, micros: i64) {
        match &mut self.fixed {
            Some(at) => *at = at.plus(micros),
            None => self.ahead = self.ahead.saturating_add(micros),
        }
    }

    /// Sets the clock; a running one runs on from there.
    pub(crate) fn set(&mut self, at: Timestamp) {
        match &mut self.fixed {
            Some(fixed) => *fixed = at,
            None => self.ahead = at.micros().saturating_sub(system().micros()),
        }
    }
}
