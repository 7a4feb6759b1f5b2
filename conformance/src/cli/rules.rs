//! `weni-conformance rules`.

use super::{CommandError, print};
use crate::exit_code::ExitCode;
use crate::rules;

/// Prints a line for each rule, the gravest first: id, severity, source, title.
pub(super) fn list() -> Result<ExitCode, CommandError> {
    let mut all: Vec<_> = rules::all().iter().collect();
    all.sort_by_key(|rule| std::cmp::Reverse(rule.severity));
    for rule in all {
        let (severity, source) = (rule.severity.as_str(), rule.source.trim_start_matches("observed: "));
        print(format_args!("{:<24} {severity:<8} {:<34} {}\n", rule.id, source, rule.title));
    }
    Ok(ExitCode::Passed)
}
