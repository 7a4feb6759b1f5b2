//! Chooses the cases to play and the profile to judge each in.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::case::{Case, Clause, Profile};
use crate::run::Play;

/// One filter of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Cases that cite this clause.
    Clause(Clause),
    /// Cases whose id has this text in it.
    Id(String),
}

impl Filter {
    /// Whether a case passes this filter.
    #[must_use]
    pub fn accepts(&self, case: &Case) -> bool {
        match self {
            Self::Clause(clause) => case.clauses.contains(clause),
            Self::Id(part) => case.id.contains(part.as_str()),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clause(clause) => clause.fmt(f),
            Self::Id(part) => f.write_str(part),
        }
    }
}

impl FromStr for Filter {
    type Err = &'static str;

    /// `C15` is a clause, anything that is none is a part of an id.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err("an empty filter would take every case: give none for that");
        }
        Ok(text.to_uppercase().parse().map_or_else(|_| Self::Id(text.to_owned()), Self::Clause))
    }
}

/// The cases that pass any of the filters (all, if there is none) and hold in `profile`, and those that they use. Without
/// a profile each case is held against the article, if it holds there, else against the running API.
#[must_use]
pub fn select(cases: Vec<Case>, filters: &[Filter], profile: Option<Profile>) -> Vec<Play> {
    let accepted = |case: &Case| filters.is_empty() || filters.iter().any(|f| f.accepts(case));
    let used: BTreeSet<String> =
        cases.iter().filter(|case| accepted(case)).flat_map(|case| case.uses.iter().cloned()).collect();
    let chosen = cases.into_iter().filter(|case| accepted(case) || used.contains(&case.id));
    chosen
        .filter_map(|case| {
            let profile = match profile {
                Some(profile) => case.profiles.get(&profile),
                // The article first: where the running API departs from it, the case says so.
                None => case.profiles.last(),
            };
            profile.copied().map(|profile| Play { case: Arc::new(case), profile, skip: None })
        })
        .collect()
}
