//! Which cases.

use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use crate::case::{Case, Profile};
use crate::load;
use crate::run::Play;
use crate::select::{self, Filter};

/// Which cases.
#[derive(Debug, Args)]
pub struct CaseArgs {
    /// Parts of case ids, or clauses such as C15: only cases that match one of them
    #[arg(value_name = "FILTER")]
    pub filters: Vec<Filter>,
    /// A file or a folder of cases; may be repeated [default: those of the checkout with its recordings, else those built in]
    #[arg(long, value_name = "PATH")]
    pub cases: Vec<PathBuf>,
    /// Only cases that hold in this profile, judged in it [default: documented, else observed]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
}

impl CaseArgs {
    /// The cases that the arguments choose.
    pub(super) fn plays(&self) -> Result<Vec<Play>, CommandError> {
        Ok(self.choose(self.load()?))
    }

    /// Those of all cases that the filters and the profile choose.
    pub(super) fn choose(&self, cases: Vec<Case>) -> Vec<Play> {
        let idle: Vec<&Filter> =
            self.filters.iter().filter(|filter| !cases.iter().any(|case| filter.accepts(case))).collect();
        // If no filter matches, the caller says so.
        for filter in idle.iter().filter(|_| idle.len() < self.filters.len()) {
            eprintln!("weni-conformance: no case matches `{filter}` (`list` shows all)");
        }
        select::select(cases, &self.filters, self.profile)
    }

    /// All cases, and those that they use.
    pub(super) fn load(&self) -> Result<Vec<Case>, CommandError> {
        if !self.cases.is_empty() {
            return with_used(load::load(&self.cases)?);
        }
        let checkout = std::env::current_dir().ok().and_then(|here| load::checkout(&here));
        with_used(match checkout {
            Some(folders) => load::load(&folders)?,
            None => load::built_in()?,
        })
    }
}

/// The cases, and those that they use and that are not among them: the program brings them along.
fn with_used(mut cases: Vec<Case>) -> Result<Vec<Case>, CommandError> {
    let mut missing = Vec::new();
    for case in &cases {
        for used in case.uses.iter().filter(|used| !cases.iter().any(|case| case.id == **used)) {
            missing.push((case.source.display().to_string(), used.clone()));
        }
    }
    if missing.is_empty() {
        return Ok(cases);
    }
    let built_in = load::built_in()?;
    for (case, used) in missing {
        if cases.iter().any(|case| case.id == used) {
            continue;
        }
        match built_in.iter().find(|case| case.id == used) {
            Some(found) => cases.push(found.clone()),
            None => return Err(CommandError::UnknownUse { case, used }),
        }
    }
    Ok(cases)
}
