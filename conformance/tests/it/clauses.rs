//! The hand-written cases cover the documented contract.

use std::collections::BTreeSet;
use std::fmt::Write;

use weni_conformance::case::{Case, Clause, Profile};
use weni_conformance::load::load;
use weni_conformance::select::{Filter, select};

use crate::support::{data, fixtures, generated};

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

/// The page that says which cases judge which clause.
#[test]
fn the_coverage_page_is_up_to_date() {
    let cases = hand_written();
    let portable = |case: &&Case| case.portable;
    let beyond = cases.iter().filter(portable).filter(|case| case.clauses.is_empty()).count();
    let mut page = format!(
        "# Which cases judge which clause\n\n\
         Made by a test from `fixtures/cases` (`UPDATE=1 cargo test -p weni-conformance clauses`). Portable cases are safe \
         on a workspace that others use; those under `fresh/` need one of their own, and a mock that gives it. Besides \
         these, {beyond} portable cases are about what the running API does beyond the article.\n\n\
         | clause | promises | cases |\n| --- | --- | --- |\n"
    );
    for clause in Clause::all() {
        let citing: Vec<_> = cases.iter().filter(|case| case.clauses.contains(&clause)).collect();
        assert!(citing.iter().any(|case| case.portable), "no portable case cites {clause}");
        let ids: Vec<_> = citing.iter().map(|case| format!("`{}`", case.id)).collect();
        let text = clause.text().replace('|', "\\|");
        writeln!(page, "| {clause} | {text} | {} |", ids.join(" ")).unwrap();
    }
    assert!(beyond >= 100, "{beyond} portable cases beyond the article");
    generated("COVERAGE.md", &page);
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

/// Entering a group that other people's queries fill moves `modified_on` of a contact made a moment ago.
#[test]
fn no_portable_case_wants_a_contact_unmodified_since_it_was_made() {
    for case in hand_written().into_iter().filter(|case| case.portable) {
        let text = std::fs::read_to_string(&case.source).unwrap();
        let names = |member: &str| -> BTreeSet<String> {
            let before = format!("\"{member}\": {{\"$time\": \"");
            let parts = text.split(&before).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
        };
        // Where the answer may also be the other one, the case knows.
        let knows = |name: &String| text.contains(&format!("\"modified_on\": {{\"$after\": \"{name}\"}}"));
        let (created, modified) = (names("created_on"), names("modified_on"));
        let both: Vec<_> = created.intersection(&modified).filter(|name| !knows(name)).collect();
        assert!(both.is_empty(), "{}: {both:?} is both", case.id);
    }
}
