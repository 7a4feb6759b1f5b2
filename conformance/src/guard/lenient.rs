//! JSON as a server may read it that takes more than the standard allows: Python's `NaN` and `Infinity`, numbers of any
//! size, halves of surrogate pairs, any depth.

use serde_json::Value;

/// How deep a value is looked at: what lies deeper means nothing to the API, and the parser goes no deeper than this.
const DEPTH: usize = 100;

/// The value that a text stands for; `None` if it is no JSON in the wider sense either.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&plain(text)).ok())
}

/// The same text in the standard's terms: numbers that it cannot hold are 0, words of Python's null, halves of pairs the
/// replacement character, and what lies deeper than [`DEPTH`] is gone.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' => {
                let length = string(rest);
                if depth <= DEPTH {
                    plain.push_str(&paired(&rest[..length]));
                }
                length
            }
            '-' | '0'..='9' | 'A'..='Z' | 'a'..='z' => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
                let length = end.unwrap_or(rest.len());
                if depth <= DEPTH {
                    plain.push_str(word(&rest[..length]));
                }
                length
            }
            '[' | '{' => {
                depth += 1;
                if depth <= DEPTH {
                    plain.push(first);
                } else if depth == DEPTH + 1 {
                    plain.push_str("null");
                }
                1
            }
            ']' | '}' => {
                if depth <= DEPTH {
                    plain.push(first);
                }
                depth = depth.saturating_sub(1);
                1
            }
            other => {
                if depth <= DEPTH {
                    plain.push(other);
                }
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    plain
}

/// The length of the string that a text begins with, its quotes included.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// A string in which every escape of a surrogate is the replacement character.
fn paired(string: &str) -> String {
    let mut paired = String::with_capacity(string.len());
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        paired.push_str(&rest[..at]);
        let escape = &rest[at..];
        let half = escape.get(..6).filter(|escape| {
            let escape = escape.to_ascii_lowercase();
            escape.starts_with("\\ud") && matches!(escape.as_bytes()[3], b'8'..=b'9' | b'a'..=b'f')
        });
        let length = if half.is_some() { 6 } else { escape.chars().take(2).map(char::len_utf8).sum() };
        paired.push_str(if half.is_some() { "\u{fffd}" } else { &escape[..length] });
        rest = &escape[length..];
    }
    paired + rest
}

fn word(word: &str) -> &str {
    match word {
        "true" | "false" | "null" => word,
        "NaN" | "Infinity" | "-Infinity" => "null",
        number if serde_json::from_str::<f64>(number).is_ok() => number,
        number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => "0",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_lenient_server_reads_is_read() {
        let urns =
            |rest: &str| parse(&format!(r#"{{"urns": ["ext:7"], "x": {rest}}}"#)).unwrap()["urns"].clone();
        let deep = "[".repeat(500) + &"]".repeat(500);
        for rest in [
            "1e999",
            "NaN",
            "-Infinity",
            r#""\ud800""#,
            r#""a\\\"""#,
            deep.as_str(),
            "12345678901234567890123",
        ] {
            assert_eq!(urns(rest), json!(["ext:7"]), "{rest}");
        }
        for broken in ["{", r#"{"urns": ["ext:7"]"#, "urns=ext:7", "{'a': 1}"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
