//! The OpenAPI document is there for tools, at the mock that it describes.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Weni, fresh, send};

#[rstest]
#[tokio::test]
async fn tools_find_the_document(#[future(awt)] fresh: Weni) {
    let answer = send(fresh.authorized("").request(Method::GET, "openapi.json")).await;
    let fixture: Value = serde_json::from_str(include_str!("../../../fixtures/openapi.json")).expect("JSON");
    assert_eq!(answer.is(200), fixture);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

/// Every operation that it names is one of the mock's, and no other status is answered to a bare request.
#[rstest]
#[tokio::test]
async fn what_it_describes_is_there(#[future(awt)] fresh: Weni) {
    let document = send(fresh.request(Method::GET, "openapi.json")).await.is(200);
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 3);
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
            let answer =
                send(fresh.request(method.clone(), path.trim_start_matches('/')).json(&json!({}))).await;
            let documented = &operation["responses"][answer.status.to_string()];
            assert!(documented.is_object(), "{method} {path} answered {}", answer.status);
        }
    }
}
