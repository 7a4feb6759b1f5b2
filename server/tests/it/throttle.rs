//! The throttle: a sliding window for each user and scope, on the workspace's clock.

use reqwest::Method;
use rstest::{fixture, rstest};
use serde_json::{Value, json};
use weni_mock::MockServer;

use crate::support::{Answer, Weni, send};

/// A workspace in which three requests an hour pass, and whose clock stands.
#[fixture]
async fn limited() -> Weni {
    Weni::with(json!({"rate_limit": "3/hour", "clock": "2026-01-01T00:00:00Z"})).await
}

/// Fails where the answer is not the throttle's, with so many seconds to wait.
#[track_caller]
fn assert_throttled(answer: &Answer, seconds: u32) {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    answer.refuses(429, &format!("Request was throttled. Expected available in {seconds} {unit}."));
    assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()));
}

/// How many of ten requests pass.
async fn passing(weni: &Weni, path: &str) -> usize {
    let mut passing = 0;
    for _ in 0..10 {
        let answer = weni.get(path).await;
        assert!([200, 429].contains(&answer.status), "{}", answer.body);
        passing += usize::from(answer.status == 200);
    }
    passing
}

async fn advance(weni: &Weni, by: &str) {
    weni.manage(Method::POST, "/clock", json!({"advance": by})).await.is(200);
}

#[rstest]
#[tokio::test]
async fn the_window_slides(#[future(awt)] limited: Weni) {
    for _ in 0..3 {
        limited.get("contacts").await.is(200);
        advance(&limited, "10m").await;
    }
    // The first of the three is half an hour old.
    assert_throttled(&limited.get("contacts").await, 1800);
    advance(&limited, "29m").await;
    assert_throttled(&limited.get("contacts").await, 60);
    advance(&limited, "60s").await;
    limited.get("contacts").await.is(200);
    // Now the second is the oldest.
    assert_throttled(&limited.get("contacts").await, 600);
}

#[rstest]
#[case("2026-01-01T00:00:00.000001Z", 3600)]
#[case("2026-01-01T00:00:01Z", 3599)]
#[case("2026-01-01T00:59:58.5Z", 2)]
#[case("2026-01-01T00:59:59Z", 1)]
#[case("2026-01-01T00:59:59.999999Z", 1)]
#[tokio::test]
async fn seconds_are_rounded_up(#[future(awt)] limited: Weni, #[case] instant: &str, #[case] seconds: u32) {
    assert_eq!(passing(&limited, "contacts").await, 3);
    limited.manage(Method::POST, "/clock", json!({"set": instant})).await.is(200);
    assert_throttled(&limited.get("contacts").await, seconds);
}

#[rstest]
#[tokio::test]
async fn contacts_are_counted_apart_from_fields_and_groups(#[future(awt)] limited: Weni) {
    limited.get("fields").await.is(200);
    limited.get("groups").await.is(200);
    assert_eq!(passing(&limited, "contacts").await, 3);
    limited.post("groups", json!({"name": "Third"})).await.is(201);
    assert_throttled(&limited.get("fields").await, 3600);
    assert_throttled(&limited.post("groups", json!({"name": "Fourth"})).await, 3600);
}

#[rstest]
#[tokio::test]
async fn users_are_counted_apart(#[future(awt)] limited: Weni) {
    for role in ["administrator", "editor", "surveyor"] {
        assert_eq!(passing(&limited.as_role(role), "contacts").await, 3, "{role}");
    }
}

#[rstest]
#[tokio::test]
async fn workspaces_are_counted_apart(#[future(awt)] limited: Weni) {
    let other = limited.workspace(json!({"rate_limit": "2/minute", "clock": "2026-01-01T00:00:00Z"})).await;
    assert_eq!((passing(&limited, "contacts").await, passing(&other, "contacts").await), (3, 2));
    assert_throttled(&other.get("contacts").await, 60);
}

#[rstest]
#[tokio::test]
async fn refused_requests_do_not_count(#[future(awt)] limited: Weni) {
    assert_eq!(passing(&limited, "contacts").await, 3);
    advance(&limited, "59m").await;
    assert_eq!(passing(&limited, "contacts").await, 0);
    advance(&limited, "1m").await;
    assert_eq!(passing(&limited, "contacts").await, 3);
}

/// What is refused for its method, its look-up or its body has passed the throttle.
#[rstest]
#[case::method(Method::PUT, "contacts.json", json!({}), 405)]
#[case::body(Method::POST, "contacts.json", json!({"language": "x"}), 400)]
#[case::shape(Method::POST, "contacts.json", json!([]), 400)]
#[case::lookup(Method::POST, "contacts.json?uuid=1", json!({}), 404)]
#[case::cursor(Method::GET, "contacts.json?cursor=1", Value::Null, 404)]
#[case::found_nobody(Method::DELETE, "contacts.json?urn=ext%3A1", Value::Null, 404)]
#[case::written(Method::POST, "contacts.json", json!({}), 201)]
#[case::documentation(Method::GET, "contacts", Value::Null, 200)]
#[tokio::test]
async fn these_count(
    #[future(awt)] limited: Weni,
    #[case] method: Method,
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
) {
    let ask = || send(limited.request(method.clone(), &format!("api/v2/{path}")).json(&body));
    for _ in 0..3 {
        assert_eq!(ask().await.status, status);
    }
    // The throttle comes before all of them, too.
    assert_throttled(&ask().await, 3600);
    assert_throttled(&limited.get("contacts").await, 3600);
}

#[rstest]
#[case::unknown_token("Token nobody")]
#[case::nothing("")]
#[tokio::test]
async fn the_unknown_are_not_counted(#[future(awt)] limited: Weni, #[case] authorization: &str) {
    for _ in 0..5 {
        limited.authorized(authorization).get("contacts").await.is(403);
    }
    assert_eq!(passing(&limited, "contacts").await, 3);
}

/// Who may not read is told so, however often.
#[rstest]
#[case("viewer")]
#[case("agent")]
#[tokio::test]
async fn roles_without_permission_are_not_counted(#[future(awt)] limited: Weni, #[case] role: &str) {
    for _ in 0..5 {
        limited.as_role(role).get("contacts").await.is(403);
    }
}

#[rstest]
#[tokio::test]
async fn a_limit_can_be_taken_away_and_given(#[future(awt)] limited: Weni) {
    assert_eq!(passing(&limited, "contacts").await, 3);
    limited.manage(Method::PATCH, "", json!({"rate_limit": "off"})).await.is(200);
    assert_eq!(passing(&limited, "contacts").await, 10);
    limited.manage(Method::PATCH, "", json!({"rate_limit": "5/hour"})).await.is(200);
    // Only what passed under a limit was counted.
    assert_eq!(passing(&limited, "contacts").await, 2);
}

#[rstest]
#[tokio::test]
async fn a_reset_forgets_the_count(#[future(awt)] limited: Weni) {
    assert_eq!(passing(&limited, "contacts").await, 3);
    limited.manage(Method::POST, "/reset", json!({})).await.is(204);
    assert_eq!(passing(&limited, "contacts").await, 3);
}

#[rstest]
#[tokio::test]
async fn off_by_default_and_on_for_a_whole_mock() {
    assert_eq!(passing(&Weni::start(MockServer::builder()).await, "groups").await, 10);
    let limited = Weni::start(MockServer::builder().rate_limit("4/day").clock("2026-01-01T00:00:00Z")).await;
    assert_eq!(passing(&limited, "groups").await, 4);
    assert_throttled(&limited.get("groups").await, 86_400);
    // Workspaces made later have the limit, too.
    assert_eq!(passing(&limited.workspace(json!({})).await, "groups").await, 4);
}
