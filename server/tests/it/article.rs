//! The article's examples, in its order, as they stand there: in the default workspace, with the default token and
//! the article's own UUIDs.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Weni, members, send, shop, text, texts};

/// The token that people paste from the documentation.
const TOKEN: &str = "77656e692d6d6f636b2d746f6b656e2d30303031";

const DEVS: &str = "6685e933-26e1-4363-a468-8f7268ab63a9";
const REPORTERS: &str = "5f05311e-8f81-4a67-a5b5-1501b6d6496a";
const UPDATED: &str = "09d23a05-47fe-11e4-bfe9-b8f6b119e9ab";
const DELETED: &str = "27fb583b-3087-4778-a2b3-8af489bf4a93";

/// The keys and values of a contact's fields that are not null.
#[track_caller]
fn filled(contact: &Value) -> Value {
    members(&contact["fields"])
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.to_owned(), v.clone()))
        .collect()
}

#[rstest]
#[tokio::test]
async fn the_default_token_is_the_documented_one(#[future(awt)] shop: Weni) {
    assert_eq!(shop.authorization, format!("Token {TOKEN}"));
}

#[rstest]
#[tokio::test]
async fn create_contact(#[future(awt)] shop: Weni) {
    let body = json!({
        "name": "John Cordeiro",
        "language": "por",
        "urns": [
            "tel:+558299331122",
            "whatsapp:558299331122",
            "mailto:john.dalton@ilhasoft.com.br",
            "ext:123456",
        ],
        "groups": ["6685e933-26e1-4363-a468-8f7268ab63a9"],
        "fields": {"nickname": "Macklemore", "side_kick": "Ryan Lewis"},
    });
    let before = shop.get(&format!("groups?uuid={DEVS}")).await.is(200)["results"][0]["count"].as_u64();
    let answer = shop.post("contacts", body.clone()).await;
    let contact = answer.is(201);
    for member in ["name", "language", "urns"] {
        assert_eq!(contact[member], body[member]);
    }
    assert_eq!(contact["groups"], json!([{"uuid": DEVS, "name": "Devs"}]));
    assert_eq!(filled(&contact), body["fields"]);
    assert_eq!((&contact["blocked"], &contact["stopped"]), (&json!(false), &json!(false)));
    assert_eq!(answer.header("warning"), None);
    let found = shop.get("contacts?urn=ext%3A123456").await.is(200);
    assert_eq!(found["results"], json!([contact]));
    let after = shop.get(&format!("groups?uuid={DEVS}")).await.is(200)["results"][0]["count"].as_u64();
    assert_eq!(after, before.map(|count| count + 1));
}

#[rstest]
#[tokio::test]
async fn update_contact_by_uuid(#[future(awt)] shop: Weni) {
    let body = json!({
        "name": "John Cordeiro",
        "language": "por",
        "urns": ["tel:+558299331122", "whatsapp:558299331122"],
        "groups": [{"name": "Devs", "uuid": "6685e933-26e1-4363-a468-8f7268ab63a9"}],
        "fields": {},
    });
    let path = format!("contacts?uuid={UPDATED}");
    let before = shop.get(&path).await.is(200)["results"][0].clone();
    let answer = shop.post(&path, body.clone()).await;
    let contact = answer.is(200);
    let warning = answer.header("warning").unwrap_or_default();
    assert!(warning.starts_with("299 weni-mock \"DV1: "), "Warning: {warning}");
    assert_eq!(contact["uuid"], UPDATED);
    for member in ["name", "language", "urns"] {
        assert_eq!(contact[member], body[member]);
    }
    // The query-based groups of the shop still hold him: only the static memberships are replaced.
    let groups = texts(&contact["groups"], "name");
    assert!(groups.contains(&"Devs".to_owned()) && !groups.contains(&"Novidades".to_owned()), "{groups:?}");
    for member in ["fields", "created_on", "last_seen_on", "blocked", "stopped"] {
        assert_eq!(contact[member], before[member], "{member} stays as it was");
    }
}

#[rstest]
#[tokio::test]
async fn update_contact_by_urn_creates_it(#[future(awt)] shop: Weni) {
    let path = "contacts?urn=tel%3A%2B250783835665";
    let contact = shop.post(path, json!({"fields": {"nickname": "Ben"}})).await.is(201);
    assert_eq!(contact["urns"], json!(["tel:+250783835665"]));
    assert_eq!(filled(&contact), json!({"nickname": "Ben"}));
    let again = shop.post(path, json!({"fields": {"nickname": "Benny"}})).await.is(200);
    assert_eq!((&again["uuid"], filled(&again)), (&contact["uuid"], json!({"nickname": "Benny"})));
}

#[rstest]
#[tokio::test]
async fn delete_contact_by_uuid(#[future(awt)] shop: Weni) {
    let path = format!("contacts?uuid={DELETED}");
    let answer = shop.delete(&path).await;
    assert_eq!((answer.is(204), answer.header("content-type")), (Value::Null, None));
    assert_eq!(shop.get(&path).await.is(200)["results"], json!([]));
    assert_eq!(texts(&shop.get("contacts?deleted=true").await.is(200), "uuid"), [DELETED]);
}

#[rstest]
#[tokio::test]
async fn delete_contact_by_urn(#[future(awt)] shop: Weni) {
    let path = "contacts?urn=tel%3A%2B250783835665";
    shop.delete(path).await.refuses(404, "Not found.");
    shop.post(path, json!({"fields": {"nickname": "Ben"}})).await.is(201);
    shop.delete(path).await.is(204);
    shop.delete(path).await.refuses(404, "Not found.");
}

#[rstest]
#[tokio::test]
async fn create_field(#[future(awt)] shop: Weni) {
    let answer = shop.post("fields", json!({"label": "Nick name", "value_type": "text"})).await;
    let field = json!({"key": "nick_name", "label": "Nick name", "value_type": "text", "pinned": false});
    answer.says(201, field);
}

#[rstest]
#[tokio::test]
async fn create_group(#[future(awt)] shop: Weni) {
    let mut group = shop.post("groups", json!({"name": "Reporters"})).await.is(201);
    let uuid = text(&group["uuid"].take());
    assert!(uuid.len() == 36 && uuid != REPORTERS, "{uuid}");
    let shown = json!({"uuid": null, "name": "Reporters", "query": null, "status": "ready", "count": 0});
    assert_eq!(group, shown);
}

#[rstest]
#[tokio::test]
async fn the_empty_group_name_of_the_example_is_refused(#[future(awt)] shop: Weni) {
    let answer = shop.post("groups", json!({"name": ""})).await;
    answer.says(400, json!({"name": ["This field may not be blank."]}));
}

#[rstest]
#[tokio::test]
async fn update_group(#[future(awt)] shop: Weni) {
    let group = shop.post(&format!("groups?uuid={REPORTERS}"), json!({"name": "Checked"})).await.is(200);
    let shown = (&group["uuid"], &group["name"], &group["count"], &group["query"]);
    assert_eq!(shown, (&json!(REPORTERS), &json!("Checked"), &json!(0), &Value::Null));
}

#[rstest]
#[tokio::test]
async fn delete_group(#[future(awt)] shop: Weni) {
    let path = format!("groups?uuid={REPORTERS}");
    shop.delete(&path).await.is(204);
    shop.delete(&path).await.refuses(404, "Not found.");
}

/// One after another, as somebody reads the article.
#[rstest]
#[tokio::test]
async fn the_article_from_top_to_bottom(#[future(awt)] shop: Weni) {
    let steps: Vec<Step> = serde_json::from_str(include_str!("data/article.json")).expect("steps");
    for Step(method, path, body, status) in steps {
        let request = shop.request(method.parse().expect("a method"), &path).json(&body);
        let answer = send(request).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
    }
}

/// Method, path, body and the status that the article names.
#[derive(serde::Deserialize)]
struct Step(String, String, Value, u16);
