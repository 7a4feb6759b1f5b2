//! Where secrets belong: headers, parameters and members of bodies by whose names they are known. The names are data,
//! `fixtures/secrets.json`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{MASK, Place};

#[derive(Deserialize)]
struct Names {
    /// Letters and digits that the name of a secret ends with.
    names: Vec<String>,
    /// What is no secret even where one belongs.
    words: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let text = include_str!("../../../../fixtures/secrets.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("fixtures/secrets.json: {error}"))
});

/// What stands in the place of a number: JSON stays JSON.
const QUOTED: &str = "\"***\"";

/// Whether what bears this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let plain = letters.collect::<String>().to_ascii_lowercase();
    NAMES.names.iter().any(|known| plain.ends_with(known))
}

/// Whether this is no secret wherever it stands: a scheme, or what a program writes for nothing.
pub(super) fn is_word(text: &str) -> bool {
    NAMES.words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Where in a query or a form the values of secrets stand.
pub(super) fn in_form(form: &str) -> Vec<Place> {
    let mut start = 0;
    let mut places = Vec::new();
    for pair in form.split('&') {
        let end = start + pair.len();
        if let Some((name, value)) = pair.split_once('=')
            && !value.is_empty()
            && is_secret(&super::decoded(name))
        {
            places.push((end - value.len()..end, MASK));
        }
        start = end + 1;
    }
    places
}

/// Where they stand in a body, by its media type; what is no form is read as JSON, also as half of it.
pub(super) fn in_body(content_type: &str, body: &str) -> Vec<Place> {
    let kind = content_type.to_ascii_lowercase();
    match () {
        () if kind.contains("x-www-form-urlencoded") => in_form(body),
        () if kind.contains("multipart/") => in_parts(body),
        () => in_json(body),
    }
}

/// In the parts of `multipart/form-data`.
fn in_parts(body: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = body[at..].find("name=\"") {
        let start = at + found + 6;
        let name = body[start..].split('"').next().unwrap_or_default();
        at = start + name.len();
        let Some(empty) = body[at..].find("\r\n\r\n").filter(|_| is_secret(name)) else { continue };
        let value = at + empty + 4;
        at = value + body[value..].find("\r\n--").unwrap_or(body.len() - value);
        places.push((value..at, MASK));
    }
    places
}

/// In JSON: texts, without their quotes, and numbers; in a list of a secret's name all of them.
fn in_json(json: &str) -> Vec<Place> {
    let mut places = Vec::new();
    // Whether what comes is a secret, or a list of them; and the text that may prove to be a name.
    let (mut secret, mut list, mut text) = (false, false, 0..0);
    let mut at = 0;
    while let Some(first) = json.as_bytes().get(at) {
        let start = at;
        at = start + length(&json[start..], *first);
        match first {
            b':' => secret = is_secret(&unescaped(&json[std::mem::take(&mut text)])),
            b'[' => list = secret,
            b'{' | b'}' | b']' => (secret, list) = (false, false),
            b',' => secret &= list,
            b'"' => {
                text = start + 1..at - usize::from(at - start > 1 && json.as_bytes()[at - 1] == b'"');
                if secret && !text.is_empty() {
                    places.push((text.clone(), MASK));
                }
            }
            b'-' | b'0'..=b'9' if secret => places.push((start..at, QUOTED)),
            _ => {}
        }
    }
    places
}

/// How long what a JSON text begins with is: a text, a number or a word, else one character.
fn length(json: &str, first: u8) -> usize {
    if first == b'"' {
        let mut escaped = false;
        let end = json.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        return end.map_or(json.len(), |(at, _)| at + 1);
    }
    let in_word = |c: &char| c.is_ascii_alphanumeric() || "+-._".contains(*c);
    match json.chars().take_while(in_word).count() {
        0 => json.chars().next().map_or(1, char::len_utf8),
        word => word,
    }
}

/// What is written between the quotes of a JSON text.
pub(super) fn unescaped(written: &str) -> String {
    serde_json::from_str(&format!("\"{written}\"")).unwrap_or_else(|_| written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in
            ["token", "x-auth-token", "X-Secret", "api-key", "apiKey", "set-cookie", "senha", "new_password"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["urn", "tokens_left", "cursor", "author", "nickname", "user-agent", ""] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[track_caller]
    fn found(kind: &str, body: &str, expected: &[&str]) {
        let places = in_body(kind, body);
        assert_eq!(
            places.iter().map(|(place, _)| &body[place.clone()]).collect::<Vec<_>>(),
            expected,
            "{body}"
        );
    }

    #[test]
    fn secrets_are_found_in_bodies() {
        found(
            "application/json",
            r#"{"password" : "a\"é", "apiKey":-12.5,"tokens": ["x" , null, 7], "n":{"pass\u0077ord":"b"}, "token":null, "x": ["y", 1]}"#,
            &["a\\\"é", "-12.5", "x", "7", "b"],
        );
        found("", r#"[{"secret": {"password": "x", "name": "password"}}, "token", {"#, &["x"]);
        for cut in [
            r#"{"password"#,
            r#"{"password""#,
            r#"{"password":"#,
            r#"{"password": ["#,
            r#"{"token\"#,
            "\"",
            ":é",
        ] {
            found("", cut, &[]);
        }
        found("", r#"{"password": "abc\"#, &["abc\\"]);
        found(
            "application/x-www-form-urlencoded",
            "a=1&Password=x%20y&api%5Fkey=z&token=&b",
            &["x%20y", "z"],
        );
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = part("name", "Ana") + &part("senha", "xyz") + &part("secret", "") + "--b--";
        found("multipart/form-data; boundary=b", &body, &["xyz", ""]);
    }
}
