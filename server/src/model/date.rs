//! Reading a text as an instant, as people write dates: ISO 8601 first, else the first date in the workspace's
//! order of day, month and year, and an optional time after it (observed: workspaces/dates-*,
//! field-values/datetime).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::time::{SECOND, Timestamp};
use super::value::{Instant, Reading};

/// The order of day, month and year in a workspace's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the control API's names for them")]
pub(crate) enum DateFormat {
    /// 31/01/2020
    #[default]
    DayFirst,
    /// 01/31/2020
    MonthFirst,
    /// 2020/01/31
    YearFirst,
}

/// Reads the instant that a text names; `None` where it names none.
///
/// A date without a time gets the time of the call.
pub(crate) fn read(text: &str, reading: &Reading<'_>) -> Option<Instant> {
    if let Some(instant) = iso_instant(text) {
        return Some(instant);
    }
    let now = reading.time_zone.to_datetime(reading.now.to_jiff());
    let (date, rest) = match iso_date(text) {
        Some(date) => (date, &text[10..]),
        None => human_date(text, reading.date_format, now.year())?,
    };
    let time = time(rest).unwrap_or_else(|| now.time());
    Some(in_zone(date.to_datetime(time), reading.time_zone))
}

/// The instant of a civil time: the zone's offset is looked up at the time as if it were UTC, then at what that
/// gives. So, west of Greenwich, a time that a clock put forward never shows is an hour earlier. (The way of the
/// engine's language; in no recording.)
fn in_zone(civil: DateTime, zone: &TimeZone) -> Instant {
    let civil = Timestamp::from_civil(civil);
    let offset = |at: Timestamp| zone.to_offset(at.to_jiff());
    let guess = before(civil, offset(civil));
    let at = before(civil, offset(guess));
    Instant { at, offset: offset(at) }
}

/// The instant at which a clock with the offset shows what one in UTC shows at `civil`.
fn before(civil: Timestamp, offset: Offset) -> Timestamp {
    civil.plus(-i64::from(offset.seconds()) * SECOND)
}

/// `2020-01-31T09:27:39.071299-03:00` or with `Z`: seconds and an offset are needed, the offset is kept.
fn iso_instant(text: &str) -> Option<Instant> {
    let date = iso_date(text)?;
    let rest = text[10..].strip_prefix('T')?;
    let (time, offset) = rest.split_at(rest.find(['Z', '+', '-'])?);
    let [hour, minute] = [time.get(0..2)?, time.get(3..5)?].map(digits);
    let (second, fraction) = time.get(6..)?.split_once('.').unwrap_or((time.get(6..)?, "0"));
    if time.as_bytes()[2] != b':' || time.as_bytes()[5] != b':' || second.len() != 2 {
        return None;
    }
    let time = clock_time(hour?, minute?, digits(second)?, fraction)?;
    let offset = iso_offset(offset)?;
    Some(Instant { at: before(Timestamp::from_civil(date.to_datetime(time)), offset), offset })
}

fn iso_offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// A date at the start, `2020-01-31`: two-digit months and days, no rolling over.
fn iso_date(text: &str) -> Option<Date> {
    let date = text.get(..10)?;
    let bytes = date.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&date[..4])?, digits(&date[5..7])?, digits(&date[8..])?);
    if year == 0 {
        return None;
    }
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// The first date in the given order, and what stands behind it.
fn human_date(text: &str, format: DateFormat, this_year: i16) -> Option<(Date, &str)> {
    word_starts(text).find_map(|start| {
        let (first, rest) = number(&text[start..])?;
        let (second, rest) = number(separated(rest)?)?;
        let (third, rest) = number(separated(rest)?)?;
        if rest.starts_with(is_word) {
            return None;
        }
        let (day, month, year) = match format {
            DateFormat::DayFirst => (first, second, third),
            DateFormat::MonthFirst => (second, first, third),
            DateFormat::YearFirst => (third, second, first),
        };
        if day.len() > 2 || month.len() > 2 || !matches!(year.len(), 2 | 4) {
            return None;
        }
        Some((rolled(full_year(year, this_year)?, digits(month)?, digits(day)?)?, rest))
    })
}

/// Two-digit years up to the current one are this century's, the rest the last's.
fn full_year(year: &str, this_year: i16) -> Option<i16> {
    let number = digits(year)?;
    if year.len() == 4 {
        return Some(number).filter(|year| *year > 0);
    }
    let century = this_year - this_year.rem_euclid(100);
    Some(if century + number <= this_year { century + number } else { century - 100 + number })
}

/// A day past the month's end rolls over into the next month.
fn rolled(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let first = Date::new(year, month.try_into().ok()?, 1).ok()?;
    first.checked_add(jiff::Span::new().days(day - 1)).ok()
}

/// The first time of day that stands at the start of a word: `14:30`, `23:59:59.5`, `1:30 pm`, `7am`, or a bare
/// hour. So of `T03:04` only `04` counts.
fn time(text: &str) -> Option<Time> {
    word_starts(text).find_map(|start| time_at(&text[start..]))
}

fn time_at(text: &str) -> Option<Time> {
    let (hour, after_hour) = number(text).filter(|(hour, _)| hour.len() <= 2)?;
    let hour = digits(hour)?;
    let minute = after_hour.strip_prefix(':').and_then(number).filter(|(minute, _)| minute.len() == 2);
    if let Some((minute, after_minute)) = minute {
        let minute = digits(minute)?;
        let second = after_minute.strip_prefix(':').and_then(number).filter(|(second, _)| second.len() == 2);
        if let Some((second, after_second)) = second {
            let fraction = after_second.strip_prefix('.').and_then(number);
            let (fraction, end) = fraction.unwrap_or(("0", after_second));
            if let Some(hour) = with_half(hour, end) {
                return clock_time(hour, minute, digits(second)?, fraction);
            }
        }
        if let Some(hour) = with_half(hour, after_minute) {
            return clock_time(hour, minute, 0, "0");
        }
    }
    clock_time(with_half(hour, after_hour)?, 0, 0, "0")
}

/// The hour of the day, by the `am` or `pm` behind it; `None` where a word runs on behind the digits.
fn with_half(hour: i16, rest: &str) -> Option<i16> {
    let word = rest.trim_start_matches(|c| !is_word(c));
    let half = word.get(..2).filter(|_| !word[2..].starts_with(is_word)).map(str::to_ascii_lowercase);
    match half.as_deref() {
        Some("am") if hour == 12 => Some(0),
        Some("pm") if hour < 12 => Some(hour + 12),
        Some("am" | "pm") => Some(hour),
        _ => (!rest.starts_with(is_word)).then_some(hour),
    }
}

pub(super) fn clock_time(hour: i16, minute: i16, second: i16, fraction: &str) -> Option<Time> {
    let nanos: i32 = format!("{:0<9.9}", fraction).parse().ok()?;
    let [hour, minute, second] = [hour, minute, second].map(|part| i8::try_from(part).ok());
    Time::new(hour?, minute?, second?, nanos).ok()
}

/// The places where a word begins.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    text.char_indices().filter_map(move |(at, c)| {
        let start = is_word(c) && !before.is_some_and(is_word);
        before = Some(c);
        start.then_some(at)
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The ASCII digits at the start, and what stands behind them.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    (end > 0).then(|| text.split_at(end))
}

/// What stands behind a separator of dates.
fn separated(text: &str) -> Option<&str> {
    text.strip_prefix(['-', '.', '/', '_', '\\'])
}

/// A short number.
pub(super) fn digits(text: &str) -> Option<i16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::parse_instant;

    fn shown(text: &str, date_format: DateFormat) -> Option<String> {
        let time_zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let now = parse_instant("2026-11-22T15:16:17.123456Z").unwrap();
        read(text, &Reading { date_format, time_zone: &time_zone, now }).map(|instant| instant.to_string())
    }

    #[test]
    fn days_first() {
        for (text, instant) in [
            ("2020-01-31T09:27:39.071299-03:00", Some("2020-01-31T09:27:39.071299-03:00")),
            ("2020-02-01T03:04:05+00:00", Some("2020-02-01T03:04:05.000000Z")),
            ("2020-02-01T03:04", Some("2020-02-01T04:00:00.000000-03:00")),
            ("2020-01-31", Some("2020-01-31T12:16:17.123456-03:00")),
            ("31/02/2020 8", Some("2020-03-02T08:00:00.000000-03:00")),
            ("due 1.2.26, 12:05am", Some("2026-02-01T00:05:00.000000-03:00")),
            ("1/1/27 10:00", Some("1927-01-01T10:00:00.000000-03:00")),
            ("01_02_2020 1:30:15.5 PM", Some("2020-02-01T13:30:15.500000-03:00")),
            ("2020-02-30", None),
            ("2020-1-5", None),
            ("01/31/2020", None),
            ("20200201", None),
            ("14:30", None),
        ] {
            assert_eq!(shown(text, DateFormat::DayFirst).as_deref(), instant, "{text}");
        }
    }

    #[test]
    fn clocks_put_forward_and_the_last_day() {
        for (text, instant) in [
            ("4/11/2018 00:30", "2018-11-03T23:30:00.000000-03:00"),
            ("17/02/2018 23:30", "2018-02-17T23:30:00.000000-02:00"),
            ("31/12/9999 00:00", "9999-12-31T00:00:00.000000-03:00"),
            ("9999-12-31T23:59:59-03:00", "9999-12-31T23:59:59.000000-03:00"),
        ] {
            assert_eq!(shown(text, DateFormat::DayFirst).as_deref(), Some(instant), "{text}");
        }
    }

    #[test]
    fn other_orders() {
        let month_first = shown("01/31/2020 10:00", DateFormat::MonthFirst);
        assert_eq!(month_first.as_deref(), Some("2020-01-31T10:00:00.000000-03:00"));
        let year_first = shown("2020-02-30 10:11", DateFormat::YearFirst);
        assert_eq!(year_first.as_deref(), Some("2020-03-01T10:11:00.000000-03:00"));
        assert_eq!(shown("31.12.99 0:01", DateFormat::YearFirst), None);
    }
}
