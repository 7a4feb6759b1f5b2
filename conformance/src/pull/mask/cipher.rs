//! One-to-one mappings of short rows of symbols, such as the digits of a number.

use uuid::Uuid;

use super::Mask;

/// Rounds of the Feistel network.
const ROUNDS: u8 = 10;

/// One of the symbols 0 to `radix` - 1. One alone is no choice: it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) value: u32,
    pub(super) radix: u32,
}

impl Symbol {
    /// One of `radix` symbols.
    pub(super) fn new(value: u32, radix: u32) -> Self {
        Self { value, radix }
    }

    fn add(&mut self, number: u64) {
        let by = number % u64::from(self.radix);
        self.value = ((u64::from(self.value) + by) % u64::from(self.radix)) as u32;
    }

    fn subtract(&mut self, number: u64) {
        self.add(u64::from(self.radix) - number % u64::from(self.radix));
    }
}

/// Numbers that look random, from one number on (SplitMix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Mask {
    /// Maps rows of symbols one-to-one, a mapping for each `domain`. No row stays as it is but one without a choice.
    ///
    /// Between a permutation and its inverse every symbol is moved on: so nothing can come back to where it was.
    pub(super) fn permute(&self, domain: &str, symbols: &mut [Symbol]) {
        let mut row: Vec<&mut Symbol> = symbols.iter_mut().filter(|symbol| symbol.radix > 1).collect();
        for round in 0..ROUNDS {
            self.round(domain, round, &mut row, Symbol::add);
        }
        let mut moves = self.stream(domain, ROUNDS, &[]);
        for symbol in &mut row {
            let others = u64::from(symbol.radix) - 1;
            symbol.add(1 + moves.next() % others);
        }
        for round in (0..ROUNDS).rev() {
            self.round(domain, round, &mut row, Symbol::subtract);
        }
    }

    /// Changes one half of the row by what the other half is.
    fn round(&self, domain: &str, round: u8, row: &mut [&mut Symbol], change: fn(&mut Symbol, u64)) {
        let (left, right) = row.split_at_mut(row.len() / 2);
        let (changed, other) = if round.is_multiple_of(2) { (left, right) } else { (right, left) };
        let other: Vec<u32> = other.iter().map(|symbol| symbol.value).collect();
        let mut stream = self.stream(domain, round, &other);
        for symbol in changed {
            change(symbol, stream.next());
        }
    }

    /// What nobody can foretell without the key. Name-based UUIDs are a keyed hash that stays the same in all versions.
    fn stream(&self, domain: &str, round: u8, symbols: &[u32]) -> Stream {
        let mut name = format!("{domain}\0").into_bytes();
        name.push(round);
        name.extend(symbols.iter().flat_map(|symbol| symbol.to_le_bytes()));
        let (high, low) = Uuid::new_v5(&self.key, &name).as_u64_pair();
        Stream(high ^ low.rotate_left(32))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_goes_to_another_and_no_two_to_the_same() {
        for key in 0..20 {
            let mask = Mask::seeded(key);
            for radixes in [vec![2], vec![10], vec![2, 3], vec![1, 5], vec![4, 1, 5, 3], vec![10, 10, 10]] {
                let rows: u32 = radixes.iter().product();
                let mut reached = HashSet::new();
                for number in 0..rows {
                    let mut rest = number;
                    let mut row: Vec<Symbol> = Vec::new();
                    for radix in &radixes {
                        row.push(Symbol::new(rest % radix, *radix));
                        rest /= radix;
                    }
                    let before = row.clone();
                    mask.permute("test", &mut row);
                    assert_ne!(row, before);
                    assert!(row.iter().all(|symbol| symbol.value < symbol.radix));
                    assert!(reached.insert(row.iter().map(|symbol| symbol.value).collect::<Vec<_>>()));
                }
            }
        }
    }
}
