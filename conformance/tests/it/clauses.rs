//! The hand-written cases cover the documented contract.

use std::collections::BTreeSet;

use weni_conformance::case::{Case, Clause, Profile};
use weni_conformance::load::load;
use weni_conformance::select::{Filter, select};

use crate::support::{data, fixtures};

fn hand_written() -> Vec<Case> {
    load(&[fixtures().join("cases")]).unwrap()
}

#[test]
fn there_are_31_clauses() {
    let clauses: Vec<_> = Clause::all().map(|clause| clause.to_string()).collect();
    assert_eq!(
        (clauses.len(), clauses.first().unwrap().as_str(), clauses.last().unwrap().as_str()),
        (31, "C1", "G7")
    );
}

/// In both profiles, so that none is covered by a deviation alone.
#[test]
fn every_clause_is_cited_by_a_case_in_each_profile() {
    for profile in [Profile::Documented, Profile::Observed] {
        let cited: BTreeSet<Clause> = hand_written()
            .iter()
            .filter(|case| case.profiles.contains(&profile))
            .flat_map(|case| case.clauses.clone())
            .collect();
        let missing: Vec<_> = Clause::all().filter(|clause| !cited.contains(clause)).collect();
        assert!(missing.is_empty(), "no case in the profile {profile} cites {missing:?}");
    }
}

#[test]
fn every_case_has_a_title_and_the_id_of_its_path() {
    for case in hand_written() {
        assert!(case.title.is_some(), "{}", case.id);
        assert!(case.source.ends_with(format!("{}.json", case.id)), "{}", case.id);
    }
}

#[test]
fn ids_and_clauses_select() {
    let ids = |filters: &[&str], profile| {
        let filters: Vec<Filter> = filters.iter().map(|text| text.parse().unwrap()).collect();
        let cases = load(&[data("complete.json"), data("duplicates/a.json")]).unwrap();
        select(cases, &filters, profile)
            .into_iter()
            .map(|play| (play.case.id.clone(), play.profile))
            .collect::<Vec<_>>()
    };
    let (complete, same) = ("test/complete".to_owned(), "same".to_owned());
    let (documented, observed) = (Profile::Documented, Profile::Observed);
    assert_eq!(ids(&[], None), [(complete.clone(), documented), (same.clone(), observed)]);
    assert_eq!(ids(&["test/"], None), [(complete.clone(), documented)]);
    assert_eq!(ids(&["c12"], None), [(complete.clone(), documented)]);
    assert_eq!(ids(&["G7", "sam"], None), [(complete.clone(), documented), (same, observed)]);
    assert_eq!(ids(&[], Some(Profile::Documented)), [(complete, Profile::Documented)]);
    assert_eq!(ids(&["C1"], None), []);
}
