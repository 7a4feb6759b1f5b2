//! Reading contacts: filters and orders. A page is collected under the lock as `Arc`s and rendered after it
//! is gone.
//!
//! No page costs more the more contacts there are, but two: a search for a text within names, and a range of
//! modification times in the order of creation. These look at contacts in batches, so that writers pass.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::model::contact::{Contact, ContactId, GroupId, Status};
use crate::model::text;
use crate::model::time::Timestamp;

use super::index::Order;
use super::page::{Cursor, Page, Position, Sort, SortKey, Window};
use super::state::State;

/// Contacts looked at while the lock is held once.
const BATCH: usize = 10_000;

/// The filters of a list, joined by "and".
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) uuid: Option<Uuid>,
    /// The identity of a URN.
    pub(crate) urn: Option<String>,
    /// Folded text that the name contains.
    pub(crate) name: Option<String>,
    /// An exact URN, unless the workspace is anonymous, or an exact name.
    pub(crate) search: Option<String>,
    /// A group's UUID or exact name.
    pub(crate) group: Option<String>,
    pub(crate) deleted: bool,
    pub(crate) after: Option<Timestamp>,
    pub(crate) before: Option<Timestamp>,
    pub(crate) search_urns: bool,
}

/// Where the contacts come from that a filter can match.
enum Source<'a> {
    Few(Vec<ContactId>),
    /// An order all of whose contacts are of the kind asked for.
    Order(&'a Order),
}

/// A page in the making: goes on where the batch before ended.
pub(crate) struct Scan<'a> {
    filter: &'a Filter,
    sort: Sort,
    limit: usize,
    cursor: Option<Cursor>,
    window: Window,
    found: Vec<(Position, Arc<Contact>)>,
    seen: HashSet<ContactId>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(filter: &'a Filter, sort: Sort, limit: usize, cursor: Option<Cursor>) -> Self {
        let mut window = Window::of(sort, cursor);
        if sort.key == SortKey::Modified {
            let after = filter.after.map(|modified| Position { modified, number: 0 });
            let before = filter.before.map(|modified| Position { modified, number: u32::MAX });
            window.low = window.low.max(after.unwrap_or(Position::FIRST));
            window.high = window.high.min(before.unwrap_or(Position::LAST));
        }
        Scan { filter, sort, limit, cursor, window, found: Vec::new(), seen: HashSet::new() }
    }

    /// Whether contacts are looked at one by one: such a list is read in batches, off the runtime's threads.
    pub(crate) fn is_search(filter: &Filter, sort: Sort) -> bool {
        let by_created_within =
            sort.key == SortKey::Created && (filter.after.is_some() || filter.before.is_some());
        let indexed = filter.uuid.is_some() || filter.urn.is_some() || filter.search.is_some();
        (filter.name.is_some() || by_created_within) && !indexed
    }

    /// Collects what a state holds of the page; `true` when it is complete.
    pub(crate) fn advance(&mut self, state: &State) -> bool {
        let group = self.filter.group_id(state);
        match self.filter.source(state) {
            Source::Few(contacts) => {
                let key = self.sort.key;
                let mut few: Vec<(Position, ContactId)> = contacts
                    .into_iter()
                    .map(|id| (position(state, id), id))
                    .filter(|(position, id)| {
                        self.window.holds(key, *position) && self.filter.matches(state, *id, group)
                    })
                    .collect();
                few.sort_by_key(|(position, id)| match key {
                    SortKey::Modified => *position,
                    SortKey::Created => Position { modified: Timestamp::MIN, number: id.0 },
                });
                if !self.window.ascending {
                    few.reverse();
                }
                few.truncate(self.limit.saturating_add(1));
                self.found = few.into_iter().map(|(at, id)| (at, Arc::clone(state.contact(id)))).collect();
                true
            }
            Source::Order(order) => self.advance_through(state, order, group),
        }
    }

    fn advance_through(&mut self, state: &State, order: &Order, group: Option<Option<GroupId>>) -> bool {
        let search = Self::is_search(self.filter, self.sort);
        let mut looked_at = 0;
        let mut walk = self.window.walk(order, self.sort.key);
        while self.found.len() <= self.limit {
            if search && looked_at == BATCH {
                return false;
            }
            let Some(id) = walk.next() else { return true };
            looked_at += 1;
            let at = position(state, id);
            if search {
                self.window.resume_behind(at);
                if !self.filter.matches(state, id, group) || !self.seen.insert(id) {
                    continue;
                }
            }
            self.found.push((at, Arc::clone(state.contact(id))));
        }
        true
    }

    pub(crate) fn finish(self) -> Page<Arc<Contact>> {
        Page::new(self.found, self.limit, self.cursor)
    }
}

fn position(state: &State, id: ContactId) -> Position {
    Position { modified: state.contact(id).modified_on, number: id.0 }
}

impl Filter {
    fn source<'a>(&self, state: &'a State) -> Source<'a> {
        if let Some(uuid) = self.uuid {
            return Source::Few(state.by_uuid(uuid).into_iter().collect());
        }
        if let Some(urn) = &self.urn {
            return Source::Few(state.by_urn(urn).into_iter().collect());
        }
        if let Some(search) = &self.search {
            let mut few = state.by_name(search);
            let owner = state.by_urn(search).filter(|_| self.search_urns);
            few.extend(owner.filter(|owner| !few.contains(owner)));
            return Source::Few(few);
        }
        match self.group_id(state) {
            Some(_) if self.deleted => Source::Few(Vec::new()),
            Some(group) => {
                group.and_then(|group| state.members(group)).map_or(Source::Few(Vec::new()), Source::Order)
            }
            None if self.deleted => Source::Order(state.deleted()),
            None => Source::Order(state.live()),
        }
    }

    /// The group by UUID or by exact, case-sensitive name; there may be none such.
    fn group_id(&self, state: &State) -> Option<Option<GroupId>> {
        let group = self.group.as_deref()?;
        let by_name = || state.schema.groups.iter().find(|known| known.name == group);
        Some(state.schema.group_by_uuid(group).or_else(by_name).map(|group| group.id))
    }

    /// Whether a contact passes; `group` is the filter's group, found once.
    fn matches(&self, state: &State, id: ContactId, group: Option<Option<GroupId>>) -> bool {
        let contact = state.contact(id);
        let name = || contact.name.as_deref();
        (contact.status == Status::Deleted) == self.deleted
            && self.uuid.is_none_or(|uuid| contact.uuid == uuid)
            && self.urn.as_deref().is_none_or(|urn| contact.has_urn(urn))
            && self.after.is_none_or(|after| contact.modified_on >= after)
            && self.before.is_none_or(|before| contact.modified_on <= before)
            && self
                .search
                .as_deref()
                .is_none_or(|search| name() == Some(search) || (self.search_urns && contact.has_urn(search)))
            && group.is_none_or(|group| group.is_some_and(|group| contact.groups.contains(&group)))
            && self
                .name
                .as_deref()
                .is_none_or(|part| name().is_some_and(|name| text::fold(name).contains(part)))
    }
}
