//! Bearer tokens signed by another service (RS256): a claim, else the query, names the workspace.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rstest::{fixture, rstest};
use serde_json::{Value, json};
use weni_mock::MockServer;

use super::NOT_PROVIDED;
use crate::program;
use crate::support::{Weni, fresh};
use crate::wire::{Wire, request};

const PRIVATE: &[u8] = include_bytes!("../data/jwt-private.pem");
const PUBLIC: &[u8] = include_bytes!("../data/jwt-public.pem");
const OTHER_PRIVATE: &[u8] = include_bytes!("../data/jwt-other-private.pem");

/// The workspace of the shop.
const SHOP: &str = "2b17c8c9-3b64-4063-b75d-a6a7fe7297d6";

/// An instant in the year 2100, in seconds.
const FAR_AWAY: u64 = 4_102_444_800;

/// A mock that knows the public key, and an empty workspace in it.
#[fixture]
async fn keyed() -> Weni {
    Weni::start(MockServer::builder().jwt_public_key(PUBLIC)).await.workspace(json!({})).await
}

#[track_caller]
fn sign(algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, key).expect("a token")
}

/// `Authorization` with claims in which `WORKSPACE` stands for the workspace's UUID.
#[track_caller]
fn bearer(weni: &Weni, claims: &Value) -> Weni {
    let claims = serde_json::from_str(&claims.to_string().replace("WORKSPACE", weni.uuid())).expect("claims");
    let key = EncodingKey::from_rsa_pem(PRIVATE).expect("a key");
    weni.authorized(format!("Bearer {}", sign(Algorithm::RS256, &key, &claims)))
}

#[rstest]
#[case::project_uuid(json!({"project_uuid": "WORKSPACE"}), "")]
#[case::project(json!({"project": "WORKSPACE"}), "")]
#[case::project_uuid_first(json!({"project_uuid": "WORKSPACE", "project": SHOP}), "")]
#[case::query_project_uuid(json!({}), "?project_uuid=WORKSPACE")]
#[case::query_project(json!({}), "?project=WORKSPACE")]
#[case::claim_before_query(json!({"project": "WORKSPACE"}), "?project_uuid=2b17c8c9-3b64-4063-b75d-a6a7fe7297d6")]
#[case::not_expired(json!({"project": "WORKSPACE", "exp": FAR_AWAY, "nbf": 1, "iat": 1}), "")]
#[case::for_anybody(json!({"project": "WORKSPACE", "aud": "others", "iss": "whoever"}), "")]
#[tokio::test]
async fn opens_the_workspace(#[future(awt)] keyed: Weni, #[case] claims: Value, #[case] query: &str) {
    let contact = keyed.contact(json!({"name": "Ana"})).await;
    let signed = bearer(&keyed, &claims);
    let query = query.replace("WORKSPACE", keyed.uuid());
    assert_eq!(signed.get(&format!("contacts{query}")).await.is(200)["results"], json!([contact]));
    // It acts as an administrator.
    signed.post(&format!("groups{query}"), json!({"name": "Group"})).await.is(201);
}

#[rstest]
#[case::names_nothing(json!({"sub": "someone"}), "")]
#[case::names_nobody(json!({"project_uuid": "11111111-1111-4111-8111-111111111111"}), "")]
#[case::names_nonsense(json!({"project_uuid": "nonsense"}), "?project_uuid=WORKSPACE")]
#[case::names_a_number(json!({"project_uuid": 5}), "?project_uuid=WORKSPACE")]
#[case::expired(json!({"project": "WORKSPACE", "exp": 1}), "")]
#[case::not_yet(json!({"project": "WORKSPACE", "nbf": FAR_AWAY}), "")]
#[tokio::test]
async fn opens_nothing(#[future(awt)] keyed: Weni, #[case] claims: Value, #[case] query: &str) {
    let query = query.replace("WORKSPACE", keyed.uuid());
    bearer(&keyed, &claims).get(&format!("contacts{query}")).await.refuses(403, NOT_PROVIDED);
}

/// Signed by somebody else, or in another way, or not at all.
#[rstest]
#[tokio::test]
async fn is_not_believed(#[future(awt)] keyed: Weni) {
    let claims = json!({"project_uuid": keyed.uuid()});
    let own = EncodingKey::from_rsa_pem(PRIVATE).expect("a key");
    let good = sign(Algorithm::RS256, &own, &claims);
    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let other = EncodingKey::from_rsa_pem(OTHER_PRIVATE).expect("a key");
    let tokens = [
        sign(Algorithm::RS256, &other, &claims),
        sign(Algorithm::RS512, &own, &claims),
        sign(Algorithm::PS256, &own, &claims),
        // The public key taken as a shared secret: the oldest trick.
        sign(Algorithm::HS256, &EncodingKey::from_secret(PUBLIC), &claims),
        format!("{signed}."),
        format!("{signed}.{}", signature.to_uppercase()),
        format!("{signed}x.{signature}"),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        "a.b.c".to_owned(),
        format!("{good} {good}"),
    ];
    keyed.authorized(format!("bEaReR {good}")).get("contacts").await.is(200);
    for token in tokens {
        keyed.authorized(format!("Bearer {token}")).get("contacts").await.refuses(403, NOT_PROVIDED);
    }
}

#[rstest]
#[tokio::test]
async fn without_a_key_it_is_as_if_nothing_was_given(#[future(awt)] fresh: Weni) {
    bearer(&fresh, &json!({"project_uuid": "WORKSPACE"})).get("contacts").await.refuses(403, NOT_PROVIDED);
}

/// It is a user of its own to the throttle.
#[rstest]
#[tokio::test]
async fn is_counted_apart(#[future(awt)] keyed: Weni) {
    let limited = keyed.workspace(json!({"rate_limit": "1/hour"})).await;
    let signed = bearer(&limited, &json!({"project": "WORKSPACE"}));
    for user in [limited, signed] {
        assert_eq!([user.get("contacts").await.status, user.get("contacts").await.status], [200, 429]);
    }
}

#[rstest]
fn the_program_takes_the_key_from_a_file() {
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/jwt-public.pem");
    let program = program::start(&["--quiet", "--jwt-public-key", key]);
    let own = EncodingKey::from_rsa_pem(PRIVATE).expect("a key");
    let authorization = format!("Bearer {}", sign(Algorithm::RS256, &own, &json!({"project": SHOP})));
    let reply =
        Wire::connect(&program.address).ask(request("GET", "/api/v2/groups.json", &authorization, ""));
    assert_eq!(reply.status, 200, "{reply:?}");
}
