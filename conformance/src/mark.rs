//! The marks by which a run knows what it made: in every name and identifier that it writes.

use std::fmt;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use crate::bindings::Bindings;

/// What every mark begins with.
const PREFIX: &str = "wcrun-";
/// 32 letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Seconds from 1970 to 2026, from which the time in an id counts.
const EPOCH: u64 = 1_767_225_600;
/// Characters for the time, for chance, for the check.
const TIME: usize = 6;
const CHANCE: usize = 4;
const CHECK: usize = 2;
const LENGTH: usize = TIME + CHANCE + CHECK;
/// Digits of the case's number behind the id.
const DIGITS: usize = 3;
/// How many characters may stand before a mark.
const BEFORE: usize = 4;

/// The id of one run, such as `wcrun-aq3kx29mhrjw`: when it began, chance, and two characters that check the others, so
/// that nobody else's name is taken for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

impl RunId {
    /// The id of a run that begins now.
    #[must_use]
    pub fn new() -> Self {
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let chance = Uuid::new_v4().as_u128();
        let mut text = encode(u128::from(seconds.saturating_sub(EPOCH)), TIME) + &encode(chance, CHANCE);
        text += &check(&text);
        Self(format!("{PREFIX}{text}"))
    }

    /// The id in a text that is one or begins with one, in any letter case.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let id = text.get(..PREFIX.len() + LENGTH)?.to_ascii_lowercase();
        let rest = id.strip_prefix(PREFIX)?;
        let (body, found) = rest.split_at_checked(TIME + CHANCE)?;
        (body.bytes().all(|c| ALPHABET.contains(&c)) && check(body) == found).then_some(Self(id))
    }

    /// The id of the mark that a name or URN bears: `wcrun-aq3kx29mhrjw-001`, at its beginning or nearly so. A text that
    /// only speaks of a run bears none.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let path = match lower.split_once(':') {
            Some((scheme, path)) if scheme.bytes().all(|c| c.is_ascii_lowercase()) => path,
            _ => &lower,
        };
        let at = path.find(PREFIX).filter(|at| path[..*at].chars().count() <= BEFORE)?;
        let number = path[at..].get(PREFIX.len() + LENGTH..)?.strip_prefix('-')?;
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        Self::read(&path[at..]).filter(|_| digits == DIGITS)
    }

    /// When the run began.
    #[must_use]
    pub fn began(&self) -> SystemTime {
        let seconds = self.0[PREFIX.len()..][..TIME].bytes().fold(0, |sum, c| sum * 32 + u64::from(digit(c)));
        SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH + seconds)
    }

    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that every mark begins with, for a search.
    #[must_use]
    pub fn prefix() -> &'static str {
        PREFIX
    }
}

impl Default for RunId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The marks of one case of a run.
#[derive(Debug, Clone)]
pub struct Marks {
    /// `{{own}}`: a text that no other case of any run has, 22 letters, digits and hyphens.
    pub own: String,
    /// `{{digits}}`: seven digits that no other case of this run has.
    pub digits: String,
    /// `{{nobody}}`: a UUID that nothing has.
    pub nobody: String,
}

impl Marks {
    /// The names that are bound before the first step of every case. `linked_group` is only where the user gives one.
    pub const NAMES: [&'static str; 5] = ["own", "OWN", "digits", "nobody", "linked_group"];

    /// The marks of the `number`th case of a run: up to a thousand of them differ.
    #[must_use]
    pub fn new(run: &RunId, number: usize) -> Self {
        let number = number % 1000;
        let of_run = run.as_str().bytes().fold(0_u32, |sum, c| sum.wrapping_mul(31).wrapping_add(c.into()));
        Self {
            own: format!("{run}-{number:0DIGITS$}"),
            digits: format!("{:04}{number:03}", 1000 + of_run % 9000),
            nobody: Uuid::new_v4().to_string(),
        }
    }

    /// Makes the marks known to the requests and answers of the case.
    pub fn bind(&self, bindings: &mut Bindings) {
        bindings.set("own", self.own.as_str());
        bindings.set("OWN", self.own.to_ascii_uppercase());
        bindings.set("digits", self.digits.as_str());
        bindings.set("nobody", self.nobody.as_str());
    }

    /// Whether a text bears one of the marks.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        text.to_ascii_lowercase().contains(&self.own) || text.contains(&self.digits)
    }
}

/// The lowest `length` digits of a number in base 32.
fn encode(mut number: u128, length: usize) -> String {
    let mut digits = vec![0; length];
    for place in digits.iter_mut().rev() {
        *place = ALPHABET[(number % 32) as usize];
        number /= 32;
    }
    digits.into_iter().map(char::from).collect()
}

fn digit(c: u8) -> u8 {
    ALPHABET.iter().position(|&known| known == c).unwrap_or_default() as u8
}

/// Two characters that follow from the others.
fn check(text: &str) -> String {
    let sum = text.bytes().fold(7_u32, |sum, c| sum.wrapping_mul(131).wrapping_add(digit(c).into()));
    encode(u128::from(sum ^ (sum >> 16)), CHECK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_what_bears_it_and_nowhere_else() {
        let run = RunId::new();
        assert_eq!(run.as_str().len(), 18);
        assert_eq!(RunId::find(&format!("X {}-001 Ana", run.as_str().to_uppercase())), Some(run.clone()));
        for own in ["ext:{}-001-a", "{}-001", "mailto:{}-001@example.com", " \n{}-001"] {
            assert_eq!(RunId::find(&own.replace("{}", run.as_str())), Some(run.clone()), "{own}");
        }
        for other in ["wcrun-aaaaaaaaaaaa-001 wcrun", "{}", "{}-1 Ana", "{}-0011", "Notes on {}-001", "{}é"]
        {
            assert_eq!(RunId::find(&other.replace("{}", run.as_str())), None, "{other}");
        }
        // The one that messages and help give as an example.
        assert!(RunId::read("wcrun-aq3kx29mhrjw").is_some());
        let age = run.began().elapsed().unwrap();
        assert!(age < Duration::from_secs(5), "{age:?}");
    }

    #[test]
    fn marks_differ_from_case_to_case() {
        let run = RunId::new();
        let (one, two) = (Marks::new(&run, 1), Marks::new(&run, 2));
        assert!(one.own != two.own && one.digits != two.digits && one.nobody != two.nobody);
        assert_eq!((one.own.len(), one.digits.len()), (22, 7));
        assert!(one.are_in(&format!("ext:{}-a", one.own.to_uppercase())) && !one.are_in(&two.own));
    }
}
