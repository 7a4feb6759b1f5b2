//! Chooses the cases to play and the profile to judge each in.

use std::convert::Infallible;
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

impl FromStr for Filter {
    type Err = Infallible;

    /// `C15` is a clause, anything that is none is a part of an id.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_uppercase().parse().map_or_else(|_| Self::Id(text.to_owned()), Self::Clause))
    }
}

/// The cases that pass any of the filters (all, if there is none) and hold in `profile`. Without a profile each case
/// is judged as the running API answers, if it holds there, else as the article says.
#[must_use]
pub fn select(cases: Vec<Case>, filters: &[Filter], profile: Option<Profile>) -> Vec<Play> {
    let chosen =
        cases.into_iter().filter(|case| filters.is_empty() || filters.iter().any(|f| f.accepts(case)));
    chosen
        .filter_map(|case| {
            let profile = match profile {
                Some(profile) => case.profiles.get(&profile),
                None => case.profiles.first(),
            };
            profile.copied().map(|profile| Play { case: Arc::new(case), profile })
        })
        .collect()
}
