//! Compares the body of an answer with what a case expects, and binds the names in it.

pub(crate) mod shape;

use serde_json::{Number, Value};

use crate::bindings::{BindError, Bindings};
use crate::case::{BodyMatch, Kind, Pattern};
use crate::difference::{Difference, Place};
use crate::words::counted;

/// Compares the answers of one conversation: what one answer binds, the later ones must repeat.
#[derive(Debug, Default)]
pub struct Matcher {
    /// The names bound so far.
    pub bindings: Bindings,
    /// Whether others use the workspace, too: then a contact may also be in groups that their queries fill, and those are
    /// passed over. Groups of the case's own bear its mark, `{{own}}`.
    pub shared: bool,
}

impl Matcher {
    /// Compares a body with its expectation, in the order of the expectation, and binds names on the way.
    ///
    /// # Errors
    /// The first difference. Names that come after it are not bound.
    pub fn compare(&mut self, expected: &Pattern, how: BodyMatch, got: &Value) -> Result<(), Difference> {
        let shared = self.shared;
        Comparison { bindings: &mut self.bindings, how, shared, path: Vec::new() }.value(expected, got)
    }
}

/// One step from a value to a value within it.
enum Segment {
    Member(String),
    Item(usize),
}

struct Comparison<'a> {
    bindings: &'a mut Bindings,
    how: BodyMatch,
    shared: bool,
    path: Vec<Segment>,
}

impl Comparison<'_> {
    fn value(&mut self, expected: &Pattern, got: &Value) -> Result<(), Difference> {
        match (expected, got) {
            (Pattern::Any, _) => Ok(()),
            (Pattern::Uuid(name), Value::String(text)) if shape::is_uuid(text) => {
                self.bind(Bindings::UUID.to_owned(), name, text)
            }
            (Pattern::Uuid(_), _) => self.differs(Kind::Uuid.described(), got),
            (Pattern::Time(name), Value::String(text)) if shape::is_instant(text) => {
                self.bind(self.last_segment(), name, text)
            }
            (Pattern::Time(_), _) => self.differs(Kind::Time.described(), got),
            (Pattern::Url(name), Value::String(text)) if shape::is_link(text) => {
                self.bindings.bind_first(name, text);
                Ok(())
            }
            (Pattern::Url(_), _) => self.differs(Kind::Url.described(), got),
            (Pattern::Type(kind), _) if shape::is(*kind, got) => Ok(()),
            (Pattern::Type(kind), _) => self.differs(kind.described(), got),
            (Pattern::After(name), _) => self.after(name, got),
            (Pattern::Contains(inner), _) => {
                let how = std::mem::replace(&mut self.how, BodyMatch::Contains);
                let result = self.value(inner, got);
                self.how = how;
                result
            }
            (Pattern::Each(item), Value::Array(list)) => list
                .iter()
                .enumerate()
                .try_for_each(|(index, got)| self.within(Segment::Item(index), |this| this.value(item, got))),
            (Pattern::Members(member), Value::Object(object)) => object.iter().try_for_each(|(name, got)| {
                self.within(Segment::Member(name.clone()), |this| this.value(member, got))
            }),
            (Pattern::Members(_), _) => self.differs(Kind::Object.described(), got),
            (Pattern::Some(item), Value::Array(list)) => {
                if list.iter().any(|got| self.attempt(item, got).is_ok()) {
                    return Ok(());
                }
                self.differs(format!("an item {item}"), format!("{}: {got}", counted(list.len(), "item")))
            }
            (Pattern::None(item), Value::Array(list)) => {
                let before = self.bindings.clone();
                let found = list.iter().position(|got| self.attempt(item, got).is_ok());
                *self.bindings = before;
                match found {
                    Some(index) => self.within(Segment::Item(index), |this| {
                        this.differs(format!("no item {item}"), &list[index])
                    }),
                    None => Ok(()),
                }
            }
            (Pattern::Order(items), Value::Array(list)) => {
                let mut rest = list.iter();
                let missing = items.iter().find(|item| !rest.any(|got| self.attempt(item, got).is_ok()));
                match missing {
                    Some(item) => self.differs(
                        format!("{expected}, in this order"),
                        format!("a list without {item} in its place: {got}"),
                    ),
                    None => Ok(()),
                }
            }
            (Pattern::OneOf(choices), _) => self.one_of(choices, got),
            (Pattern::Each(_) | Pattern::Some(_) | Pattern::None(_) | Pattern::Order(_), _) => {
                self.differs(Kind::List.described(), got)
            }
            (Pattern::Prefix(prefix), Value::String(text)) if text.starts_with(prefix) => Ok(()),
            (Pattern::Prefix(prefix), _) => self.differs(format!("{}…", Value::from(prefix.as_str())), got),
            (Pattern::Text(template), _) => {
                let text = template.fill_known(self.bindings);
                if got.as_str() == Some(&text) {
                    Ok(())
                } else {
                    self.differs(Value::from(text).to_string(), got)
                }
            }
            (Pattern::Object(members), Value::Object(object)) => self.object(members, object),
            (Pattern::List(items), Value::Array(list)) => self.list(items, list),
            (Pattern::Literal(Value::Number(a)), Value::Number(b)) if same_number(a, b) => Ok(()),
            (Pattern::Literal(literal), _) if literal == got => Ok(()),
            (Pattern::Literal(_) | Pattern::Object(_) | Pattern::List(_), _) => {
                self.differs(expected.to_string(), got)
            }
        }
    }

    /// Compares, and leaves the bindings as they were where the two differ.
    fn attempt(&mut self, expected: &Pattern, got: &Value) -> Result<(), Difference> {
        let before = self.bindings.clone();
        let result = self.value(expected, got);
        if result.is_err() {
            *self.bindings = before;
        }
        result
    }

    /// The difference told is that of the choice which comes nearest: where the comparison got farthest into the value.
    fn one_of(&mut self, choices: &[Pattern], got: &Value) -> Result<(), Difference> {
        let mut nearest: Option<(usize, Difference)> = None;
        for choice in choices {
            let Err(difference) = self.attempt(choice, got) else { return Ok(()) };
            let depth = match &difference.place {
                Place::Body(pointer) => pointer.matches('/').count(),
                Place::Status | Place::Header(_) => 0,
            };
            if depth > self.path.len() && nearest.as_ref().is_none_or(|(known, _)| depth > *known) {
                nearest = Some((depth, difference));
            }
        }
        if let Some((_, difference)) = nearest {
            return Err(difference);
        }
        let choices: Vec<_> = choices.iter().map(Pattern::to_string).collect();
        self.differs(format!("one of {}", choices.join(", ")), got)
    }

    fn after(&mut self, name: &str, got: &Value) -> Result<(), Difference> {
        let earlier = self.bindings.get(name).unwrap_or_default().to_owned();
        match got.as_str() {
            Some(text)
                if shape::is_instant(text) && shape::with_decimals(text) > shape::with_decimals(&earlier) =>
            {
                Ok(())
            }
            _ => self.differs(format!("an instant after {earlier} ({name})"), got),
        }
    }

    /// Missing members first, then unexpected ones, then the values: the most telling difference is the first.
    fn object(
        &mut self,
        members: &[(String, Pattern)],
        object: &serde_json::Map<String, Value>,
    ) -> Result<(), Difference> {
        for (name, expected) in members {
            if !object.contains_key(name) {
                return self.within(Segment::Member(name.clone()), |this| {
                    this.differs(expected.to_string(), "nothing")
                });
            }
        }
        if self.how == BodyMatch::Exact {
            for (name, got) in object {
                if !members.iter().any(|(known, _)| known == name) {
                    return self.within(Segment::Member(name.clone()), |this| this.differs("nothing", got));
                }
            }
        }
        for (name, expected) in members {
            if let Some(got) = object.get(name) {
                self.within(Segment::Member(name.clone()), |this| this.value(expected, got))?;
            }
        }
        Ok(())
    }

    fn list(&mut self, items: &[Pattern], list: &[Value]) -> Result<(), Difference> {
        let mut expected: Vec<&Pattern> = items.iter().collect();
        let mut got: Vec<(usize, &Value)> = list.iter().enumerate().collect();
        if self.shared && self.is_member("groups") {
            let own = self.bindings.get("own").unwrap_or_default();
            got.retain(|(_, group)| {
                group["name"].as_str().is_none_or(|name| name.to_ascii_lowercase().contains(own))
            });
        }
        if self.is_groups_of_contact(items, list) {
            // The order of a contact's groups is not promised.
            expected.sort_by_key(|item| item.member("name").and_then(|name| self.text(name)));
            got.sort_by_key(|(_, item)| item.get("name").and_then(Value::as_str));
        }
        if expected.len() != got.len() {
            let list = Value::from(list.to_vec());
            return self
                .differs(counted(expected.len(), "item"), format!("{}: {list}", counted(got.len(), "item")));
        }
        for (expected, (index, got)) in expected.into_iter().zip(got) {
            self.within(Segment::Item(index), |this| this.value(expected, got))?;
        }
        Ok(())
    }

    /// Whether this is a member `groups` whose items, here and there, are objects with a name.
    fn is_groups_of_contact(&self, items: &[Pattern], list: &[Value]) -> bool {
        self.is_member("groups")
            && items.iter().all(|item| item.member("name").and_then(|name| self.text(name)).is_some())
            && list.iter().all(|item| item.get("name").is_some_and(Value::is_string))
    }

    fn is_member(&self, named: &str) -> bool {
        matches!(self.path.last(), Some(Segment::Member(name)) if name == named)
    }

    /// The text that a pattern stands for, if it is one.
    fn text(&self, pattern: &Pattern) -> Option<String> {
        match pattern {
            Pattern::Text(template) => Some(template.fill_known(self.bindings)),
            pattern => pattern.as_str().map(str::to_owned),
        }
    }

    fn bind(&mut self, kind: String, name: &str, value: &str) -> Result<(), Difference> {
        let (expected, got) = match self.bindings.bind(&kind, name, value) {
            Ok(()) => return Ok(()),
            Err(BindError::Rebound { bound }) => (format!("{name} = {bound}"), value.to_owned()),
            Err(BindError::Taken { owner }) => {
                (format!("a new value for {name}"), format!("{value}, which is {owner}"))
            }
        };
        self.differs(expected, got)
    }

    /// What the current value is called where it stands: instants are unique among those of one name only.
    fn last_segment(&self) -> String {
        match self.path.last() {
            Some(Segment::Member(name)) => name.clone(),
            Some(Segment::Item(index)) => index.to_string(),
            None => String::new(),
        }
    }

    fn within(
        &mut self,
        segment: Segment,
        compare: impl FnOnce(&mut Self) -> Result<(), Difference>,
    ) -> Result<(), Difference> {
        self.path.push(segment);
        let result = compare(self);
        self.path.pop();
        result
    }

    fn differs(&self, expected: impl Into<String>, got: impl ToString) -> Result<(), Difference> {
        let place = Place::Body(self.pointer());
        Err(Difference { place, expected: expected.into(), got: got.to_string() })
    }

    fn pointer(&self) -> String {
        let segment = |segment: &Segment| match segment {
            Segment::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Segment::Item(index) => format!("/{index}"),
        };
        self.path.iter().map(segment).collect()
    }
}

/// Whether two numbers are equal whichever way they are written: `1` and `1.0` are.
fn same_number(a: &Number, b: &Number) -> bool {
    a == b || (a.is_f64() != b.is_f64() && a.as_f64() == b.as_f64())
}
