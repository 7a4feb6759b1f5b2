//! Verdicts without tokens: servers repeat in their answers what they were sent.

use super::{CaseError, CaseReport, Failure, FailureCause, Verdict};
use crate::client::{PrepareError, Tokens};
use crate::difference::{Difference, Place};
use crate::guard::Refused;
use crate::ledger::{Fate, Made};

impl CaseReport {
    /// The report with every token hidden, in whatever a report shows. The exchanges stay as they were: they are for
    /// programs.
    #[must_use]
    pub(crate) fn masked(self, tokens: &Tokens) -> Self {
        let verdict = match self.verdict {
            Verdict::Failed { failures, cut_short } => Verdict::Failed {
                failures: failures.into_iter().map(|failure| of_failure(failure, tokens)).collect(),
                cut_short: cut_short.map(|error| of_error(error, tokens)),
            },
            Verdict::Error(error) => Verdict::Error(of_error(error, tokens)),
            other @ (Verdict::Passed | Verdict::Deviates(_) | Verdict::Skipped(_)) => other,
        };
        let made = self.made.into_iter().map(|made| of_made(made, tokens)).collect();
        Self { verdict, made, ..self }
    }
}

fn of_failure(failure: Failure, tokens: &Tokens) -> Failure {
    let cause = match failure.cause {
        FailureCause::Differs { request, expected, got, difference } => FailureCause::Differs {
            request: tokens.mask(&request),
            expected: tokens.mask(&expected),
            got: tokens.mask(&got),
            difference: Difference {
                place: match difference.place {
                    Place::Body(pointer) => Place::Body(tokens.mask(&pointer)),
                    other @ (Place::Status | Place::Header(_)) => other,
                },
                expected: tokens.mask(&difference.expected),
                got: tokens.mask(&difference.got),
            },
        },
        FailureCause::NotPlayed(reason) => FailureCause::NotPlayed(of_request(reason, tokens)),
        FailureCause::NotSent(refused) => FailureCause::NotSent(of_refused(refused, tokens)),
    };
    Failure { cause, ..failure }
}

fn of_refused(refused: Refused, tokens: &Tokens) -> Refused {
    match refused {
        Refused::LookUp { method, parameter, value } => {
            Refused::LookUp { method, parameter, value: tokens.mask(&value) }
        }
        Refused::Urn(urn) => Refused::Urn(tokens.mask(&urn)),
        Refused::Group(group) => Refused::Group(tokens.mask(&group)),
        Refused::Elsewhere(path) => Refused::Elsewhere(tokens.mask(&path)),
        own @ (Refused::Unlooked { .. }
        | Refused::DeleteAtLarge
        | Refused::Unmarked
        | Refused::Confused
        | Refused::NotUnderstood
        | Refused::Preparation
        | Refused::Field) => own,
    }
}

fn of_error(error: CaseError, tokens: &Tokens) -> CaseError {
    match error {
        CaseError::NoRequest { step, source } => {
            CaseError::NoRequest { step, source: of_request(source, tokens) }
        }
        CaseError::NotSafe { step, source } => {
            CaseError::NotSafe { step, source: of_refused(source, tokens) }
        }
        CaseError::Preparation(error) => CaseError::Preparation(error.masked(tokens)),
        // Texts of our own and of the system.
        other @ CaseError::NoAnswer { .. } => other,
    }
}

fn of_request(error: PrepareError, tokens: &Tokens) -> PrepareError {
    match error {
        PrepareError::Impossible(reason) => PrepareError::Impossible(tokens.mask(&reason)),
        other @ (PrepareError::Unbound(_) | PrepareError::NoToken(_)) => other,
    }
}

fn of_made(made: Made, tokens: &Tokens) -> Made {
    let fate = match made.fate {
        Fate::Left(reason) => Fate::Left(tokens.mask(&reason)),
        other @ (Fate::Standing | Fate::Removed | Fate::Kept) => other,
    };
    Made { id: tokens.mask(&made.id), fate, ..made }
}
