//! The last look of a run: what it made and no ledger knew of.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Target;
use crate::client::Endpoint;
use crate::ledger::Ledger;
use crate::sweep::{self, Found, Leftover, Scope, Since};
use crate::verdict::CaseReport;
use crate::words::counted;

/// What was left, and whether a sweep would find it.
#[derive(Debug, Default)]
pub struct Left {
    /// A line for each thing, with the reason.
    pub lines: Vec<String>,
    /// Whether some of it bears the run's mark and is its own.
    pub own: bool,
    /// Whether not everything could be looked at.
    pub unlooked: bool,
    /// Whether something that was there before bears the run's mark now.
    pub harmed: bool,
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
    // What the ledgers told need not be told again.
    let told: BTreeSet<String> =
        cases.iter().flat_map(CaseReport::left).map(|made| made.id.clone()).collect();
    // A server that gave somebody else's for ours may have put our mark on it.
    let others: BTreeSet<&str> = cases.iter().flat_map(|case| Ledger::others(&case.made)).collect();
    let scope = Scope {
        run: Some(target.terms.run.clone()),
        older_than: Duration::ZERO,
        since: Since::Run(target.before.clone()),
    };
    let mut answered = BTreeSet::new();
    for again in [false, true] {
        let Found { leftovers, older, incomplete } = sweep::find(&client, &scope).await;
        if let Some(error) = incomplete {
            left.unlooked = true;
            left.lines.push(format!("not everything could be looked at for what may be left: {error}"));
        }
        for other in older.iter().filter(|other| !again && !others.contains(other.uuid.as_str())) {
            left.harmed = true;
            let uuid = target.tokens.mask(&other.uuid);
            let what = other.endpoint.one();
            left.lines.push(format!(
                "{what} {uuid}: it was there before this run, and the server has put our mark on it"
            ));
        }
        let is_new = |found: &&Leftover| !others.contains(found.uuid.as_str()) && !told.contains(&found.uuid);
        for leftover in leftovers.iter().filter(is_new) {
            let why = match (again, answered.contains(&leftover.uuid)) {
                (true, true) => Some("it is there, although its removal was answered".to_owned()),
                (true, false) => None,
                (false, _) => match sweep::remove(&client, leftover).await {
                    Ok(()) => {
                        answered.insert(leftover.uuid.clone());
                        None
                    }
                    Err(error) => Some(error.to_string()),
                },
            };
            if let Some(why) = why {
                let uuid = target.tokens.mask(&leftover.uuid);
                left.own = true;
                left.lines.push(format!("{} {uuid}: {why}", leftover.endpoint.one()));
            }
        }
        if answered.is_empty() {
            break;
        }
    }
    let hidden = target.before.is_anonymous() == Some(true) || cases.iter().any(CaseReport::met_anonymity);
    let unsure: Vec<&str> = cases.iter().filter(|case| case.unsure).map(|case| case.id.as_str()).collect();
    if let (Some(first), true) = (unsure.first(), hidden) {
        left.unlooked = true;
        left.lines.push(format!(
            "perhaps a contact without a name: {} got no proper answer ({first}{}), and an anonymous workspace does not show \
             what was made",
            counted(unsure.len(), "case"),
            if unsure.len() > 1 { ", …" } else { "" },
        ));
    }
    left
}
