//! What is expected of the end, and how it is told that it is otherwise.

use serde_json::{Value, json};

use super::Bench;
use super::app::play;

const BIA: &str = "92c48673-a904-47a1-8df9-88dda0fd9d62";
const BIAS: &str = "whatsapp:5582985550105";

/// The problems that are told of one scenario.
async fn problems(send: Value, expect: Value) -> Vec<String> {
    let bench = Bench::new();
    let scenario = json!({"trigger": [{"send": send}], "expect": expect, "workspace": {"seed": 1}});
    let (text, _) = play(&bench, &[scenario], &["--json", "r.json", "--fail-on", "error"]).await;
    let report = bench.json("r.json");
    let problems = report["scenarios"][0]["problems"].as_array().unwrap_or_else(|| panic!("{text}"));
    problems.iter().map(|problem| problem.as_str().unwrap().to_owned()).collect()
}

fn update(body: Value) -> Value {
    json!([["POST", format!("/api/v2/contacts.json?uuid={BIA}"), body]])
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_contacts() {
    let told = problems(
        update(json!({"name": "Bia", "groups": ["Devs"], "fields": {"city": "Recife"}})),
        json!({
            "contacts": {
                BIAS: {
                    "uuid": BIA,
                    "name": "Ana",
                    "language": {"$type": "string"},
                    "urns": {"include": ["tel:+5582985550105", "ext:1"], "exclude": ["ext:CLI-0005"]},
                    "groups": {"include": ["Novidades"], "exclude": ["Devs"]},
                    "fields": {"city": "Maceió", "nickname": "☕ Bia"},
                },
                "ext:9 whatsapp:1": {"name": "X"},
                "mailto:bia.falcao@example.com": null,
            },
            "max_requests": 0,
        }),
    )
    .await;
    assert_eq!(
        told,
        [
            "ext:9 or whatsapp:1: there is no such contact",
            "mailto:bia.falcao@example.com: it is there, and should be gone",
            "whatsapp:5582985550105 name: \"Bia\", expected \"Ana\"",
            "whatsapp:5582985550105 urns: [\"ext:1\"] should be in [\"whatsapp:5582985550105\", \"tel:+5582985550105\", \
             \"mailto:bia.falcao@example.com\", \"ext:CLI-0005\"]",
            "whatsapp:5582985550105 groups: [\"Novidades\"] should be in [\"Devs\", \"Grandes clientes\", \"Clientes fiéis\"]",
            "whatsapp:5582985550105 fields: /city: expected \"Maceió\", got \"Recife\"",
            "requests: 1, expected at most 0",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_is_not_told() {
    let told = problems(
        update(json!({"name": "Bia", "groups": ["Devs"]})),
        json!({
            "contacts": {
                "whatsapp:5582985550105 tel:+5582985550105": {
                    "name": {"$one_of": ["Bia", "Ana"]},
                    "groups": ["Grandes clientes", "6685e933-26e1-4363-a468-8f7268ab63a9", "Clientes fiéis"],
                    "urns": {"include": ["ext:CLI-0005"]},
                    "fields": {"nickname": "☕ Bia"},
                },
                "ext:nobody": null,
            },
            "new_contacts": 0, "new_groups": {"at_most": 0}, "new_fields": {"at_least": 0, "at_most": 1},
            "others": "unchanged", "max_requests": 1,
        }),
    )
    .await;
    assert_eq!(told, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_to_others_and_what_is_new() {
    let severino = "3c8c93da-6ea8-4f3c-844d-10b966d695e7";
    let send = json!([
        ["POST", format!("/api/v2/contacts.json?uuid={BIA}"), {"name": "Bia", "fields": {"city": "Recife"}}],
        ["DELETE", format!("/api/v2/contacts.json?uuid={severino}"), null],
        ["POST", "/api/v2/contacts.json", {"name": "Twin"}],
        ["POST", "/api/v2/contacts.json", {"name": "Twin"}],
        ["POST", "/api/v2/groups.json", {"name": "VIP"}],
        ["POST", "/api/v2/fields.json", {"label": "Shoe size", "value_type": "text"}],
    ]);
    let expect = json!({
        "others": "unchanged", "new_contacts": 1, "new_groups": {"at_most": 0}, "new_fields": {"at_least": 2},
    });
    assert_eq!(
        problems(send, expect).await,
        [
            format!("contact \"Severino Batista\" ({severino}): it is gone"),
            format!("contact \"Ana Beatriz Falcão\" ({BIA}): fields: city is \"Recife\", not \"Maceió\""),
            format!("contact \"Ana Beatriz Falcão\" ({BIA}): name is \"Bia\", not \"Ana Beatriz Falcão\""),
            "new contacts: 2, expected 1".to_owned(),
            "new groups: 1, expected at most 0".to_owned(),
            "new fields: 1, expected at least 2".to_owned(),
        ]
    );
}
