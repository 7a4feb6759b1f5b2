//! What may be done to a server, and how much of it.

use clap::Args;

use super::print;
use crate::plan::Plan;

/// How many requests a host that is not local is sent at most unless `--requests` says otherwise.
const HOSTED_REQUESTS: usize = 300;

/// What may be done to a server, and how much of it.
#[derive(Debug, Args)]
pub struct LeaveArgs {
    /// Only cases that send nothing but GET, HEAD and OPTIONS: the default for a host that is not local
    #[arg(long, conflicts_with = "write")]
    pub read_only: bool,
    /// Also cases that write; prints first what they make and removes it at the end
    #[arg(long)]
    pub write: bool,
    /// Print what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also cases that store tel:, whatsapp:, mailto: and other URNs, behind which there may be a person
    #[arg(long)]
    pub phone_urns: bool,
    /// Send at most so many requests: the cases are taken that cover most clauses, and only clean-up may go beyond; 0:
    /// no limit [default: 300 for a host that is not local]
    #[arg(long, value_name = "N")]
    pub requests: Option<usize>,
}

impl LeaveArgs {
    /// Whether requests that change something may be sent. `local`: to this machine alone.
    pub(super) fn writes(&self, local: bool) -> bool {
        !self.read_only && (self.write || local)
    }

    /// How many requests may be sent at most.
    pub(super) fn budget(&self, local: bool) -> Option<usize> {
        match self.requests {
            Some(0) => None,
            None if !local => Some(HOSTED_REQUESTS),
            requests => requests,
        }
    }

    /// Prints the plan where the user is to see it; whether that was all that was asked for.
    pub(super) fn only_plans(&self, plan: &Plan) -> bool {
        if self.dry_run {
            print(format_args!("{plan}"));
        } else if self.write {
            eprint!("{plan}");
        }
        self.dry_run
    }
}
