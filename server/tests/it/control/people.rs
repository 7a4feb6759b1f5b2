//! What people do in the web interface: query-based groups and the status of contacts.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Weni, fresh, text, texts};

async fn smart_group(weni: &Weni, name: &str, query: &str) -> String {
    let body = json!({"name": name, "query": query});
    text(&weni.manage(Method::POST, "/smart-groups", body).await.is(201)["uuid"])
}

async fn set_status(weni: &Weni, contact: &str, status: &str) -> u16 {
    weni.manage(Method::PUT, &format!("/contacts/{contact}/status"), json!({"status": status})).await.status
}

/// Who belongs is there at once, and comes and goes with every write.
#[rstest]
#[tokio::test]
async fn a_smart_group_follows_its_query(#[future(awt)] fresh: Weni) {
    fresh.field("Age", "numeric").await;
    let ana = text(&fresh.contact(json!({"name": "Ana", "fields": {"age": "30"}})).await["uuid"]);
    fresh.contact(json!({"name": "Bia", "fields": {"age": "12"}})).await;
    let group = smart_group(&fresh, "Adults", "age >= 18 AND name ~ a").await;
    let names = || async { texts(&fresh.get("contacts?group=Adults").await.is(200), "name") };
    assert_eq!(names().await, ["Ana"]);
    fresh.post("contacts?name=Bia", json!({"fields": {"age": "18"}})).await.is(200);
    assert_eq!(names().await, ["Bia", "Ana"]);
    fresh.post(&format!("contacts?uuid={ana}"), json!({"fields": {"age": null}})).await.is(200);
    assert_eq!(names().await, ["Bia"]);
    let shown = fresh.get(&format!("groups?uuid={group}")).await.is(200)["results"][0].clone();
    assert_eq!((&shown["query"], &shown["count"]), (&json!("age >= 18 AND name ~ a"), &json!(1)));
    let refusal = json!({"groups": ["Contact group must not be dynamic: Adults"]});
    fresh.post("contacts", json!({"groups": ["Adults"]})).await.says(400, refusal);
}

/// Who belongs to a query.
#[rstest]
#[case("age = 30", &["Ana"])]
#[case("age != 30", &["Bia", "Caio"])]
#[case("age > 12", &["Ana"])]
#[case("age >= 12", &["Ana", "Bia"])]
#[case("age < 30", &["Bia"])]
#[case("age <= 30", &["Ana", "Bia"])]
#[case("fields.age = 12", &["Bia"])]
#[case("age = \"\"", &["Caio"])]
#[case("age != \"\"", &["Ana", "Bia"])]
#[case("name = ana", &["Ana"])]
#[case("name ~ \"ai\"", &["Caio"])]
#[case("language = por", &["Ana", "Caio"])]
#[case("language = por AND age > 1", &["Ana"])]
#[case("language = eng OR age > 12", &["Ana", "Bia"])]
#[case("name = bia OR language = por AND age = \"\"", &["Bia", "Caio"])]
#[case("(name = bia OR language = por) AND age = \"\"", &["Caio"])]
#[tokio::test]
async fn queries(#[future(awt)] fresh: Weni, #[case] query: &str, #[case] members: &[&str]) {
    fresh.field("Age", "numeric").await;
    fresh.contact(json!({"name": "Caio", "language": "por"})).await;
    fresh.contact(json!({"name": "Bia", "language": "eng", "fields": {"age": "12"}})).await;
    fresh.contact(json!({"name": "Ana", "language": "por", "fields": {"age": "30"}})).await;
    let group = smart_group(&fresh, "Found", query).await;
    let listed = fresh.get(&format!("contacts?group={group}")).await.is(200);
    let mut names = texts(&listed, "name");
    names.sort();
    assert_eq!(names, members);
}

#[rstest]
#[case::nothing("", "expected a comparison")]
#[case::unknown_field("height > 2", "height")]
#[case::no_operator("age 18", "age")]
#[case::no_value("age >", "age")]
#[case::two_operators("age > = 18", "age")]
#[case::open("(age > 18", "parenthesis")]
#[case::close("age > 18)", "did not expect")]
#[case::quote("name = \"Ana", "")]
#[case::joined_to_nothing("age > 18 AND", "expected")]
#[case::deep(&"(".repeat(5000), "parentheses")]
#[tokio::test]
async fn a_bad_query_is_explained(#[future(awt)] fresh: Weni, #[case] query: &str, #[case] says: &str) {
    fresh.field("Age", "numeric").await;
    let refused = fresh.manage(Method::POST, "/smart-groups", json!({"name": "Bad", "query": query})).await;
    let error = text(&refused.is(400)["error"]);
    assert!(error.starts_with("query: ") && error.contains(says), "{error}");
    assert_eq!(fresh.get("groups").await.is(200)["results"], json!([]));
}

#[rstest]
#[case(json!({"name": "", "query": "name = a"}), "name")]
#[case(json!({"name": "used", "query": "name = a"}), "unique")]
#[case(json!({"name": "+x", "query": "name = a"}), "illegal")]
#[case(json!({"name": "A"}), "query")]
#[case(json!({"name": "A", "query": "name = a", "count": 1}), "count")]
#[tokio::test]
async fn a_bad_smart_group_is_explained(#[future(awt)] fresh: Weni, #[case] body: Value, #[case] says: &str) {
    fresh.group("Used").await;
    let error = text(&fresh.manage(Method::POST, "/smart-groups", body).await.is(400)["error"]);
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case("active", false, false)]
#[case("blocked", true, false)]
#[case("stopped", false, true)]
#[case("archived", false, false)]
#[tokio::test]
async fn a_status_shows(
    #[future(awt)] fresh: Weni,
    #[case] status: &str,
    #[case] blocked: bool,
    #[case] stopped: bool,
) {
    fresh.group("Members").await;
    smart_group(&fresh, "All", "name ~ a").await;
    let before = fresh.contact(json!({"name": "Ana", "urns": ["ext:1"], "groups": ["Members"]})).await;
    let uuid = text(&before["uuid"]);
    assert_eq!(set_status(&fresh, &uuid, status).await, 204);
    let after = fresh.get(&format!("contacts?uuid={uuid}")).await.is(200)["results"][0].clone();
    assert_eq!((&after["blocked"], &after["stopped"]), (&json!(blocked), &json!(stopped)));
    assert_eq!((&after["name"], &after["urns"]), (&before["name"], &before["urns"]));
    let changed = status != "active";
    assert_eq!(text(&after["modified_on"]) > text(&before["modified_on"]), changed);
    assert_eq!(after["groups"] == json!([]), changed);
    // Back again: the groups that follow a query come back, the others do not.
    assert_eq!(set_status(&fresh, &uuid, "active").await, 204);
    let back = fresh.get(&format!("contacts?uuid={uuid}")).await.is(200)["results"][0].clone();
    assert_eq!((&back["blocked"], &back["stopped"]), (&json!(false), &json!(false)));
    let mut groups = texts(&back["groups"], "name");
    groups.sort();
    assert_eq!(groups, ["All", "Members"][..if changed { 1 } else { 2 }]);
}

#[rstest]
#[tokio::test]
async fn a_status_of_nobody_or_nothing(#[future(awt)] fresh: Weni) {
    let uuid = text(&fresh.contact(json!({"urns": ["ext:1"]})).await["uuid"]);
    assert_eq!(set_status(&fresh, &uuid, "deleted").await, 400);
    assert_eq!(set_status(&fresh, &uuid, "Blocked").await, 400);
    assert_eq!(set_status(&fresh, "nobody", "blocked").await, 404);
    assert_eq!(set_status(&fresh, "11111111-1111-4111-8111-111111111111", "blocked").await, 404);
    fresh.delete("contacts?urn=ext%3A1").await.is(204);
    assert_eq!(set_status(&fresh, &uuid, "blocked").await, 404);
}
