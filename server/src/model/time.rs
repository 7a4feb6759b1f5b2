//! Instants: microseconds since 1970 in UTC, written as the API writes them.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Timestamp(i64);

/// Microseconds of one second.
pub(crate) const SECOND: i64 = 1_000_000;

impl Timestamp {
    pub(crate) const MIN: Timestamp = Timestamp(i64::MIN);
    pub(crate) const MAX: Timestamp = Timestamp(i64::MAX);

    pub(crate) fn from_micros(micros: i64) -> Self {
        Timestamp(micros)
    }

    pub(crate) fn micros(self) -> i64 {
        self.0
    }

    pub(crate) fn plus(self, micros: i64) -> Self {
        Timestamp(self.0.saturating_add(micros))
    }

    /// The instant at which a clock in UTC shows a civil time.
    pub(crate) fn from_civil(civil: DateTime) -> Self {
        // The years ±9999 are a tenth of what fits.
        Timestamp(civil.duration_since(EPOCH).as_micros() as i64)
    }

    /// What a clock in UTC shows; beyond the years ±9999 the nearest.
    pub(crate) fn to_civil(self) -> DateTime {
        let shown = EPOCH.checked_add(SignedDuration::from_micros(self.0));
        shown.unwrap_or(if self.0 < 0 { DateTime::MIN } else { DateTime::MAX })
    }

    /// As a time that can be reckoned with; beyond what fits the nearest.
    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Timestamp(instant.as_microsecond())
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-22T12:00:00.000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_civil(f, self.to_civil())?;
        f.write_str("Z")
    }
}

/// `2026-11-22T12:00:00.000000`, without an offset.
pub(crate) fn write_civil(f: &mut impl fmt::Write, civil: DateTime) -> fmt::Result {
    let mut text = *b"0000-00-00T00:00:00.000000";
    let parts = [
        (0, 4, i32::from(civil.year())),
        (5, 2, i32::from(civil.month())),
        (8, 2, i32::from(civil.day())),
        (11, 2, i32::from(civil.hour())),
        (14, 2, i32::from(civil.minute())),
        (17, 2, i32::from(civil.second())),
        (20, 6, civil.subsec_nanosecond() / 1000),
    ];
    for (at, width, mut number) in parts {
        for digit in text[at..at + width].iter_mut().rev() {
            *digit = b'0' + (number.rem_euclid(10)) as u8;
            number = number.div_euclid(10);
        }
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        parse_instant(&text).map_err(serde::de::Error::custom)
    }
}

/// Reads an instant of the mock's own surface: RFC 3339 with an offset.
///
/// # Errors
/// One sentence with an example of the form.
pub(crate) fn parse_instant(text: &str) -> Result<Timestamp, String> {
    text.parse::<jiff::Timestamp>()
        .map(Timestamp::from)
        .map_err(|_| format!("\"{text}\" is not an instant such as 2026-11-22T12:00:00Z"))
}

/// Reads a duration such as `90s`, `15m`, `1h`, `2d` or `1h30m`.
///
/// # Errors
/// One sentence with an example of the form.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    let wrong = || format!("\"{text}\" is not a duration such as 90s, 15m, 1h or 2d");
    let span: jiff::Span = text.trim().parse().map_err(|_| wrong())?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    i64::try_from(duration.as_micros()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_six_decimals() {
        let instant = parse_instant("2026-11-22T09:00:00.5-03:00").unwrap();
        assert_eq!(instant.to_string(), "2026-11-22T12:00:00.500000Z");
        assert_eq!(Timestamp::from_micros(-1).to_string(), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(parse_duration("1h"), Ok(3600 * SECOND));
        assert_eq!(parse_duration("2d"), Ok(2 * 86_400 * SECOND));
        assert!(parse_duration("soon").is_err());
    }
}
