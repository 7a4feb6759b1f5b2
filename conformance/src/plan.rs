//! What a run is going to do: which cases within how many requests, and what they make.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::bindings::Bindings;
use crate::case::{Case, Clause, Need, Target};
use crate::client::Endpoint;
use crate::mark::{Marks, RunId};
use crate::report::reason::one_line;
use crate::run::Play;
use crate::verdict::SkipReason;
use crate::words::counted;

/// Requests besides those of the cases: the first question.
const PROBE: usize = 1;
/// Where something is written, the look at what is there before, and that for what is left.
const LOOKS: usize = 8;

/// What a run is going to do.
#[derive(Debug)]
pub struct Plan {
    /// All cases that were chosen, in their order; those that do not fit are marked.
    pub plays: Vec<Play>,
    /// The most requests that the run sends, clean-up included.
    pub requests: usize,
    /// How many cases are played.
    pub cases: usize,
    /// The contacts and groups that they make on the workspace: a name or URN, and the case's id.
    pub makes: BTreeMap<Endpoint, Vec<(String, String)>>,
    /// The labels of the fields that they make where they are not there yet.
    pub fields: BTreeSet<String>,
    /// Whether any of them sends something that could change the workspace.
    pub writes: bool,
    /// Whether any of them tries to delete the group that the user lends.
    pub lent: bool,
    /// The clauses that are judged.
    pub clauses: BTreeSet<Clause>,
    /// How many cases are left out, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// The clauses that are not judged, and why the case about each that takes least to be played is left out.
    pub missing: BTreeMap<Clause, SkipReason>,
}

impl Plan {
    /// Plans a run of these cases under this id. `lacks`: what a target lacks for a case. `budget`: how many requests it may send at most; then the cases are taken that cover
    /// most clauses for their requests, and of the others the cheapest.
    #[must_use]
    pub fn new(
        run: &RunId,
        mut plays: Vec<Play>,
        lacks: impl Fn(&Case) -> Option<SkipReason>,
        budget: Option<usize>,
    ) -> Self {
        let lacks: Vec<Option<SkipReason>> = plays.iter().map(|play| lacks(&play.case)).collect();
        let possible: Vec<usize> = (0..plays.len()).filter(|&index| lacks[index].is_none()).collect();
        let taken = match budget {
            None => possible.iter().copied().collect(),
            Some(budget) => choose(&plays, &possible, budget),
        };
        let mut plan = Self {
            plays: Vec::new(),
            requests: PROBE,
            cases: taken.len(),
            makes: BTreeMap::new(),
            fields: BTreeSet::new(),
            writes: false,
            lent: false,
            clauses: BTreeSet::new(),
            left_out: BTreeMap::new(),
            missing: BTreeMap::new(),
        };
        for (index, play) in plays.iter_mut().enumerate() {
            if taken.contains(&index) {
                plan.requests += cost(&play.case);
                plan.clauses.extend(play.case.clauses.iter().copied());
                let needs = play.case.required();
                plan.writes |= !play.case.only_reads() && !needs.contains(&Need::Workspace);
                plan.lent |= needs.contains(&Need::LinkedGroup);
                plan.note_makes(&play.case, &Marks::new(run, index));
            } else {
                let reason = lacks[index].clone().unwrap_or(SkipReason::Budget);
                *plan.left_out.entry(reason.to_string()).or_default() += 1;
                play.skip = Some(reason);
            }
        }
        if plan.writes {
            plan.requests += LOOKS;
        }
        for play in &plays {
            let Some(reason) = &play.skip else { continue };
            for clause in play.case.clauses.iter().filter(|clause| !plan.clauses.contains(clause)) {
                let known = plan.missing.entry(*clause).or_insert_with(|| reason.clone());
                if remedy(reason) < remedy(known) {
                    *known = reason.clone();
                }
            }
        }
        plan.plays = plays;
        plan
    }

    fn note_makes(&mut self, case: &Case, marks: &Marks) {
        if case.required().contains(&Need::Workspace) {
            return;
        }
        let mut bindings = Bindings::default();
        marks.bind(&mut bindings);
        for (endpoint, label) in case.makes() {
            let label = label.map_or_else(|| marks.own.clone(), |label| label.fill_known(&bindings));
            if endpoint == Endpoint::Fields {
                self.fields.insert(label);
            } else {
                self.makes.entry(endpoint).or_default().push((label, case.id.clone()));
            }
        }
    }
}

/// How much it takes of the user to have a case played that is left out for this reason: an option comes first.
fn remedy(reason: &SkipReason) -> u8 {
    match reason {
        SkipReason::ReadOnly => 0,
        SkipReason::Budget => 1,
        SkipReason::NoLinkedGroup => 2,
        SkipReason::OtherUrns => 3,
        _ => 4,
    }
}

/// The most requests that a case takes: its own, for each thing that it makes one to see whether it is the case's and one
/// to remove it, and one before each write by a URN or a name.
fn cost(case: &Case) -> usize {
    let removable = case.makes().filter(|(endpoint, _)| *endpoint != Endpoint::Fields).count();
    let writes = case.exchanges().map(|exchange| &exchange.request).filter(|request| !request.only_reads());
    let looked_up = writes.skip(1).filter(|request| match &request.target {
        Target::Path(_, query) => query.parameter("urn").or(query.parameter("name")).is_some(),
        Target::Follow(_) => false,
    });
    case.exchanges().count() + 2 * removable + looked_up.count()
}

/// Takes cases while they fit: first those with the most new clauses for their requests, then the cheapest. With each
/// come those that it uses.
fn choose(plays: &[Play], possible: &[usize], budget: usize) -> BTreeSet<usize> {
    let by_id: BTreeMap<&str, usize> =
        possible.iter().map(|&index| (plays[index].case.id.as_str(), index)).collect();
    let mut taken = BTreeSet::new();
    let mut clauses: BTreeSet<Clause> = BTreeSet::new();
    let mut left = budget.saturating_sub(PROBE);
    let mut writes = false;
    loop {
        let offers = possible.iter().filter(|index| !taken.contains(*index)).filter_map(|&index| {
            let case = &plays[index].case;
            let used = case.uses.iter().filter_map(|id| by_id.get(id.as_str()).copied());
            let together: BTreeSet<usize> =
                used.chain([index]).filter(|index| !taken.contains(index)).collect();
            let looks = !writes && together.iter().any(|&index| !plays[index].case.only_reads());
            let price: usize = together.iter().map(|&index| cost(&plays[index].case)).sum();
            let price = price + if looks { LOOKS } else { 0 };
            let new: BTreeSet<_> = case.clauses.iter().filter(|clause| !clauses.contains(clause)).collect();
            (price <= left).then_some((together, price, new.len()))
        });
        // More clauses for each request; of equals the cheaper, of these the first in order.
        let best = offers.min_by(|a, b| (b.2 * a.1).cmp(&(a.2 * b.1)).then(a.1.cmp(&b.1)));
        let Some((together, price, _)) = best else { return taken };
        left -= price;
        for index in together {
            writes |= !plays[index].case.only_reads();
            clauses.extend(plays[index].case.clauses.iter().copied());
            taken.insert(index);
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "plan: {}, at most {}, {} of {} clauses",
            counted(self.cases, "case"),
            counted(self.requests, "request"),
            self.clauses.len(),
            Clause::all().count()
        )?;
        for (endpoint, made) in &self.makes {
            let them = if made.len() == 1 { "it" } else { "them" };
            writeln!(f, "  makes {}, and removes {them} again:", counted(made.len(), endpoint.one()))?;
            for (label, id) in made {
                writeln!(f, "    {} ({id})", one_line(label))?;
            }
        }
        if !self.fields.is_empty() {
            writeln!(
                f,
                "  makes {}, where not there yet; the API cannot remove them:",
                counted(self.fields.len(), "field")
            )?;
            self.fields.iter().try_for_each(|label| writeln!(f, "    {label}"))?;
        }
        if self.lent {
            writeln!(f, "  tries to delete the group of --linked-group, which the API must refuse")?;
        }
        for (reason, count) in &self.left_out {
            writeln!(f, "  leaves out {count}: {reason}")?;
        }
        let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (clause, reason) in &self.missing {
            missing.entry(reason.to_string()).or_default().push(clause.to_string());
        }
        for (reason, clauses) in missing {
            writeln!(f, "  does not judge {}: {reason}", clauses.join(", "))?;
        }
        Ok(())
    }
}
