//! Where in a JSON text a value stands, and which value stands at a place: by JSON pointer (RFC 6901).

/// One step on the way to a value.
enum Step {
    /// The member of this name; `None`: its name is still to come.
    Member(Option<String>),
    /// The item of this number.
    Item(usize),
}

/// A walk over the tokens of a text, as far as it is JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    path: Vec<Step>,
}

/// The pointer of the value that ends at this place or that the place lies in; `offset` in bytes.
pub(crate) fn pointer_at(text: &str, offset: usize) -> String {
    let mut walk = Walk::new(text);
    while walk.next_token().is_some_and(|start| start < offset) {
        walk.step();
    }
    walk.pointer()
}

/// Where the value begins that a pointer leads to, in bytes.
pub(crate) fn offset_of(text: &str, pointer: &str) -> Option<usize> {
    let depth = pointer.matches('/').count();
    let mut walk = Walk::new(text);
    while let Some(start) = walk.next_token() {
        if walk.path.len() == depth && walk.at_value() && walk.pointer() == pointer {
            return Some(start);
        }
        walk.step();
    }
    None
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, path: Vec::new() }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Where the next token begins.
    fn next_token(&mut self) -> Option<usize> {
        while self.byte()?.is_ascii_whitespace() {
            self.at += 1;
        }
        Some(self.at)
    }

    /// Whether the next token begins a value.
    fn at_value(&self) -> bool {
        let is_name = matches!(self.path.last(), Some(Step::Member(None)));
        !is_name && !matches!(self.byte(), Some(b',' | b':' | b']' | b'}'))
    }

    /// Goes on behind the next token.
    fn step(&mut self) {
        let start = self.at;
        self.at += 1;
        match self.text.as_bytes()[start] {
            b'{' => self.path.push(Step::Member(None)),
            b'[' => self.path.push(Step::Item(0)),
            b'}' | b']' => drop(self.path.pop()),
            b',' => match self.path.last_mut() {
                Some(Step::Member(name)) => *name = None,
                Some(Step::Item(number)) => *number += 1,
                None => {}
            },
            b'"' => {
                self.text_end();
                if let Some(Step::Member(name @ None)) = self.path.last_mut() {
                    let written = &self.text[start..self.at];
                    *name = Some(serde_json::from_str(written).unwrap_or_else(|_| written.to_owned()));
                }
            }
            _ => {}
        }
    }

    /// Goes behind the quote that ends a text.
    fn text_end(&mut self) {
        while let Some(byte) = self.byte() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
    }

    fn pointer(&self) -> String {
        let steps = self.path.iter().filter_map(|step| match step {
            Step::Member(name) => Some(name.as_ref()?.replace('~', "~0").replace('/', "~1")),
            Step::Item(number) => Some(number.to_string()),
        });
        steps.map(|step| format!("/{step}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"a": [1, {"b/c": "x,\"]}", "d": null}], "e": {"f": []}}"#;

    #[test]
    fn a_pointer_and_its_place_lead_to_each_other() {
        for (pointer, value) in [
            ("", "{\"a\""),
            ("/a", "[1,"),
            ("/a/0", "1,"),
            ("/a/1/b~1c", "\"x,"),
            ("/a/1/d", "null}"),
            ("/e/f", "[]}"),
        ] {
            let offset = offset_of(TEXT, pointer).unwrap_or_else(|| panic!("{pointer}"));
            assert!(TEXT[offset..].starts_with(value), "{pointer}: {}", &TEXT[offset..]);
            assert_eq!(pointer_at(TEXT, offset + usize::from(pointer == "/a/0")), pointer);
        }
        assert_eq!(offset_of(TEXT, "/e/g"), None);
        assert_eq!(pointer_at(TEXT, TEXT.len()), "");
    }

    /// Whatever the text is, also none.
    #[test]
    fn a_text_that_is_no_json_is_walked_to_its_end() {
        for text in ["", "]]}", "{\"", "{\"a\\", "\"ü\\", "[[[[", "{,,:}", "{\"\\uZZ\": é"] {
            for offset in 0..=text.len() + 1 {
                pointer_at(text, offset);
            }
            assert_eq!(offset_of(text, "/x/1"), None);
        }
    }
}
