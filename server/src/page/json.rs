//! JSON laid out for reading, every name and value just as it was sent.

use std::iter::Peekable;
use std::str::Chars;

use serde::de::IgnoredAny;

/// A JSON text with a line for each member; `None` of what is no JSON.
pub(super) fn laid_out(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let mut characters = Characters::of(text);
    while let Some((character, in_string)) = characters.next() {
        match character {
            _ if in_string => out.push(character),
            '{' | '[' => {
                out.push(character);
                match characters.peek() {
                    Some('}' | ']') => out.extend(characters.next().map(|(close, _)| close)),
                    _ => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push(character),
        }
    }
    Some(out)
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// The characters of a JSON text without the space between its tokens, each with whether it stands in a string.
struct Characters<'a> {
    rest: Peekable<Chars<'a>>,
    in_string: bool,
    escaped: bool,
}

impl<'a> Characters<'a> {
    fn of(text: &'a str) -> Self {
        Characters { rest: text.chars().peekable(), in_string: false, escaped: false }
    }

    fn skip_space(&mut self) {
        while !self.in_string && self.rest.next_if(|character| character.is_ascii_whitespace()).is_some() {}
    }

    fn peek(&mut self) -> Option<&char> {
        self.skip_space();
        self.rest.peek()
    }

    fn next(&mut self) -> Option<(char, bool)> {
        self.skip_space();
        let character = self.rest.next()?;
        let was_in_string = self.in_string;
        match character {
            '"' if !self.escaped => self.in_string = !self.in_string,
            '\\' if was_in_string => {
                self.escaped = !self.escaped;
                return Some((character, true));
            }
            _ => {}
        }
        self.escaped = false;
        Some((character, was_in_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes_but_the_space() {
        let text = "{\"b\" :1e2,\"a\":[ ],\"s\":\"x\\\" : {, \\\\\",\"l\":[1, {}]}";
        let expected = "{\n  \"b\": 1e2,\n  \"a\": [],\n  \"s\": \"x\\\" : {, \\\\\",\n  \"l\": [\n    1,\n    {}\n  ]\n}";
        assert_eq!(laid_out(text).as_deref(), Some(expected));
        assert_eq!(laid_out("\"text\"").as_deref(), Some("\"text\""));
        assert_eq!((laid_out("name=x"), laid_out("")), (None, None));
    }
}
