//! Field values: kept as text and read, when written, also as number and as instant; a field shows the reading
//! of its type (`observed.md`, Values).

use std::fmt::{self, Write as _};

use compact_str::CompactString;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

use super::date::{self, DateFormat};
use super::field::ValueType;
use super::settings::Settings;
use super::time::{SECOND, Timestamp, write_civil};

/// Characters that are kept of a value; the rest is cut.
pub(crate) const MAX_VALUE: usize = 640;

/// A value that is not blank.
#[derive(Debug, Clone)]
pub(crate) struct FieldValue {
    text: CompactString,
    /// The reading as instant depends on the moment of writing; the one as number follows from the text.
    instant: Option<Box<Instant>>,
}

/// What reading a text depends on besides the text.
#[derive(Debug, Clone)]
pub(crate) struct Reading<'a> {
    pub(crate) date_format: DateFormat,
    pub(crate) time_zone: &'a jiff::tz::TimeZone,
    pub(crate) now: Timestamp,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(settings: &'a Settings, now: Timestamp) -> Self {
        Reading { date_format: settings.date_format, time_zone: &settings.timezone, now }
    }
}

impl FieldValue {
    /// Reads a text that is not blank; `true` where it was cut.
    pub(crate) fn read(text: &str, reading: &Reading<'_>) -> (Self, bool) {
        let end = text.char_indices().nth(MAX_VALUE).map_or(text.len(), |(at, _)| at);
        let (kept, cut) = (&text[..end], end < text.len());
        let instant = date::read(kept, reading).map(Box::new);
        (FieldValue { text: kept.into(), instant }, cut)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn instant(&self) -> Option<&Instant> {
        self.instant.as_deref()
    }

    /// What a field of this type shows; `None` is null.
    pub(crate) fn shown(&self, value_type: ValueType) -> Option<Shown<'_>> {
        match value_type {
            ValueType::Text => Some(Shown::Text(&self.text)),
            ValueType::Numeric => number(&self.text).map(Shown::Number),
            ValueType::Datetime => self.instant().map(Shown::Instant),
            // Without a country map, the default, no place is ever found.
            ValueType::State | ValueType::District | ValueType::Ward => None,
        }
    }
}

/// A value as answers show it: always a JSON string.
#[derive(Debug)]
pub(crate) enum Shown<'a> {
    Text(&'a str),
    Number(String),
    Instant(&'a Instant),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Text(text) => f.write_str(text),
            Shown::Number(number) => f.write_str(number),
            Shown::Instant(instant) => instant.fmt(f),
        }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Text(text) => serializer.serialize_str(text),
            Shown::Number(number) => serializer.serialize_str(number),
            Shown::Instant(instant) => serializer.collect_str(instant),
        }
    }
}

/// An instant with the offset in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant {
    pub(crate) at: Timestamp,
    pub(crate) offset: Offset,
}

impl fmt::Display for Instant {
    /// `2020-01-31T09:27:39.071299-03:00`; an offset of zero is `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_civil(f, self.at.plus(i64::from(self.offset.seconds()) * SECOND).to_civil())?;
        let minutes = self.offset.seconds() / 60;
        if minutes == 0 {
            return f.write_char('Z');
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }
}

/// The reading as number: an optional minus, ASCII digits, optional decimals; without needless zeros.
pub(crate) fn number(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let ascii = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !ascii(whole) || !decimals.map_or(!whole.is_empty(), |part| !part.is_empty() && ascii(part)) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.unwrap_or_default().trim_end_matches('0');
    let whole_shown = if whole.is_empty() { "0" } else { whole };
    Some(match (whole, decimals) {
        ("", "") => "0".to_owned(),
        (_, "") => format!("{sign}{whole_shown}"),
        _ => format!("{sign}{whole_shown}.{decimals}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_strictly_and_shown_plainly() {
        for (text, shown) in [
            ("12", Some("12")),
            ("12.50", Some("12.5")),
            ("-3", Some("-3")),
            ("0.0", Some("0")),
            ("-0", Some("0")),
            (".5", Some("0.5")),
            ("-.50", Some("-0.5")),
            ("007", Some("7")),
            ("9999999999999999999999999", Some("9999999999999999999999999")),
            ("5.", None),
            ("+5", None),
            ("1e3", None),
            ("1,234", None),
            ("०१२", None),
            ("", None),
            ("-", None),
            (".", None),
        ] {
            assert_eq!(number(text).as_deref(), shown, "{text}");
        }
    }
}
