//! Identifiers of the clauses of the documented contract.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::contract::contract;

/// The parts of the contract (contacts, fields, groups) and how many clauses each has: `contract/documented.md`.
const PARTS: [(char, u8); 3] = [('C', 19), ('F', 5), ('G', 7)];

/// One clause of the documented contract: `C1` to `C19`, `F1` to `F5`, `G1` to `G7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Clause {
    part: char,
    number: u8,
}

impl Clause {
    /// What the clause promises.
    #[must_use]
    pub fn text(self) -> &'static str {
        &contract().clauses[&self.to_string()]
    }

    /// Every clause, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        PARTS.into_iter().flat_map(|(part, count)| (1..=count).map(move |number| Self { part, number }))
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.part, self.number)
    }
}

/// A text that names no clause.
#[derive(Debug, thiserror::Error)]
#[error("unknown clause `{0}`: the contract has C1 to C19, F1 to F5 and G1 to G7")]
pub struct UnknownClause(String);

impl FromStr for Clause {
    type Err = UnknownClause;

    /// Upper case only, as the contract writes it.
    fn from_str(text: &str) -> Result<Self, UnknownClause> {
        Self::all().find(|clause| clause.to_string() == text).ok_or_else(|| UnknownClause(text.to_owned()))
    }
}

impl TryFrom<String> for Clause {
    type Error = UnknownClause;

    fn try_from(text: String) -> Result<Self, UnknownClause> {
        text.parse()
    }
}
