//! Telephone numbers: what `tel:` makes of them. *Possible* is libphonenumber's word: the length fits the
//! country, whether or not anybody has the number.

use std::fmt;

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};

/// Digits from which on a number without a `+` is read as an international one.
const INTERNATIONAL_DIGITS: usize = 11;

/// Brazil's calling code.
const BRAZIL: i32 = 55;

/// A country by its two-letter code, with its numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Country(Region);

impl Country {
    /// A country with a numbering plan, by ISO 3166 code in upper case.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        let country =
            Region::from_code(code).ok().map(Country).filter(|country| country.to_string() == code)?;
        // The default country is known to have one: to look would load all plans at the start.
        (country.0 == Region::BR || country.calling_code().is_some()).then_some(country)
    }

    /// Its calling code: 55 for BR.
    fn calling_code(self) -> Option<i32> {
        PHONE_NUMBER_UTIL.get_country_code_for_region(self.0)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_region_str())
    }
}

/// Loads the numbering plans, which takes milliseconds: once, off the way to the first answer.
pub(crate) fn warm_up() {
    let _ = PHONE_NUMBER_UTIL.get_country_code_for_region(Region::BR);
}

/// The path of a `tel:` URN: E.164 where the number is possible, else its bare digits and letters in lower
/// case (observed: urns/area-codes-*, urns/create-*).
pub(crate) fn normalize(number: &str, country: Option<Country>) -> String {
    let lower = number.to_lowercase();
    let bare = bare(without_exponent(&lower));
    let plus = lower.trim_start().starts_with('+');
    let international = plus || (bare.len() >= INTERNATIONAL_DIGITS && !bare.starts_with('0'));
    let text = if international { format!("+{bare}") } else { bare.clone() };
    match possible(&text, country) {
        Some(number) => number.format_as(PhoneNumberFormat::E164).into_owned(),
        None => bare,
    }
}

/// A spreadsheet's rendering of a long number, `5.58299E+11`: its exponent is no part of the number.
fn without_exponent(number: &str) -> &str {
    number.strip_suffix("e+11").or_else(|| number.strip_suffix("e+12")).unwrap_or(number)
}

fn bare(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || c.is_ascii_lowercase()).collect()
}

/// Whether a normalised path passes the API's check: 8 to 15 digits that are possible.
pub(crate) fn is_acceptable(path: &str, country: Option<Country>) -> bool {
    let digits = path.strip_prefix('+').unwrap_or(path);
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && possible(path, country).is_some()
}

/// Whether a text without a scheme is a telephone number, as an international or as one of the country.
pub(crate) fn is_possible(text: &str, country: Option<Country>) -> bool {
    is_acceptable(&normalize(text, country), country)
}

/// Whether a number that went out as another country's would also have been one of `country`: the trap of
/// `tel:11991234567`, which is no number of Brazil but of North America.
pub(crate) fn is_national(digits: &str, country: Country) -> bool {
    // Brazil's is known: to look would load all plans at the start, for each WhatsApp number of the seed data.
    let code = if country.0 == Region::BR { Some(BRAZIL) } else { country.calling_code() };
    let begins_with_it = |code: i32| digits.starts_with(&code.to_string());
    code.is_some_and(|code| !begins_with_it(code)) && possible(digits, Some(country)).is_some()
}

fn possible(text: &str, country: Option<Country>) -> Option<PhoneNumber> {
    let number = PHONE_NUMBER_UTIL.parse(text, country.map(|country| country.0)).ok()?;
    let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
    matches!(length, Ok(NumberLengthType::IsPossible)).then_some(number)
}
