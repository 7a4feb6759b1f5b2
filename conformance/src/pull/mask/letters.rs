//! What a letter may become: a vowel a vowel, any letter one of its own script.

const VOWELS: &str = "aeiouàáâãäåèéêëìíîïòóôõöùúûü";

const CONSONANTS: &str = "bcdfghjklmnpqrstvwxyz";

/// The two that Portuguese and Spanish have besides.
const OTHERS: &str = "çñ";

/// Characters of Unicode that scripts are told apart by.
const BLOCK: u32 = 128;

/// A letter, or a digit that is not ASCII, among those that may stand in its place.
pub(super) struct Letter {
    /// All that may stand there, in lower case.
    pub(super) alphabet: Vec<char>,
    /// The place in `alphabet`.
    pub(super) index: usize,
    /// Whether it is in upper case.
    pub(super) upper: bool,
}

impl Letter {
    /// `None` for what is no letter, and for an ASCII digit.
    pub(super) fn read(c: char) -> Option<Self> {
        if !c.is_alphanumeric() || c.is_ascii_digit() {
            return None;
        }
        let (lower, upper) = match single(c.to_lowercase()) {
            Some(lower) if lower != c && single(lower.to_uppercase()) == Some(c) => (lower, true),
            _ => (c, false),
        };
        let alphabet = alphabet(lower);
        let index = alphabet.iter().position(|other| *other == lower)?;
        Some(Self { alphabet, index, upper })
    }

    /// The letter in the place `index`, in the same case.
    pub(super) fn other(&self, index: usize) -> char {
        let lower = self.alphabet[index];
        if self.upper { single(lower.to_uppercase()).unwrap_or(lower) } else { lower }
    }
}

/// The letters of the same block and kind. Those of ASCII are known: most letters are among them.
fn alphabet(lower: char) -> Vec<char> {
    let ascii = [VOWELS[..5].chars(), CONSONANTS.chars()];
    if let Some(letters) = ascii.into_iter().find(|letters| letters.clone().any(|letter| letter == lower)) {
        return letters.collect();
    }
    let first = u32::from(lower) / BLOCK * BLOCK;
    let block = (first..first + BLOCK).filter_map(char::from_u32);
    let kind = Kind::of(lower);
    block.filter(|other| Kind::of(*other) == kind).collect()
}

/// What one letter has to share with another to stand in its place.
#[derive(PartialEq, Eq)]
struct Kind {
    letter: bool,
    digit: bool,
    vowel: bool,
    other: bool,
    /// Whether it is the lower case of another.
    lower: bool,
    /// Whether it is the upper case of another.
    upper: bool,
}

impl Kind {
    fn of(c: char) -> Self {
        let back = |to: Option<char>, back: fn(char) -> Option<char>| {
            to.is_some_and(|other| other != c && back(other) == Some(c))
        };
        Self {
            letter: c.is_alphabetic(),
            digit: c.is_numeric(),
            vowel: VOWELS.contains(c),
            other: OTHERS.contains(c),
            lower: back(single(c.to_uppercase()), |upper| single(upper.to_lowercase())),
            upper: back(single(c.to_lowercase()), |lower| single(lower.to_uppercase())),
        }
    }
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_in_their_script() {
        let alphabet = |c: char| Letter::read(c).map(|letter| letter.alphabet.iter().collect::<String>());
        assert_eq!(alphabet('E').as_deref(), Some("aeiou"));
        assert_eq!(alphabet('b').as_deref(), Some("bcdfghjklmnpqrstvwxyz"));
        assert_eq!(alphabet('Ã').as_deref(), Some("àáâãäåèéêëìíîïòóôõöùúûü"));
        assert_eq!(alphabet('ñ').as_deref(), Some("çñ"));
        assert!(
            alphabet('ж')
                .is_some_and(|letters| letters.chars().all(|c| ('\u{400}'..='\u{47f}').contains(&c)))
        );
        assert!(alphabet('中').is_some_and(|letters| letters.chars().count() == 128));
        for c in ['7', ' ', '-', '☕', '\u{303}'] {
            assert!(alphabet(c).is_none(), "{c}");
        }
    }
}
