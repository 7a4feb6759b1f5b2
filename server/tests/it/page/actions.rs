//! What forms do, and what can be taken away from the page: seed data, a case.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::busy;
use crate::support::{Weni, fresh, shop, texts};

#[rstest]
#[tokio::test]
async fn people_block_a_contact(#[future(awt)] fresh: Weni) {
    let contact = fresh.contact(json!({"urns": ["ext:1"]})).await;
    let uuid = contact["uuid"].as_str().expect("a UUID");
    let path = format!("contacts/{uuid}/status?{}", fresh.named());
    fresh.submit(&path, &[("status", "blocked")]).await.shows("blocked");
    assert_eq!(fresh.get("contacts").await.is(200)["results"][0]["blocked"], true);
    fresh.submit(&path, &[("status", "active")]).await.shows("Done.");
    assert_eq!(fresh.get("contacts").await.is(200)["results"][0]["blocked"], false);
    let nobody = format!("contacts/11111111-1111-4111-8111-111111111111/status?{}", fresh.named());
    fresh.submit(&nobody, &[("status", "blocked")]).await.shows("That was not done");
}

#[rstest]
#[tokio::test]
async fn a_group_that_is_linked_cannot_be_deleted_until_the_link_goes(#[future(awt)] fresh: Weni) {
    let group = fresh.group("VIP").await;
    let links = format!("links?{}", fresh.named());
    fresh.submit(&links, &[("kind", "flow"), ("group", &group)]).await.shows("flow");
    let refused = fresh.delete(&format!("groups?uuid={group}")).await.is(400);
    let detail = refused["detail"].as_str().expect("a detail");
    let link = detail.rsplit(' ').next().expect("the flow");
    let of_link = format!("links/{link}?{}", fresh.named());
    fresh.submit(&of_link, &[]).await.shows("archived");
    fresh.submit(&of_link, &[]).await.shows("nothing: it can be deleted");
    assert_eq!(fresh.delete(&format!("groups?uuid={group}")).await.status, 204);
    fresh.submit(&links, &[("kind", "flow"), ("group", &group)]).await.shows("That was not done");
}

#[rstest]
#[tokio::test]
async fn faults_go_on_and_off(#[future(awt)] fresh: Weni) {
    let faults = format!("faults?{}", fresh.named());
    fresh.submit(&faults, &[("preset", "outage")]).await.shows("<b>outage</b>");
    assert_eq!(fresh.get("groups").await.status, 503);
    fresh.view(&format!("__mock/page/{faults}")).await.shows("met 1 of 1 requests");
    fresh
        .view(&format!("?{}", fresh.named()))
        .await
        .shows("fault outage (status), in place of what was asked");
    fresh
        .submit(&format!("faults/outage/remove?{}", fresh.named()), &[])
        .await
        .shows("None: everything works.");
    fresh.get("groups").await.is(200);
    let own = [("json", "{\"fault\": {\"kind\": \"status\", \"status\": 500}}")];
    fresh.submit(&faults, &own).await.shows("Turn fault-2 off");
    assert_eq!(fresh.get("groups").await.status, 500);
    fresh.submit(&format!("faults/clear?{}", fresh.named()), &[]).await.shows("None: everything works.");
    let wrong = fresh.submit(&faults, &[("json", "{\"fault\": 5}")]).await;
    wrong.shows("That was not done");
    wrong.shows("{&quot;fault&quot;: 5}</textarea>");
}

#[rstest]
#[tokio::test]
async fn a_request_is_sent_again() {
    let weni = busy().await;
    let again = weni.submit(&format!("entries/1/again?{}", weni.named()), &[]).await;
    again.shows("Done.");
    again.shows("URN belongs to another contact: whatsapp:5582985550101");
    let journal = weni.manage(Method::GET, "/journal", Value::Null).await.is(200);
    let entries = journal["entries"].as_array().expect("entries");
    assert_eq!((entries.len(), &entries[3]["response"]["status"]), (4, &json!(400)));
    assert_eq!(entries[3]["request"]["body"], entries[0]["request"]["body"]);
    weni.manage(Method::POST, "/journal/2/again", Value::Null).await.is(204);
    weni.manage(Method::POST, "/journal/99/again", Value::Null).await.is(404);
}

#[rstest]
#[tokio::test]
async fn the_journal_is_cleared() {
    let weni = busy().await;
    weni.submit(&format!("journal/clear?{}", weni.named()), &[]).await.shows("No request yet.");
    let journal = weni.manage(Method::GET, "/journal", Value::Null).await.is(200);
    assert_eq!(journal, json!({"entries": [], "dropped": 0}));
}

/// What is exported is read again, and then holds the same.
#[rstest]
#[case::the_shop("shop")]
#[tokio::test]
async fn a_workspace_is_exported_as_seed_data(#[future(awt)] shop: Weni, #[case] data: &str) {
    let first = shop.workspace(json!({"data": data, "profile": "observed", "country": "BR"})).await;
    let devs = "6685e933-26e1-4363-a468-8f7268ab63a9";
    let contact = first
        .contact(json!({"name": "Maria", "urns": ["tel:11991234567", "ext:1#Maria"], "groups": [devs],
        "fields": {"nickname": "M", "total_spent": "many"}}))
        .await;
    let status = format!("/contacts/{}/status", contact["uuid"].as_str().expect("a UUID"));
    first.manage(Method::PUT, &status, json!({"status": "blocked"})).await.is(204);
    first.manage(Method::POST, "/links", json!({"kind": "trigger", "group": devs})).await.is(201);
    let mut seed = first.manage(Method::GET, "/seed.json", Value::Null).await.is(200);
    assert_eq!(seed["workspace"]["uuid"], first.identity["uuid"]);
    seed["workspace"].as_object_mut().expect("settings").remove("uuid");
    let second = first.workspace(json!({"data": seed, "profile": "observed", "country": "BR"})).await;
    let again = second.manage(Method::GET, "/seed.json", Value::Null).await.is(200);
    for member in ["fields", "groups", "contacts", "links"] {
        assert_eq!(again[member], seed[member], "{member}");
    }
    for list in ["contacts?limit=1000", "groups", "fields"] {
        let (mut one, mut other) = (first.get(list).await.is(200), second.get(list).await.is(200));
        for lists in [&mut one, &mut other] {
            sort_groups(lists);
        }
        assert_eq!(one, other, "{list}");
    }
    let refused = second.delete(&format!("groups?uuid={devs}")).await.is(400);
    assert_eq!(refused["detail"], first.delete(&format!("groups?uuid={devs}")).await.is(400)["detail"]);
}

/// The order of a contact's groups is not promised.
fn sort_groups(list: &mut Value) {
    for item in list["results"].as_array_mut().into_iter().flatten() {
        if let Some(groups) = item["groups"].as_array_mut() {
            groups.sort_by_key(|group| group["uuid"].to_string());
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_request_becomes_a_case() {
    let weni = busy().await;
    let case = weni.manage(Method::GET, "/journal/1/case.json", Value::Null).await.is(200);
    assert_eq!(case["id"], "journal/request-1");
    assert_eq!(case["workspace"], json!({"country": "BR"}));
    let step = &case["steps"][0];
    let body = json!({"name": "Maria", "urns": ["whatsapp:5582985550101"]});
    assert_eq!(step["request"], json!({"method": "POST", "path": "/api/v2/contacts.json", "json": body}));
    assert_eq!(
        (&step["response"]["status"], &step["response"]["json"]["uuid"]),
        (&json!(201), &json!({"$uuid": "u1"}))
    );
    let time = json!({"$time": "t1"});
    let json = &step["response"]["json"];
    assert_eq!((&json["created_on"], &json["modified_on"]), (&time, &time));
    weni.manage(Method::GET, "/journal/99/case.json", Value::Null).await.is(404);
}

#[rstest]
#[tokio::test]
async fn workspaces_are_listed(#[future(awt)] shop: Weni) {
    let other = shop.workspace(json!({})).await;
    other.group("VIP").await;
    let listed = shop.control(Method::GET, "workspaces", Value::Null).await.is(200);
    let uuids = texts(&listed["workspaces"], "uuid");
    assert_eq!((uuids.len(), uuids.contains(&other.uuid().to_owned())), (2, true));
}
