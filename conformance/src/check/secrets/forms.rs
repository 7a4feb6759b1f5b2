//! A secret in all its forms: in either letter case, with characters percent-encoded or escaped as in JSON, and within base64.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Characters from which on a secret is one wherever it stands, also within longer words and in base64.
pub(super) const LONG: usize = 8;

/// What is looked for.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// A secret; a short one only as a word of its own.
    Itself(String),
    /// What all base64 with the secret in it has, if the secret begins at one of three places. All of such a text is hidden:
    /// around this there are parts of the secret.
    Base64(String),
}

/// All forms of a secret.
pub(super) fn of(secret: &str) -> Vec<Form> {
    let mut forms = vec![Form::Itself(secret.to_owned())];
    if secret.len() < LONG {
        return forms;
    }
    for before in 0..3 {
        let bytes = [&b"\0\0"[..before], secret.as_bytes()].concat();
        // Each character of base64 is made of six bits: those that are the secret's alone.
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        let mut all = [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
            .map(|text| text[own.clone()].to_owned())
            .to_vec();
        all.dedup();
        forms.extend(all.into_iter().map(Form::Base64));
    }
    forms
}

impl Form {
    /// The bytes that it may begin with.
    pub(super) fn begins(&self) -> impl Iterator<Item = u8> {
        let (Form::Itself(text) | Form::Base64(text)) = self;
        let first = text.bytes().next().unwrap_or_default();
        [first.to_ascii_lowercase(), first.to_ascii_uppercase(), b'%', b'\\'].into_iter()
    }

    /// What is to be hidden where it begins at `at`.
    pub(super) fn found(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let (wanted, folded) = match self {
            Form::Itself(secret) => (secret, true),
            Form::Base64(part) => (part, false),
        };
        let mut end = at;
        for byte in wanted.bytes() {
            let (got, length) = character(text.get(end..)?)?;
            if got != byte && !(folded && got.eq_ignore_ascii_case(&byte)) {
                return None;
            }
            end += length;
        }
        match self {
            Form::Itself(secret) if secret.len() >= LONG || is_word(text, at, end) => Some(at..end),
            Form::Itself(_) => None,
            Form::Base64(_) => {
                let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
                let before = text[..at].iter().rev().take_while(base64).count();
                Some(at - before..end + text[end..].iter().take_while(base64).count())
            }
        }
    }
}

/// Whether no letter or digit stands beside it. The `A` of `%3A` is none.
fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let beside = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let encoded = text[..start].iter().rev().nth(2) == Some(&b'%');
    (encoded || !beside(text[..start].last())) && !beside(text.get(end))
}

/// The character that a text begins with, and in how many bytes it is written: `A`, `%41`, `%2541`, `\u0041`, `\/`.
fn character(text: &[u8]) -> Option<(u8, usize)> {
    let hex = |at: usize| {
        let code = std::str::from_utf8(text.get(at..at + 2)?).ok()?;
        Some((u8::from_str_radix(code, 16).ok()?, at + 2))
    };
    let written = match text {
        [b'%', rest @ ..] => hex(1 + 2 * rest.chunks_exact(2).take_while(|code| *code == b"25").count()),
        [b'\\', b'u', b'0', b'0', ..] => hex(4),
        [b'\\', escaped @ (b'"' | b'\\' | b'/'), ..] => Some((*escaped, 2)),
        _ => None,
    };
    written.or_else(|| Some((*text.first()?, 1)))
}
