//! The shapes that members of a body may have: strings, lists, dictionaries (`observed.md`, Strings and
//! Collections).

use super::json::{Members, Text, Value};
use super::problem::Problem;
use super::text;

/// Items that a list or dictionary may hold (C4, C9, C10).
pub(crate) const MAX_ITEMS: usize = 100;

/// What a string member may be. Lengths count Unicode code points after trimming.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StringRule {
    pub(crate) nullable: bool,
    pub(crate) blank: bool,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
}

impl StringRule {
    /// Reads a string: trimmed; a number counts as its text.
    ///
    /// # Errors
    /// What the rule forbids: several problems only where lengths and characters are wrong at once.
    pub(crate) fn read(self, value: &Value) -> Result<Option<String>, Vec<Problem>> {
        let (read, surrogate) = match value {
            Value::Null if self.nullable => return Ok(None),
            Value::Null => return Err(vec![Problem::Null]),
            Value::String(value) => (text::strip(value.as_str()).to_owned(), value.surrogate()),
            Value::Int(digits) => (digits.clone(), None),
            Value::Float(number) => (text::float(*number), None),
            Value::Bool(_) | Value::List(_) | Value::Dict(_) => return Err(vec![Problem::NotAString]),
        };
        if read.is_empty() && !self.blank {
            return Err(vec![Problem::Blank]);
        }
        let length = read.chars().count();
        let problems: Vec<Problem> = [
            self.max.filter(|max| length > *max).map(Problem::TooLong),
            self.min.filter(|min| length < *min).map(Problem::TooShort),
            read.contains('\0').then_some(Problem::NullCharacter),
            surrogate.map(Problem::Surrogate),
        ]
        .into_iter()
        .flatten()
        .collect();
        if problems.is_empty() { Ok(Some(read)) } else { Err(problems) }
    }

    /// Reads a member that must be there and is never null.
    ///
    /// # Errors
    /// As [`StringRule::read`], and that it is missing.
    pub(crate) fn require(self, member: Option<&Value>) -> Result<String, Vec<Problem>> {
        let value = member.ok_or_else(|| vec![Problem::Required])?;
        self.read(value)?.ok_or_else(|| vec![Problem::Null])
    }
}

/// The characters that no string may hold.
///
/// # Errors
/// A NUL, half a surrogate pair.
pub(crate) fn check_characters(value: &Text) -> Result<(), Problem> {
    match value.surrogate() {
        _ if value.as_str().contains('\0') => Err(Problem::NullCharacter),
        Some(unit) => Err(Problem::Surrogate(unit)),
        None => Ok(()),
    }
}

/// A list of at most [`MAX_ITEMS`].
///
/// # Errors
/// Another type, null, too many.
pub(crate) fn list(value: &Value) -> Result<&[Value], Problem> {
    match value {
        Value::Null => Err(Problem::Null),
        Value::List(items) if items.len() > MAX_ITEMS => Err(Problem::TooManyItems),
        Value::List(items) => Ok(items),
        other => Err(Problem::NotAList(other.type_name())),
    }
}

/// A dictionary of at most [`MAX_ITEMS`].
///
/// # Errors
/// Another type, null, too many.
pub(crate) fn dictionary(value: &Value) -> Result<&Members, Problem> {
    match value {
        Value::Null => Err(Problem::Null),
        Value::Dict(members) if members.len() > MAX_ITEMS => Err(Problem::TooManyItems),
        Value::Dict(members) => Ok(members),
        other => Err(Problem::NotADictionary(other.type_name())),
    }
}
