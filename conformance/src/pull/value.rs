//! The values that the API shows: numbers and instants among texts.

use jiff::civil::Date;

/// Whether a text is a number, as the API shows and takes them: an optional minus, digits, optional decimals.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, decimals)) => all_digits(whole) && !decimals.is_empty() && all_digits(decimals),
        None => !digits.is_empty() && all_digits(digits),
    }
}

/// A date in ISO 8601, as the API shows them or without a time: `2020-01-31T09:27:39.071299-03:00`, `2020-01-31`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    /// The day.
    pub(super) date: Date,
    /// Hour, minute and second, where there is a time.
    pub(super) time: Option<[i8; 3]>,
    /// The digits behind the second's point.
    pub(super) fraction: &'a str,
    /// `Z` or an offset, as it stands.
    pub(super) offset: &'a str,
}

impl<'a> Moment<'a> {
    /// Reads a text that is a date and nothing else.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        let [year, month, day] = numbers(day, "0000-00-00")?;
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let date = Some(date).filter(|date| date.year() > 0)?;
        if rest.is_empty() {
            return Some(Self { date, time: None, fraction: "", offset: "" });
        }
        let (time, rest) = rest.split_at_checked(9)?;
        let [hour, minute, second] = numbers(time, "T00:00:00")?;
        let (fraction, offset) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
            None => ("", rest),
        };
        let has_fraction = !fraction.is_empty() || !rest.starts_with('.');
        if hour > 23 || minute > 59 || second > 59 || !has_fraction || !is_offset(offset) {
            return None;
        }
        let time = [hour, minute, second].map(|part| part as i8);
        Some(Self { date, time: Some(time), fraction, offset })
    }

    /// Whether it has no time, or one that says no more than the date.
    pub(super) fn is_midnight(&self) -> bool {
        self.time.is_none_or(|time| time == [0; 3]) && self.fraction.bytes().all(|b| b == b'0')
    }
}

fn is_offset(text: &str) -> bool {
    match text.strip_prefix(['+', '-']).and_then(|offset| numbers(offset, "00:00")) {
        Some([hours, minutes]) => hours < 24 && minutes < 60,
        None => text == "Z",
    }
}

/// The numbers in a text that has digits where the pattern has zeros, and else its characters.
fn numbers<const N: usize>(text: &str, pattern: &str) -> Option<[i16; N]> {
    let fits = |(c, p): (u8, u8)| if p == b'0' { c.is_ascii_digit() } else { c == p };
    if text.len() != pattern.len() || !text.bytes().zip(pattern.bytes()).all(fits) {
        return None;
    }
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Option<Vec<i16>> = numbers.map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// Whether a text is a day as queries write it, the day first: `31/1/2020`.
pub(super) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let [day, month, year] = parts[..] else { return false };
    let number = |part: &str| part.parse::<i8>().ok().filter(|_| !part.starts_with('+'));
    let (Some(day), Some(month)) = (number(day), number(month)) else { return false };
    // 2000 is a leap year: in other years the mock lets 29 February roll over.
    let possible = Date::new(2000, month, 1).is_ok_and(|first| (1..=first.days_in_month()).contains(&day));
    possible && year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && year != "0000"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_told_from_texts() {
        for number in ["0", "12", "-12.50", ".5"] {
            assert!(is_number(number), "{number}");
        }
        for text in ["", "-", "5.", "+5", "1e3", "1.2.3", "१"] {
            assert!(!is_number(text), "{text}");
        }
        for date in [
            "2020-01-31",
            "2020-02-29T23:59:59Z",
            "2020-01-31T09:27:39.071299-03:00",
            "0001-01-01T00:00:00+05:30",
        ] {
            assert!(Moment::read(date).is_some(), "{date}");
        }
        for text in [
            "",
            "2020-02-30",
            "0000-01-01",
            "2020-1-1",
            "2020-01-31T09:27",
            "2020-01-31T09:27:39",
            "2020-01-31T24:00:00Z",
            "2020-01-31T09:27:39.Z",
            "2020-01-31T09:27:39-3:00",
            "2020-01-31T09:27:39é",
            "2020-01-3é",
        ] {
            assert!(Moment::read(text).is_none(), "{text}");
        }
        assert!(is_day("31/1/2020") && is_day("01-02-2025"));
        assert!(!is_day("30/02/2020") && !is_day("1/31/2020") && !is_day("1/1/20") && !is_day("2020-01-31"));
    }
}
