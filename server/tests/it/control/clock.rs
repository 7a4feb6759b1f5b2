//! A workspace's clock.

use reqwest::Method;
use rstest::{fixture, rstest};
use serde_json::{Value, json};

use crate::support::{Weni, fresh, text};

/// A workspace whose clock stands at the beginning of 2026.
#[fixture]
async fn standing() -> Weni {
    Weni::with(json!({"clock": "2026-01-01T00:00:00Z"})).await
}

async fn set(weni: &Weni, body: Value) -> String {
    text(&weni.manage(Method::POST, "/clock", body).await.is(200)["clock"])
}

#[rstest]
#[case(json!({"advance": "1h"}), "2026-01-01T01:00:00.000000Z")]
#[case(json!({"advance": "90s"}), "2026-01-01T00:01:30.000000Z")]
#[case(json!({"advance": "15m"}), "2026-01-01T00:15:00.000000Z")]
#[case(json!({"advance": "2d"}), "2026-01-03T00:00:00.000000Z")]
#[case(json!({"advance": "1h30m"}), "2026-01-01T01:30:00.000000Z")]
#[case(json!({"advance": "0s"}), "2026-01-01T00:00:00.000000Z")]
#[case(json!({"set": "2027-06-05T04:03:02.000001Z"}), "2027-06-05T04:03:02.000001Z")]
#[case(json!({"set": "2027-06-05T04:03:02-03:00"}), "2027-06-05T07:03:02.000000Z")]
#[tokio::test]
async fn moves(#[future(awt)] standing: Weni, #[case] body: Value, #[case] instant: &str) {
    assert_eq!(set(&standing, body).await, instant);
    assert_eq!(standing.manage(Method::GET, "", Value::Null).await.is(200)["clock"], instant);
    // The contact is made at that instant, and so is the answer.
    let answer = standing.post("contacts", json!({})).await;
    assert_eq!(answer.is(201)["created_on"].as_str().map(|at| &at[..19]), Some(&instant[..19]));
    let date = answer.header("date").unwrap_or_default();
    assert!(date.contains(&instant[..4]) && date.contains(&instant[11..19]), "{date}");
}

#[rstest]
#[case::both(json!({"advance": "1h", "set": "2027-01-01T00:00:00Z"}), "either")]
#[case::neither(json!({}), "either")]
#[case::no_duration(json!({"advance": "soon"}), "advance: \"soon\"")]
#[case::number(json!({"advance": 3600}), "3600")]
#[case::no_instant(json!({"set": "yesterday"}), "\"yesterday\"")]
#[case::no_offset(json!({"set": "2027-01-01T00:00:00"}), "\"2027-01-01T00:00:00\"")]
#[case::member(json!({"advance": "1h", "by": 1}), "by")]
#[tokio::test]
async fn is_told_what_is_wrong(#[future(awt)] standing: Weni, #[case] body: Value, #[case] named: &str) {
    let error = text(&standing.manage(Method::POST, "/clock", body).await.is(400)["error"]);
    assert!(error.contains(named), "{error}");
    assert_eq!(set(&standing, json!({"advance": "0s"})).await, "2026-01-01T00:00:00.000000Z");
}

/// A running clock runs on from where it is put.
#[rstest]
#[tokio::test]
async fn a_running_clock_moves_too(#[future(awt)] fresh: Weni) {
    let before = text(&fresh.contact(json!({})).await["created_on"]);
    set(&fresh, json!({"advance": "365d"})).await;
    let after = text(&fresh.contact(json!({})).await["created_on"]);
    let year = |instant: &str| instant[..4].parse::<u32>().expect("a year");
    assert!(year(&after) > year(&before), "{before} {after}");
    set(&fresh, json!({"set": "2040-01-01T00:00:00Z"})).await;
    let [one, other] = [fresh.contact(json!({})).await, fresh.contact(json!({})).await];
    let instants = [&one, &other].map(|contact| text(&contact["created_on"]));
    assert!(
        instants[0] < instants[1] && instants.iter().all(|at| at.starts_with("2040-01-01")),
        "{instants:?}"
    );
}

/// Changes stay in the order in which they were made, though the clock is set back.
#[rstest]
#[tokio::test]
async fn a_clock_set_back_does_not_turn_the_order(#[future(awt)] standing: Weni) {
    let first = text(&standing.contact(json!({})).await["uuid"]);
    set(&standing, json!({"set": "2020-01-01T00:00:00Z"})).await;
    let second = text(&standing.contact(json!({})).await["uuid"]);
    let listed = crate::support::texts(&standing.get("contacts").await.is(200), "uuid");
    assert_eq!(listed, [second, first]);
}

/// A workspace's clock is its own.
#[rstest]
#[tokio::test]
async fn others_keep_theirs(#[future(awt)] standing: Weni) {
    let other = standing.workspace(json!({"clock": "2030-01-01T00:00:00Z"})).await;
    set(&standing, json!({"advance": "1d"})).await;
    assert_eq!(set(&other, json!({"advance": "0s"})).await, "2030-01-01T00:00:00.000000Z");
}
