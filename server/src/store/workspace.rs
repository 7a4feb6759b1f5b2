//! A workspace: settings, data, counts. Workspaces share nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::{Mutex, RwLock};
use uuid::Uuid;

use crate::fault::Faults;
use crate::journal::Journal;
use crate::model::contact::Contact;
use crate::model::settings::{RateLimit, Settings};
use crate::model::time::Timestamp;
use crate::seed::{Seed, SeedError};

use super::clock::{self, Clock};
use super::ids::Ids;
use super::listing::{Filter, Scan};
use super::page::{Cursor, Page, Sort};
use super::registry::{Role, User};
use super::schema::Schema;
use super::state::State;
use super::throttle::{Scope, Throttle};

/// One workspace with all its data.
pub(crate) struct Workspace {
    pub(crate) uuid: Uuid,
    /// Tokens by role; some roles may have none.
    pub(crate) tokens: Vec<(Role, String)>,
    /// What a reset brings back.
    pub(crate) seed: Option<Arc<Seed>>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) faults: Faults,
    settings: RwLock<Arc<Settings>>,
    state: RwLock<State>,
    throttle: Mutex<Throttle>,
    last_used: AtomicI64,
}

impl Workspace {
    pub(crate) fn new(
        uuid: Uuid,
        tokens: Vec<(Role, String)>,
        settings: Settings,
        seed: Option<Arc<Seed>>,
        journal: Arc<Journal>,
        faults: Faults,
        state: State,
    ) -> Self {
        Workspace {
            uuid,
            tokens,
            seed,
            journal,
            faults,
            settings: RwLock::new(Arc::new(settings)),
            state: RwLock::new(state),
            throttle: Mutex::default(),
            last_used: AtomicI64::new(clock::system().micros()),
        }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Changes the settings, atomically.
    ///
    /// # Errors
    /// What is wrong with the change; nothing has changed then.
    pub(crate) fn change_settings(
        &self,
        change: impl FnOnce(&mut Settings) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut settings = self.settings.write();
        let mut next = Settings::clone(&settings);
        change(&mut next)?;
        *settings = Arc::new(next);
        Ok(())
    }

    /// Reads, consistently.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read())
    }

    /// Writes, atomically.
    pub(crate) fn write<T>(&self, write: impl FnOnce(&mut State) -> T) -> T {
        write(&mut self.state.write())
    }

    /// A page of contacts and what is needed to show them.
    pub(crate) fn contacts(
        &self,
        filter: &Filter,
        sort: Sort,
        limit: usize,
        cursor: Option<Cursor>,
    ) -> (Page<Arc<Contact>>, Arc<Schema>) {
        let mut scan = Scan::new(filter, sort, limit, cursor);
        loop {
            let state = self.state.read();
            if scan.advance(&state) {
                return (scan.finish(), Arc::clone(&state.schema));
            }
        }
    }

    /// Empties the workspace, then loads its seed data where `to_seed`. Identifiers and clock go on.
    ///
    /// # Errors
    /// What in the seed data does not fit the settings that the workspace has now; nothing has changed then.
    pub(crate) fn reset(&self, to_seed: bool) -> Result<(), SeedError> {
        let settings = self.settings();
        let mut state = self.state.write();
        let mut next = State::new(state.clock.clone(), state.ids.clone());
        if let Some(seed) = self.seed.as_ref().filter(|_| to_seed) {
            seed.load(&mut next, &settings)?;
        }
        let emptied = std::mem::replace(&mut *state, next);
        drop(state);
        self.throttle.lock().clear();
        drop(emptied);
        Ok(())
    }

    /// Counts a request against the limit.
    ///
    /// # Errors
    /// Seconds to wait.
    pub(crate) fn admit(&self, user: User, scope: Scope, limit: RateLimit) -> Result<(), i64> {
        let now = self.read(|state| state.clock.now());
        self.throttle.lock().admit(user, scope, limit, now)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.read(|state| state.clock.now())
    }

    /// What its clock shows at an instant of the system's.
    pub(crate) fn clock_at(&self, system: Timestamp) -> Timestamp {
        self.read(|state| state.clock.at(system))
    }

    /// The clock's instant where it does not follow the system: answers are dated with it.
    pub(crate) fn fixed_now(&self) -> Option<Timestamp> {
        self.read(|state| state.clock.is_fixed().then(|| state.clock.now()))
    }

    pub(crate) fn token(&self, role: Role) -> Option<&str> {
        self.tokens.iter().find(|(of, _)| *of == role).map(|(_, token)| token.as_str())
    }

    pub(crate) fn touch(&self) {
        self.last_used.store(clock::system().micros(), Ordering::Relaxed);
    }

    /// Microseconds since the last request.
    pub(crate) fn idle(&self) -> i64 {
        clock::system().micros().saturating_sub(self.last_used.load(Ordering::Relaxed))
    }
}

/// An empty state with its own clock and identifiers.
pub(crate) fn empty_state(clock: Option<Timestamp>, seed: Option<u64>, number: u64) -> State {
    State::new(Clock::new(clock), Ids::new(seed, number))
}
