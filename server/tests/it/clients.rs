//! Clients as they exist, unmodified.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use rstest::rstest;
use serde_json::json;

use crate::program::TOKEN;
use crate::support::{Weni, client, fresh, send, shop, text, texts};
use crate::wire::Wire;

/// Adds something to a request.
fn get(weni: &Weni, path: &str) -> RequestBuilder {
    weni.request(Method::GET, path)
}

/// Reads page after page as long as there is a next one, as `temba-client` and its like do.
#[rstest]
#[case("api/v2/contacts.json", 2)]
#[case("api/v2/contacts.json?limit=7", 43)]
#[case("api/v2/contacts.json/?limit=300&group=Everybody", 1)]
#[case("api/v2/groups.json", 2)]
#[case("api/v2/fields.json?limit=1", 1)]
#[tokio::test]
async fn follows_next(#[case] path: &str, #[case] pages: usize) {
    let contacts: Vec<_> =
        (0..300).map(|n| json!({"name": format!("Contact {n}"), "groups": ["Everybody"]})).collect();
    let groups: Vec<_> = (1..260).map(|n| json!({"name": format!("Group {n}")})).collect();
    let groups = [vec![json!({"name": "Everybody"})], groups].concat();
    let fields = json!([{"label": "One", "value_type": "text"}, {"label": "Two", "value_type": "text"}]);
    let data = json!({"fields": fields, "groups": groups, "contacts": contacts});
    let weni = Weni::with(json!({"data": data, "limits": {"groups": 300}})).await;
    let (mut link, mut seen, mut read) = (Some(path.to_owned()), Vec::new(), 0);
    while let Some(at) = link {
        let page = weni.get(&at).await.is(200);
        let names = if at.contains("fields") { texts(&page, "key") } else { texts(&page, "name") };
        seen.extend(names);
        read += 1;
        link = page["next"].as_str().map(str::to_owned);
    }
    let whole = seen.len();
    seen.sort();
    seen.dedup();
    let expected = if path.contains("contacts") {
        300
    } else if path.contains("groups") {
        260
    } else {
        2
    };
    assert_eq!((read, whole, seen.len()), (pages, expected, expected));
}

#[rstest]
#[tokio::test]
async fn sends_basic(#[future(awt)] fresh: Weni) {
    let [name, token] = ["users", "tokens"].map(|member| text(&fresh.identity[member]["editor"]));
    let url = format!("{}/api/v2/contacts.json", fresh.url());
    let request = client().post(url).basic_auth(name, Some(token)).json(&json!({"name": "Ana"}));
    assert_eq!(send(request).await.is(201)["name"], "Ana");
}

/// `+` unescaped in the query is a space to the server, and forgiven.
#[rstest]
#[tokio::test]
async fn leaves_the_plus_raw(#[future(awt)] fresh: Weni) {
    let path = "contacts?urn=tel:+5582993311001";
    let made = fresh.post(path, json!({"name": "Ana"})).await.is(201);
    assert_eq!(made["urns"], json!(["tel:+5582993311001"]));
    for other in [path, "contacts?urn=tel:%2B5582993311001", "contacts?urn=tel%3A%2B5582993311001"] {
        assert_eq!(fresh.post(other, json!({"language": "por"})).await.is(200)["uuid"], made["uuid"]);
        assert_eq!(texts(&fresh.get(other).await.is(200), "uuid"), [text(&made["uuid"])]);
    }
    fresh.delete(path).await.is(204);
}

/// A content type on a `GET`, and one that is misspelt at that.
#[rstest]
#[case("application/json; charset: utf-8")]
#[case("application/json;charset=UTF-8")]
#[case("text/plain")]
#[case("nonsense")]
#[case("")]
#[tokio::test]
async fn sends_a_content_type_on_get(#[future(awt)] shop: Weni, #[case] content_type: &str) {
    let answer = send(get(&shop, "api/v2/contacts.json?limit=1").header(CONTENT_TYPE, content_type)).await;
    assert_eq!(answer.is(200)["results"].as_array().map(Vec::len), Some(1));
}

/// The same name in another charset.
#[rstest]
#[case("application/json", "{\"name\": \"João\"}".as_bytes())]
#[case("application/json; charset: utf-8", "{\"name\": \"João\"}".as_bytes())]
#[case("application/json; charset=utf-8", "{\"name\": \"João\"}".as_bytes())]
#[case("application/json; charset=ISO-8859-1", b"{\"name\": \"Jo\xe3o\"}")]
#[case("application/json; charset=\"iso-8859-1\"", b"{\"name\": \"Jo\xe3o\"}")]
#[case("APPLICATION/JSON; Charset=latin1", b"{\"name\": \"Jo\xe3o\"}")]
#[case("application/json", b"{\"name\": \"Jo\\u00e3o\"}")]
#[case("application/x-www-form-urlencoded", b"name=Jo%C3%A3o")]
#[case("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nJoão\r\n--b--\r\n".as_bytes())]
#[tokio::test]
async fn sends_a_body(#[future(awt)] fresh: Weni, #[case] content_type: &str, #[case] body: &[u8]) {
    let request = fresh.request(Method::POST, "api/v2/contacts.json").header(CONTENT_TYPE, content_type);
    let answer = send(request.body(body.to_vec())).await;
    assert_eq!(answer.is(201)["name"], "João");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.body.contains("João"), "non-ASCII stays itself: {}", answer.body);
}

/// A body announced but left out is an empty one, whatever its type.
#[rstest]
#[tokio::test]
async fn sends_no_body_at_all(#[future(awt)] fresh: Weni) {
    let post = || fresh.request(Method::POST, "api/v2/contacts.json?urn=ext%3A1");
    send(post()).await.is(201);
    send(post().header(CONTENT_TYPE, "text/plain")).await.is(200);
    send(post().header(CONTENT_TYPE, "application/json").body("")).await.is(200);
}

/// A `DELETE` with a body, and a path without `.json`.
#[rstest]
#[tokio::test]
async fn writes_to_other_forms_of_the_path(#[future(awt)] fresh: Weni) {
    for path in ["api/v2/contacts", "api/v2/contacts.json/", "api/v2/contacts.json"] {
        let created =
            fresh.request(Method::POST, &format!("{path}?urn=ext%3A1")).json(&json!({"name": "Ana"}));
        send(created).await.is(201);
        send(fresh.request(Method::DELETE, &format!("{path}?urn=ext%3A1")).json(&json!({}))).await.is(204);
    }
}

/// Links lead where the client came from.
#[rstest]
#[case::host(&["Host: mock.example"], "http://mock.example")]
#[case::host_and_port(&["Host: mock.example:8080"], "http://mock.example:8080")]
#[case::proto(&["Host: mock.example", "X-Forwarded-Proto: https"], "https://mock.example")]
#[case::protos(&["Host: mock.example", "X-Forwarded-Proto: https, http"], "https://mock.example")]
#[case::odd_proto(&["Host: mock.example", "X-Forwarded-Proto: javascript"], "http://mock.example")]
#[tokio::test]
async fn links(#[future(awt)] shop: Weni, #[case] headers: &[&str], #[case] base: &str) {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let path = "/api/v2/contacts.json?reverse=true&limit=2";
    let mut wire = Wire::connect(shop.address());
    let page = wire.ask(format!("GET {path} HTTP/1.1\r\nAuthorization: {TOKEN}\r\n{headers}\r\n")).json();
    let next = text(&page["next"]);
    // The parameters are sorted by name.
    let (cursor, rest) = next
        .strip_prefix(&format!("{base}/api/v2/contacts.json?cursor="))
        .and_then(|rest| rest.split_once('&'))
        .unwrap_or_else(|| panic!("{next}"));
    assert_eq!((cursor.is_empty(), rest), (false, "limit=2&reverse=true"));
}

/// Headers in another case are the same headers.
#[rstest]
#[tokio::test]
async fn shouts_its_headers(#[future(awt)] shop: Weni) {
    let head =
        format!("GET /api/v2/groups.json HTTP/1.1\r\nHOST: localhost\r\n{AUTHORIZATION}: {TOKEN}\r\n\r\n");
    let shouted = head.replace("authorization", "AUTHORIZATION");
    assert_ne!(head, shouted);
    assert_eq!(Wire::connect(shop.address()).ask(shouted).status, 200);
}
