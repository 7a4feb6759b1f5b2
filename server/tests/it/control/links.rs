//! What uses a group keeps it from being deleted (G7).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Weni, fresh, text};

/// Links a group and returns the identifier, as a refusal shows it.
async fn link(weni: &Weni, kind: &str, group: &str) -> String {
    let id = weni.manage(Method::POST, "/links", json!({"kind": kind, "group": group})).await.is(201)["id"]
        .clone();
    assert_eq!(id.is_number(), kind == "trigger", "{kind}: {id}");
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

async fn archive(weni: &Weni, id: &str) -> u16 {
    weni.manage(Method::DELETE, &format!("/links/{id}"), Value::Null).await.status
}

fn refusal(kinds: &str, ids: &[&str]) -> String {
    let ids = ids.join(", ");
    format!("Group is being used by the following {kinds} which must be archived first: {ids}")
}

#[rstest]
#[case("campaign", "campaigns")]
#[case("trigger", "triggers")]
#[tokio::test]
async fn an_archived_link_lets_the_group_go(
    #[future(awt)] fresh: Weni,
    #[case] kind: &str,
    #[case] kinds: &str,
) {
    let group = fresh.group("Used").await;
    let path = format!("groups?uuid={group}");
    let id = link(&fresh, kind, &group).await;
    fresh.delete(&path).await.refuses(400, &refusal(kinds, &[&id]));
    assert_eq!(archive(&fresh, &id).await, 204);
    fresh.delete(&path).await.is(204);
}

/// An archived flow still holds the group; archived again, it is deleted.
#[rstest]
#[tokio::test]
async fn only_a_deleted_flow_lets_the_group_go(#[future(awt)] fresh: Weni) {
    let group = fresh.group("Used").await;
    let path = format!("groups?uuid={group}");
    let id = link(&fresh, "flow", &group).await;
    for _ in 0..2 {
        fresh.delete(&path).await.refuses(400, &refusal("flows", &[&id]));
        assert_eq!(archive(&fresh, &id).await, 204);
    }
    fresh.delete(&path).await.is(204);
    assert_eq!(archive(&fresh, &id).await, 404);
}

/// Triggers first, then flows, then campaigns; of a kind the newest first.
#[rstest]
#[tokio::test]
async fn a_refusal_names_one_kind(#[future(awt)] fresh: Weni) {
    let group = fresh.group("Used").await;
    let path = format!("groups?uuid={group}");
    for (kind, kinds) in [("campaign", "campaigns"), ("flow", "flows"), ("trigger", "triggers")] {
        let (older, newer) = (link(&fresh, kind, &group).await, link(&fresh, kind, &group).await);
        fresh.delete(&path).await.refuses(400, &refusal(kinds, &[&newer, &older]));
    }
    let other = fresh.group("Free").await;
    fresh.delete(&format!("groups?uuid={other}")).await.is(204);
}

/// In use it can still be renamed.
#[rstest]
#[tokio::test]
async fn a_used_group_can_be_renamed(#[future(awt)] fresh: Weni) {
    let group = fresh.group("Used").await;
    link(&fresh, "flow", &group).await;
    let renamed = fresh.post(&format!("groups?uuid={group}"), json!({"name": "Still used"})).await.is(200);
    assert_eq!(renamed["name"], "Still used");
}

#[rstest]
#[case::kind(json!({"kind": "label", "group": "GROUP"}), 400, "label")]
#[case::no_kind(json!({"group": "GROUP"}), 400, "kind")]
#[case::no_group(json!({"kind": "flow"}), 400, "group")]
#[case::unknown_group(json!({"kind": "flow", "group": "nowhere"}), 404, "nowhere")]
#[case::member(json!({"kind": "flow", "group": "GROUP", "name": "x"}), 400, "name")]
#[tokio::test]
async fn a_wrong_link_is_named(
    #[future(awt)] fresh: Weni,
    #[case] body: Value,
    #[case] status: u16,
    #[case] named: &str,
) {
    let group = fresh.group("Used").await;
    let body = serde_json::from_str(&body.to_string().replace("GROUP", &group)).expect("a body");
    let error = text(&fresh.manage(Method::POST, "/links", body).await.is(status)["error"]);
    assert!(error.contains(named), "{error}");
    fresh.delete(&format!("groups?uuid={group}")).await.is(204);
}
