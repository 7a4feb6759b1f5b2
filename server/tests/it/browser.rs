//! The page in a real browser: Chromium, where there is one.

mod driver;

use driver::{Browser, Look};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Weni, shop};

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";

const WIDE: Look = Look { width: 1200, dark: false };
const DARK: Look = Look { width: 1200, dark: true };
const NARROW: Look = Look { width: 400, dark: false };

/// Starts a browser, or ends the test: it was said that it was skipped.
macro_rules! browser {
    ($look:expr) => {
        match Browser::start($look).await {
            Some(browser) => browser,
            None => return,
        }
    };
}

/// Requests with which there is something to see.
async fn requests(weni: &Weni) {
    weni.contact(json!({"name": "Maria Oliveira", "language": "por", "urns": ["whatsapp:5582985550199"]}))
        .await;
    weni.post("contacts?id=7", json!({"name": "Zé", "urns": ["tel:11991234567"]})).await.is(201);
    weni.post("contacts", json!({"language": "fre"})).await.is(400);
    weni.get("contacts?urn=whatsapp:5582985550199").await.is(200);
}

#[rstest]
#[tokio::test]
async fn somebody_watches_an_integration(#[future(awt)] shop: Weni) {
    let browser = browser!(WIDE);
    browser.open(shop.url()).await;
    browser.shows("No request yet. Point your integration here:").await;
    browser.shows("Live").await;
    // Requests appear by themselves, the newest first.
    requests(&shop).await;
    browser.shows("tel:11991234567 was read as tel:+11991234567, a number of another country").await;
    browser.wait_for("document.querySelectorAll('#entries > li').length === 4").await;
    assert!(!browser.text().await.contains("No request yet"));
    assert_eq!(browser.eval("document.querySelector('#entries > li').value").await, 4);
    // While it is paused nothing moves; then all that came is there.
    browser.click("#pause").await;
    shop.get("groups").await.is(200);
    browser.shows("Resume").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(browser.eval("document.querySelectorAll('#entries > li').length").await, 4);
    browser.click("#pause").await;
    browser.wait_for("document.querySelectorAll('#entries > li').length === 5").await;
    // One of them, opened.
    browser.click("#entries > li[value='2'] a").await;
    browser.shows("?id= is no look-up and was ignored, so a contact was created").await;
    browser.shows("\"name\": \"Zé\",").await;
    browser.click_on("As curl").await;
    browser.shows("Authorization: Token $WENI_TOKEN").await;
    browser.click_on("Copy").await;
    browser.click_on("Send again").await;
    browser.shows("Done.").await;
    browser.shows("URN belongs to another contact: tel:+11991234567").await;
    browser.click_on("Back to the journal").await;
    browser.wait_for("document.querySelectorAll('#entries > li').length === 6").await;
    // Filtered; what comes meanwhile is filtered, too.
    browser.click_on("Filter").await;
    browser.click("#filter-status option:nth-child(3)").await;
    browser.click_on("Apply").await;
    browser.wait_for("document.querySelectorAll('#entries > li').length === 2").await;
    shop.get("groups").await.is(200);
    shop.get("contacts?cursor=nowhere").await.is(404);
    browser.wait_for("document.querySelectorAll('#entries > li').length === 3").await;
    browser.click_on("Clear journal").await;
    browser.shows("No request yet.").await;
    assert_eq!(browser.complaints().await, json!([]));
}

#[rstest]
#[tokio::test]
async fn somebody_does_what_the_web_interface_is_for(#[future(awt)] shop: Weni) {
    let browser = browser!(WIDE);
    browser.open(&format!("{}/__mock/page/contacts", shop.url())).await;
    browser.fill("#search", "caio").await;
    browser.click_on("Search").await;
    browser.click(".contacts summary").await;
    browser.click_on("Block").await;
    browser.shows("Done.").await;
    let found = shop.get("contacts?name=caio").await.is(200);
    assert_eq!(found["results"][0]["blocked"], true);
    browser.open(&format!("{}/__mock/page/groups", shop.url())).await;
    browser.click("tbody tr:first-child button").await;
    browser.shows("Done.").await;
    let group = shop.get("groups").await.is(200)["results"][0]["uuid"].as_str().expect("a UUID").to_owned();
    shop.delete(&format!("groups?uuid={group}")).await.is(400);
    browser.open(&format!("{}/__mock/page/faults", shop.url())).await;
    browser.click_on("outage").await;
    browser.shows("Turn outage off").await;
    assert_eq!(shop.get("groups").await.status, 503);
    browser.click_on("Turn all off").await;
    browser.shows("None: everything works.").await;
    shop.get("groups").await.is(200);
    assert_eq!(browser.complaints().await, json!([]));
}

/// Links and buttons are reached and used by the keyboard alone, and the focus is seen.
#[rstest]
#[tokio::test]
async fn the_keyboard_is_enough(#[future(awt)] shop: Weni) {
    requests(&shop).await;
    let browser = browser!(WIDE);
    browser.open(shop.url()).await;
    browser.press(TAB).await;
    assert_eq!(browser.eval("document.activeElement.textContent").await, "Skip to content");
    let outline = browser.eval("getComputedStyle(document.activeElement).outlineStyle").await;
    assert_eq!(outline, "solid");
    browser.press(ENTER).await;
    // Behind the header: the filter, the tools, then the newest request.
    for _ in 0..9 {
        browser.press(TAB).await;
        if browser.eval("!!document.activeElement.closest('#entries')").await == json!(true) {
            break;
        }
    }
    browser.press(ENTER).await;
    browser.shows("GET /contacts.json?urn=whatsapp:5582985550199").await;
}

/// A hundred thousand contacts and a full journal are paged: no view gets long.
#[rstest]
#[tokio::test]
async fn views_stay_small(#[future(awt)] shop: Weni) {
    let contacts: Vec<Value> =
        (0..100_000).map(|n| json!({"name": format!("Contact {n}"), "urns": [format!("ext:{n}")]})).collect();
    let full = shop.workspace(json!({"data": {"contacts": contacts}})).await;
    for _ in 0..300 {
        full.get("contacts?limit=1").await.is(200);
    }
    let browser = browser!(WIDE);
    let of = |view: &str| format!("{}/{view}?workspace={}", full.url(), full.uuid());
    for (view, items) in [("", 200), ("__mock/page/contacts", 50)] {
        browser.open(&of(view)).await;
        let shown = browser.eval("document.querySelectorAll('#entries > li, .contacts > li').length").await;
        assert_eq!(shown, items, "{view}");
    }
    browser.shows("100000 contacts").await;
    browser.fill("#search", "contact 12345").await;
    browser.click_on("Search").await;
    browser.wait_for("document.querySelectorAll('.contacts > li').length === 1").await;
    browser.shows("ext:12345").await;
}

/// Nothing sticks out of a narrow window, and each picture is worth a look.
#[rstest]
#[case("light", WIDE)]
#[case("dark", DARK)]
#[case("narrow", NARROW)]
#[tokio::test]
async fn pictures(#[future(awt)] shop: Weni, #[case] name: &str, #[case] look: Look) {
    requests(&shop).await;
    shop.manage(Method::POST, "/faults", json!({"preset": "flaky"})).await.is(201);
    let browser = browser!(look);
    let ground = if look.dark { "rgb(20, 23, 26)" } else { "rgb(255, 255, 255)" };
    for (view, path) in [
        ("journal", ""),
        ("request", "__mock/page/entries/2"),
        ("contacts", "__mock/page/contacts"),
        ("groups", "__mock/page/groups"),
        ("faults", "__mock/page/faults"),
    ] {
        browser.open(&format!("{}/{path}", shop.url())).await;
        browser.wait_for(&format!("getComputedStyle(document.body).backgroundColor === '{ground}'")).await;
        let wide = browser.eval("document.documentElement.scrollWidth").await;
        assert!(
            wide.as_u64() <= Some(look.width.into()),
            "{view} is {wide} wide in a window of {}",
            look.width
        );
        browser.picture(&format!("{view}-{name}")).await;
        audit(&browser, view).await;
    }
}

/// WCAG 2.2 AA, as far as a program can tell: axe-core, where `WENI_AXE` says where it is.
async fn audit(browser: &Browser, view: &str) {
    let Some(path) = std::env::var_os("WENI_AXE") else {
        eprintln!("SKIPPED: {view} was not audited: WENI_AXE names no axe.min.js");
        return;
    };
    let axe = std::fs::read_to_string(path).expect("axe.min.js");
    let run = "const done = arguments[0]; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})\
               .then(result => done({passes: result.passes.length, violations: result.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))}));";
    let told = browser.eval_async(&format!("{axe}\n{run}")).await;
    assert_eq!(told["violations"], json!([]), "{view}");
    assert!(told["passes"].as_u64() > Some(15), "{view}: {told}");
}
