//! JSON as Python's `json` reads it: `NaN` and `Infinity` are numbers, integers have any size, of a repeated
//! member the last counts, half a surrogate pair is a character. No crate reads it so, and the API's
//! answers depend on each of these (observed: bodies/odd-json).
//!
//! The reader keeps its own stack, so depth costs memory and never the thread; deeper than
//! [`MAX_DEPTH`] is refused.

use indexmap::IndexMap;

/// Nesting from which on a document is refused: the reference gives up at about the same depth.
pub(crate) const MAX_DEPTH: usize = 1000;

/// The members of an object.
pub(crate) type Members = IndexMap<String, Value>;

/// A JSON value with what Python would know of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The canonical digits, with a minus where there is one: of any length.
    Int(String),
    Float(f64),
    String(Text),
    List(Vec<Value>),
    /// In the order of first appearance; a repeated name keeps its place and takes the last value.
    Dict(Members),
}

/// A string, and the first unpaired surrogate in it, which UTF-8 cannot hold (U+FFFD stands in its place).
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Text {
    text: String,
    surrogate: Option<u16>,
}

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn surrogate(&self) -> Option<u16> {
        self.surrogate
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text { text, surrogate: None }
    }
}

impl Value {
    /// The type's name in Python, as error messages show it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::String(_) => "str",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
        }
    }
}

/// Why a document cannot be read, in Python's words; `at` counts characters (not bytes) from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{what}: line {line} column {column} (char {at})")]
pub(crate) struct Error {
    what: &'static str,
    line: usize,
    column: usize,
    at: usize,
}

/// Reads one document.
///
/// # Errors
/// What is not JSON in the sense above, with its place; also anything after the document.
pub(crate) fn parse(input: &[u8]) -> Result<Value, Error> {
    match std::str::from_utf8(input) {
        Ok(text) => Reader { text, at: 0 }.document(),
        Err(bad) => {
            let text = String::from_utf8_lossy(&input[..bad.valid_up_to()]).into_owned();
            Err(Reader { text: &text, at: 0 }.error_at(text.len(), "Not UTF-8"))
        }
    }
}

/// A container that is not closed yet.
enum Open {
    List(Vec<Value>),
    Dict { members: Members, name: String },
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Value, Error> {
        if self.text.starts_with('\u{feff}') {
            return Err(self.error_at(0, "Unexpected UTF-8 BOM (decode using utf-8-sig)"));
        }
        self.white();
        let value = self.value()?;
        self.white();
        if self.at < self.text.len() { Err(self.error("Extra data")) } else { Ok(value) }
    }

    /// One value, with all that it holds.
    fn value(&mut self) -> Result<Value, Error> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = match self.peek() {
                Some(b'[') => {
                    self.check_depth(open.len())?;
                    self.at += 1;
                    self.white();
                    if self.peek() != Some(b']') {
                        open.push(Open::List(Vec::new()));
                        continue;
                    }
                    self.at += 1;
                    Value::List(Vec::new())
                }
                Some(b'{') => {
                    self.check_depth(open.len())?;
                    self.at += 1;
                    self.white();
                    if self.peek() != Some(b'}') {
                        let name = self.name()?;
                        open.push(Open::Dict { members: Members::new(), name });
                        continue;
                    }
                    self.at += 1;
                    Value::Dict(Members::new())
                }
                _ => self.scalar()?,
            };
            loop {
                let Some(container) = open.last_mut() else { return Ok(value) };
                self.white();
                let next = self.text.as_bytes().get(self.at).copied();
                match container {
                    Open::List(items) => items.push(value),
                    Open::Dict { members, name } => {
                        members.insert(std::mem::take(name), value);
                    }
                }
                match (next, &mut *container) {
                    (Some(b','), Open::List(_)) => {
                        self.at += 1;
                        self.white();
                        break;
                    }
                    (Some(b','), Open::Dict { name, .. }) => {
                        self.at += 1;
                        self.white();
                        *name = self.name()?;
                        break;
                    }
                    (Some(b']'), Open::List(items)) => value = Value::List(std::mem::take(items)),
                    (Some(b'}'), Open::Dict { members, .. }) => value = Value::Dict(std::mem::take(members)),
                    _ => return Err(self.error("Expecting ',' delimiter")),
                }
                self.at += 1;
                open.pop();
            }
        }
    }

    /// One more container within `open` others.
    fn check_depth(&self, open: usize) -> Result<(), Error> {
        if open + 1 >= MAX_DEPTH { Err(self.error("Nested too deep")) } else { Ok(()) }
    }

    /// A member's name and the colon after it; leaves the reader at its value.
    fn name(&mut self) -> Result<String, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.error("Expecting property name enclosed in double quotes"));
        }
        let name = self.string()?.text;
        self.white();
        if self.peek() != Some(b':') {
            return Err(self.error("Expecting ':' delimiter"));
        }
        self.at += 1;
        self.white();
        Ok(name)
    }

    fn scalar(&mut self) -> Result<Value, Error> {
        if self.peek() == Some(b'"') {
            return self.string().map(Value::String);
        }
        let words = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        let rest = &self.text[self.at..];
        for (word, value) in words {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        let length = number_length(rest.as_bytes()).ok_or_else(|| self.error("Expecting value"))?;
        let number = &rest[..length];
        self.at += length;
        if number.contains(['.', 'e', 'E']) {
            return Ok(Value::Float(number.parse().unwrap_or(f64::NAN)));
        }
        Ok(Value::Int(if number == "-0" { "0" } else { number }.to_owned()))
    }

    fn string(&mut self) -> Result<Text, Error> {
        let start = self.at;
        self.at += 1;
        let mut out = Text::default();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < 0x20);
            let Some(plain) = plain else {
                return Err(self.error_at(start, "Unterminated string starting at"));
            };
            out.text.push_str(&rest[..plain]);
            self.at += plain;
            match rest.as_bytes()[plain] {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => self.escape(start, &mut out)?,
                _ => return Err(self.error("Invalid control character at")),
            }
        }
    }

    fn escape(&mut self, start: usize, out: &mut Text) -> Result<(), Error> {
        let Some(letter) = self.text.as_bytes().get(self.at + 1).copied() else {
            return Err(self.error_at(start, "Unterminated string starting at"));
        };
        let plain = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex(self.at).ok_or_else(|| self.error("Invalid \\uXXXX escape"))?;
                self.at += 6;
                self.code_unit(unit, out);
                return Ok(());
            }
            _ => return Err(self.error("Invalid \\escape")),
        };
        out.text.push(plain);
        self.at += 2;
        Ok(())
    }

    /// One UTF-16 unit, joined with the escape after it where the two are a pair.
    fn code_unit(&mut self, unit: u16, out: &mut Text) {
        if let Some(c) = char::from_u32(u32::from(unit)) {
            out.text.push(c);
            return;
        }
        let low = self.hex(self.at).filter(|low| unit < 0xdc00 && (0xdc00..0xe000).contains(low));
        if let Some(Ok(c)) = low.and_then(|low| char::decode_utf16([unit, low]).next()) {
            self.at += 6;
            out.text.push(c);
            return;
        }
        out.surrogate = out.surrogate.or(Some(unit));
        out.text.push(char::REPLACEMENT_CHARACTER);
    }

    /// The four digits of a `\uXXXX` that stands at `at`.
    fn hex(&self, at: usize) -> Option<u16> {
        let digits = self.text.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }

    fn white(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, what: &'static str) -> Error {
        self.error_at(self.at, what)
    }

    fn error_at(&self, at: usize, what: &'static str) -> Error {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Error {
            what,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            at: before.chars().count(),
        }
    }
}

/// The bytes that a JSON number takes at the start of `rest`.
fn number_length(rest: &[u8]) -> Option<usize> {
    let digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let start = usize::from(rest.first() == Some(&b'-'));
    let mut end = match rest.get(start)? {
        b'0' => start + 1,
        b'1'..=b'9' => start + digits(start),
        _ => return None,
    };
    if rest.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        if rest.len() > end + 1 + sign && digits(end + 1 + sign) > 0 {
            end += 1 + sign + digits(end + 1 + sign);
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(pairs: &[(&str, Value)]) -> Value {
        Value::Dict(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn reads_what_python_reads() {
        let int = |digits: &str| Value::Int(digits.to_owned());
        assert_eq!(parse(b" [] ").unwrap(), Value::List(vec![]));
        assert_eq!(parse(b"-0").unwrap(), int("0"));
        assert_eq!(parse(b"123456789012345678901234567890").unwrap(), int("123456789012345678901234567890"));
        assert_eq!(parse(b"-Infinity").unwrap(), Value::Float(f64::NEG_INFINITY));
        assert_eq!(parse(b"1E2").unwrap(), Value::Float(100.0));
        assert_eq!(
            parse(br#"{"a": 1, "b": [2, {}], "a": null}"#).unwrap(),
            members(&[("a", Value::Null), ("b", Value::List(vec![int("2"), members(&[])]))])
        );
    }

    #[test]
    fn joins_surrogate_pairs_and_notes_halves() {
        let Value::String(pair) = parse(br#""\ud83d\ude00""#).unwrap() else { panic!("a string") };
        assert_eq!((pair.as_str(), pair.surrogate()), ("\u{1f600}", None));
        let Value::String(half) = parse(br#""a\ud800b""#).unwrap() else { panic!("a string") };
        assert_eq!((half.as_str(), half.surrogate()), ("a\u{fffd}b", Some(0xd800)));
    }

    #[test]
    fn refuses_in_pythons_words() {
        for (document, error) in [
            ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("nonsense", "Expecting value: line 1 column 1 (char 0)"),
            (
                r#"{"name": "x",}"#,
                "Expecting property name enclosed in double quotes: line 1 column 14 (char 13)",
            ),
            (r#"{"é": 1} x"#, "Extra data: line 1 column 10 (char 9)"),
            ("[1\n 2]", "Expecting ',' delimiter: line 2 column 2 (char 4)"),
            ("\"", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("\u{feff}{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
        ] {
            assert_eq!(parse(document.as_bytes()).unwrap_err().to_string(), error, "{document}");
        }
        assert!(parse(b"\"\xe9\"").is_err());
    }

    #[test]
    fn refuses_a_thousand_levels_and_reads_one_less() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_err());
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
    }
}
