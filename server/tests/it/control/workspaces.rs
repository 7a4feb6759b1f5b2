//! Workspaces: what they begin with, reset, deleted, and their names.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use weni_mock::MockServer;

use crate::support::{Weni, fresh, shop, text, texts};

#[rstest]
#[tokio::test]
async fn seed_data_in_place() {
    let data = json!({
        "workspace": {"country": "US"},
        "fields": [{"label": "Age", "value_type": "numeric"}],
        "groups": [{"name": "Readers"}, {"name": "Adults", "query": "age >= 18"}],
        "contacts": [{"name": "Ana", "urns": ["ext:1"], "groups": ["Readers"], "fields": {"age": "30"}}],
        "links": [{"kind": "trigger", "group": "Readers", "id": 9}],
    });
    let weni = Weni::with(json!({"data": data})).await;
    let ana = weni.get("contacts?urn=ext%3A1").await.is(200)["results"][0].clone();
    assert_eq!((&ana["name"], &ana["fields"]), (&json!("Ana"), &json!({"age": "30"})));
    let groups = weni.get("groups").await.is(200);
    assert_eq!(texts(&groups, "name"), ["Adults", "Readers"]);
    assert!(
        groups["results"].as_array().is_some_and(|groups| groups.iter().all(|group| group["count"] == 1))
    );
    let readers = text(&groups["results"][1]["uuid"]);
    let refusal = "Group is being used by the following triggers which must be archived first: 9";
    weni.delete(&format!("groups?uuid={readers}")).await.refuses(400, refusal);
}

#[rstest]
#[case::back_to_the_seed(json!({}), 1)]
#[case::to_the_seed_by_name(json!({"to": "seed"}), 1)]
#[case::to_nothing(json!({"to": "empty"}), 0)]
#[tokio::test]
async fn reset(#[case] body: Value, #[case] contacts: usize) {
    let data = json!({"groups": [{"name": "Readers"}], "contacts": [{"name": "Ana", "groups": ["Readers"]}]});
    let weni = Weni::with(json!({"data": data})).await;
    weni.contact(json!({"name": "Bia", "urns": ["ext:1"]})).await;
    weni.delete("contacts?name=Ana").await.is(204);
    weni.group("Writers").await;
    weni.manage(Method::POST, "/reset", body).await.is(204);
    assert_eq!(texts(&weni.get("contacts").await.is(200), "name"), ["Ana"; 1][..contacts]);
    assert_eq!(texts(&weni.get("groups").await.is(200), "name"), ["Readers"; 1][..contacts]);
    assert_eq!(weni.get("contacts?deleted=true").await.is(200)["results"], json!([]));
    // What was there before is free again.
    weni.contact(json!({"urns": ["ext:1"]})).await;
}

#[rstest]
#[tokio::test]
async fn a_reset_to_elsewhere_is_refused(#[future(awt)] fresh: Weni) {
    for body in [json!({"to": "yesterday"}), json!({"too": "empty"})] {
        fresh.manage(Method::POST, "/reset", body).await.is(400);
    }
}

#[rstest]
#[tokio::test]
async fn a_deleted_workspace_is_gone(#[future(awt)] fresh: Weni) {
    let other = fresh.workspace(json!({})).await;
    other.manage(Method::DELETE, "", Value::Null).await.is(204);
    other.get("contacts").await.refuses(403, "Invalid token");
    other.as_role("editor").get("contacts").await.refuses(403, "Invalid token");
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let error = text(
            &fresh.control(method, &format!("workspaces/{}", other.uuid()), json!({})).await.is(404)["error"],
        );
        assert!(error.contains(other.uuid()), "{error}");
    }
    fresh.get("contacts").await.is(200);
}

#[rstest]
#[tokio::test]
async fn default_and_current(#[future(awt)] shop: Weni) {
    let other = shop.workspace(json!({})).await;
    let of = async |weni: &Weni, name: &str| {
        weni.control(Method::GET, &format!("workspaces/{name}"), Value::Null).await.is(200)["uuid"].clone()
    };
    let own = of(&shop, "current").await;
    assert_eq!((&of(&other, "default").await, &of(&shop, "default").await), (&own, &own));
    assert_eq!(of(&other, "current").await, other.identity["uuid"]);
    let stranger = shop.authorized("Token nobody");
    let refused = stranger.control(Method::GET, "workspaces/current", Value::Null).await;
    let error = text(&refused.is(403)["error"]);
    assert!(error.contains("Invalid token"), "{error}");
    shop.control(Method::GET, "workspaces/nowhere", Value::Null).await.is(404);
}

#[rstest]
#[tokio::test]
async fn health(#[future(awt)] shop: Weni) {
    let before = shop.control(Method::GET, "health", Value::Null).await.is(200);
    assert_eq!((&before["ready"], &before["workspaces"]), (&json!(true), &json!(1)));
    assert_eq!(before["version"], env!("CARGO_PKG_VERSION"));
    shop.workspace(json!({})).await;
    shop.delete("contacts?urn=ext%3ACLI-0041").await.is(204);
    shop.group("Another").await;
    let after = shop.control(Method::GET, "health", Value::Null).await.is(200);
    let change = |name: &str| {
        let count = |health: &Value| health["default"][name].as_i64().unwrap_or_else(|| panic!("{health}"));
        count(&after) - count(&before)
    };
    let names = ["contacts", "deleted_contacts", "fields", "groups"];
    assert_eq!((after["workspaces"].as_u64(), names.map(change)), (Some(2), [-1, 1, 0, 1]));
}

/// What the default workspace's data says of that workspace is its own.
#[tokio::test]
async fn a_fresh_one_is_not_anonymous_because_the_first_one_is() {
    let file = std::env::temp_dir().join(format!("weni-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"workspace": {"anon": true, "suspended": true, "country": "RW"}}"#).unwrap();
    let first = Weni::start(MockServer::builder().data(file.to_str().unwrap())).await;
    std::fs::remove_file(&file).unwrap();
    let fresh = first.workspace(json!({})).await;
    let settings = |described: Value| described["settings"].clone();
    let of_first = settings(first.manage(Method::GET, "", Value::Null).await.is(200));
    let of_fresh = settings(fresh.manage(Method::GET, "", Value::Null).await.is(200));
    assert_eq!((&of_first["anon"], &of_first["country"]), (&json!(true), &json!("RW")));
    assert_eq!((&of_fresh["anon"], &of_fresh["suspended"]), (&json!(false), &json!(false)));
    assert_eq!(of_fresh["country"], "BR");
}
