//! Reading contacts: filters, orders, pages. A page is collected under the lock as `Arc`s and rendered after it
//! is gone.
//!
//! No page costs more the more contacts there are, but two: a search for a text within names, and a range of
//! modification times in the order of creation. These look at contacts in batches, so that writers pass.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::model::contact::{Contact, ContactId, Status};
use crate::model::text;
use crate::model::time::Timestamp;

use super::index::Order;
use super::state::State;

/// Contacts looked at while the lock is held once.
const BATCH: usize = 10_000;

/// The filters of a list, joined by "and".
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// A UUID that no contact can have is kept as nil.
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

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortKey {
    Modified,
    Created,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) key: SortKey,
    pub(crate) descending: bool,
}

/// The place of an item in an order: of equals the younger is the greater. Fields and groups have only `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) modified: Timestamp,
    pub(crate) number: u32,
}

impl Position {
    const FIRST: Position = Position { modified: Timestamp::MIN, number: 0 };
    const LAST: Position = Position { modified: Timestamp::MAX, number: u32::MAX };

    fn successor(self) -> Position {
        match self.number.checked_add(1) {
            Some(number) => Position { number, ..self },
            None => Position { modified: self.modified.plus(1), number: 0 },
        }
    }

    fn predecessor(self) -> Position {
        match self.number.checked_sub(1) {
            Some(number) => Position { number, ..self },
            None => Position { modified: self.modified.plus(-1), number: u32::MAX },
        }
    }
}

/// Where a page begins: a place in the order, not an item, so what moves or goes between two pages does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) position: Position,
    /// The page before the place rather than behind it.
    pub(crate) backward: bool,
    /// Whether an item at the place itself belongs to the page.
    pub(crate) inclusive: bool,
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<Cursor>,
    pub(crate) previous: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of items that were collected in the direction of the cursor: one more than `limit` where
    /// there are more.
    pub(crate) fn new(mut items: Vec<(Position, T)>, limit: usize, cursor: Option<Cursor>) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let backward = cursor.is_some_and(|cursor| cursor.backward);
        if backward {
            items.reverse();
        }
        let edge = |item: Option<&(Position, T)>, backward: bool| match (item, cursor) {
            (Some((position, _)), _) => Some(Cursor { position: *position, backward, inclusive: false }),
            (None, Some(cursor)) => Some(Cursor { backward, inclusive: !cursor.inclusive, ..cursor }),
            (None, None) => None,
        };
        let next = edge(items.last(), false).filter(|_| more || backward);
        let previous = edge(items.first(), true).filter(|_| if backward { more } else { cursor.is_some() });
        Page { items: items.into_iter().map(|(_, item)| item).collect(), next, previous }
    }
}

impl<T> Page<T> {
    /// The same page of other items.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next: self.next, previous: self.previous }
    }
}

/// The page of a short list whose items are given with their numbers, newest first.
pub(crate) fn newest_first<T>(
    items: impl DoubleEndedIterator<Item = (u32, T)>,
    limit: usize,
    cursor: Option<Cursor>,
) -> Page<T> {
    let window = Window::of(Sort { key: SortKey::Created, descending: true }, cursor);
    let inside = items.map(|(number, item)| (Position { modified: Timestamp::MIN, number }, item));
    let mut inside: Vec<(Position, T)> =
        inside.filter(|(position, _)| window.holds(SortKey::Created, *position)).collect();
    inside.sort_by_key(|(position, _)| *position);
    if !window.ascending {
        inside.reverse();
    }
    inside.truncate(limit.saturating_add(1));
    Page::new(inside, limit, cursor)
}

/// The part of an order that is walked, and in which direction; both ends belong to it.
#[derive(Debug, Clone, Copy)]
struct Window {
    low: Position,
    high: Position,
    ascending: bool,
}

impl Window {
    fn of(sort: Sort, cursor: Option<Cursor>) -> Self {
        let ascending = sort.descending == cursor.is_some_and(|cursor| cursor.backward);
        let mut window = Window { low: Position::FIRST, high: Position::LAST, ascending };
        match cursor {
            Some(cursor) if cursor.inclusive => window.resume_at(cursor.position),
            Some(cursor) => window.resume_behind(cursor.position),
            None => {}
        }
        window
    }

    fn resume_at(&mut self, position: Position) {
        if self.ascending { self.low = position } else { self.high = position }
    }

    fn resume_behind(&mut self, position: Position) {
        self.resume_at(if self.ascending { position.successor() } else { position.predecessor() });
    }

    fn holds(&self, key: SortKey, position: Position) -> bool {
        match key {
            SortKey::Modified => (self.low..=self.high).contains(&position),
            SortKey::Created => (self.low.number..=self.high.number).contains(&position.number),
        }
    }

    /// Walks an order within the window.
    fn walk(self, order: &Order, key: SortKey) -> Box<dyn Iterator<Item = ContactId> + '_> {
        let Window { low, high, ascending } = self;
        match key {
            _ if low > high => Box::new(std::iter::empty()),
            SortKey::Modified => {
                let pair = |position: Position| (position.modified, ContactId(position.number));
                let range = order.by_modified.range(pair(low)..=pair(high)).map(|(_, id)| *id);
                if ascending { Box::new(range) } else { Box::new(range.rev()) }
            }
            SortKey::Created if low.number > high.number => Box::new(std::iter::empty()),
            SortKey::Created => {
                let range = order.by_created.range(ContactId(low.number)..=ContactId(high.number)).copied();
                if ascending { Box::new(range) } else { Box::new(range.rev()) }
            }
        }
    }
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
        match self.filter.source(state) {
            Source::Few(contacts) => {
                let key = self.sort.key;
                let mut few: Vec<(Position, ContactId)> = contacts
                    .into_iter()
                    .map(|id| (position(state, id), id))
                    .filter(|(position, id)| {
                        self.window.holds(key, *position) && self.filter.matches(state, *id)
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
            Source::Order(order) => self.advance_through(state, order),
        }
    }

    fn advance_through(&mut self, state: &State, order: &Order) -> bool {
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
                if !self.filter.matches(state, id) || !self.seen.insert(id) {
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
        match &self.group {
            Some(_) if self.deleted => Source::Few(Vec::new()),
            Some(group) => self
                .group_id(state, group)
                .and_then(|group| state.members(group))
                .map_or(Source::Few(Vec::new()), Source::Order),
            None if self.deleted => Source::Order(state.deleted()),
            None => Source::Order(state.live()),
        }
    }

    /// A group by UUID or by exact, case-sensitive name.
    fn group_id(&self, state: &State, group: &str) -> Option<crate::model::contact::GroupId> {
        let by_name = || state.schema.groups.iter().find(|known| known.name == group);
        state.schema.group_by_uuid(group).or_else(by_name).map(|group| group.id)
    }

    fn matches(&self, state: &State, id: ContactId) -> bool {
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
            && self.group.as_deref().is_none_or(|group| {
                self.group_id(state, group).is_some_and(|group| contact.groups.contains(&group))
            })
            && self
                .name
                .as_deref()
                .is_none_or(|part| name().is_some_and(|name| text::fold(name).contains(part)))
    }
}
