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
    /// Files or folders of cases [default: those of the checkout with its recordings, else those built in]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub cases: Vec<PathBuf>,
    /// Only cases that hold in this profile, judged in it [default: documented, else observed]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
}

impl CaseArgs {
    /// The cases that the arguments choose.
    pub(super) fn plays(&self) -> Result<Vec<Play>, CommandError> {
        let cases = self.load()?;
        let idle: Vec<&Filter> =
            self.filters.iter().filter(|filter| !cases.iter().any(|case| filter.accepts(case))).collect();
        // If no filter matches, the caller says so.
        for filter in idle.iter().filter(|_| idle.len() < self.filters.len()) {
            eprintln!("weni-conformance: no case matches `{filter}` (`list` shows all)");
        }
        Ok(select::select(cases, &self.filters, self.profile))
    }

    fn load(&self) -> Result<Vec<Case>, CommandError> {
        if !self.cases.is_empty() {
            return Ok(load::load(&self.cases)?);
        }
        let checkout = std::env::current_dir().ok().and_then(|here| load::checkout(&here));
        Ok(match checkout {
            Some(folders) => load::load(&folders)?,
            None => load::built_in()?,
        })
    }
}
