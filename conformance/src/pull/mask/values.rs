//! Texts of which some are numbers, dates or UUIDs, and stay that.

use uuid::Uuid;

use super::cipher::Symbol;
use super::{Mask, walk};
use crate::pull::value::{self, Moment};

impl Mask {
    /// Masks a name or a value. A number stays one of equal length, sign and decimals; of a date year and month stay,
    /// and midnight; a UUID becomes another.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if let Some(uuid) = Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text) {
            return self.uuid(uuid).to_string();
        }
        match Moment::read(text) {
            Some(moment) if moment.is_midnight() => self.moment(&moment, false),
            Some(_) => {
                let later = |text: &str| Moment::read(text).map(|moment| self.moment(&moment, true));
                let step = |text: &str| later(text).unwrap_or_default();
                walk(text, step, |text| Moment::read(text).is_none_or(|moment| !moment.is_midnight()))
            }
            None if value::is_number(text) => self.number(text),
            None => walk(text, |text| self.words(text), |text| Moment::read(text).is_none()),
        }
    }

    fn number(&self, text: &str) -> String {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let Some((whole, decimals)) = digits.split_once('.') else {
            return format!("{sign}{}", self.digits(digits));
        };
        let masked = self.decimals(whole, decimals);
        let (whole, decimals) = masked.split_at(whole.len());
        format!("{sign}{whole}.{decimals}")
    }

    /// Another day of the month, `with_time` or at the same time.
    fn moment(&self, moment: &Moment<'_>, with_time: bool) -> String {
        let Moment { date, time, fraction, offset } = moment;
        let mut symbols = vec![symbol(date.day() - 1, date.days_in_month())];
        if with_time {
            symbols.extend(time.iter().flatten().zip([24, 60, 60]).map(|(part, radix)| symbol(*part, radix)));
            symbols.extend(fraction.bytes().map(|digit| symbol(digit as i8 - b'0' as i8, 10)));
        }
        let (year, month) = (date.year(), date.month());
        self.permute(&format!("date {year}-{month} {} {offset}", symbols.len()), &mut symbols);
        let mut masked = symbols.iter().map(|symbol| symbol.value);
        let day = masked.next().unwrap_or_default() + 1;
        let date = format!("{year:04}-{month:02}-{day:02}");
        let Some(time) = time else { return date };
        let [hour, minute, second] =
            time.map(|part| masked.next().unwrap_or_else(|| part.unsigned_abs().into()));
        let digits = masked.filter_map(|digit| char::from_digit(digit, 10));
        let fraction: String = digits.chain(fraction.chars()).take(fraction.len()).collect();
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{date}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{offset}")
    }
}

fn symbol(value: i8, radix: i8) -> Symbol {
    Symbol::new(value.unsigned_abs().into(), radix.unsigned_abs().into())
}
