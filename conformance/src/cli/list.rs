//! `weni-conformance list`.

use std::collections::BTreeSet;

use super::{CaseArgs, CommandError, print};
use crate::exit_code::ExitCode;

/// Prints a line for each case: id, clauses, title.
pub(super) fn list(args: &CaseArgs) -> Result<ExitCode, CommandError> {
    let plays = args.plays()?;
    for play in &plays {
        let clauses: BTreeSet<_> = play.case.clauses.iter().copied().collect();
        let clauses: Vec<_> = clauses.iter().map(ToString::to_string).collect();
        let title = play.case.title.as_deref().unwrap_or_default();
        let line = format!("{:<48} {:<16} {title}", play.case.id, clauses.join(","));
        print(format_args!("{}\n", line.trim_end()));
    }
    if plays.is_empty() {
        eprintln!("no case matches");
        return Ok(ExitCode::NotJudged);
    }
    Ok(ExitCode::Passed)
}
