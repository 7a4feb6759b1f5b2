//! Loading: what is taken, and how mistakes are told.

use std::path::PathBuf;

use rstest::rstest;
use weni_conformance::case::{Actor, Clause, Need, Profile, Role};
use weni_conformance::load::{self, LoadError, checkout, load};

use crate::support::{data, fixtures};

/// The message for a file of test data, without the folder in front.
#[track_caller]
fn problem(name: &str) -> String {
    let error = load(&[data(name)]).unwrap_err().to_string();
    error.replace(&format!("{}/", data("").display()).replace("//", "/"), "")
}

#[rstest]
#[case("not-json.json", "not-json.json:3:13: a value is expected here")]
#[case("cut-off.json", "cut-off.json:4:1: the text ends in the middle of a list")]
#[case("unknown-member.json", "unknown-member.json:3:9: there is no member `titel`: did you mean `title`?")]
#[case(
    "unknown-step-member.json",
    "unknown-step-member.json:6:38: step 2: there is no member `jsn`: did you mean `json`?"
)]
#[case(
    "unknown-clause.json",
    "unknown-clause.json:3:26: unknown clause `C20`: the contract has C1 to C19, F1 to F5 and G1 to G7"
)]
#[case(
    "unknown-profile.json",
    "unknown-profile.json:3:26: there is no `documentd`: did you mean `documented`?"
)]
#[case(
    "unknown-setting.json",
    "unknown-setting.json:3:24: there is no member `county`: did you mean `country`?"
)]
#[case(
    "unknown-role.json",
    "unknown-role.json:4:81: step 1: unknown role `admin`: `as` is one of administrator, editor, surveyor, viewer, \
     agent, none, bad, or begins with raw:"
)]
#[case(
    "unknown-marker.json",
    "unknown-marker.json:6:64: step 1: unknown marker `$uid`: the markers are $uuid, $time, $url, $text, $prefix, $any, \
     $type, $after, $contains, $each, $members, $some, $none, $order, $one_of"
)]
#[case(
    "marker-not-alone.json",
    "marker-not-alone.json:6:80: step 1: marker `$uuid` must be alone in its object"
)]
#[case(
    "bad-id.json",
    "bad-id.json:1:1: `../outside` is no id: letters, digits, `-`, `.` and `_`, in parts joined by `/` that begin with a \
     letter or digit, such as contacts/upsert"
)]
#[case("no-response.json", "no-response.json:4:5: step 1: a `request` needs a `response`")]
#[case("two-bodies.json", "two-bodies.json:5:93: step 1: a request has `json` or `raw`, not both")]
#[case("no-path.json", "no-path.json:4:33: step 1: a request has either `path` or `follow`")]
#[case(
    "no-save.json",
    "no-save.json:5:5: step 2: `link` and `smart` need `save`: the name that later steps use"
)]
#[case(
    "two-in-one-step.json",
    "two-in-one-step.json:5:5: step 2: a step is `request` with `response`, or one of `link`, `unlink`, `smart`, `status`"
)]
#[case(
    "unbound-name.json",
    "unbound-name.json:8:5: step 2: request: no answer or step before binds `jonh`; bound so far: OWN, \
     digits, john, linked_group, nobody, own"
)]
#[case(
    "unbound-link.json",
    "unbound-link.json:4:5: step 1: request: no answer or step before binds `next`; bound so far: OWN, \
     digits, linked_group, nobody, own"
)]
#[case(
    "idle-save.json",
    "idle-save.json:4:5: step 1: `save` belongs to `link` and `smart`; answers bind names with $uuid, $time and $url"
)]
#[case("no-exchange.json", "no-exchange.json:1:1: no step is a `request`, so nothing would be judged")]
#[case("no-profile.json", "no-profile.json:1:1: `profiles` is empty, so the case would never be played")]
#[case("impossible-status.json", "impossible-status.json:4:5: step 1: response: no HTTP status is 20")]
fn mistakes_are_told_with_their_place(#[case] file: &str, #[case] message: &str) {
    assert_eq!(problem(file), message);
}

#[test]
fn a_missing_file_is_told_by_name() {
    assert!(problem("absent.json").starts_with("absent.json: No such file"));
}

#[test]
fn two_cases_of_one_id_are_refused_with_both_files() {
    let error = load(&[data("duplicates")]).unwrap_err();
    let LoadError::Duplicate { id, path, first } = error else { panic!("{error}") };
    assert_eq!((id.as_str(), first, path), ("same", data("duplicates/a.json"), data("duplicates/b/c.json")));
}

#[test]
fn a_folder_without_cases_is_refused() {
    let empty = fixtures().join("../conformance/src");
    assert!(matches!(load(&[empty]), Err(LoadError::Empty { .. })));
}

#[test]
fn a_hand_written_case_keeps_all_that_it_says() {
    let cases = load(&[data("complete.json")]).unwrap();
    let [case] = cases.as_slice() else { panic!("one case") };
    assert_eq!(case.id, "test/complete");
    assert_eq!(case.title.as_deref(), Some("Everything that a case may say"));
    assert_eq!(case.clauses.iter().map(Clause::to_string).collect::<Vec<_>>(), ["C12", "G7"]);
    assert_eq!(case.profiles.iter().copied().collect::<Vec<_>>(), [Profile::Observed, Profile::Documented]);
    assert_eq!(case.required().into_iter().collect::<Vec<_>>(), [Need::Workspace, Need::Links, Need::Status]);
    assert_eq!(case.roles().into_iter().collect::<Vec<_>>(), [Role::Administrator, Role::Viewer]);
    assert_eq!(case.exchanges().count(), 4);
    assert_eq!(case.steps.len(), 8);
    assert!(case.exchanges().any(|exchange| exchange.request.actor == Actor::Nobody));
}

#[test]
fn a_case_that_names_no_profile_is_a_recording_of_the_running_api() {
    let case = load::parse(
        &PathBuf::from("x.json"),
        r#"{"id": "x", "steps": [{"request": {"path": "/"}, "response": {"status": 404}}]}"#,
    )
    .unwrap();
    assert_eq!(case.profiles.into_iter().collect::<Vec<_>>(), [Profile::Observed]);
    assert_eq!(case.workspace, None);
}

#[test]
fn recordings_and_hand_written_cases_load_together() {
    let both = load(&[fixtures().join("cases"), fixtures().join("recorded")]).unwrap();
    assert!(both.len() > 213);
}

#[test]
fn every_recording_loads_as_it_is() {
    let cases = load(&[fixtures().join("recorded")]).unwrap();
    let exchanges: usize = cases.iter().map(|case| case.exchanges().count()).sum();
    assert_eq!((cases.len(), exchanges), (213, 8418));
}

#[test]
fn the_checkout_is_found_from_any_folder_in_it() {
    let folders = checkout(&fixtures().join("../conformance/src").canonicalize().unwrap()).unwrap();
    assert_eq!(
        folders.iter().map(|folder| folder.file_name().unwrap()).collect::<Vec<_>>(),
        ["cases", "recorded"]
    );
    assert_eq!(checkout(&PathBuf::from("/")), None);
}
