//! Instants of filters: ISO 8601, as the reference's library reads it; anything else finds nothing.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::date::{clock_time, digits};
use super::time::{SECOND, Timestamp};

/// The forms of ISO 8601 that filters take: extended or basic, from the year alone to the fraction of a second.
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^ (?<year>[0-9]{4})
        (?: (?: -(?<month>[0-9]{1,2}) | (?<basic_month>[0-9]{2}) )
        (?: (?: -(?<day>[0-9]{1,2}) | (?<basic_day>[0-9]{2}) )
        (?: [\ T] (?<hour>[0-9]{2})
            (?: :?(?<minute>[0-9]{2}) )?
            (?: :?(?<second>[0-9]{1,2}) (?: [.,](?<fraction>[0-9]+) )? )?
            (?<zone> Z | (?<sign>[-+]) (?<zone_hour>[0-9]{2}) :?(?<zone_minute>[0-9]{2})? )?
        )? )? )? $",
    )
    .expect("a pattern that is written correctly")
});

/// Reads an instant of a filter, in UTC where it names no offset (observed: filters/dates).
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let found = ISO.captures(text)?;
    let part =
        |name: &str, default: i16| found.name(name).map_or(Some(default), |part| digits(part.as_str()));
    let either =
        |extended: &str, basic: &str| part(if found.name(basic).is_some() { basic } else { extended }, 1);
    let day_is_named = found.name("day").or(found.name("basic_day")).is_some();
    if found.name("basic_month").is_some() && !day_is_named {
        return None;
    }
    let year = part("year", 0).filter(|year| *year > 0)?;
    let (month, day) = (either("month", "basic_month")?, either("day", "basic_day")?);
    let date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let fraction = found.name("fraction").map_or("0", |fraction| fraction.as_str());
    let time = clock_time(part("hour", 0)?, part("minute", 0)?, part("second", 0)?, fraction)?;
    let minutes = i64::from(part("zone_hour", 0)?) * 60 + i64::from(part("zone_minute", 0)?);
    if minutes >= 24 * 60 {
        return None;
    }
    let sign = if found.name("sign").is_some_and(|sign| sign.as_str() == "-") { -1 } else { 1 };
    Some(Timestamp::from_civil(date.to_datetime(time)).plus(-sign * minutes * 60 * SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_take_iso_forms_alone() {
        for (text, instant) in [
            ("2015", Some("2015-01-01T00:00:00.000000Z")),
            ("2015-1", Some("2015-01-01T00:00:00.000000Z")),
            ("20150128T1800Z", Some("2015-01-28T18:00:00.000000Z")),
            ("2015-01-28 18:00:00,5+05:30", Some("2015-01-28T12:30:00.500000Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59.000000Z")),
            ("2020-02-01T03:0", Some("2020-02-01T03:00:00.000000Z")),
            ("201501", None),
            ("0000-01-01", None),
            ("2015-13-01", None),
            ("2020-02-01T03:", None),
            ("2020-02-01Taé1", None),
            ("2020-02-01T00:00:00+24:00", None),
            ("banana", None),
        ] {
            assert_eq!(read(text).map(|instant| instant.to_string()).as_deref(), instant, "{text}");
        }
    }
}
