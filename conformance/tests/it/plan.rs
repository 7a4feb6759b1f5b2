//! Plans: what fits into a budget, what it makes, what is left out.

use std::collections::BTreeSet;

use rstest::rstest;
use weni_conformance::case::{Case, Clause, Need};
use weni_conformance::client::Endpoint;
use weni_conformance::load;
use weni_conformance::mark::RunId;
use weni_conformance::plan::Plan;
use weni_conformance::run::Play;
use weni_conformance::select::select;
use weni_conformance::verdict::SkipReason;

use crate::support::fixtures;

fn portable() -> Vec<Play> {
    let plays = select(load::load(&[fixtures().join("cases")]).unwrap(), &[], None);
    plays.into_iter().filter(|play| play.case.portable).collect()
}

/// A server off this machine, of which nothing is known but its token.
fn hosted(case: &Case) -> Option<SkipReason> {
    let control: BTreeSet<Need> = case.required().into_iter().filter(|need| need.is_control()).collect();
    if !control.is_empty() {
        return Some(SkipReason::NoControl(control));
    }
    let others = case.needs.iter().any(|need| matches!(need, Need::OtherUrns | Need::LinkedGroup));
    (others || case.roles().len() > 1).then_some(SkipReason::OtherUrns)
}

fn plan(budget: Option<usize>) -> Plan {
    Plan::new(&RunId::new(), portable(), hosted, budget)
}

#[rstest]
fn a_budget_is_kept_and_more_of_it_covers_no_less(
    #[values(0, 5, 20, 60, 100, 200, 300, 500, 10_000)] budget: usize,
) {
    let (smaller, larger) = (plan(Some(budget)), plan(Some(budget + 40)));
    assert!(smaller.requests <= budget.max(4), "{} of {budget}", smaller.requests);
    assert!(smaller.clauses.len() <= larger.clauses.len());
    let left_out = smaller.plays.iter().filter(|play| matches!(play.skip, Some(SkipReason::Budget))).count();
    let impossible = portable().iter().filter(|play| hosted(&play.case).is_some()).count();
    assert_eq!(smaller.cases + left_out + impossible, portable().len());
}

/// Only G7 takes a group that something uses.
#[test]
fn three_hundred_requests_cover_what_can_be_covered_without_a_mock() {
    let plan = plan(Some(300));
    let missing: Vec<_> = Clause::all().filter(|clause| !plan.clauses.contains(clause)).collect();
    assert_eq!(missing.iter().map(Clause::to_string).collect::<Vec<_>>(), ["G7"]);
    assert_eq!(plan.missing.keys().collect::<Vec<_>>(), missing.iter().collect::<Vec<_>>());
}

#[test]
fn what_a_case_uses_comes_with_it() {
    for budget in [10, 20, 40, 80, 160] {
        let plan = plan(Some(budget));
        let taken: BTreeSet<&str> =
            plan.plays.iter().filter(|play| play.skip.is_none()).map(|play| play.case.id.as_str()).collect();
        for play in plan.plays.iter().filter(|play| taken.contains(play.case.id.as_str())) {
            assert!(play.case.uses.iter().all(|used| taken.contains(used.as_str())), "{}", play.case.id);
        }
    }
}

#[test]
fn it_names_what_is_made_and_what_stays() {
    let plan = plan(None);
    let labels: Vec<_> =
        plan.fields.iter().filter(|label| label.starts_with("Weni conformance - ")).collect();
    assert_eq!(labels.len(), 4, "{:?}", plan.fields);
    for endpoint in [Endpoint::Contacts, Endpoint::Groups] {
        let marked = |(label, _): &(String, String)| RunId::find(label).is_some();
        let unmarked: Vec<_> = plan.makes[&endpoint].iter().filter(|made| !marked(made)).collect();
        assert!(unmarked.len() < 5, "{unmarked:?}");
    }
    let told = plan.to_string();
    assert!(told.starts_with("plan: ") && told.contains("does not judge G7: "), "{told}");
}
