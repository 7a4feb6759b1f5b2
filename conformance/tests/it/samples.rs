//! The sample integrations, `examples/careful` and `examples/careless`: what is right is found right, also on a bad day,
//! and what is wrong is found.

mod shop;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use weni_mock::MockServer;

use self::shop::{Sample, Scenario, Shop};
use crate::support::{samples, told};

/// Every rule that `careless` breaks over all scenarios.
const CARELESS: [&str; 22] = [
    "filter-ignored",
    "first-of-all",
    "fresh",
    "group-objects",
    "impatient",
    "language",
    "look-up-before-write",
    "made-up-cursor",
    "member-ignored",
    "memberships-dropped",
    "missing-json",
    "misspelt-look-up",
    "ninth-digit",
    "no-urn",
    "number-read-as-foreign",
    "plus-sign",
    "refused",
    "several-look-ups",
    "unknown-field",
    "urn-taken",
    "urns-beside-urn",
    "value-reads-as-null",
];

const ROSA: &str = "whatsapp:5582985550142";

#[tokio::test(flavor = "multi_thread")]
async fn careful_does_what_every_scenario_expects_and_nothing_is_found() {
    let mock = MockServer::start().await;
    for scenario in Scenario::all() {
        let shop = Shop::open(&mock).await;
        let before = shop.contacts().await;
        shop.forget().await;
        let sample = Sample::new("careful");
        for fault in &scenario.faults {
            shop.arm(fault).await;
        }
        for event in scenario.events() {
            let output = sample.handle(&shop, &event).await;
            assert_eq!(output.status.code(), Some(0), "{}: {}", scenario.id, told(&output));
            assert_eq!(told(&output), "", "{}", scenario.id);
        }
        assert_eq!(shop.findings().await, Vec::<String>::new(), "{}", scenario.id);
        scenario.judge(&before, &shop.contacts().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn careless_breaks_just_the_rules_that_it_says() {
    let mock = MockServer::start().await;
    let mut broken: BTreeSet<String> = BTreeSet::new();
    for scenario in Scenario::all() {
        let shop = Shop::open(&mock).await;
        let sample = Sample::new("careless");
        for fault in &scenario.faults {
            shop.arm(fault).await;
        }
        for event in scenario.events() {
            sample.handle(&shop, &event).await;
        }
        broken.extend(shop.rules_broken().await);
    }
    assert_eq!(broken.iter().map(String::as_str).collect::<Vec<_>>(), CARELESS);
}

#[test]
fn careless_names_each_rule_where_it_breaks_it() {
    let text = std::fs::read_to_string(samples().join("careless.rs")).unwrap();
    let comments: String = text.lines().filter(|line| line.trim_start().starts_with("// ")).collect();
    for rule in CARELESS.iter().chain(&["blind-retry"]) {
        assert!(comments.contains(rule), "no comment names {rule}");
    }
}

/// The third request is the create.
#[rstest]
#[case::a_failure(json!({"kind": "status", "status": 500, "applied": true}))]
#[case::no_answer(json!({"kind": "reset", "applied": true}))]
#[tokio::test(flavor = "multi_thread")]
async fn careless_makes_two_contacts_where_a_create_was_carried_out_and_not_confirmed(#[case] fault: Value) {
    let mock = MockServer::start().await;
    let shop = Shop::open(&mock).await;
    shop.arm(&json!({"when": {"nth": 3}, "fault": fault})).await;
    let event = &Scenario::named("customer-created").events()[0];
    let output = Sample::new("careless").handle(&shop, event).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let rosas = shop.contacts().await.iter().filter(|contact| contact["name"] == "Rosa Tavares").count();
    assert_eq!(rosas, 2);
    assert!(shop.rules_broken().await.contains("blind-retry"));
}

/// What can befall one request.
fn faults() -> [Value; 11] {
    [
        json!({"kind": "status", "status": 429, "retry_after": 1}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "status", "status": 500, "applied": true}),
        json!({"kind": "status", "status": 502}),
        json!({"kind": "status", "status": 503}),
        json!({"kind": "reset"}),
        json!({"kind": "reset", "applied": true}),
        json!({"kind": "lost-answer", "hold": "1s"}),
        json!({"kind": "truncated-body"}),
        json!({"kind": "malformed-json"}),
        json!({"kind": "slow-body", "over": "1s"}),
    ]
}

/// Each fault at each request, without a second delivery: the contacts are those of a good day.
#[tokio::test(flavor = "multi_thread")]
async fn careful_comes_to_the_same_end_whatever_befalls_one_of_its_requests() {
    let mock = Arc::new(MockServer::start().await);
    // Two cores and a time limit: not all at once.
    let places = Arc::new(Semaphore::new(12));
    let mut runs = JoinSet::new();
    for (id, requests) in
        [("lead-status-changed", 3), ("customer-created", 1), ("customer-deleted-ninth-digit", 3)]
    {
        let event = Scenario::named(id).events().remove(0);
        let shop = Shop::open(&mock).await;
        Sample::new("careful").handle(&shop, &event).await;
        assert_eq!(shop.requests().await, requests, "{id}");
        let good_day = shop.state().await;
        for (nth, fault) in (1..=requests).flat_map(|nth| faults().into_iter().map(move |fault| (nth, fault)))
        {
            let (mock, places) = (Arc::clone(&mock), Arc::clone(&places));
            let (event, good_day) = (event.clone(), good_day.clone());
            runs.spawn(async move {
                let _place = places.acquire().await.unwrap();
                let shop = Shop::open(&mock).await;
                shop.arm(&json!({"id": "one", "when": {"nth": nth}, "fault": fault})).await;
                let output = Sample::new("careful").handle(&shop, &event).await;
                let run = format!("{id}, request {nth}, {fault}");
                assert_eq!(output.status.code(), Some(0), "{run}: {}", told(&output));
                assert_eq!(shop.state().await, good_day, "{run}");
                assert_eq!(shop.struck().await, 1, "{run}");
                // A deletion sent again because its answer was lost meets DV2, which harms nobody here.
                let findings: Vec<String> =
                    shop.findings().await.into_iter().filter(|told| !told.starts_with("deviation")).collect();
                assert_eq!(findings, Vec::<String>::new(), "{run}");
            });
        }
    }
    // A run that fails panics here.
    runs.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn careful_says_in_a_line_why_an_event_is_not_done_and_does_it_when_it_comes_again() {
    let mock = MockServer::start().await;
    let shop = Shop::open(&mock).await;
    let sample = Sample::new("careful");
    let event = &Scenario::named("customer-created").events()[0];
    shop.arm(&json!({"when": {"first": 6}, "fault": {"kind": "status", "status": 503}})).await;
    let output = sample.handle(&shop, event).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(told(&output), "upsert a contact by its URN: answered 503, 6 times\n");
    assert_eq!(shop.with_urn(ROSA).await, None);
    assert_eq!(sample.handle(&shop, event).await.status.code(), Some(0));
    assert_eq!(shop.with_urn(ROSA).await.unwrap()["name"], "Rosa Tavares");
}

#[tokio::test(flavor = "multi_thread")]
async fn careful_refuses_a_number_without_its_country_and_sends_nothing() {
    let mock = MockServer::start().await;
    let shop = Shop::open(&mock).await;
    let event = Scenario::named("customer-created").events()[0].replace("+55", "");
    let output = Sample::new("careful").handle(&shop, &event).await;
    assert_eq!(output.status.code(), Some(1));
    let text = told(&output);
    assert!(text.contains("the phone number \"82985550142\" is not E.164"), "{text}");
    assert_eq!((text.lines().count(), shop.requests().await), (1, 0), "{text}");
}

/// Creation, an older lead, deletion, a late update: by the UUID that is kept, without a look-up.
#[tokio::test(flavor = "multi_thread")]
async fn careful_lets_nobody_come_back_by_a_late_event() {
    let mock = MockServer::start().await;
    let shop = Shop::open(&mock).await;
    let sample = Sample::new("careful");
    let customer = |event: &str, minute: u8, name: &str| {
        let customer = json!({"id": "CLI-0142", "name": name, "phone": "+5582985550142"});
        json!({"event": event, "at": format!("2026-01-05T12:{minute:02}:00Z"), "customer": customer})
            .to_string()
    };
    let lead = json!({"event": "lead.status_changed", "at": "2026-01-05T11:00:00Z",
        "lead": {"id": "CLI-0142", "name": "rosa", "phone": "+5582985550142", "status": "won"}});
    for event in [customer("customer.created", 2, "Rosa Tavares"), lead.to_string()] {
        assert_eq!(sample.handle(&shop, &event).await.status.code(), Some(0));
    }
    let rosa = shop.with_urn(ROSA).await.unwrap();
    assert_eq!(
        (&rosa["name"], &rosa["groups"][0]["name"]),
        (&json!("Rosa Tavares"), &json!("Clube do Grão"))
    );
    for event in [customer("customer.deleted", 3, ""), customer("customer.updated", 1, "Rosa")] {
        assert_eq!(sample.handle(&shop, &event).await.status.code(), Some(0));
    }
    assert_eq!(shop.with_urn(ROSA).await, None);
    // Of the creation, of the lead (groups, contact, write), of the deletion; the looks of this test besides.
    assert_eq!(shop.requests().await, 5 + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_are_webhook_servers() {
    let mock = MockServer::start().await;
    let event = &Scenario::named("customer-created").events()[0];
    for name in ["careful", "careless"] {
        let (shop, sample) = (Shop::open(&mock).await, Sample::new(name));
        let mut server = shop::Child(
            sample.command(&shop).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap(),
        );
        let mut line = String::new();
        BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
        assert_eq!(shop.client.get(format!("{url}/health")).send().await.unwrap().status(), 200);
        let deliver = |event: &str| shop.client.post(format!("{url}/webhook")).body(event.to_owned()).send();
        assert_eq!(deliver(event).await.unwrap().status(), 204, "{name}");
        assert_eq!(deliver("{}").await.unwrap().status(), 500, "{name}");
        assert_eq!(shop.with_urn(ROSA).await.unwrap()["name"], "Rosa Tavares", "{name}");
    }
}
