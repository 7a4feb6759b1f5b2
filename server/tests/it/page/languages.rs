//! Effects and the page in the language of whoever reads them.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use reqwest::header::{ACCEPT_LANGUAGE, COOKIE};
use rstest::rstest;
use serde_json::Value;

use super::busy;
use crate::support::{Weni, send, shop};

#[rstest]
#[case("pt-BR,pt;q=0.9,en;q=0.5", "Registro", "foi lido como")]
#[case("es-MX", "Registro", "se leyó como")]
#[case("de,fr;q=0.5", "Journal", "was read as")]
#[tokio::test]
async fn the_browser_says_which(#[case] wish: &str, #[case] title: &str, #[case] effect: &str) {
    let weni = busy().await;
    let page =
        weni.authorized("").request(Method::GET, &format!("?{}", weni.named())).header(ACCEPT_LANGUAGE, wish);
    let page = send(page).await;
    page.shows(&format!("<h1>{title}</h1>"));
    page.shows(effect);
    let path = format!("__mock/workspaces/{}/journal", weni.uuid());
    let journal = send(weni.request(Method::GET, &path).header(ACCEPT_LANGUAGE, wish)).await.is(200);
    let text = journal["entries"][1]["effects"][0]["text"].as_str().expect("a text");
    assert!(text.contains(effect), "{text}");
}

#[rstest]
#[tokio::test]
async fn what_is_chosen_on_the_page_is_kept(#[future(awt)] shop: Weni) {
    let chosen = shop.view("?lang=es").await;
    chosen.shows("<html lang=\"es\">");
    let cookie = chosen.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let next =
        shop.request(Method::GET, "__mock/page/fields").header(COOKIE, cookie).header(ACCEPT_LANGUAGE, "en");
    send(next).await.shows("<h1>Campos</h1>");
}

/// Every text that the page's sources name is in the catalogue, and every one in the catalogue is named.
#[rstest]
fn no_text_is_missing_and_none_is_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: String = std::fs::read_dir(root.join("src/page"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).expect("a source"))
        .collect();
    let catalogue = std::fs::read_to_string(root.join("../fixtures/texts/page.json")).expect("the catalogue");
    let catalogue: Value = serde_json::from_str(&catalogue).expect("JSON");
    let known: BTreeSet<&str> = catalogue.as_object().expect("texts").keys().map(String::as_str).collect();
    for call in ["say(\"", "fill(\""] {
        for named in sources.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(known.contains(named) || named.contains('{'), "{named} is not in the catalogue");
        }
    }
    // Keys that are put together: `format!("status.{}", …)`.
    let families = ["filter.", "status.", "status.set.", "link.", "faults.preset."];
    let is_named = |key: &&str| {
        sources.contains(&format!("\"{key}\"")) || families.iter().any(|family| key.starts_with(family))
    };
    let left_over: Vec<&str> = known.iter().copied().filter(|key| !is_named(key)).collect();
    assert!(left_over.is_empty(), "named nowhere: {left_over:?}");
}
