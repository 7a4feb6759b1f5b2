//! Secrets wherever they stand: as they are, in the other letter case, with characters percent-encoded or escaped as in
//! JSON, and within base64.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{MASK, is_word, text};

/// Characters from which on a secret is looked for where it need not stand: a shorter one is anybody's word.
const LEAST: usize = 4;

/// Characters from which on it is found within longer words, and in base64.
const LONG: usize = 8;

/// Characters by which the secrets that may stand at a place are found.
const KEY: usize = 4;

/// Secrets whose values are known.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    known: HashSet<String>,
    /// By their first characters, in lower case.
    patterns: HashMap<[u8; KEY], Vec<Pattern>>,
    /// A bit for each byte that one of them, in whichever form, may begin with: few places need a closer look.
    begins: [u128; 2],
}

/// What is looked for.
#[derive(Debug)]
struct Pattern {
    bytes: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A short secret: only as a word of its own.
    Word,
    /// A secret itself.
    Plain,
    /// What every base64 text with the secret in it has, at one of three places. Hidden is all of the text: its ends hold
    /// parts of the secret, too.
    Base64,
}

impl Forms {
    /// Hides this one, too, if it is longer than a word that may stand anywhere.
    pub(crate) fn learn_long(&mut self, secret: &str) {
        if secret.len() >= LONG {
            self.learn(secret);
        }
    }

    /// Hides this one, too.
    pub(crate) fn learn(&mut self, secret: &str) {
        if secret.len() < LEAST || is_word(secret) || !self.known.insert(secret.to_owned()) {
            return;
        }
        let kind = if secret.len() < LONG { Kind::Word } else { Kind::Plain };
        self.add(secret.as_bytes().to_ascii_lowercase(), kind);
        if kind == Kind::Plain {
            (0..3).for_each(|offset| self.add_base64(secret, offset));
        }
    }

    /// The part of every base64 text of the secret behind 3n + `offset` bytes that depends on it alone.
    fn add_base64(&mut self, secret: &str, offset: usize) {
        let bytes = [&[0; 2][..offset], secret.as_bytes()].concat();
        let inner = (offset * 8).div_ceil(6)..bytes.len() * 8 / 6;
        let usual = STANDARD_NO_PAD.encode(&bytes)[inner.clone()].as_bytes().to_vec();
        let of_url = URL_SAFE_NO_PAD.encode(&bytes)[inner].as_bytes().to_vec();
        if usual != of_url {
            self.add(of_url, Kind::Base64);
        }
        self.add(usual, Kind::Base64);
    }

    fn add(&mut self, bytes: Vec<u8>, kind: Kind) {
        let Some(key) = bytes.first_chunk::<KEY>() else { return };
        let key = key.map(|byte| byte.to_ascii_lowercase());
        for byte in [key[0], key[0].to_ascii_uppercase(), b'%', b'\\'] {
            self.begins[usize::from(byte >> 7)] |= 1 << (byte & 127);
        }
        self.patterns.entry(key).or_default().push(Pattern { bytes, kind });
    }

    /// Whether one may begin with this byte.
    fn begins_with(&self, byte: u8) -> bool {
        self.begins[usize::from(byte >> 7)] >> (byte & 127) & 1 == 1
    }

    /// A text in which none of them can be read.
    pub(crate) fn hide(&self, shown: &str) -> String {
        text(&self.hide_bytes(shown.as_bytes(), false)).into_owned()
    }

    /// The same of bytes. `cut`: there were more, so that at the end there may be the beginning of one.
    pub(crate) fn hide_bytes<'a>(&self, bytes: &'a [u8], cut: bool) -> Cow<'a, [u8]> {
        let mut hidden: Vec<u8> = Vec::new();
        let (mut done, mut at) = (0, 0);
        while at < bytes.len() {
            let found = if self.begins_with(bytes[at]) { self.found(bytes, at, cut) } else { None };
            match found {
                Some(range) => {
                    hidden.extend_from_slice(&bytes[done..range.start.max(done)]);
                    hidden.extend_from_slice(MASK.as_bytes());
                    (done, at) = (range.end, range.end);
                }
                None => at += 1,
            }
        }
        if done == 0 {
            return Cow::Borrowed(bytes);
        }
        hidden.extend_from_slice(&bytes[done..]);
        Cow::Owned(hidden)
    }

    /// What is to be hidden where a secret begins at `at`: the longest.
    fn found(&self, bytes: &[u8], at: usize, cut: bool) -> Option<Range<usize>> {
        let (mut key, mut next) = ([0; KEY], at);
        for place in &mut key {
            let (byte, length) = character(&bytes[next..])?;
            (*place, next) = (byte.to_ascii_lowercase(), next + length);
        }
        let all = self.patterns.get(&key)?.iter();
        all.filter_map(|pattern| pattern.at(bytes, at, cut)).max_by_key(|range| range.end)
    }
}

impl Pattern {
    /// What is to be hidden if it begins at `at`.
    fn at(&self, bytes: &[u8], at: usize, cut: bool) -> Option<Range<usize>> {
        let mut next = at;
        for expected in &self.bytes {
            let Some((byte, length)) = character(&bytes[next..]) else {
                return cut.then_some(at..bytes.len());
            };
            let same = if self.kind == Kind::Base64 { byte } else { byte.to_ascii_lowercase() };
            if same != *expected {
                return None;
            }
            next += length;
        }
        match self.kind {
            Kind::Plain => Some(at..next),
            Kind::Word => {
                let ends = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
                // `%3A` before it ends a word, too.
                let before = bytes[..at].last();
                let encoded = at >= 3 && bytes[at - 3] == b'%';
                ((ends(before) || encoded) && ends(bytes.get(next))).then_some(at..next)
            }
            Kind::Base64 => {
                let in_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
                let before = bytes[..at].iter().rev().take_while(|byte| in_base64(byte)).count();
                let after = bytes[next..].iter().take_while(|byte| in_base64(byte)).count();
                Some(at - before..next + after)
            }
        }
    }
}

/// The character that a text begins with, and how many bytes it takes: `A`, `%41`, `%2541` or `\u0041`.
fn character(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    let code = |from: usize| {
        let digits = std::str::from_utf8(text.get(from..from + 2)?).ok()?;
        Some((u8::from_str_radix(digits, 16).ok()?, from + 2))
    };
    let encoded = match first {
        b'%' => code(1 + 2 * text[1..].chunks_exact(2).take_while(|pair| *pair == b"25").count()),
        b'\\' if text.starts_with(b"\\u00") => code(4),
        b'\\' if matches!(text.get(1), Some(b'"' | b'\\' | b'/')) => Some((text[1], 2)),
        _ => None,
    };
    encoded.or(Some((first, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "77656e69-Tok+en/0001";

    fn forms(secrets: &[&str]) -> Forms {
        let mut forms = Forms::default();
        secrets.iter().for_each(|secret| forms.learn(secret));
        forms
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let hidden = forms(&[TOKEN, "abcd"]);
        for form in [
            TOKEN,
            "77656E69-TOK+EN/0001",
            "77656e69%2DTok%2Ben%2f0001",
            "%37%37656e69%252DTok%2Ben%25252f0001",
            "77656e69-Tok+en\\/0001",
            "\\u0037\\u0037656e69-Tok\\u002Ben/0001",
        ] {
            assert_eq!(hidden.hide(&format!("é {form} é")), "é *** é", "{form}");
        }
        assert_eq!(hidden.hide("a=abcd&b=%3Aabcd&c=xabcd abcde ABCD"), "a=***&b=%3A***&c=xabcd abcde ***");
    }

    #[test]
    fn base64_with_a_secret_in_it_is_hidden_whole() {
        let hidden = forms(&[TOKEN]);
        for user in ["", "a", "ab", "abc", "someone@example.com"] {
            for after in ["", "x", "yz"] {
                let text = format!("{user}:{TOKEN}{after}");
                for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text) + "=="] {
                    assert_eq!(hidden.hide(&format!("Basic {encoded}.")), "Basic ***.", "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_none_stays_byte_for_byte() {
        let hidden = forms(&["null", "abc", "undefined", "Bearer", TOKEN]);
        let shown = "{\"a\": null, \"b\": \"abc \\/ \\u0041 % %4 %zz é\"} 77656e69";
        assert_eq!(hidden.hide(shown), shown);
        let bytes = b"\xff\x00 77656e69-tok+en/0001 \xfe";
        assert_eq!(*hidden.hide_bytes(bytes, false), *b"\xff\x00 *** \xfe");
        assert_eq!(*hidden.hide_bytes(b"a 77656e69-To", true), *b"a ***");
        assert_eq!(*hidden.hide_bytes(b"a 77656e69-To", false), *b"a 77656e69-To");
    }
}
