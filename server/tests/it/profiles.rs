//! The two places where the running API departs from its article, in both profiles.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use weni_mock::{DEVIATIONS, MockServer, Profile};

use crate::support::{Answer, Weni, text, texts};

/// A workspace of the profile with the groups "One" and "Two", whose UUIDs come with it.
async fn workspace(profile: &str) -> (Weni, String, String) {
    let weni = Weni::with(json!({"profile": profile})).await;
    let (one, two) = (weni.group("One").await, weni.group("Two").await);
    (weni, one, two)
}

/// The deviations that an answer warns of.
#[track_caller]
fn warned(answer: &Answer) -> Vec<&str> {
    let warnings = answer.headers.get_all("warning").iter().map(|value| value.to_str().expect("text"));
    warnings
        .map(|warning| {
            let known = DEVIATIONS.into_iter().find(|deviation| {
                warning == format!("299 weni-mock \"{}: {}\"", deviation.id(), deviation.sentence())
            });
            known.unwrap_or_else(|| panic!("Warning: {warning}")).id()
        })
        .collect()
}

/// DV1: the `uuid` decides, only where there is none the `name`.
#[rstest]
#[case::by_both(|one: &str| json!({"uuid": one, "name": "One"}), "One")]
#[case::by_uuid(|one: &str| json!({"uuid": one}), "One")]
#[case::uuid_decides(|one: &str| json!({"uuid": one, "name": "Two"}), "One")]
#[case::uuid_decides_over_nonsense(|one: &str| json!({"name": "Nowhere", "uuid": one}), "One")]
#[case::by_name(|_: &str| json!({"name": "two"}), "Two")]
#[case::other_members_mean_nothing(|one: &str| json!({"uuid": one, "count": 3, "query": null}), "One")]
#[tokio::test]
async fn group_objects_are_documented(#[case] object: fn(&str) -> Value, #[case] group: &str) {
    let (weni, one, _) = workspace("documented").await;
    let body = json!({"groups": [object(&one)]});
    let created = weni.post("contacts", body.clone()).await;
    assert_eq!(texts(&created.is(201)["groups"], "name"), [group]);
    assert_eq!(warned(&created), ["DV1"]);
    let path = format!("contacts?uuid={}", text(&weni.contact(json!({"name": "Ana"})).await["uuid"]));
    let updated = weni.post(&path, body).await;
    assert_eq!(texts(&updated.is(200)["groups"], "name"), [group]);
    assert_eq!(warned(&updated), ["DV1"]);
}

#[rstest]
#[case::uuid(json!({"uuid": "11111111-1111-4111-8111-111111111111"}), "11111111-1111-4111-8111-111111111111")]
#[case::uuid_though_the_name_is_known(json!({"uuid": "1", "name": "One"}), "1")]
#[case::name(json!({"name": "Three"}), "Three")]
#[tokio::test]
async fn unknown_group_objects_are_no_objects(#[case] object: Value, #[case] sought: &str) {
    let (weni, ..) = workspace("documented").await;
    let answer = weni.post("contacts", json!({"groups": [object]})).await;
    answer.says(400, json!({"groups": [format!("No such object: {sought}")]}));
}

/// Objects and texts may stand side by side; a contact is in a group once.
#[rstest]
#[tokio::test]
async fn group_objects_beside_texts() {
    let (weni, one, two) = workspace("documented").await;
    let groups = json!([{"uuid": one}, "Two", {"name": "ONE"}, two]);
    let mut names = texts(&weni.contact(json!({"groups": groups})).await["groups"], "name");
    names.sort();
    assert_eq!(names, ["One", "Two"]);
}

#[rstest]
#[tokio::test]
async fn group_objects_are_not_observed() {
    let (weni, one, _) = workspace("observed").await;
    let contact = text(&weni.contact(json!({"groups": [one]})).await["uuid"]);
    for path in ["contacts".to_owned(), format!("contacts?uuid={contact}")] {
        let answer = weni.post(&path, json!({"groups": [{"name": "Two", "uuid": one}]})).await;
        answer.says(400, json!({"groups": ["Must be a string or integer"]}));
        assert_eq!(warned(&answer), [""; 0]);
    }
    let contacts = weni.get("contacts").await.is(200);
    assert_eq!(texts(&contacts["results"][0]["groups"], "name"), ["One"], "nothing has changed");
}

/// DV2: only a repeated `DELETE ?uuid=` differs.
#[rstest]
#[case::documented("documented", 404, &["DV2"])]
#[case::observed("observed", 204, &[])]
#[tokio::test]
async fn a_repeated_delete(#[case] profile: &str, #[case] status: u16, #[case] warnings: &[&str]) {
    let (weni, ..) = workspace(profile).await;
    let contact = weni.contact(json!({"urns": ["ext:1"]})).await;
    let path = format!("contacts?uuid={}", text(&contact["uuid"]));
    let first = weni.delete(&path).await;
    assert_eq!((first.status, warned(&first)), (204, vec![]));
    for _ in 0..2 {
        let again = weni.delete(&path).await;
        assert_eq!((again.status, warned(&again)), (status, warnings.to_vec()), "{}", again.body);
    }
    let deleted = weni.get("contacts?deleted=true").await.is(200)["results"][0].clone();
    assert_eq!(deleted["uuid"], contact["uuid"]);
}

/// What was never there is not found in either.
#[rstest]
#[case::uuid("contacts?uuid=11111111-1111-4111-8111-111111111111")]
#[case::no_uuid("contacts?uuid=1")]
#[case::urn("contacts?urn=ext%3A1")]
#[case::name("contacts?name=Ana")]
#[tokio::test]
async fn a_delete_of_nobody(#[case] path: &str, #[values("documented", "observed")] profile: &str) {
    let (weni, ..) = workspace(profile).await;
    let answer = weni.delete(path).await;
    answer.refuses(404, "Not found.");
    assert_eq!(warned(&answer), [""; 0]);
}

#[rstest]
#[tokio::test]
async fn ordinary_answers_warn_of_nothing() {
    let (weni, one, _) = workspace("documented").await;
    let created =
        weni.post("contacts", json!({"name": "Ana", "groups": [one, "two"], "urns": ["ext:1"]})).await;
    assert_eq!((created.status, warned(&created)), (201, vec![]));
    for answer in [weni.get("contacts").await, weni.delete("contacts?urn=ext%3A1").await] {
        assert_eq!(warned(&answer), [""; 0]);
    }
}

#[rstest]
#[tokio::test]
async fn a_workspace_can_change_its_profile() {
    let (weni, one, _) = workspace("documented").await;
    let body = json!({"groups": [{"uuid": one}]});
    weni.post("contacts", body.clone()).await.is(201);
    weni.manage(Method::PATCH, "", json!({"profile": "observed"})).await.is(200);
    weni.post("contacts", body).await.is(400);
}

#[rstest]
#[case(Profile::Documented, 201)]
#[case(Profile::Observed, 400)]
#[tokio::test]
async fn the_profile_of_a_mock(#[case] profile: Profile, #[case] status: u16) {
    let weni = Weni::start(MockServer::builder().profile(profile)).await;
    let groups = json!([{"name": "Devs", "uuid": "6685e933-26e1-4363-a468-8f7268ab63a9"}]);
    assert_eq!(weni.post("contacts", json!({"groups": groups})).await.status, status);
}
