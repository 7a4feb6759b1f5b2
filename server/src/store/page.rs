//! Pages: places in an order, cursors to them, and the part of an order that a page is read from.

use crate::model::contact::ContactId;
use crate::model::time::Timestamp;

use super::index::Order;

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
    pub(super) const FIRST: Position = Position { modified: Timestamp::MIN, number: 0 };
    pub(super) const LAST: Position = Position { modified: Timestamp::MAX, number: u32::MAX };

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
pub(super) struct Window {
    pub(super) low: Position,
    pub(super) high: Position,
    pub(super) ascending: bool,
}

impl Window {
    pub(super) fn of(sort: Sort, cursor: Option<Cursor>) -> Self {
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

    pub(super) fn resume_behind(&mut self, position: Position) {
        self.resume_at(if self.ascending { position.successor() } else { position.predecessor() });
    }

    pub(super) fn holds(&self, key: SortKey, position: Position) -> bool {
        match key {
            SortKey::Modified => (self.low..=self.high).contains(&position),
            SortKey::Created => (self.low.number..=self.high.number).contains(&position.number),
        }
    }

    /// Walks an order within the window.
    pub(super) fn walk(self, order: &Order, key: SortKey) -> Box<dyn Iterator<Item = ContactId> + '_> {
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
