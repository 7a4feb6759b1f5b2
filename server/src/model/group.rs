//! Contact groups: their names (`observed.md`, Groups).

use super::json::{Members, Value};
use super::problem::{Problem, Problems, Refusal};
use super::shape::StringRule;
use super::text;

/// Characters that a group's name may have.
const MAX_NAME: usize = 64;

/// Reads a body of `groups.json`: the name (G2). `taken` tells whether another group has a name, in folded letters.
///
/// # Errors
/// What is wrong with the name.
pub(crate) fn read_name(body: &Members, taken: impl Fn(&str) -> bool) -> Result<String, Refusal> {
    let mut problems = Problems::default();
    let name = problems.take("name", check(body.get("name"), taken));
    problems.finish(&["name"])?;
    name.ok_or_else(|| Refusal::Members(Vec::new()))
}

/// The name of a group that comes from elsewhere than a body.
///
/// # Errors
/// The first rule that it breaks.
pub(crate) fn new_name(name: &str, taken: impl Fn(&str) -> bool) -> Result<String, Problem> {
    let name = Value::String(name.to_owned().into());
    check(Some(&name), taken).map_err(|mut problems| problems.swap_remove(0))
}

/// The first character must be a letter, digit or underscore of any script; no other group may have the name.
fn check(name: Option<&Value>, taken: impl Fn(&str) -> bool) -> Result<String, Vec<Problem>> {
    let name = StringRule { max: Some(MAX_NAME), ..StringRule::default() }.require(name)?;
    if !name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Err(vec![Problem::GroupNameCharacters]);
    }
    if taken(&text::fold(&name)) { Err(vec![Problem::NotUnique]) } else { Ok(name) }
}
