//! A workspace that cannot be read: one line that says why, an exit code, and nothing on standard output.

use rstest::rstest;
use weni_mock::MockServer;

use super::support::{answers, program, recorder};

const JSON: &str = "content-type: application/json\r\n";
const EMPTY: &str = r#"{"next": null, "previous": null, "results": []}"#;

#[track_caller]
fn fails(args: &[&str], code: i32, line: &str) {
    let output = program(args);
    let told = String::from_utf8(output.stderr).unwrap();
    let last = told.lines().last().unwrap();
    assert!(last.starts_with(&format!("weni-conformance: {line}")), "{told}");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{told}");
    assert!(!told.contains("a-secret"), "{told}");
}

#[rstest]
#[case::a_wrong_token(
    403,
    JSON,
    r#"{"detail":"Invalid token"}"#,
    "GET /api/v2/groups.json answers 403: Invalid token; is --token (or WENI_TOKEN) of this server, and of an administrator?"
)]
#[case::a_token_repeated(403, "", "no a-secret", "GET /api/v2/groups.json answers 403: no $WENI_TOKEN;")]
#[case::another_address(
    404,
    "",
    "<html>",
    "GET /api/v2/groups.json answers 404: <html>; is --url the address of the API?"
)]
#[case::a_redirect(
    302,
    "location: https://weni.example/\r\n",
    "",
    "GET /api/v2/groups.json answers 302: leads to https://weni.example/; give that address as --url"
)]
#[case::an_error(500, "", "sorry", "GET /api/v2/groups.json answers 500: sorry")]
#[case::nothing_at_all(204, "", "", "GET /api/v2/groups.json answers 204: ")]
#[case::no_json(
    200,
    "",
    "<!DOCTYPE html>\n<title>",
    "GET /api/v2/groups.json answers with something else than JSON: <!DOCTYPE html> <title>; is --url the address of the API?"
)]
#[case::another_list(
    200,
    JSON,
    "[]",
    "GET /api/v2/groups.json answers with something else than a list of the API: it is no object"
)]
#[case::no_next(
    200,
    JSON,
    r#"{"results": []}"#,
    "GET /api/v2/groups.json answers with something else than a list of the API: missing field `next`"
)]
#[case::an_item_without_a_member(
    200,
    JSON,
    r#"{"next": null, "results": [{"uuid": "8c0f80a4-0181-4106-a9a9-9a3d958879c8", "name": "A"}]}"#,
    "GET /api/v2/groups.json answers with something else than a list of the API: groups[0]: missing field `query`"
)]
#[case::a_link_that_is_none(
    200,
    JSON,
    r#"{"next": "?cursor=1", "results": []}"#,
    "the next page: `?…` is not a URL"
)]
#[case::too_long_a_pause(
    429,
    "retry-after: 121\r\n",
    "",
    "throttled: the server asks to wait 121 s (Retry-After)"
)]
fn an_answer_that_is_no_list_is_told(
    #[case] status: u16,
    #[case] headers: &str,
    #[case] body: &str,
    #[case] line: &str,
) {
    let url = answers(&[(status, headers, body)]);
    fails(&["--url", &url, "--token", "a-secret"], 3, line);
}

#[test]
fn a_pause_asked_for_again_and_again_ends() {
    let url = answers(&[(429, "retry-after: 0\r\n", ""); 7]);
    let line = "throttled: the server asks to wait 0 s (Retry-After)";
    fails(&["--url", &url, "--token", "a-secret"], 3, line);
}

#[test]
fn a_list_without_an_end_is_told() {
    let page = |next: &str| format!(r#"{{"next": "https://weni.example/api/v2/{next}", "results": []}}"#);
    let (first, second) = (page("groups.json?cursor=1"), page("groups.json?cursor=2"));
    let url =
        answers(&[(200, JSON, &first), (200, JSON, &second), (200, JSON, &first), (200, JSON, &second)]);
    let line = "GET /api/v2/groups.json: the next page is one that was read before";
    fails(&["--url", &url, "--token", "a-secret"], 3, line);
}

#[test]
fn a_failure_behind_the_first_list_leaves_nothing_either() {
    let url = answers(&[(200, JSON, EMPTY), (200, JSON, EMPTY), (500, "", "")]);
    fails(&["--url", &url, "--token", "a-secret"], 3, "GET /api/v2/contacts.json answers 500: ");
}

#[rstest]
#[case::no_target(&[], 2, "no target: name a server with --url (or WENI_URL)")]
#[case::no_token(&["--url", "http://localhost:1"], 2, "no token: give the one of an administrator of the workspace")]
#[case::no_url(&["--url", "nonsense", "--token", "a-secret"], 2, "--url: `nonsense` is not a URL")]
#[case::no_header(&["--url", "http://localhost:1", "--token", "a-\nsecret"], 2, "--token: a token is printable ASCII without line breaks")]
#[case::a_seed_for_nothing(
    &["--url", "http://localhost:1", "--token", "a-secret", "--mask-seed", "1"], 2,
    "the following required arguments were not provided: --mask (see --help)"
)]
#[case::out_of_reach(&["--url", "http://127.0.0.1:1", "--token", "a-secret"], 3, "http://127.0.0.1:1 is out of reach: ")]
fn a_pull_that_cannot_begin_says_why(#[case] args: &[&str], #[case] code: i32, #[case] line: &str) {
    fails(args, code, line);
}

#[tokio::test]
async fn the_wrong_token_of_a_mock_is_told() {
    let shop = MockServer::start().await;
    let (url, _) = recorder(shop.url());
    fails(
        &["--url", &url, "--token", "a-secret"],
        3,
        "GET /api/v2/groups.json answers 403: Invalid token; is --token",
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told() {
    let shop = MockServer::start().await;
    let args = ["--url", shop.url(), "--token", shop.token(), "--out", "/nowhere/at/all.json"];
    fails(&args, 2, "/nowhere/at/all.json: No such file or directory");
}
