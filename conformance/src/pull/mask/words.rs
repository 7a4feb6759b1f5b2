//! Texts: word by word, number by number; all else stays.

use super::cipher::Symbol;
use super::letters::Letter;
use super::{LONG, Mask, phone, walk};

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_ascii_digit() => Self::Digits,
            _ if c.is_alphanumeric() => Self::Letters,
            _ => Self::Other,
        }
    }
}

/// The runs of one kind that make up a text.
fn runs(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let kind = Kind::of(rest.chars().next()?);
        let end = rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some((kind, run))
    })
}

impl Mask {
    /// Masks each word and each number of a text.
    pub(super) fn words(&self, text: &str) -> String {
        let masked = runs(text).map(|(kind, run)| match kind {
            Kind::Letters => self.word(run),
            Kind::Digits => self.digits(run),
            Kind::Other => run.to_owned(),
        });
        masked.collect()
    }

    /// Masks the numbers of a text that are long enough to be somebody's.
    pub(super) fn long_numbers(&self, text: &str) -> String {
        let masked = runs(text).map(|(kind, run)| match kind {
            Kind::Digits if run.len() >= LONG => self.digits(run),
            _ => run.to_owned(),
        });
        masked.collect()
    }

    /// A word becomes the same other word in any letter case.
    fn word(&self, word: &str) -> String {
        let letters: Vec<Letter> = word.chars().filter_map(Letter::read).collect();
        let mut domain = "word ".to_owned();
        domain.extend(letters.iter().map(|letter| letter.alphabet[0]));
        let symbol = |letter: &Letter| Symbol::new(letter.index as u32, letter.alphabet.len() as u32);
        let mut symbols: Vec<Symbol> = letters.iter().map(symbol).collect();
        self.permute(&domain, &mut symbols);
        letters.iter().zip(symbols).map(|(letter, symbol)| letter.other(symbol.value as usize)).collect()
    }

    /// Digits become as many others: a zero at the front stays one, any other digit there does not become one. What
    /// looks like a telephone number of Brazil is masked as one.
    pub(super) fn digits(&self, digits: &str) -> String {
        match phone::Brazilian::read(digits) {
            Some(_) => self.phone(digits),
            None => {
                let step = |digits: &str| self.decimals(digits, "");
                walk(digits, step, |digits| phone::Brazilian::read(digits).is_none())
            }
        }
    }

    /// Masks the digits before and behind a point, together: neither gets a zero at its end, nor loses one.
    pub(super) fn decimals(&self, whole: &str, decimals: &str) -> String {
        let last = decimals.len().checked_sub(1).map(|last| whole.len() + last);
        let fixed_zero = |at: usize| (at == 0 && !whole.is_empty()) || Some(at) == last;
        let digits = || whole.bytes().chain(decimals.bytes()).map(|b| u32::from(b - b'0')).enumerate();
        let symbol = |(at, digit)| match digit {
            0 if fixed_zero(at) => Symbol::new(0, 1),
            digit if fixed_zero(at) => Symbol::new(digit - 1, 9),
            digit => Symbol::new(digit, 10),
        };
        let mut symbols: Vec<Symbol> = digits().map(symbol).collect();
        let shape: String = symbols.iter().map(|symbol| char::from(b'0' + symbol.radix as u8)).collect();
        self.permute(&format!("number {} {shape}", whole.len()), &mut symbols);
        let digit = |symbol: &Symbol| symbol.value + u32::from(symbol.radix == 9);
        symbols.iter().filter_map(|symbol| char::from_digit(digit(symbol), 10)).collect()
    }
}
