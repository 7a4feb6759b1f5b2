//! The judgement of one conversation: which answers are right in its profile, and which depart in a known way.

use std::collections::BTreeSet;

use crate::case::{Exchange, Profile, Response};
use crate::client::Answer;
use crate::contract::Deviation;
use crate::difference::Difference;
use crate::judge::judge;
use crate::matcher::Matcher;

/// Judges the answers of one conversation, in order.
pub(super) struct Judge {
    pub(super) profile: Profile,
    pub(super) matcher: Matcher,
    /// Deviations that the server was seen to have.
    pub(super) deviations: BTreeSet<Deviation>,
    /// Deviations that the server was seen not to have.
    kept: BTreeSet<Deviation>,
}

/// How an answer departs from the one that was meant.
pub(super) struct Departed<'a> {
    pub(super) difference: Difference,
    pub(super) expected: &'a Response,
}

impl Judge {
    /// A judge in this profile, to whom nothing is known yet.
    pub(super) fn new(profile: Profile) -> Self {
        Self { profile, matcher: Matcher::default(), deviations: BTreeSet::new(), kept: BTreeSet::new() }
    }

    /// Compares an answer with those that are right in the profile, and with the known deviation from them; says which
    /// one the answer shows.
    pub(super) fn judge<'a>(
        &mut self,
        exchange: &'a Exchange,
        answer: &Answer,
    ) -> Result<Option<Deviation>, Departed<'a>> {
        let Some(known) = &exchange.deviation else {
            return self.any(&exchange.response, &exchange.or, answer).map(|()| None);
        };
        if self.profile == Profile::Observed {
            return self.any(&known.response, &[], answer).map(|()| None);
        }
        if self.deviations.contains(&known.id) {
            return self.any(&known.response, &[], answer).map(|()| Some(known.id.clone()));
        }
        let before = self.matcher.bindings.clone();
        let departed = match self.any(&exchange.response, &exchange.or, answer) {
            Ok(()) => {
                self.kept.insert(known.id.clone());
                return Ok(None);
            }
            Err(departed) => departed,
        };
        let after = std::mem::replace(&mut self.matcher.bindings, before);
        if !self.kept.contains(&known.id) && judge(&known.response, answer, &mut self.matcher).is_ok() {
            self.deviations.insert(known.id.clone());
            return Ok(Some(known.id.clone()));
        }
        self.matcher.bindings = after;
        Err(departed)
    }

    /// Compares an answer with those that are as good as each other.
    fn any<'a>(
        &mut self,
        first: &'a Response,
        others: &'a [Response],
        answer: &Answer,
    ) -> Result<(), Departed<'a>> {
        if others.is_empty() {
            return judge(first, answer, &mut self.matcher)
                .map_err(|difference| Departed { difference, expected: first });
        }
        let before = self.matcher.bindings.clone();
        let Err(difference) = judge(first, answer, &mut self.matcher) else { return Ok(()) };
        let after = std::mem::replace(&mut self.matcher.bindings, before.clone());
        let mut departed = Departed { difference, expected: first };
        for other in others {
            let Err(difference) = judge(other, answer, &mut self.matcher) else { return Ok(()) };
            // What is told is the difference from the answer that was meant.
            if other.status == answer.status && departed.expected.status != answer.status {
                departed = Departed { difference, expected: other };
            }
            self.matcher.bindings = before.clone();
        }
        self.matcher.bindings = after;
        Err(departed)
    }
}
