//! Judges one answer.

use serde_json::Value;

use crate::bindings::Bindings;
use crate::case::{Kind, Pattern, Response};
use crate::client::Answer;
use crate::difference::{Difference, Place};
use crate::matcher::Matcher;

/// Compares an answer with its expectation: status, then body, then headers.
///
/// Where the status differs, the body is compared all the same, only to bind the names that it can: what went wrong
/// here should not be reported again wherever a later step uses one of them.
///
/// # Errors
/// The first difference.
pub fn judge(expected: &Response, answer: &Answer, matcher: &mut Matcher) -> Result<(), Difference> {
    let body = judge_body(expected, answer, matcher);
    if answer.status != expected.status {
        return Err(Difference {
            place: Place::Status,
            expected: expected.status.to_string(),
            got: format!("{} {}", answer.status, answer.text).trim_end().to_owned(),
        });
    }
    body?;
    expected.headers.iter().try_for_each(|(name, value)| judge_header(name, value, answer, &matcher.bindings))
}

fn judge_body(expected: &Response, answer: &Answer, matcher: &mut Matcher) -> Result<(), Difference> {
    let Some(pattern) = &expected.json else { return Ok(()) };
    match answer.json() {
        Some(got) => matcher.compare(pattern, expected.body_match, &got),
        None => Err(Difference {
            place: Place::Body(String::new()),
            expected: "JSON".to_owned(),
            got: match answer.header("content-type") {
                Some(kind) => format!("{kind}: {}", answer.text),
                None => answer.text.clone(),
            },
        }),
    }
}

fn judge_header(
    name: &str,
    expected: &Pattern,
    answer: &Answer,
    bindings: &Bindings,
) -> Result<(), Difference> {
    let got = answer.header(name);
    let (fits, wanted) = match expected {
        Pattern::Literal(Value::Null) => (got.is_none(), "nothing".to_owned()),
        Pattern::Any => (got.is_some(), "any value".to_owned()),
        Pattern::Prefix(prefix) => {
            (got.as_ref().is_some_and(|got| got.starts_with(prefix)), format!("{prefix}…"))
        }
        Pattern::Type(Kind::Integer) => {
            (got.as_ref().is_some_and(|got| got.parse::<u64>().is_ok()), Kind::Integer.described().to_owned())
        }
        Pattern::Text(template) => {
            let text = template.fill_known(bindings);
            (got.as_ref() == Some(&text), text)
        }
        other => {
            let text = other.as_str().unwrap_or_default();
            let fits = match &got {
                Some(got) if name.eq_ignore_ascii_case("allow") => methods(got) == methods(text),
                got => got.as_deref() == Some(text),
            };
            (fits, text.to_owned())
        }
    };
    if fits {
        return Ok(());
    }
    Err(Difference {
        place: Place::Header(name.to_owned()),
        expected: wanted,
        got: got.unwrap_or_else(|| "nothing".to_owned()),
    })
}

/// The methods of an `Allow` header in one order: theirs means nothing.
fn methods(allow: &str) -> Vec<&str> {
    let mut methods: Vec<&str> = allow.split(',').map(str::trim).collect();
    methods.sort_unstable();
    methods
}
