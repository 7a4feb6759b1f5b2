//! What goes out for a request of a case, and what comes of a target that does not behave.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::bindings::Bindings;
use weni_conformance::case::{Role, Unbound};
use weni_conformance::client::{
    BaseUrl, Client, ClientError, Http, PrepareError, SentRequest, Token, Tokens,
};
use weni_conformance::load;
use weni_conformance::pace::Pace;

use crate::support::{case, listener};

const TOKEN: &str = "77656e692d6d6f636b2d746f6b656e2d30303031";

fn client(base: &str) -> Client {
    let http = Http::new(Duration::from_millis(300)).unwrap();
    Client::new(http, base.parse().unwrap(), Tokens::administrator(Token::new(TOKEN)), Pace::default())
}

/// The request that a case's `request` member becomes, with `id` bound to a text that needs escaping.
fn prepare(request: &Value) -> Result<SentRequest, PrepareError> {
    let steps = json!([
        {"request": {"path": "/"}, "response": {"status": 200, "json": [{"$uuid": "id"}, {"$url": "next"}]}},
        {"request": request, "response": {"status": 200}},
    ]);
    let mut bindings = Bindings::default();
    bindings.set("id", "a \"b\" é");
    bindings.set("next", "https://elsewhere.example/api/v2/contacts.json?cursor=c%3D&limit=2");
    client("http://localhost:9364").prepare(&case(&steps).exchanges().nth(1).unwrap().request, &bindings)
}

#[rstest]
#[case::a_plain_get(
    json!({"path": "/api/v2/contacts.json"}),
    r#"curl -H "authorization: Token $WENI_TOKEN" 'http://localhost:9364/api/v2/contacts.json'"#
)]
#[case::a_query_is_form_encoded(
    json!({"path": "/api/v2/contacts.json", "query": [["urn", "tel:+55 82"], ["name", "{{id}}"]]}),
    r#"curl -H "authorization: Token $WENI_TOKEN" 'http://localhost:9364/api/v2/contacts.json?urn=tel%3A%2B55+82&name=a+%22b%22+%C3%A9'"#
)]
#[case::a_raw_query_stays(
    json!({"path": "/api/v2/contacts.json", "rawquery": "urn=tel:+5582"}),
    r#"curl -H "authorization: Token $WENI_TOKEN" 'http://localhost:9364/api/v2/contacts.json?urn=tel:+5582'"#
)]
#[case::json_with_a_value_that_needs_escaping(
    json!({"method": "POST", "path": "/api/v2/contacts.json", "json": {"name": "it's {{id}}"}}),
    r#"curl -H 'content-type: application/json' -H "authorization: Token $WENI_TOKEN" --data-raw '{"name":"it'\''s a \"b\" é"}' 'http://localhost:9364/api/v2/contacts.json'"#
)]
#[case::a_raw_body_and_an_empty_media_type(
    json!({"method": "POST", "path": "/a", "raw": "name={{id}}", "headers": {"Content-Type": ""}}),
    r#"curl -H 'content-type;' -H "authorization: Token $WENI_TOKEN" --data-raw 'name=a "b" é' 'http://localhost:9364/a'"#
)]
#[case::no_body_no_media_type(
    json!({"method": "POST", "path": "/a", "as": "none"}),
    "curl -X POST 'http://localhost:9364/a'"
)]
#[case::a_link_is_followed_on_the_target(
    json!({"follow": "next"}),
    r#"curl -H "authorization: Token $WENI_TOKEN" 'http://localhost:9364/api/v2/contacts.json?cursor=c%3D&limit=2'"#
)]
#[case::a_token_of_nobody(
    json!({"path": "/a", "as": "bad"}),
    "curl -H 'authorization: Token 0123456789012345678901234567890123456789' 'http://localhost:9364/a'"
)]
#[case::any_authorization(
    json!({"method": "HEAD", "path": "/a", "as": "raw:Basic !!!", "headers": {"Accept": "*/*"}}),
    "curl --head -H 'accept: */*' -H 'authorization: Basic !!!' 'http://localhost:9364/a'"
)]
fn requests_go_out_as_the_case_says(#[case] request: Value, #[case] curl: &str) {
    assert_eq!(prepare(&request).unwrap().curl(), curl);
}

#[test]
fn json_goes_out_as_spelt_in_the_case() {
    let json = r#"{"z": 1.50, "a": 100000000000000000000,
        "b": ["\u00e9 \"  \\", " "]}"#;
    let text = format!(
        r#"{{"id": "x", "steps": [{{"request": {{"path": "/", "json": {json}}}, "response": {{"status": 200}}}}]}}"#
    );
    let case = load::parse(Path::new("x.json"), &text).unwrap();
    let request = &case.exchanges().next().unwrap().request;
    let sent = client("http://localhost").prepare(request, &Bindings::default()).unwrap();
    let compact = r#"{"z":1.50,"a":100000000000000000000,"b":["\u00e9 \"  \\"," "]}"#;
    assert_eq!(sent.body.as_deref(), Some(compact));
}

#[test]
fn the_token_is_sent_but_never_printed() {
    let request = prepare(&json!({"path": "/api/v2/contacts.json"})).unwrap();
    assert_eq!(request.headers["authorization"].to_str().unwrap(), format!("Token {TOKEN}"));
    let printed = format!("{request:?} {:?} {:?}", request.headers, client("http://localhost"));
    assert!(!printed.contains(TOKEN), "{printed}");
    assert_eq!(client("http://localhost").tokens.mask(&format!("Token {TOKEN}!")), "Token $WENI_TOKEN!");
}

#[rstest]
#[case::letter_case(TOKEN.to_uppercase())]
#[case::percent_encoded(TOKEN.replace('7', "%37"))]
#[case::percent_encoded_twice(TOKEN.replace('7', "%2537"))]
#[case::escaped(TOKEN.replace('7', "\\u0037"))]
#[case::base64(STANDARD.encode(TOKEN))]
#[case::within_base64(STANDARD.encode(format!("ana@example.com:{TOKEN}!")))]
fn a_token_is_printed_in_no_form(#[case] repeated: String) {
    let masked = client("http://localhost").tokens.mask(&format!("got \"{repeated}\" \\/ \\u0041"));
    assert_eq!(masked, "got \"$WENI_TOKEN\" \\/ \\u0041");
}

#[test]
fn a_request_that_cannot_be_made_says_why() {
    let unbound = client("http://localhost").prepare(
        &case(&json!([
            {"request": {"path": "/"}, "response": {"status": 200, "json": {"$uuid": "u"}}},
            {"request": {"path": "/", "query": [["uuid", "{{u}}"]]}, "response": {"status": 200}},
        ]))
        .exchanges()
        .nth(1)
        .unwrap()
        .request,
        &Bindings::default(),
    );
    assert_eq!(unbound.unwrap_err(), PrepareError::Unbound(Unbound("u".to_owned())));
    let viewer = prepare(&json!({"path": "/a", "as": "viewer"})).unwrap_err();
    assert_eq!(viewer, PrepareError::NoToken(Role::Viewer));
    let method = prepare(&json!({"path": "/a", "method": "NO METHOD"})).unwrap_err();
    assert!(matches!(method, PrepareError::Impossible(_)));
}

#[rstest]
#[case("http://localhost:9364", "http://localhost:9364/x")]
#[case("http://localhost:9364/", "http://localhost:9364/x")]
#[case("http://localhost:9364/api/v2", "http://localhost:9364/x")]
#[case("https://flows.weni.ai/api/v2/", "https://flows.weni.ai/x")]
#[case("https://example.org/proxy/api/v2", "https://example.org/proxy/x")]
fn a_base_may_end_in_the_path_of_the_api(#[case] base: &str, #[case] joined: &str) {
    assert_eq!(base.parse::<BaseUrl>().unwrap().join("/x", None).unwrap().as_str(), joined);
}

#[rstest]
#[case("localhost:9364", "`localhost:9364` is not an http or https URL")]
#[case("nonsense", "`nonsense` is not a URL: relative URL without a base")]
#[case("http://me:secret@localhost", "no credentials in the URL, please: give the token by itself")]
#[case(
    "http://localhost?x=1",
    "`http://localhost?…` has a query or a fragment: give the address of the server alone"
)]
fn a_bad_base_is_refused(#[case] base: &str, #[case] message: &str) {
    assert_eq!(base.parse::<BaseUrl>().unwrap_err().to_string(), message);
}

#[rstest]
#[case("http://localhost", true)]
#[case("http://127.0.0.1:9364", true)]
#[case("http://[::1]:9364", true)]
// Whoever resolves names decides where this leads.
#[case("http://mock.localhost", false)]
#[case("https://flows.weni.ai", false)]
#[case("http://10.0.0.1", false)]
fn local_hosts_are_told_from_others(#[case] base: &str, #[case] local: bool) {
    assert_eq!(base.parse::<BaseUrl>().unwrap().is_local(), local);
}

async fn get(base: &str) -> Result<(u16, String), ClientError> {
    let client = client(base);
    let request = case(&json!([{"request": {"path": "/api/v2/contacts.json"}, "response": {"status": 200}}]));
    let request = &request.exchanges().next().unwrap().request;
    let answer = client.send(&client.prepare(request, &Bindings::default()).unwrap()).await?;
    Ok((answer.status, answer.text))
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let url =
        listener(&[b"HTTP/1.1 301 Moved\r\nlocation: http://localhost/\r\ncontent-length: 2\r\n\r\nhi"]);
    assert_eq!(get(&url).await.unwrap(), (301, "hi".to_owned()));
}

#[tokio::test]
async fn a_target_that_does_not_behave_is_told_in_one_line() {
    let silent = get(&listener(&[b""])).await.unwrap_err();
    assert_eq!(silent.to_string(), "no answer within 0.3 s");
    let rude = get(&listener(&[b"SSH-2.0-OpenSSH_9.6\r\n"])).await.unwrap_err();
    assert_eq!(rude.to_string(), "the exchange broke off: invalid HTTP version parsed");
    let cut = get(&listener(&[b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"])).await.unwrap_err();
    assert_eq!(cut.to_string(), "the exchange broke off: end of file before message length reached");
    let nobody = get("http://127.0.0.1:1").await.unwrap_err().to_string();
    assert!(nobody.starts_with("http://127.0.0.1:1 is out of reach: "), "{nobody}");
}
