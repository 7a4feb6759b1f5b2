//! Texts with `{{name}}` in them, or `{{name^}}` for the value in capitals.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::bindings::Bindings;

/// A name that a request refers to and that no answer so far has bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{{{{{0}}}}} was never bound")]
pub struct Unbound(pub String);

/// A text in which each `{{name}}` stands for the value bound to that name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Template(String);

impl Template {
    /// A template of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names that the text refers to, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        names(&self.0)
    }

    /// The text with every name replaced by its value.
    ///
    /// # Errors
    /// The first name that is not bound.
    pub fn fill(&self, bindings: &Bindings) -> Result<String, Unbound> {
        substitute(&self.0, |name| {
            bindings.get(name).map(Cow::Borrowed).ok_or_else(|| Unbound(name.to_owned()))
        })
    }

    /// The text with the names that are bound replaced and the others left as written.
    #[must_use]
    pub fn fill_known(&self, bindings: &Bindings) -> String {
        let filled: Result<_, std::convert::Infallible> = substitute(&self.0, |name| {
            Ok(bindings.get(name).map_or_else(|| Cow::Owned(format!("{{{{{name}}}}}")), Cow::Borrowed))
        });
        let Ok(text) = filled;
        text
    }
}

/// The names in `{{name}}` placeholders of a text, in order.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(placeholder) = next_placeholder(rest) {
        found.push(placeholder.name);
        rest = placeholder.after;
    }
    found
}

/// Replaces every placeholder of a text by what `value` gives for its name.
pub(crate) fn substitute<'t, 'v, E>(
    text: &'t str,
    mut value: impl FnMut(&'t str) -> Result<Cow<'v, str>, E>,
) -> Result<String, E> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(Placeholder { before, name, in_capitals, after }) = next_placeholder(rest) {
        filled.push_str(before);
        let value = value(name)?;
        if in_capitals {
            filled.push_str(&value.to_uppercase());
        } else {
            filled.push_str(&value);
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A placeholder in a text.
struct Placeholder<'a> {
    before: &'a str,
    name: &'a str,
    in_capitals: bool,
    after: &'a str,
}

/// The first placeholder of a text.
fn next_placeholder(text: &str) -> Option<Placeholder<'_>> {
    let mut from = 0;
    while let Some(found) = text[from..].find("{{") {
        let start = from + found;
        let inner = &text[start + 2..];
        let length = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(length);
        let (in_capitals, rest) = rest.strip_prefix('^').map_or((false, rest), |rest| (true, rest));
        if let (false, Some(after)) = (name.is_empty(), rest.strip_prefix("}}")) {
            return Some(Placeholder { before: &text[..start], name, in_capitals, after });
        }
        // `{{{a}}` holds a placeholder that begins one brace later.
        from = start + 1;
    }
    None
}
