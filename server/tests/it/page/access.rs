//! Who may see the page.

use reqwest::Method;
use reqwest::header::{COOKIE, HOST, ORIGIN};
use rstest::rstest;
use weni_mock::MockServer;

use crate::support::{Weni, send, shop};

#[rstest]
#[tokio::test]
async fn there_may_be_no_page() {
    let weni = Weni::start(MockServer::builder().console(false)).await;
    for path in ["", "__mock/page/contacts", "__mock/page/page.css"] {
        assert_eq!(send(weni.request(Method::GET, path)).await.status, 404, "{path}");
    }
}

/// A tunnel to the mock does not open it, and no other site's page can do anything in it.
#[rstest]
#[tokio::test]
async fn it_is_for_this_machine_alone(#[future(awt)] shop: Weni) {
    let from =
        |header, value: &'static str| shop.authorized("").request(Method::GET, "").header(header, value);
    let tunnel = send(from(HOST, "mock.example.com")).await;
    assert_eq!(tunnel.status, 403);
    assert!(!tunnel.body.contains("Journal"), "{}", tunnel.body);
    assert_eq!(send(from(ORIGIN, "https://evil.example")).await.status, 403);
    let clear =
        shop.request(Method::POST, "__mock/page/journal/clear").header(ORIGIN, "https://evil.example");
    assert_eq!(send(clear).await.status, 403);
}

#[rstest]
#[tokio::test]
async fn elsewhere_it_asks_for_the_control_token() {
    let weni = Weni::start(MockServer::builder().control_token("s3cret;=\"")).await;
    let asked = send(weni.authorized("").request(Method::GET, "")).await;
    assert_eq!(asked.status, 403);
    assert!(asked.body.contains("type=\"password\""), "{}", asked.body);
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client");
    let login = |token: &'static str| {
        client.post(format!("{}/__mock/page/login", weni.url())).form(&[("token", token)])
    };
    let wrong = send(login("guess")).await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (403, None));
    let right = send(login("s3cret;=\"")).await;
    let cookie = right.header("set-cookie").expect("a cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("s3cret"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().expect("the pair").to_owned();
    let with = || weni.authorized("").request(Method::GET, "").header(COOKIE, &cookie);
    assert_eq!(send(with()).await.status, 200);
    assert_eq!(send(with().header(ORIGIN, "https://evil.example")).await.status, 403);
    // The cookie opens the page, not the control API.
    let api = weni.authorized("").request(Method::GET, "__mock/workspaces/default").header(COOKIE, &cookie);
    assert_eq!(send(api).await.status, 403);
}
