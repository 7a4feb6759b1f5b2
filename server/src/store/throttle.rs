//! The throttle: a sliding window for each user and scope of a workspace, on the workspace's clock
//! (`observed.md`, Throttle).

use std::collections::{HashMap, VecDeque};

use crate::model::settings::RateLimit;
use crate::model::time::{SECOND, Timestamp};

use super::registry::User;

/// Endpoints that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Contacts,
    /// Fields and groups.
    Other,
}

/// The requests that count.
#[derive(Debug, Default)]
pub(crate) struct Throttle(HashMap<(User, Scope), VecDeque<Timestamp>>);

impl Throttle {
    /// Counts a request made at `now`.
    ///
    /// # Errors
    /// Seconds until it would pass, rounded up; it does not count then.
    pub(crate) fn admit(
        &mut self,
        user: User,
        scope: Scope,
        limit: RateLimit,
        now: Timestamp,
    ) -> Result<(), i64> {
        let window = limit.per.seconds() * SECOND;
        let passed = self.0.entry((user, scope)).or_default();
        while passed.front().is_some_and(|oldest| oldest.plus(window) <= now) {
            passed.pop_front();
        }
        match passed.front() {
            Some(oldest) if passed.len() >= limit.requests => {
                let wait = oldest.plus(window).micros().saturating_sub(now.micros());
                Err(wait.div_euclid(SECOND) + i64::from(wait.rem_euclid(SECOND) > 0))
            }
            _ => {
                passed.push_back(now);
                Ok(())
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
