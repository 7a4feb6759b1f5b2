//! Who asks: `Token`, Basic, roles, and signed Bearer tokens. Whatever fails, the answer is 403.

mod bearer;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::json;

use crate::support::{Weni, fresh, text};

const NOT_PROVIDED: &str = "Authentication credentials were not provided.";

/// `{token}` and `{basic}` stand for the administrator's token and for base64 of name and token.
#[track_caller]
fn filled(authorization: &str, weni: &Weni) -> String {
    let token = text(&weni.identity["tokens"]["administrator"]);
    let basic = STANDARD.encode(format!("{}:{token}", text(&weni.identity["users"]["administrator"])));
    authorization.replace("{token}", &token).replace("{basic}", &basic)
}

#[rstest]
#[case("Token {token}")]
#[case("token {token}")]
#[case("TOKEN {token}")]
#[case("tOkEn   {token} ")]
#[case("Basic {basic}")]
#[case("basic {basic}")]
#[case("BaSiC  {basic}")]
#[tokio::test]
async fn keywords_in_any_case(#[future(awt)] fresh: Weni, #[case] authorization: &str) {
    fresh.authorized(filled(authorization, &fresh)).get("contacts").await.is(200);
}

#[rstest]
#[case::nothing("", NOT_PROVIDED)]
#[case::unknown_scheme("Digest {token}", NOT_PROVIDED)]
#[case::no_scheme("{token}", NOT_PROVIDED)]
#[case::bearer("Bearer {token}", NOT_PROVIDED)]
#[case::bearer_of_nothing("Bearer", NOT_PROVIDED)]
#[case::token_of_nothing("Token", "Invalid token header. No credentials provided.")]
#[case::token_of_two(
    "Token {token} {token}",
    "Invalid token header. Token string should not contain spaces."
)]
#[case::unknown_token("Token 0123456789", "Invalid token")]
#[case::part_of_a_token("Token x-{token}", "Invalid token")]
#[case::basic_of_nothing("Basic", "Invalid basic header. No credentials provided.")]
#[case::basic_of_two(
    "Basic {basic} {basic}",
    "Invalid basic header. Credentials string should not contain spaces."
)]
#[case::no_base64("Basic !!!", "Invalid basic header. Credentials not correctly base64 encoded.")]
#[case::base64_without_colon(
    "Basic bm90aGluZw==",
    "Invalid basic header. Credentials not correctly base64 encoded."
)]
#[case::base64_of_others("Basic YTpi", "Invalid token or email")]
#[tokio::test]
async fn refused_with_403(#[future(awt)] fresh: Weni, #[case] authorization: &str, #[case] detail: &str) {
    let stranger = fresh.authorized(filled(authorization, &fresh));
    let answers = [
        stranger.get("contacts").await,
        stranger.post("groups", json!({"name": "Group"})).await,
        stranger.delete("contacts?uuid=1").await,
        stranger.get("contacts?cursor=none").await,
    ];
    for answer in answers {
        answer.refuses(403, detail);
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.header("allow").is_some_and(|allow| allow.starts_with("GET, POST")));
    }
    assert_eq!(fresh.get("groups").await.is(200)["results"], json!([]), "nothing was done");
}

#[rstest]
#[tokio::test]
async fn no_header_at_all(#[future(awt)] fresh: Weni) {
    let url = format!("{}/api/v2/contacts.json", fresh.url());
    crate::support::send(crate::support::client().get(url)).await.refuses(403, NOT_PROVIDED);
}

/// In Basic the name has to be the one of the token's user.
#[rstest]
#[case::own("administrator", "administrator", true)]
#[case::editors_own("editor", "editor", true)]
#[case::anothers("editor", "administrator", false)]
#[case::made_up("someone@example.com", "administrator", false)]
#[case::none("", "administrator", false)]
#[tokio::test]
async fn basic(#[future(awt)] fresh: Weni, #[case] user: &str, #[case] role: &str, #[case] good: bool) {
    let name = fresh.identity["users"][user].as_str().unwrap_or(user);
    let token = text(&fresh.identity["tokens"][role]);
    let encoded = STANDARD.encode(format!("{name}:{token}"));
    let answer = fresh.authorized(format!("Basic {encoded}")).get("contacts").await;
    match good {
        true => assert_eq!(answer.is(200)["results"], json!([])),
        false => answer.refuses(403, "Invalid token or email"),
    }
}

#[rstest]
#[case("administrator", true)]
#[case("editor", true)]
#[case("surveyor", true)]
#[case("viewer", false)]
#[case("agent", false)]
#[tokio::test]
async fn roles(#[future(awt)] fresh: Weni, #[case] role: &str, #[case] may: bool) {
    let user = fresh.as_role(role);
    let contact = json!({"urns": ["ext:1"]});
    let answers = [
        user.post("contacts", contact).await,
        user.get("contacts").await,
        user.post("groups", json!({"name": "Group"})).await,
        user.post("fields", json!({"label": "Field", "value_type": "text"})).await,
        user.delete("contacts?urn=ext%3A1").await,
    ];
    if may {
        assert_eq!(answers.map(|answer| answer.status), [201, 200, 201, 201, 204]);
    } else {
        for answer in answers {
            answer.refuses(403, "You do not have permission to perform this action.");
        }
        assert_eq!(fresh.get("groups").await.is(200)["results"], json!([]), "nothing was done");
    }
}

/// A token opens its own workspace and no other.
#[rstest]
#[tokio::test]
async fn workspaces_are_apart(#[future(awt)] fresh: Weni) {
    let other = fresh.workspace(json!({})).await;
    let contact = fresh.contact(json!({"urns": ["ext:1"]})).await;
    let path = format!("contacts?uuid={}", text(&contact["uuid"]));
    assert_eq!(other.get("contacts").await.is(200)["results"], json!([]));
    other.post(&path, json!({"name": "Stolen"})).await.refuses(404, "Not found.");
    other.delete(&path).await.refuses(404, "Not found.");
    other.contact(json!({"urns": ["ext:1"]})).await;
    assert_eq!(fresh.get("contacts").await.is(200)["results"], json!([contact]));
}
