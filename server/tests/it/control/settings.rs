//! What a workspace can be set to, at its making and after.

use reqwest::Method;
use rstest::{fixture, rstest};
use serde_json::{Value, json};

use crate::support::{Weni, fresh, members, shop, text};

/// Every setting, each with another value than its default.
#[fixture]
fn settings() -> Value {
    json!({
        "profile": "observed",
        "country": "RW",
        "anon": true,
        "suspended": true,
        "limits": {"fields": 3, "groups": 4},
        "ninth_digit": false,
        "timezone": "Asia/Kolkata",
        "date_format": "year_first",
        "rate_limit": "100/minute",
    })
}

#[rstest]
#[tokio::test]
async fn everything_can_be_set(#[future(awt)] shop: Weni, settings: Value) {
    let mut body = settings.clone();
    body["clock"] = json!("2026-05-06T07:08:09-03:00");
    body["seed"] = json!(42);
    body["token"] = json!("a-token-of-ours");
    body["data"] = json!("shop");
    let made = shop.workspace(body).await;
    assert_eq!(members(&made.identity).into_keys().collect::<Vec<_>>(), ["tokens", "users", "uuid"]);
    let roles = ["administrator", "agent", "editor", "surveyor", "viewer"];
    for member in ["tokens", "users"] {
        assert_eq!(members(&made.identity[member]).into_keys().collect::<Vec<_>>(), roles);
    }
    assert_eq!(made.identity["tokens"]["administrator"], "a-token-of-ours");
    let shown = made.manage(Method::GET, "", Value::Null).await.is(200);
    assert_eq!(shown["settings"], settings);
    assert_eq!(shown["clock"], "2026-05-06T10:08:09.000000Z");
    assert_eq!(shown["uuid"], made.identity["uuid"]);
    assert_eq!(shown["tokens"], made.identity["tokens"]);
    let own = shop.manage(Method::GET, "", Value::Null).await.is(200);
    assert_eq!(shown["counts"], own["counts"], "the shop's data");
}

/// What is left out is as at the start of the program, but there is no data.
#[rstest]
#[tokio::test]
async fn nothing_need_be_set(#[future(awt)] fresh: Weni) {
    let shown = fresh.manage(Method::GET, "", Value::Null).await.is(200);
    let defaults = json!({
        "profile": "documented", "country": "BR", "anon": false, "suspended": false,
        "limits": {"fields": 250, "groups": 250}, "ninth_digit": true, "timezone": "America/Sao_Paulo",
        "date_format": "day_first", "rate_limit": null,
    });
    assert_eq!(shown["settings"], defaults);
    assert_eq!(shown["counts"], json!({"contacts": 0, "deleted_contacts": 0, "fields": 0, "groups": 0}));
}

#[rstest]
#[case(json!("BR"), "America/Sao_Paulo")]
#[case(json!("RW"), "Africa/Kigali")]
#[case(json!("US"), "America/New_York")]
#[case(json!("IN"), "Asia/Kolkata")]
#[case(json!("PT"), "UTC")]
#[case(Value::Null, "UTC")]
#[tokio::test]
async fn the_time_zone_follows_the_country(#[case] country: Value, #[case] zone: &str) {
    let weni = Weni::with(json!({"country": country})).await;
    let settings = weni.manage(Method::GET, "", Value::Null).await.is(200)["settings"].clone();
    assert_eq!((&settings["country"], &settings["timezone"]), (&country, &json!(zone)));
}

/// Settings do what they say.
#[rstest]
#[case::anon("anon", json!(true), "contacts?urn=ext%3A1", json!({}), 400)]
#[case::suspended("suspended", json!(true), "contacts", json!({}), 400)]
#[case::fields("limits", json!({"fields": 0}), "fields", json!({"label": "A", "value_type": "text"}), 400)]
#[case::groups("limits", json!({"groups": 0}), "groups", json!({"name": "A"}), 400)]
#[case::one_field("limits", json!({"fields": 1}), "fields", json!({"label": "A", "value_type": "text"}), 201)]
#[case::no_country("country", Value::Null, "contacts?urn=tel%3A8233221100", json!({}), 400)]
#[tokio::test]
async fn settings_have_effect(
    #[future(awt)] fresh: Weni,
    #[case] name: &str,
    #[case] value: Value,
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
) {
    let limited = fresh.workspace(json!({ name: value })).await;
    assert_eq!(fresh.post(path, body.clone()).await.status, 201);
    assert_eq!(limited.post(path, body).await.status, status);
}

#[rstest]
#[tokio::test]
async fn settings_can_be_changed(#[future(awt)] fresh: Weni, settings: Value) {
    for (name, value) in members(&settings) {
        let changed = fresh.manage(Method::PATCH, "", json!({ name: value })).await.is(200);
        assert_eq!(&changed["settings"][name], value);
    }
    assert_eq!(fresh.manage(Method::GET, "", Value::Null).await.is(200)["settings"], settings);
    let untouched = fresh.manage(Method::PATCH, "", json!({})).await.is(200);
    assert_eq!(untouched["settings"], settings);
}

/// What is wrong is named, and nothing is done.
#[rstest]
#[case(json!({"contry": "BR"}), "contry")]
#[case(json!({"limits": {"contacts": 1}}), "contacts")]
#[case(json!({"profile": "production"}), "production")]
#[case(json!({"country": "Brazil"}), "country: \"Brazil\"")]
#[case(json!({"timezone": "Mars/Olympus"}), "timezone: \"Mars/Olympus\"")]
#[case(json!({"date_format": "dmy"}), "dmy")]
#[case(json!({"rate_limit": "often"}), "\"often\"")]
#[case(json!({"anon": "yes"}), "anon: invalid type: string \"yes\"")]
#[case(json!({"limits": {"fields": -1}}), "limits.fields: -1 is not a whole number from 0 on")]
#[case(json!({"limits": {"groups": "few"}}), "limits.groups: \"few\" is not a whole number from 0 on")]
#[tokio::test]
async fn a_wrong_setting_is_named(#[future(awt)] fresh: Weni, #[case] body: Value, #[case] named: &str) {
    let settings = || async { fresh.manage(Method::GET, "", Value::Null).await.is(200)["settings"].clone() };
    let before = settings().await;
    let count =
        || async { fresh.control(Method::GET, "health", Value::Null).await.is(200)["workspaces"].clone() };
    let workspaces = count().await;
    let refusals = [
        fresh.control(Method::POST, "workspaces", body.clone()).await,
        fresh.manage(Method::PATCH, "", body).await,
    ];
    for refusal in refusals {
        let error = text(&refusal.is(400)["error"]);
        assert!(error.contains(named), "{error}");
    }
    assert_eq!(settings().await, before);
    assert_eq!(count().await, workspaces);
}

/// These can be given only to a new workspace.
#[rstest]
#[case(json!({"clock": "noon"}), "clock")]
#[case(json!({"seed": "lucky"}), "seed")]
#[case(json!({"token": 5}), "token")]
#[case(json!({"token": "77656e692d6d6f636b2d746f6b656e2d30303031"}), "token")]
#[case(json!({"data": "shopp"}), "shopp")]
#[case(json!({"data": "/etc/passwd.json"}), "/etc/passwd.json")]
#[case(json!({"data": {"contatos": []}}), "contatos")]
#[case(json!({"data": {"contacts": "customers.csv"}}), "contacts")]
#[case(json!({"data": {"contacts": [{}, {"groups": ["Nowhere"]}]}}), "contacts[1]")]
#[case(json!({"dat": "shop"}), "no member \"dat\": there are profile, country, anon, suspended, limits, ninth_digit, timezone, date_format, rate_limit, data, faults, clock, seed, token")]
#[case(json!({"faults": ["floky"]}), "faults[0]: \"floky\" is not a fault, which is an object; a preset (flaky, throttled, outage, stale) stands alone")]
#[case(json!([]), "")]
#[tokio::test]
async fn wrong_beginnings_are_named(#[future(awt)] fresh: Weni, #[case] body: Value, #[case] named: &str) {
    let error = text(&fresh.control(Method::POST, "workspaces", body).await.is(400)["error"]);
    assert!(error.contains(named), "{error}");
}
