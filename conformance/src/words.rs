//! Numbers of things, for people.

/// `1 request`, `2 requests`: `thing` in the singular, its plural by an `s`.
#[must_use]
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
