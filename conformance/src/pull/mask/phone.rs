//! Telephone numbers: where one belongs stays, whose it is goes.

use super::Mask;
use super::cipher::Symbol;

/// Digits of a subscriber, without the ninth.
const SUBSCRIBER: usize = 8;

/// Digits of another number that are masked, if three at its front stay.
const MASKED: usize = 6;

/// A number of Brazil: 55, the area, perhaps the ninth digit, and the eight digits of both forms.
pub(super) struct Brazilian<'a> {
    /// All before the eight digits.
    prefix: &'a str,
    /// Country and area alone.
    area: &'a str,
    subscriber: &'a str,
}

impl<'a> Brazilian<'a> {
    /// `None` for other digits.
    pub(super) fn read(digits: &'a str) -> Option<Self> {
        let ninth = match digits.len() {
            12 => false,
            13 => digits.as_bytes()[4] == b'9',
            _ => return None,
        };
        if !digits.starts_with("55") || (digits.len() == 13) != ninth {
            return None;
        }
        let (prefix, subscriber) = digits.split_at(digits.len() - SUBSCRIBER);
        Some(Self { prefix, area: &digits[..4], subscriber })
    }
}

impl Mask {
    /// Masks an international number without its plus. Of one of Brazil country, area and the ninth digit stay, and
    /// whether the next is one of mobiles (6 to 9) or of the fixed network (2 to 5); of any other the first three to
    /// five digits, the country's among them.
    pub(super) fn phone(&self, digits: &str) -> String {
        if let Some(Brazilian { prefix, area, subscriber }) = Brazilian::read(digits) {
            return format!("{prefix}{}", self.subscriber(area, subscriber));
        }
        let kept = digits.len().saturating_sub(MASKED).clamp(3, 5).min(digits.len());
        let (prefix, rest) = digits.split_at(kept);
        let mut symbols: Vec<Symbol> = rest.bytes().map(|b| Symbol::new(u32::from(b - b'0'), 10)).collect();
        self.permute(&format!("phone {prefix} {}", rest.len()), &mut symbols);
        prefix.chars().chain(symbols.iter().filter_map(|symbol| char::from_digit(symbol.value, 10))).collect()
    }

    fn subscriber(&self, area: &str, digits: &str) -> String {
        let mut numbers = digits.bytes().map(|b| u32::from(b - b'0'));
        let first = numbers.next().unwrap_or_default();
        let (lowest, kinds) = match first {
            0..=1 => (0, 2),
            2..=5 => (2, 4),
            _ => (6, 4),
        };
        let mut symbols = vec![Symbol::new(first - lowest, kinds)];
        symbols.extend(numbers.map(|number| Symbol::new(number, 10)));
        self.permute(&format!("subscriber {area} {lowest}"), &mut symbols);
        symbols[0].value += lowest;
        symbols.iter().filter_map(|symbol| char::from_digit(symbol.value, 10)).collect()
    }
}
