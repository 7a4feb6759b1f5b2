//! Bodies as a report shows them.

use serde::de::IgnoredAny;

use super::secrets::Secrets;

/// Bytes of a body that are shown at most.
const MOST: usize = 20 * 1024;

/// A body as a report shows it: JSON in lines, not too long, without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What is shown.
    pub text: String,
    /// How many bytes were left out at the end.
    pub cut: usize,
}

impl Text {
    /// Hidden before it is cut: a part of a credential is one, too.
    pub(super) fn of(content_type: Option<&str>, body: &str, secrets: &Secrets) -> Self {
        let json = serde_json::from_str::<IgnoredAny>(body).is_ok();
        let mut text = secrets.body(content_type, body);
        if json {
            text = indented(&text);
        }
        let length = text.len();
        let end = (0..=length.min(MOST)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        Self {
            text: text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "\u{fffd}"),
            cut: length - end,
        }
    }
}

/// A JSON text in lines. Only the white space is another: numbers, repeated members and their order stay as they were sent.
fn indented(json: &str) -> String {
    let mut lines = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    let line = |lines: &mut String, depth: usize| {
        lines.push('\n');
        lines.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = characters.next() {
        if quoted {
            (quoted, escaped) = (escaped || c != '"', !escaped && c == '\\');
            lines.push(c);
            continue;
        }
        match c {
            ' ' | '\n' | '\r' | '\t' => {}
            '{' | '[' => {
                lines.push(c);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    lines.push(end);
                } else {
                    depth += 1;
                    line(&mut lines, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut lines, depth);
                lines.push(c);
            }
            ',' => {
                lines.push(c);
                line(&mut lines, depth);
            }
            ':' => lines.push_str(": "),
            _ => {
                quoted = c == '"';
                lines.push(c);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_else_as_it_was_sent() {
        let sent = r#" {"a":[1e2,{"b\"[":"{,\\"},[ ],{}],"a":NaN}"#;
        assert_eq!(Text::of(None, sent, &Secrets::default()).text, sent);
        let sent = sent.replace("NaN", "null");
        assert_eq!(
            Text::of(None, &sent, &Secrets::default()).text,
            "{\n  \"a\": [\n    1e2,\n    {\n      \"b\\\"[\": \"{,\\\\\"\n    },\n    [],\n    {}\n  ],\n  \"a\": null\n}"
        );
    }

    #[test]
    fn a_long_body_is_cut_between_characters() {
        let shown = Text::of(None, &format!("x{}", "é".repeat(MOST)), &Secrets::default());
        assert_eq!((shown.text.len(), shown.cut), (MOST - 1, MOST + 2));
        assert_eq!(Text::of(None, "a\u{0}\r\nb", &Secrets::default()).text, "a\u{fffd}\u{fffd}\nb");
    }
}
