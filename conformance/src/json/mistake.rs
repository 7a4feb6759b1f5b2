//! What serde says of a text, in people's words: data, so that a phrase is one line here.

use crate::words::meant;

/// Phrases of `serde_json` about what is no JSON.
const NO_JSON: &[(&str, &str)] = &[
    ("EOF while parsing a list", "the text ends in the middle of a list"),
    ("EOF while parsing an object", "the text ends in the middle of an object"),
    ("EOF while parsing a string", "the text ends in the middle of a text in quotes"),
    ("EOF while parsing a value", "the text ends where a value is expected"),
    ("expected value", "a value is expected here"),
    ("expected ident", "a value is expected here: true, false and null are written so"),
    ("key must be a string", "the name of a member is expected here, in double quotes"),
    ("trailing comma", "a comma stands behind the last one"),
    ("trailing characters", "something follows behind the end"),
    ("recursion limit exceeded", "it is nested too deep"),
];

/// Kinds of values, as serde calls them.
const KINDS: &[(&str, &str)] = &[
    ("struct ", "an object"),
    ("map", "an object"),
    ("a map", "an object"),
    ("sequence", "a list"),
    ("a sequence", "a list"),
    ("tuple ", "a list"),
    ("string or map", "a text"),
    ("a string", "a text"),
    ("a borrowed string", "a text"),
    ("enum ", "a text"),
    ("unit", "null"),
    ("a boolean", "true or false"),
    ("usize", "a whole number"),
    ("u8", "a whole number"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("u64", "a whole number"),
    ("i64", "a whole number"),
];

/// What is wrong, without serde's own place of it.
pub(crate) fn told(error: &serde_json::Error) -> String {
    plain(&without_place(error))
}

/// Whether serde itself says so, and not somebody's own rule.
pub(crate) fn is_serdes(error: &serde_json::Error) -> bool {
    !error.is_data() || phrase(&without_place(error)).is_some()
}

fn without_place(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    full.strip_suffix(&suffix).unwrap_or(&full).to_owned()
}

/// The same of a message that somebody else passed on. What is not serde's stays as it is.
pub(crate) fn plain(message: &str) -> String {
    phrase(message).unwrap_or_else(|| message.to_owned())
}

fn phrase(message: &str) -> Option<String> {
    let no_json =
        || NO_JSON.iter().find(|(phrase, _)| *phrase == message).map(|(_, plain)| (*plain).to_owned());
    unknown(message).or_else(|| member(message)).or_else(|| other_kind(message)).or_else(no_json)
}

/// ``unknown field `x`, expected one of `a`, `b` ``, and the same of a variant.
fn unknown(message: &str) -> Option<String> {
    let (what, rest) =
        match (message.strip_prefix("unknown field `"), message.strip_prefix("unknown variant `")) {
            (Some(rest), _) => ("there is no member", rest),
            (_, Some(rest)) => ("there is no", rest),
            _ => return None,
        };
    let (word, known) = rest.split_once("`, ")?;
    // Between backquotes.
    let known = known.split('`').skip(1).step_by(2).filter(|known| !known.starts_with('$'));
    Some(format!("{what} `{word}`: {}", meant(word, known)))
}

/// ``missing field `x` ``, ``duplicate field `x` ``.
fn member(message: &str) -> Option<String> {
    let missing = message.strip_prefix("missing field ").map(|name| format!("{name} is missing"));
    missing
        .or_else(|| message.strip_prefix("duplicate field ").map(|name| format!("{name} stands there twice")))
}

/// `invalid type: string "x", expected u32`, and the same of a value.
fn other_kind(message: &str) -> Option<String> {
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (got, expected) = rest.rsplit_once(", expected ")?;
    Some(format!("{} is expected here, not {}", kind(expected), value(got)))
}

fn kind(expected: &str) -> &str {
    let is = |phrase: &str| expected == phrase || (phrase.ends_with(' ') && expected.starts_with(phrase));
    KINDS.iter().find(|(phrase, _)| is(phrase)).map_or(expected, |(_, plain)| plain)
}

/// ``integer `3` ``, `string "x"`, `null`.
fn value(got: &str) -> &str {
    let shown = ["string ", "integer ", "floating point ", "boolean ", "character "];
    let shown = shown.iter().find_map(|kind| got.strip_prefix(kind));
    shown.map_or_else(|| kind(got), |value| value.trim_matches('`'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serdes_phrases_become_words() {
        for (message, words) in [
            (
                "unknown field `nmae`, expected one of `$schema`, `id`, `name`",
                "there is no member `nmae`: did you mean `name`?",
            ),
            ("unknown field `xyz`, expected `id` or `name`", "there is no member `xyz`: there are id, name"),
            ("unknown field `a`, there are no fields", "there is no member `a`: there are none"),
            (
                "unknown variant `documentd`, expected `observed` or `documented`",
                "there is no `documentd`: did you mean `documented`?",
            ),
            ("missing field `id`", "`id` is missing"),
            ("duplicate field `id`", "`id` stands there twice"),
            ("invalid type: string \"x\", expected struct File", "an object is expected here, not \"x\""),
            ("invalid type: sequence, expected a string", "a text is expected here, not a list"),
            (
                "invalid type: string \"a, expected b\", expected u32",
                "a whole number is expected here, not \"a, expected b\"",
            ),
            ("invalid value: integer `-1`, expected usize", "a whole number is expected here, not -1"),
            ("invalid type: null, expected a boolean", "true or false is expected here, not null"),
            ("expected value", "a value is expected here"),
            ("`2d` is no time", "`2d` is no time"),
        ] {
            assert_eq!(plain(message), words, "{message}");
        }
    }
}
