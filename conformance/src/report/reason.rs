//! Why a case did not pass, in a line.

use crate::verdict::{CaseReport, FailureCause, Verdict};

/// What kept a case from passing, in one line; nothing of one that passed.
#[must_use]
pub fn of_case(case: &CaseReport) -> Option<String> {
    match &case.verdict {
        Verdict::Passed => None,
        Verdict::Failed { failures, .. } => {
            failures.first().map(|first| format!("step {}: {}", first.step, of_step(&first.cause)))
        }
        Verdict::Deviates(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| format!("{id}: {}", id.departure().running)).collect();
            Some(ids.join("; "))
        }
        Verdict::Skipped(reason) => Some(reason.to_string()),
        Verdict::Error(error) => Some(one_line(&error.to_string())),
    }
}

/// What was wrong with a step, in one line.
#[must_use]
pub fn of_step(cause: &FailureCause) -> String {
    one_line(&match cause {
        FailureCause::Differs { difference, .. } => difference.to_string(),
        FailureCause::NotPlayed(reason) => format!("not played, {reason}"),
        FailureCause::NotSent(reason) => reason.to_string(),
    })
}

/// A text without control characters: nothing in it moves a terminal's cursor or begins a line of its own.
pub(crate) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
