//! Where secrets belong: headers, parameters and members of bodies that have a secret's name.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{MASK, is_secret, is_word, text};

/// Where a secret stands, and what is to stand there.
type Place = (Range<usize>, &'static str);

/// What stands in the place of a number: JSON stays JSON.
const QUOTED: &str = "\"***\"";

/// The value of a header, its name in lower case. Of `Authorization` the scheme stays, for a wrong one is a common mistake.
pub(crate) fn in_header(name: &str, value: &str) -> String {
    match (name, value.trim().split_once(char::is_whitespace)) {
        ("authorization", Some((scheme, _))) if is_word(scheme) => format!("{scheme} {MASK}"),
        ("authorization", None) if is_word(value.trim()) => value.to_owned(),
        _ if is_secret(name) => MASK.to_owned(),
        _ => value.to_owned(),
    }
}

/// The secrets in a header: the credentials of `Authorization`, and what is in Basic ones; the values of cookies; or all of
/// it.
pub(crate) fn header_secrets(name: &str, value: &str) -> Vec<String> {
    let of_cookie = |pair: &str| pair.split_once('=').map(|(_, value)| value.trim().to_owned());
    match name {
        "cookie" => value.split(';').filter_map(of_cookie).collect(),
        "set-cookie" => value.split(';').take(1).filter_map(of_cookie).collect(),
        "authorization" | "proxy-authorization" => {
            let mut all: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
            let basic = all.last().and_then(|last| STANDARD.decode(last).ok());
            let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok());
            all.extend(basic.and_then(|pair| Some(pair.split_once(':')?.1.to_owned())));
            all
        }
        name if is_secret(name) => vec![value.trim().to_owned()],
        _ => Vec::new(),
    }
}

/// A query, or a form, with the values of secrets masked.
pub(crate) fn in_query(query: &str) -> Cow<'_, str> {
    match in_form(query.as_bytes()) {
        places if places.is_empty() => Cow::Borrowed(query),
        places => Cow::Owned(text(&masked(query.as_bytes(), &places)).into_owned()),
    }
}

/// The values of secrets in a query, decoded.
pub(crate) fn query_secrets(query: &str) -> impl Iterator<Item = String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(name, _)| is_secret(name)).map(|(_, value)| value.into_owned())
}

/// A body with the values of secrets masked, and these values as far as they are texts.
pub(crate) fn in_body<'a>(content_type: &str, body: &'a [u8]) -> (Cow<'a, [u8]>, Vec<String>) {
    let kind = content_type.to_ascii_lowercase();
    let places = if kind.contains("x-www-form-urlencoded") {
        in_form(body)
    } else if kind.contains("multipart/") {
        in_parts(body)
    } else {
        in_json(body)
    };
    if places.is_empty() {
        return (Cow::Borrowed(body), Vec::new());
    }
    let values = places.iter().map(|(place, _)| value(&body[place.clone()])).collect();
    (Cow::Owned(masked(body, &places)), values)
}

/// What a secret is as a text: without what JSON or a form make of it.
fn value(written: &[u8]) -> String {
    percent_encoding::percent_decode_str(&unescaped(written)).decode_utf8_lossy().into_owned()
}

fn masked(bytes: &[u8], places: &[Place]) -> Vec<u8> {
    let (mut shown, mut done) = (Vec::with_capacity(bytes.len()), 0);
    for (place, by) in places {
        shown.extend_from_slice(&bytes[done..place.start]);
        shown.extend_from_slice(by.as_bytes());
        done = place.end;
    }
    shown.extend_from_slice(&bytes[done..]);
    shown
}

/// Where the values of secrets stand in `a=b&c=d`.
fn in_form(form: &[u8]) -> Vec<Place> {
    let mut at = 0;
    let mut places = Vec::new();
    for pair in form.split(|byte| *byte == b'&') {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let name = percent_encoding::percent_decode(&pair[..equals]).decode_utf8_lossy();
        if equals + 1 < pair.len() && is_secret(&name) {
            places.push((at + equals + 1..at + pair.len(), MASK));
        }
        at += pair.len() + 1;
    }
    places
}

/// Where they stand in the parts of `multipart/form-data`: from the empty line to the next boundary.
fn in_parts(body: &[u8]) -> Vec<Place> {
    const NAME: &[u8] = b"name=\"";
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(name) = find(body, at, NAME).map(|name| name + NAME.len()) {
        let end = find(body, name, b"\"").unwrap_or(body.len());
        at = end;
        let Some(start) = find(body, end, b"\r\n\r\n").filter(|_| is_secret(&text(&body[name..end]))) else {
            continue;
        };
        let end = find(body, start, b"\r\n--").unwrap_or(body.len());
        places.push(((start + 4).min(end)..end, MASK));
        at = end;
    }
    places
}

fn find(body: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    body.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

/// Where they stand in JSON, also in half of it: texts without their quotes, numbers, and lists of these.
fn in_json(json: &[u8]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(quote) = find(json, at, b"\"") {
        let end = end_of_text(json, quote + 1);
        at = end + 1;
        let Some(colon) = after_space(json, at).filter(|at| json[*at] == b':') else { continue };
        let Some(start) = after_space(json, colon + 1) else { continue };
        if is_secret(&unescaped(&json[quote + 1..end])) {
            at = of_value(json, start, &mut places);
        }
    }
    places
}

/// Notes where the secrets stand in a value that begins at `start`, and tells where to go on.
fn of_value(json: &[u8], start: usize, places: &mut Vec<Place>) -> usize {
    if json[start] != b'[' {
        return of_scalar(json, start, places);
    }
    let mut at = start + 1;
    while let Some(item) = after_space(json, at).filter(|item| !b"[]{}".contains(&json[*item])) {
        at = of_scalar(json, item, places).max(item + 1);
    }
    at
}

fn of_scalar(json: &[u8], start: usize, places: &mut Vec<Place>) -> usize {
    let (place, by, end) = match json[start] {
        b'"' => {
            let end = end_of_text(json, start + 1);
            (start + 1..end, MASK, end + 1)
        }
        b'-' | b'0'..=b'9' => {
            let length = json[start..].iter().take_while(|byte| !b",]} \t\r\n".contains(byte)).count();
            (start..start + length, QUOTED, start + length)
        }
        _ => return start,
    };
    if !place.is_empty() {
        places.push((place, by));
    }
    end
}

/// Where a text ends that begins at `start`: the place of its quote, or the end of all.
fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < json.len() && json[at] != b'"' {
        at += if json[at] == b'\\' { 2 } else { 1 };
    }
    at.min(json.len())
}

/// What stands between the quotes of a JSON text, or as it is where it is none.
fn unescaped(written: &[u8]) -> String {
    let written = text(written);
    serde_json::from_str(&format!("\"{written}\"")).unwrap_or_else(|_| written.into_owned())
}

fn after_space(json: &[u8], from: usize) -> Option<usize> {
    let space = json.get(from..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    Some(from + space).filter(|at| *at < json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_where_they_belong() {
        assert_eq!(
            in_query("urn=ext%3A1&Token=abc&access%5Ftoken=d&password=&x"),
            "urn=ext%3A1&Token=***&access%5Ftoken=***&password=&x"
        );
        assert_eq!(in_header("authorization", "Token 77656e69"), "Token ***");
        assert_eq!(in_header("authorization", "s3cret 77656e69"), "***");
        assert_eq!(in_header("authorization", "77656e69"), "***");
        assert_eq!(in_header("authorization", "Token"), "Token");
        assert_eq!(in_header("cookie", "session=1"), "***");
        assert_eq!(in_header("x-auth-token", "1"), "***");
        assert_eq!(in_header("accept", "*/*"), "*/*");
    }

    #[test]
    fn the_secrets_of_headers_are_known() {
        let basic = format!("Basic {}", STANDARD.encode("ana:pass:word"));
        assert_eq!(header_secrets("authorization", &basic)[2], "pass:word");
        assert_eq!(header_secrets("cookie", "theme=dark; session=abc"), ["dark", "abc"]);
        assert_eq!(header_secrets("set-cookie", "session=abc; Path=/"), ["abc"]);
        assert_eq!(header_secrets("x-secret", " abc "), ["abc"]);
        assert!(header_secrets("accept", "*/*").is_empty());
    }

    const PARTS: &[&str] = &[
        "\"", "password", "\\", ":", "[", "]", "{", "}", ",", " ", "-1", "é", "abcdefgh", "=", "&", "%",
        "25", "\r\n", "--", "name=\"", "\\u00", "null",
    ];

    #[track_caller]
    fn shown(kind: &str, body: &str, expected: &str, secrets: &[&str]) {
        let (masked, found) = in_body(kind, body.as_bytes());
        assert_eq!(
            (&*String::from_utf8_lossy(&masked), found),
            (expected, secrets.iter().map(|s| (*s).to_owned()).collect())
        );
    }

    #[test]
    fn bodies_are_masked_and_stay_as_they_are_else() {
        let json = "application/json";
        shown(
            json,
            r#"{ "password" : "a\"b", "apiKey":12.5,"tokens": ["x" , null, 7], "n":{"pass\u0077ord":"é"}, "token":null}"#,
            r#"{ "password" : "***", "apiKey":"***","tokens": ["***" , null, "***"], "n":{"pass\u0077ord":"***"}, "token":null}"#,
            &["a\"b", "12.5", "x", "7", "é"],
        );
        shown(
            json,
            r#"[{"secret": {"password": "x", "name": "password"}}, "token", {"#,
            r#"[{"secret": {"password": "***", "name": "password"}}, "token", {"#,
            &["x"],
        );
        for cut in
            [r#"{"password"#, r#"{"password""#, r#"{"password":"#, r#"{"password": ["#, r#"{"token\"#, "\""]
        {
            shown(json, cut, cut, &[]);
        }
        shown(json, r#"{"password": "abc\"#, r#"{"password": "***"#, &["abc\\"]);
        shown("application/x-www-form-urlencoded", "a=1&password=x%20y&b", "a=1&password=***&b", &["x y"]);
        shown(
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"senha\"\r\n\r\nxyz\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"senha\"\r\n\r\n***\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--",
            &["xyz"],
        );
    }

    proptest::proptest! {
        /// Bodies of everybody's making.
        #[test]
        fn nothing_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..12)) {
            let body: String = parts.concat();
            for kind in ["application/json", "multipart/form-data", "application/x-www-form-urlencoded"] {
                let (_, secrets) = in_body(kind, body.as_bytes());
                let mut forms = super::super::Forms::default();
                secrets.iter().for_each(|secret| forms.learn(secret));
                forms.hide(&body);
            }
        }
    }
}
