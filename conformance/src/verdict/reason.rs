//! Why a case was not judged.

use std::collections::BTreeSet;

use crate::case::{Need, Role};
use crate::client::{ClientError, PrepareError};
use crate::control::ControlError;
use crate::guard::Refused;
use crate::words::counted;

/// Why a case was not played.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SkipReason {
    /// Only a mock's control API can give what it needs, and the target has none.
    #[error("needs {}, which only a mock's control API can give (--control)", list(.0))]
    NoControl(BTreeSet<Need>),
    /// There is no token for a role that it uses.
    #[error("no token for the role {0}")]
    NoToken(Role),
    /// It writes, and the run only reads.
    #[error("it writes, and this run only reads (--write)")]
    ReadOnly,
    /// It stores numbers or addresses, behind which there may be a person.
    #[error("it stores URNs other than ext: (--phone-urns)")]
    OtherUrns,
    /// It tries to delete a group that something uses, and none was given for that.
    #[error("it needs a group that something uses (--linked-group)")]
    NoLinkedGroup,
    /// It did not fit into the number of requests allowed.
    #[error("it is beyond the requests allowed (--requests)")]
    Budget,
    /// The workspace does not allow what it does.
    #[error("{0}")]
    Workspace(&'static str),
    /// The run was stopped before its turn, because so many had failed or could not be judged.
    #[error("the run stopped at {} (--max-failures)", counted(*.0, "failure"))]
    Stopped(usize),
    /// The target was given up before its turn, because it no longer answered; what it last met with.
    #[error("the target was given up: {0}")]
    GivenUp(ClientError),
    /// The run was interrupted before its turn or in the middle of it.
    #[error("interrupted")]
    Interrupted,
}

impl SkipReason {
    /// The workspace hides URNs.
    pub const ANONYMOUS: &str = "the workspace is anonymous";
}

fn list(needs: &BTreeSet<Need>) -> String {
    // In a workspace of its own the rest would be there, too.
    if needs.contains(&Need::Workspace) {
        return Need::Workspace.to_string();
    }
    needs.iter().map(Need::to_string).collect::<Vec<_>>().join(", ")
}

/// Why a case could not be judged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CaseError {
    /// The target gave no answer.
    #[error("step {step}: {source}")]
    NoAnswer {
        /// The step, from 1.
        step: usize,
        /// What went wrong.
        source: ClientError,
    },
    /// The case asks for a request that cannot be sent.
    #[error("step {step}: {source}")]
    NoRequest {
        /// The step, from 1.
        step: usize,
        /// What went wrong.
        source: PrepareError,
    },
    /// The case asks, by itself, for something that could touch what others made.
    #[error("step {step}: the case is at fault: {source}")]
    NotSafe {
        /// The step, from 1.
        step: usize,
        /// What was not sent.
        source: Refused,
    },
    /// The fresh workspace could not be made, or a preparing step could not be carried out.
    #[error("preparation: {0}")]
    Preparation(#[from] ControlError),
}
