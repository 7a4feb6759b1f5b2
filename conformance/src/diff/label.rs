//! Which of two servers keeps the contract.

use std::fmt;

use serde::Serialize;

use crate::case::{Case, Clause};
use crate::contract::Deviation;
use crate::verdict::ExchangeRecord;

/// A difference held against the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// What the one does.
    pub a: Keeps,
    /// What the other does.
    pub b: Keeps,
    /// The clauses that the case is about; if none, it is about what the running API was observed to do.
    pub clauses: Vec<String>,
}

/// How one answer stands to the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeps {
    /// As the case expects.
    Kept,
    /// Otherwise, in a known way.
    Deviates(Deviation),
    /// Otherwise.
    Departs,
}

impl Keeps {
    fn of(record: &ExchangeRecord) -> Self {
        match &record.deviation {
            Some(deviation) => Self::Deviates(deviation.clone()),
            None if record.agrees => Self::Kept,
            None => Self::Departs,
        }
    }
}

impl Label {
    pub(super) fn of(case: &Case, a: &ExchangeRecord, b: &ExchangeRecord) -> Self {
        let clauses = case.clauses.iter().map(Clause::to_string).collect();
        Self { a: Keeps::of(a), b: Keeps::of(b), clauses }
    }

    /// Whether the difference is a known one.
    pub(super) fn is_known(&self) -> bool {
        [&self.a, &self.b].into_iter().any(|keeps| matches!(keeps, Keeps::Deviates(_)))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self.clauses.as_slice() {
            [] => "what was observed".to_owned(),
            clauses => format!("the article ({})", clauses.join(", ")),
        };
        match (&self.a, &self.b) {
            (Keeps::Kept, Keeps::Kept) => write!(f, "both keep {rule}"),
            (Keeps::Kept, Keeps::Departs) => write!(f, "A keeps {rule}, B does not"),
            (Keeps::Departs, Keeps::Kept) => write!(f, "B keeps {rule}, A does not"),
            (Keeps::Departs, Keeps::Departs) => write!(f, "neither keeps {rule}"),
            (Keeps::Deviates(a), Keeps::Deviates(b)) => {
                write!(f, "both deviate from {rule} in a known way: {a}, {b}")
            }
            (Keeps::Deviates(id), other) | (other, Keeps::Deviates(id)) => {
                let (deviating, rest) =
                    if matches!(self.a, Keeps::Deviates(_)) { ("A", "B") } else { ("B", "A") };
                let keeps = if *other == Keeps::Kept { "keeps" } else { "does not keep" };
                write!(f, "{id}: {deviating} deviates as production is known to, {rest} {keeps} {rule}")
            }
        }
    }
}
