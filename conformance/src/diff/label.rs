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
    /// Whether the first case that showed it is about the article; if not, it is about what the running API was observed
    /// to do.
    pub article: bool,
    /// The clauses that every case which showed it is about.
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
        let clauses: Vec<_> = case.clauses.iter().map(Clause::to_string).collect();
        Self { a: Keeps::of(a), b: Keeps::of(b), article: !clauses.is_empty(), clauses }
    }

    /// It showed in another case, too: of the clauses only those stay that this one is about as well.
    pub(super) fn also_in(&mut self, case: &Case) {
        self.clauses.retain(|clause| case.clauses.iter().any(|known| known.to_string() == *clause));
    }

    /// Whether the difference is a known one.
    pub(super) fn is_known(&self) -> bool {
        [&self.a, &self.b].into_iter().any(|keeps| matches!(keeps, Keeps::Deviates(_)))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match (self.article, self.clauses.as_slice()) {
            (false, _) => "what was observed".to_owned(),
            (true, []) => "the article".to_owned(),
            (true, clauses) => format!("the article ({})", clauses.join(", ")),
        };
        match (&self.a, &self.b) {
            (Keeps::Kept, Keeps::Kept) => write!(f, "both keep {rule}"),
            (Keeps::Kept, Keeps::Departs) => write!(f, "A keeps {rule}, B does not"),
            (Keeps::Departs, Keeps::Kept) => write!(f, "B keeps {rule}, A does not"),
            (Keeps::Departs, Keeps::Departs) => write!(f, "neither keeps {rule}"),
            (Keeps::Deviates(a), Keeps::Deviates(b)) => {
                write!(f, "both deviate from the article as production is known to: {a}, {b}")
            }
            (Keeps::Deviates(id), other) | (other, Keeps::Deviates(id)) => {
                let (deviating, rest) =
                    if matches!(self.a, Keeps::Deviates(_)) { ("A", "B") } else { ("B", "A") };
                let keeps = if *other == Keeps::Kept { "keeps it" } else { "does not keep it either" };
                let clause = &id.departure().clause;
                write!(
                    f,
                    "{id}: {deviating} deviates from the article ({clause}) as production is known to, {rest} {keeps}"
                )
            }
        }
    }
}
