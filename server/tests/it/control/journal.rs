//! The journal: what came in, what was answered, and what that did.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Weni, client, fresh, send, shop, text};

async fn journal(weni: &Weni, query: &str) -> Value {
    weni.manage(Method::GET, &format!("/journal{query}"), Value::Null).await.is(200)
}

async fn of_server(weni: &Weni) -> Vec<Value> {
    let journal = weni.control(Method::GET, "journal", Value::Null).await.is(200);
    journal["entries"].as_array().expect("a list").clone()
}

async fn verify(weni: &Weni, question: Value) -> Answer {
    weni.manage(Method::POST, "/journal/verify", question).await
}

/// `POST /api/v2/contacts.json 201` for each entry.
#[track_caller]
fn lines(journal: &Value) -> Vec<String> {
    let line = |entry: &Value| {
        let (request, status) = (&entry["request"], &entry["response"]["status"]);
        format!("{} {} {status}", text(&request["method"]), text(&request["path"]))
    };
    journal["entries"].as_array().unwrap_or_else(|| panic!("{journal}")).iter().map(line).collect()
}

#[rstest]
#[tokio::test]
async fn tells_what_came_and_what_that_did(#[future(awt)] fresh: Weni) {
    let first = fresh.contact(json!({"name": "Ana", "urns": ["ext:1"]})).await;
    let second = fresh.contact(json!({"name": "Bia"})).await;
    let target = format!("contacts?uuid={}", text(&second["uuid"]));
    fresh.post(&target, json!({"urns": ["ext:1"]})).await.is(200);
    fresh.get("contacts?urn=ext%3A1").await.is(200);
    let journal = journal(&fresh, "").await;
    let post = "POST /api/v2/contacts.json";
    let expected = [format!("{post} 201"), format!("{post} 201"), format!("{post} 200")];
    assert_eq!(lines(&journal)[..3], expected);
    assert_eq!(journal["dropped"], 0);
    let entry = &journal["entries"][2];
    assert_eq!((&entry["id"], &entry["user"]), (&json!(3), &json!("administrator")));
    assert_eq!(entry["workspace"], fresh.identity["uuid"]);
    assert_eq!(entry["request"]["query"], format!("uuid={}", text(&second["uuid"])));
    assert_eq!(entry["request"]["body"], json!({"text": r#"{"urns":["ext:1"]}"#, "bytes": 18}));
    let answered: Value = serde_json::from_str(entry["response"]["body"]["text"].as_str().unwrap()).unwrap();
    assert_eq!((&answered["uuid"], &answered["urns"]), (&second["uuid"], &json!(["ext:1"])));
    let uuid = text(&first["uuid"]);
    assert_eq!(
        entry["effects"],
        json!([{"id": "urn-taken", "severity": "error", "urn": "ext:1", "from": uuid, "last": true,
                "text": format!("ext:1 was taken from contact {uuid}, which has no URN now: it cannot be reached")}])
    );
    assert_eq!((&entry["deviation"], &entry["fault"]), (&Value::Null, &Value::Null));
    assert!(entry["ms"].as_f64().is_some_and(|ms| ms > 0.0) && text(&entry["time"]).ends_with('Z'));
    assert_eq!(journal["entries"][3]["request"]["body"], Value::Null);
}

/// The workspace's clock may be moved: how much time passed for the workspace is told beside how much really did.
#[rstest]
#[tokio::test]
async fn tells_the_time_of_the_workspace_too(#[future(awt)] fresh: Weni) {
    fresh.get("contacts").await.is(200);
    fresh.manage(Method::POST, "/clock", json!({"set": "2030-01-01T00:00:00Z"})).await.is(200);
    fresh.get("contacts").await.is(200);
    let entries = journal(&fresh, "").await["entries"].clone();
    assert_eq!(entries[0]["clock"], entries[0]["time"]);
    assert!(text(&entries[1]["time"]) < text(&entries[1]["clock"]), "{entries}");
    assert!(text(&entries[1]["clock"]).starts_with("2030-01-01T00:0"), "{entries}");
    let archive = fresh.manage(Method::GET, "/journal.har", Value::Null).await.is(200);
    assert_eq!(archive["log"]["entries"][1]["_weni"]["clock"], entries[1]["clock"]);
    let of_server = of_server(&fresh).await;
    assert!(of_server.iter().all(|entry| entry["clock"].is_null()), "{of_server:?}");
}

#[rstest]
#[tokio::test]
async fn shows_no_credentials(#[future(awt)] shop: Weni) {
    let token = shop.authorization.trim_start_matches("Token ").to_owned();
    // The token in a body, in the URL and in another header, as integrations in error have it.
    let request = shop.request(Method::POST, &format!("api/v2/contacts.json?token={token}&x={token}"));
    send(request.header("X-Api-Key", &token).json(&json!({"name": token}))).await.is(201);
    let entry = &journal(&shop, "").await["entries"][0];
    assert!(!entry.to_string().contains(&token), "{entry}");
    assert_eq!(entry["request"]["query"], "token=***&x=***");
    assert_eq!(entry["request"]["body"]["text"], r#"{"name":"***"}"#);
    let headers = entry["request"]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["authorization", "Token ***"])), "{headers:?}");
    let archive = shop.manage(Method::GET, "/journal.har", Value::Null).await.is(200);
    assert!(!archive.to_string().contains(&token), "{archive}");
}

/// `{"user:TOKEN"}` as Basic sends it, and the token alone.
fn in_base64(token: &str) -> [String; 2] {
    use base64::Engine;
    let encode = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    [encode(format!("administrator@weni-mock.example:{token}")), encode(token.to_owned())]
}

/// However an integration in error repeats what it was given, and whatever its own secrets are called.
#[rstest]
#[tokio::test]
async fn shows_no_secret_in_whichever_form(#[future(awt)] shop: Weni) {
    let token = shop.authorization.trim_start_matches("Token ").to_owned();
    let [basic, alone] = in_base64(&token);
    let upper = token.to_ascii_uppercase();
    let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let target = format!("api/v2/contacts.json?x={percent}&password=p4ss");
    let body =
        json!({"name": alone, "x": upper, "y": [basic, percent], "password": "p4ss", "tokens": ["p4ss"]});
    let request = shop.request(Method::POST, &target).json(&body);
    let request = ["X-Auth-Token", "X-Secret", "api-key", "Cookie"]
        .into_iter()
        .fold(request, |request, name| request.header(name, "p4ss"));
    send(request.header("X-Echo", &basic)).await;
    shop.authorized(format!("Basic {basic}")).get("fields").await.is(200);
    let rejected = "Rejected-0123456789";
    for target in
        [format!("api/v2/{token}/contacts"), format!("nonsense/{percent}"), format!("api/v2/{rejected}")]
    {
        let answer = send(client().get(format!("{}/{target}", shop.url()))).await;
        assert_eq!(answer.status, 404);
    }
    let contacts = format!("{}/api/v2/contacts.json", shop.url());
    let request = client().post(contacts).header("Authorization", format!("Token {rejected}"));
    send(request.json(&json!({"a": rejected, "b": in_base64(rejected), "c": token}))).await.is(403);
    for path in ["journal", "journal.har"] {
        let own = shop.manage(Method::GET, &format!("/{path}"), Value::Null).await.is(200).to_string();
        let servers = shop.control(Method::GET, path, Value::Null).await.is(200).to_string();
        assert!(own.contains("contacts.json") && servers.contains("nonsense/***"), "{own} {servers}");
        let [rejected_basic, rejected_alone] = in_base64(rejected);
        for secret in
            [&token, &upper, &percent, &basic, &alone, rejected, &rejected_basic, &rejected_alone, "p4ss"]
        {
            assert!(!own.contains(secret), "{secret}: {own}");
            assert!(!servers.contains(secret), "{secret}: {servers}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn whom_nobody_knows_is_in_the_servers(#[future(awt)] shop: Weni) {
    shop.authorized("Token 0123").get("contacts").await.is(403);
    send(client().get(format!("{}/api/v2/groups.json", shop.url()))).await.is(403);
    send(client().post(format!("{}/api/v3/contacts", shop.url())).body("x")).await;
    shop.get("api/v2/flow_starts.json").await.is(404);
    shop.get("nonsense").await;
    let unknown = of_server(&shop).await;
    let expected =
        ["GET /api/v2/contacts.json 403", "GET /api/v2/groups.json 403", "POST /api/v3/contacts 404"];
    assert_eq!(lines(&json!({"entries": unknown})), expected);
    assert_eq!(unknown[0]["request"]["headers"][0], json!(["authorization", "Token ***"]));
    assert_eq!(
        (&unknown[0]["workspace"], &unknown[2]["request"]["body"]["text"]),
        (&Value::Null, &json!("x"))
    );
    // Who is known is in the workspace's, whatever was asked for. The control API is in none.
    let known = journal(&shop, "").await;
    assert_eq!(lines(&known), ["GET /api/v2/flow_starts.json 404", "GET /nonsense 404"]);
    shop.control(Method::DELETE, "journal", Value::Null).await.is(204);
    assert!(of_server(&shop).await.is_empty());
    let question = json!({"match": {"path": "/nonsense"}, "count": 0});
    shop.control(Method::POST, "journal/verify", question).await.is(200);
}

#[rstest]
#[case("", &[1, 2, 3, 4])]
#[case("?method=POST", &[1, 2])]
#[case("?endpoint=groups", &[2, 3])]
#[case("?path=contacts", &[1, 4])]
#[case("?status=4xx", &[2])]
#[case("?status=201", &[1])]
#[case("?effect=member-ignored", &[1])]
#[case("?fault=status", &[])]
#[case("?after=2", &[3, 4])]
#[case("?last=1", &[4])]
#[case("?after=1&last=2&method=GET", &[3, 4])]
#[tokio::test]
async fn shows_what_is_asked_for(#[future(awt)] fresh: Weni, #[case] query: &str, #[case] expected: &[u64]) {
    fresh.post("contacts", json!({"nmae": "Ana"})).await.is(201);
    fresh.post("groups", json!({})).await.is(400);
    fresh.get("groups").await.is(200);
    fresh.get("contacts").await.is(200);
    let shown = journal(&fresh, query).await;
    let ids: Vec<_> =
        shown["entries"].as_array().unwrap().iter().map(|e| e["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, expected);
}

#[rstest]
#[case("?last=x", "last: expected a number")]
#[case(
    "?limit=1",
    "limit: no such parameter; there are method, endpoint, path, status, effect, fault, after, last"
)]
#[case("?status=huge", "\"huge\" is no status such as 201 or 4xx")]
#[case("?endpoint=contact", "unknown endpoint \"contact\": there are contacts, fields, groups")]
#[tokio::test]
async fn a_filter_that_is_none_is_told(#[future(awt)] fresh: Weni, #[case] query: &str, #[case] error: &str) {
    let answer = fresh.manage(Method::GET, &format!("/journal{query}"), Value::Null).await;
    assert_eq!(answer.is(400), json!({"error": error}));
}

#[rstest]
#[tokio::test]
async fn says_whether_what_was_to_happen_has(#[future(awt)] fresh: Weni) {
    fresh.contact(json!({"name": "Ana", "language": "por"})).await;
    let ana = json!({"method": "POST", "endpoint": "contacts", "body": {"name": "Ana"}, "status": 201});
    let holds = verify(&fresh, json!({"match": ana, "count": {"at_least": 1}})).await.is(200);
    assert_eq!(holds, json!({"count": 1, "expected": {"at_least": 1}, "entries": [1], "dropped": 0}));
    let misses =
        verify(&fresh, json!({"match": {"body": {"name": "Bia"}, "headers": {"x-shop": "7"}}})).await;
    assert_eq!(
        misses.is(409),
        json!({
            "count": 0, "expected": {"at_least": 1}, "entries": [], "dropped": 0,
            "nearest": [{"entry": 1, "request": "POST /api/v2/contacts.json", "differences": [
                {"at": "header x-shop", "expected": "\"7\"", "got": "nothing"},
                {"at": "/name", "expected": "\"Bia\"", "got": "\"Ana\""},
            ]}],
        })
    );
    verify(&fresh, json!({"match": ana, "count": 0})).await.is(409);
    let wrong = verify(&fresh, json!({"math": {}})).await.is(400);
    assert!(text(&wrong["error"]).starts_with("unknown field `math`"), "{wrong}");
}

#[rstest]
#[tokio::test]
async fn is_forgotten_when_asked_and_not_by_a_reset(#[future(awt)] fresh: Weni) {
    fresh.get("contacts").await.is(200);
    fresh.manage(Method::POST, "/reset", json!({})).await.is(204);
    assert_eq!(lines(&journal(&fresh, "").await).len(), 1);
    fresh.manage(Method::DELETE, "/journal", Value::Null).await.is(204);
    fresh.get("groups").await.is(200);
    let after = journal(&fresh, "").await;
    assert_eq!(
        (lines(&after), &after["entries"][0]["id"]),
        (vec!["GET /api/v2/groups.json 200".to_owned()], &json!(1))
    );
}

/// The members that HAR 1.2 asks of an entry.
#[rstest]
#[tokio::test]
async fn is_an_archive_that_other_tools_read(#[future(awt)] fresh: Weni) {
    fresh.post("contacts?urn=ext%3A1", json!({"name": "Ana", "x": 1})).await.is(201);
    fresh.delete("contacts?urn=ext%3A1").await.is(204);
    let archive = fresh.manage(Method::GET, "/journal.har", Value::Null).await.is(200);
    let log = &archive["log"];
    assert_eq!((&log["version"], &log["creator"]["name"]), (&json!("1.2"), &json!("weni-mock")));
    let [first, second] = log["entries"].as_array().unwrap().as_slice() else { panic!("{archive}") };
    for member in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
        assert!(first.get(member).is_some(), "{member}");
    }
    let request = &first["request"];
    assert_eq!(request["url"], format!("{}/api/v2/contacts.json?urn=ext%3A1", fresh.url()));
    assert_eq!(request["queryString"], json!([{"name": "urn", "value": "ext:1"}]));
    let data = json!({"mimeType": "application/json", "text": r#"{"name":"Ana","x":1}"#});
    assert_eq!((&request["postData"], &request["bodySize"]), (&data, &json!(20)));
    assert_eq!(first["response"]["content"]["mimeType"], "application/json");
    assert_eq!(first["response"]["statusText"], "Created");
    assert_eq!(first["_weni"]["effects"][0]["id"], "member-ignored");
    assert!(second["request"].get("postData").is_none());
    assert_eq!(
        (&second["response"]["status"], &second["response"]["content"]["size"]),
        (&json!(204), &json!(0))
    );
    let one = fresh.manage(Method::GET, "/journal.har?method=DELETE", Value::Null).await.is(200);
    assert_eq!(one["log"]["entries"].as_array().unwrap().len(), 1);
}

/// A form's parameters, and what is no text.
#[rstest]
#[tokio::test]
async fn an_archive_says_how_a_body_is_to_be_read(#[future(awt)] fresh: Weni) {
    let post = |kind: &str, body: &'static [u8]| {
        send(fresh.request(Method::POST, "api/v2/groups.json").header("Content-Type", kind).body(body))
    };
    post("application/x-www-form-urlencoded", b"name=Caf%C3%A9&senha=abc").await.is(201);
    post("application/octet-stream", b"\xff\x00").await;
    let archive = fresh.manage(Method::GET, "/journal.har", Value::Null).await.is(200);
    let data = |place: usize| &archive["log"]["entries"][place]["request"]["postData"];
    let parameters = json!([{"name": "name", "value": "Café"}, {"name": "senha", "value": "***"}]);
    assert_eq!((&data(0)["text"], &data(0)["params"]), (&json!("name=Caf%C3%A9&senha=***"), &parameters));
    assert_eq!((&data(1)["text"], &data(1)["_encoding"]), (&json!("/wA="), &json!("base64")));
    assert_eq!(archive["log"]["_dropped"], 0);
    assert!(archive["log"].get("comment").is_none());
}

#[test]
fn an_archive_says_what_it_lacks() {
    let program = crate::program::start(&["--quiet", "--journal", "2"]);
    let get = |path: &str| {
        let request = crate::wire::request("GET", path, "Token x", "");
        crate::wire::Wire::connect(&program.address).ask(request)
    };
    (0..5).for_each(|_| drop(get("/nonsense")));
    let log = get("/__mock/journal.har").json()["log"].clone();
    assert_eq!((&log["_dropped"], log["entries"].as_array().unwrap().len()), (&json!(3), 2));
    assert_eq!(log["comment"], "3 earlier requests had no room in the journal");
}

#[rstest]
#[tokio::test]
async fn what_answers_head_has_no_body_and_what_is_too_large_a_length(#[future(awt)] fresh: Weni) {
    send(fresh.request(Method::HEAD, "api/v2/contacts.json")).await.is(200);
    let large = "x".repeat(3_000_000);
    fresh.post("contacts", json!({"name": large})).await.is(413);
    let entries = journal(&fresh, "").await["entries"].clone();
    assert_eq!(entries[0]["response"]["body"], Value::Null);
    assert_eq!(entries[1]["request"]["body"], json!({"text": "", "bytes": 3_000_011, "cut": true}));
}

/// A miss tells what was there, though no credentials.
#[rstest]
#[tokio::test]
async fn a_miss_tells_no_credentials(#[future(awt)] fresh: Weni) {
    fresh.post("contacts?token=s3cret-in-the-url", json!({"name": "Ana"})).await;
    let token = text(&fresh.identity["tokens"]["administrator"]).to_owned();
    for pattern in [
        json!({"headers": {"authorization": "x"}}),
        json!({"query": {"token": "x"}}),
        json!({"body": {"name": "Bia"}}),
    ] {
        let question = json!({"match": pattern});
        let answer = fresh.manage(Method::POST, "/journal/verify", question).await.is(409).to_string();
        assert!(!answer.contains(&token) && !answer.contains("s3cret"), "{answer}");
        assert!(answer.contains("***") || answer.contains("Ana"), "{answer}");
    }
}
