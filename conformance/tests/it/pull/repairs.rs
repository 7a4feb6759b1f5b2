//! What a mock would not load is repaired or left out, with a note; what comes of it is loaded here each time.

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::pull::seed::Seed;
use weni_mock::MockServer;

use super::support::{File, contact, list, pull, seeded, workspace};

/// Pulls a workspace of one static group and these contacts; notes come with it.
async fn contacts(contacts: Value) -> (Seed, Vec<String>) {
    let groups = json!([{"uuid": GROUP, "name": "VIP", "query": null}]);
    let fields = json!([
        {"key": "age", "label": "Age", "value_type": "numeric"},
        {"key": "since", "label": "Since", "value_type": "datetime"},
        {"key": "city", "label": "City", "value_type": "text"},
    ]);
    let (seed, notes, _) = pull(&workspace(groups, fields, contacts), "t", 250).await;
    seeded(&seed).await;
    (seed, notes.lines().collect())
}

const GROUP: &str = "8c0f80a4-0181-4106-a9a9-9a3d958879c8";

#[tokio::test]
async fn instants_are_parted_in_the_order_of_the_list() {
    let at = "2025-03-01T12:00:00.000000Z";
    let listed = json!([
        contact(3, json!({"created_on": at, "modified_on": "2025-03-01T12:00:00.000001Z"})),
        contact(2, json!({"modified_on": at})),
        contact(1, json!({"modified_on": at})),
        contact(4, json!({"created_on": at, "modified_on": "2025-03-01T11:00:00Z"})),
    ]);
    let (seed, notes) = contacts(listed).await;
    let shown: Vec<_> = seed
        .contacts
        .iter()
        .map(|contact| (contact.uuid.as_u128() & 0xf, contact.modified_on.to_string().split_off(17)))
        .collect();
    let expected = [(1, "00.000001Z"), (2, "00.000002Z"), (4, "00.000000Z"), (3, "00.000003Z")];
    assert_eq!(shown, expected.map(|(number, second)| (number, second.to_owned())));
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("4 x modified_on moved by microseconds"), "{notes:?}");
}

#[rstest]
#[case::anonymous(&["tel:********"], &[], "1 x tel: URN left out: masked by an anonymous workspace")]
#[case::national(&["tel:82993311"], &[], "1 x tel: URN left out: no country code, and the lists do not tell the country")]
#[case::engine(&["weniwebchat:a"], &[], "1 x weniwebchat: URN left out: the contact engine takes no such scheme")]
#[case::unknown(&["signal:a", "ext:a"], &["ext:a"], "1 x signal: URN left out: not a scheme that the mock knows")]
#[case::no_path(&["mailto:a", "whatsapp:123"], &[], "1 x whatsapp: URN left out: not as the scheme has it")]
#[case::taken_before(
    &["tel:+558235550102", "tel:+558235550102#x"], &["tel:+558235550102"],
    "1 x tel: URN left out: another contact has it, or its other form with or without the ninth digit"
)]
#[tokio::test]
async fn urns_that_a_mock_refuses_are_left_out(
    #[case] urns: &[&str],
    #[case] kept: &[&str],
    #[case] note: &str,
) {
    let (seed, notes) = contacts(json!([contact(1, json!({"urns": urns}))])).await;
    assert_eq!(seed.contacts[0].urns, kept);
    assert_eq!(notes.last().map(String::as_str), Some(note));
    assert_eq!(seed.workspace.is_some(), urns.contains(&"tel:********"));
}

#[tokio::test]
async fn every_scheme_that_is_kept_is_loaded() {
    let uuid = "8c0f80a4-0181-4106-a9a9-9a3d958879c8";
    let urns = json!([
        "tel:+558235550102",
        "whatsapp:558285550102",
        "whatsapp:5582985550102",
        "whatsapp:250783835665",
        "whatsapp:BR.1a2b3c",
        "whatsapp:BR.ENT.1a2b3c",
        "mailto:a.b+c@example.com.br",
        "ext:José 12/3",
        "ext:a:b",
        "facebook:123",
        "facebook:ref:a",
        "instagram:12",
        "twitter:bobby",
        "twitterid:123#bobby",
        "viber:aB_=/+",
        "line:aB1_",
        "telegram:12",
        "jiochat:12",
        "wechat:o1",
        "fcm:a:b",
        format!("freshchat:{uuid}/{uuid}"),
        "vk:12",
        "rocketchat:a",
        "discord:12",
        "slack:U1",
        "teams:29:1abc",
    ]);
    let (seed, notes) = contacts(json!([contact(1, json!({"urns": urns}))])).await;
    assert_eq!((json!(seed.contacts[0].urns), notes.len()), (urns, 0));
    let masked = weni_conformance::pull::mask::Mask::seeded(1).apply(seed.clone());
    assert!(masked.contacts[0].urns.iter().zip(&seed.contacts[0].urns).all(|(masked, urn)| masked != urn));
    let copy = seeded(&masked).await;
    assert_eq!(list(&copy, "contacts.json").await[0]["urns"], json!(masked.contacts[0].urns));
}

#[tokio::test]
async fn of_two_forms_of_a_number_the_contact_that_changed_last_keeps_its_own() {
    let listed = json!([
        contact(2, json!({"urns": ["whatsapp:5582985550102", "ext:b"]})),
        contact(1, json!({"urns": ["whatsapp:558285550102", "ext:a"]})),
    ]);
    let (seed, notes) = contacts(listed).await;
    assert_eq!(seed.contacts[0].urns, ["ext:a"]);
    assert_eq!(seed.contacts[1].urns, ["whatsapp:5582985550102", "ext:b"]);
    assert_eq!(notes.len(), 1);
}

#[tokio::test]
async fn members_that_a_mock_refuses_are_left_out_or_cut() {
    let long = "é".repeat(700);
    let other = "00000000-0000-4000-8000-00000000ffff";
    let listed = json!([
        contact(
            4,
            json!({"name": " ", "language": "portuguese", "fields": {"age": "12.50", "since": "soon", "city": ""}})
        ),
        contact(
            3,
            json!({"name": long, "language": "POR", "fields": {"age": "many", "city": long, "late": "x"}})
        ),
        contact(2, json!({"blocked": true, "groups": [{"uuid": GROUP, "name": "VIP"}]})),
        contact(1, json!({"groups": [{"uuid": GROUP, "name": "VIP"}, {"uuid": other, "name": "New"}]})),
    ]);
    let (seed, notes) = contacts(listed).await;
    let shown = serde_json::to_value(&seed.contacts).unwrap();
    assert_eq!(shown[0]["groups"], json!([GROUP]));
    assert_eq!((&shown[1]["status"], &shown[1]["groups"]), (&json!("blocked"), &Value::Null));
    assert_eq!(shown[2]["name"].as_str().unwrap().chars().count(), 100);
    assert_eq!(shown[2]["language"], "por");
    assert_eq!(shown[2]["fields"].as_object().unwrap().len(), 1);
    assert_eq!(shown[2]["fields"]["city"].as_str().unwrap().chars().count(), 640);
    assert_eq!((&shown[3]["name"], &shown[3]["language"]), (&Value::Null, &Value::Null));
    assert_eq!(shown[3]["fields"], json!({"age": "12.50"}));
    assert_eq!(
        notes,
        [
            "1 x name cut: it has more than 100 characters",
            "1 x language left out: no three letters",
            "1 x group of a contact left out: it is not in the list of groups",
            "1 x groups left out: a contact that is not active is in none",
            "1 x value of late left out: there is no such field here",
            "1 x value of age left out: not of the field's type",
            "1 x value of since left out: not of the field's type",
            "1 x value of city cut: it has more than 640 characters",
        ]
    );
}

/// A workspace with a numeric, a datetime and a text field and one query-based group, as a mock shows it.
async fn query_group(query: &str) -> (Seed, Vec<String>) {
    let fields = json!([
        {"key": "age", "label": "Age", "value_type": "numeric"},
        {"key": "since", "label": "Since", "value_type": "datetime"},
        {"key": "city", "label": "City", "value_type": "text"},
    ]);
    let groups = json!([{"uuid": GROUP, "name": "Query", "query": query}]);
    let member = contact(1, json!({"groups": [{"uuid": GROUP, "name": "Query"}]}));
    let (seed, notes, _) = pull(&workspace(groups, fields, json!([member])), "t", 250).await;
    seeded(&seed).await;
    (seed, notes.lines().collect())
}

#[rstest]
#[case("age > 18")]
#[case("fields.age>=-1.5 and (CITY = \"São Paulo\" OR name ~ Ana) language = por")]
#[case("since > 31/12/2024 OR since < \"2020-01-31\" OR since = \"\"")]
#[case("city != \"\"")]
#[tokio::test]
async fn a_query_that_a_mock_reads_stays(#[case] query: &str) {
    let (seed, notes) = query_group(query).await;
    assert_eq!((seed.groups[0].query.as_deref(), notes.len()), (Some(query), 0));
    assert!(seed.contacts[0].groups.is_empty());
    let masked = weni_conformance::pull::mask::Mask::seeded(1).apply(seed);
    seeded(&masked).await;
}

#[rstest]
#[case("tickets > 0", "tickets is no field here")]
#[case("age > many", "age is not comparable with \"many\"")]
#[case("since > 12/31/2024", "since is not comparable with \"12/31/2024\"")]
#[case("age has 3", "an operator is missing behind age")]
#[case("(age = 3", "a parenthesis is not closed")]
#[case("age = \"3", "a quote is not closed")]
#[case("age = 3 )", "\")\" is not expected there")]
#[case("age =", "a value is missing to compare age with")]
#[case("", "a comparison is missing")]
#[tokio::test]
async fn a_group_with_another_query_becomes_static_and_keeps_its_members(
    #[case] query: &str,
    #[case] reason: &str,
) {
    let (seed, notes) = query_group(query).await;
    assert_eq!(seed.groups[0].query, None);
    assert_eq!(json!(seed.contacts[0].groups), json!([GROUP]));
    assert_eq!(
        notes,
        [format!("group \"Query\" is static here, for the mock cannot read its query: {reason}")]
    );
}

#[tokio::test]
async fn groups_and_fields_that_a_mock_refuses_are_repaired() {
    let uuid = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    let groups = json!([
        {"uuid": uuid(3), "name": "⭐ vip", "query": null},
        {"uuid": uuid(2), "name": "VIP", "query": null},
        {"uuid": uuid(1), "name": "x".repeat(70), "query": null},
    ]);
    let fields = json!([
        {"key": "tel", "label": "Tel", "value_type": "text"},
        {"key": "old_key", "label": "New label", "value_type": "text"},
    ]);
    let (seed, notes, _) = pull(&workspace(groups, fields, json!([])), "t", 250).await;
    let names: Vec<_> = seed.groups.iter().map(|group| group.name.clone()).collect();
    assert_eq!(names, [&"x".repeat(64), "VIP", "vip 2"]);
    assert_eq!((seed.fields.len(), seed.fields[0].label.as_str()), (1, "old_key"));
    assert_eq!(notes.lines().count(), 4);
    seeded(&seed).await;
}

#[tokio::test]
async fn an_anonymous_workspace_stays_one() {
    let file =
        File::new(r#"{"workspace": {"anon": true}, "contacts": [{"name": "Ana", "urns": ["ext:a"]}]}"#);
    let server = MockServer::builder().data(file.path()).start().await;
    let (seed, ..) = pull(server.url(), server.token(), 250).await;
    assert!(seed.to_string().starts_with("{\n  \"workspace\": {\"anon\":true},\n  \"fields\": [],\n"));
    assert!(seed.contacts[0].urns.is_empty());
    seeded(&seed).await;
}
