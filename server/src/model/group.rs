//! Contact groups: their names (`observed.md`, Groups).

use super::json::Members;
use super::problem::{Problem, Problems, Refusal};
use super::shape::StringRule;
use super::text;

/// Characters that a group's name may have.
pub(crate) const MAX_NAME: usize = 64;

/// Reads a body of `groups.json`: the name (G2). `taken` tells whether another group has a name, in any case.
///
/// # Errors
/// What is wrong with the name.
pub(crate) fn read_name(body: &Members, taken: impl Fn(&str) -> bool) -> Result<String, Refusal> {
    let mut problems = Problems::default();
    let rule = StringRule { max: Some(MAX_NAME), ..StringRule::default() };
    let name = problems.take("name", rule.require(body.get("name")));
    let name = name.and_then(|name| problems.take("name", check_name(name, taken)));
    problems.finish(&["name"])?;
    name.ok_or_else(|| Refusal::Members(Vec::new()))
}

/// The first character must be a letter, digit or underscore of any script; no other group may have the name.
///
/// # Errors
/// Which of the two it breaks.
pub(crate) fn check_name(name: String, taken: impl Fn(&str) -> bool) -> Result<String, Problem> {
    if !name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Err(Problem::GroupNameCharacters);
    }
    if taken(&text::fold(&name)) { Err(Problem::NotUnique) } else { Ok(name) }
}
