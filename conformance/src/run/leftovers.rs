//! The last look of a run: what it made and no ledger knew of.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Target;
use crate::client::Endpoint;
use crate::ledger::Ledger;
use crate::sweep::{self, Found, Scope, Since};
use crate::verdict::CaseReport;

/// What was left, and whether a sweep would find it.
#[derive(Debug, Default)]
pub struct Left {
    /// A line for each thing, with the reason.
    pub lines: Vec<String>,
    /// Whether some of it bears the run's mark and is its own.
    pub own: bool,
}

/// Looks on the workspace for what these cases made and no ledger knew of, removes it, and tells what is there all the
/// same. `wrote`: whether anything was sent that could have made something.
pub async fn look(target: &Target, cases: &[CaseReport], wrote: bool) -> Left {
    let mut left = Left::default();
    for case in cases {
        let others: BTreeSet<&str> = Ledger::others(&case.made).collect();
        let lent = target.terms.linked_group.as_deref();
        left.lines.extend(case.left_behind());
        left.own |= case.left().any(|made| {
            let given = others.contains(made.id.as_str()) || lent == Some(&made.id);
            made.endpoint != Endpoint::Fields && !given
        });
    }
    if !wrote {
        return left;
    }
    let client = target.client().beyond_budget();
    // A server that gave somebody else's for ours may have put our mark on it.
    let others: BTreeSet<&str> = cases.iter().flat_map(|case| Ledger::others(&case.made)).collect();
    let scope = Scope {
        run: Some(target.terms.run.clone()),
        older_than: Duration::ZERO,
        since: Since::Run(target.before.clone()),
    };
    // What is there after its removal was answered is named.
    for removed in [false, true] {
        let Found { leftovers, incomplete } = sweep::find(&client, &scope).await;
        if let (Some(error), false) = (incomplete, removed) {
            left.lines.push(format!("not everything could be looked at for what may be left: {error}"));
        }
        let leftovers: Vec<_> =
            leftovers.into_iter().filter(|found| !others.contains(found.uuid.as_str())).collect();
        if leftovers.is_empty() {
            break;
        }
        for leftover in leftovers {
            let told = match removed {
                true => Some("it is there, although its removal was answered".to_owned()),
                false => sweep::remove(&client, &leftover).await.err().map(|error| error.to_string()),
            };
            let uuid = target.tokens.mask(&leftover.uuid);
            left.own |= told.is_some();
            left.lines.extend(told.map(|told| format!("{} {uuid}: {told}", leftover.endpoint.one())));
        }
    }
    left
}
