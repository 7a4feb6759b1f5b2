//! What the views show.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::busy;
use crate::support::{Weni, fresh, send, shop};

#[rstest]
#[tokio::test]
async fn the_journal_shows_each_request_and_what_it_did() {
    let weni = busy().await;
    let journal = weni.view(&format!("?{}", weni.named())).await;
    journal.shows("<span class=\"status s2\">201</span><span class=\"method\">POST</span>");
    journal.shows("<span class=\"status s4\">400</span>");
    journal.shows("tel:11991234567 was read as tel:+11991234567, a number of another country");
    let newest = journal.body.find("value=\"3\"").zip(journal.body.find("value=\"1\""));
    assert!(newest.is_some_and(|(third, first)| third < first), "the newest first");
}

#[rstest]
#[case("method=GET", 0)]
#[case("status=4xx", 1)]
#[case("effect=number-read-as-foreign", 1)]
#[case("endpoint=contacts", 3)]
#[case("path=groups", 0)]
#[case("method=&status=&path=", 3)]
#[tokio::test]
async fn the_journal_is_filtered(#[case] filter: &str, #[case] shown: usize) {
    let weni = busy().await;
    let journal = weni.view(&format!("?{}&{filter}", weni.named())).await;
    assert_eq!(journal.body.matches("<li value=").count(), shown, "{filter}");
    if shown == 0 {
        journal.shows("No request passes this filter.");
    }
}

#[rstest]
#[tokio::test]
async fn a_filter_that_means_nothing_is_told() {
    let weni = busy().await;
    weni.view("?status=9xx").await.shows("The filter cannot be read: ");
}

#[rstest]
#[tokio::test]
async fn a_long_journal_is_shown_a_part_at_a_time(#[future(awt)] fresh: Weni) {
    for _ in 0..205 {
        fresh.get("groups").await.is(200);
    }
    let newest = fresh.view(&format!("?{}", fresh.named())).await;
    assert_eq!(newest.body.matches("<li value=").count(), 200);
    newest.shows("before=6\"");
    let older = fresh.view(&format!("?{}&before=6", fresh.named())).await;
    assert_eq!(older.body.matches("<li value=").count(), 5);
    older.shows_no("rel=\"next\"");
    older.shows_no("data-source");
}

#[rstest]
#[tokio::test]
async fn an_empty_journal_says_where_to_send_requests(#[future(awt)] shop: Weni) {
    let journal = shop.view("").await;
    journal.shows(&format!("WENI_URL={}\nWENI_TOKEN=77656e69", shop.url()));
}

#[rstest]
#[tokio::test]
async fn a_request_is_shown_whole_and_without_credentials(#[future(awt)] shop: Weni) {
    shop.contact(json!({"name": "Ana & <b>Bia</b>", "urns": ["ext:1"]})).await;
    let entry = shop.view("__mock/page/entries/1").await;
    entry.shows("{\n  &quot;name&quot;: &quot;Ana &amp; &lt;b&gt;Bia&lt;/b&gt;&quot;,");
    entry.shows("<dt>authorization</dt><dd>Token ***</dd>");
    entry.shows("curl -X POST '");
    entry.shows("-H &quot;Authorization: Token $WENI_TOKEN&quot;");
    entry.shows_no("77656e69");
    entry.shows_no("<b>Bia");
    shop.view("__mock/page/entries/99").await.shows("not in the journal any more");
}

#[rstest]
#[tokio::test]
async fn what_is_hostile_is_shown_as_text(#[future(awt)] fresh: Weni) {
    const HOSTILE: &str = "\"><script>alert(1)</script>";
    fresh.field("Nick name", "text").await;
    fresh
        .contact(
            json!({"name": HOSTILE, "urns": [format!("ext:{HOSTILE}")], "fields": {"nick_name": HOSTILE}}),
        )
        .await;
    fresh.group("_<img src=x onerror=alert(1)>").await;
    fresh.get("contacts?name=<script>alert(1)</script>").await.is(200);
    for view in ["", "__mock/page/contacts", "__mock/page/groups", "__mock/page/fields", "__mock/page/faults"]
    {
        let page = fresh
            .view(&format!("{view}?{}&search=\"><script>&wrong=<script>&json=<script>", fresh.named()))
            .await;
        page.shows_no("<script>");
        page.shows_no("<img");
    }
    fresh.view(&format!("__mock/page/entries/2?{}", fresh.named())).await.shows_no("<script>alert");
}

#[rstest]
#[case("?search=ana", "Ana Beatriz", true)]
#[case("?search=5582985550105", "Ana Beatriz", true)]
#[case("?search=%2B55%2082%2098555-0105", "Ana Beatriz", true)]
#[case("?search=ext:CLI-0005", "Ana Beatriz", true)]
#[case("?search=09d23a05-47fe-11e4-bfe9-b8f6b119e9ab", "Cordeiro", true)]
#[case("?search=nobody", "No contact is found.", true)]
#[case("?search=ana", "Caio Rocha", false)]
#[case("?group=6685e933-26e1-4363-a468-8f7268ab63a9", "Caio Rocha", false)]
#[tokio::test]
async fn contacts_are_found(
    #[future(awt)] shop: Weni,
    #[case] query: &str,
    #[case] text: &str,
    #[case] there: bool,
) {
    let view = shop.view(&format!("__mock/page/contacts{query}")).await;
    if there { view.shows(text) } else { view.shows_no(text) }
}

#[rstest]
#[tokio::test]
async fn contacts_are_paged(#[future(awt)] fresh: Weni) {
    for number in 0..120 {
        fresh.contact(json!({"urns": [format!("ext:{number}")]})).await;
    }
    let (mut path, mut seen) = (format!("__mock/page/contacts?{}", fresh.named()), 0);
    for _ in 0..3 {
        let view = fresh.view(path.trim_start_matches('/')).await;
        seen += view.body.matches("<details id=").count();
        let next = view.body.split("rel=\"next\"").next().filter(|before| before.len() < view.body.len());
        let Some(before) = next else { break };
        path =
            before.rsplit("href=\"").next().unwrap_or_default().trim_end_matches("\" ").replace("&amp;", "&");
    }
    assert_eq!(seen, 120);
}

#[rstest]
#[tokio::test]
async fn requests_without_a_token_have_a_journal_of_their_own(#[future(awt)] shop: Weni) {
    shop.authorized("Token nobody").get("contacts").await.is(403);
    shop.view("").await.shows("without a valid token (1 requests)");
    shop.view("?workspace=server").await.shows("<span class=\"status s4\">403</span>");
    shop.view("__mock/page/entries/1?workspace=server").await.shows("Invalid token");
    for view in ["contacts", "groups", "fields", "faults"] {
        shop.view(&format!("__mock/page/{view}?workspace=server")).await.shows("there is only a journal");
    }
}

#[rstest]
#[tokio::test]
async fn workspaces_are_told_apart(#[future(awt)] shop: Weni) {
    let other = shop.workspace(json!({})).await;
    other.group("Only here").await;
    shop.view("").await.shows(&format!("<option value=\"{}\">", other.uuid()));
    shop.view(&format!("__mock/page/groups?{}", other.named())).await.shows("Only here");
    shop.view("__mock/page/groups").await.shows_no("Only here");
    let unknown = send(shop.request(Method::GET, "?workspace=nowhere")).await;
    assert_eq!(unknown.status, 404);
    unknown.shows("There is no such workspace.");
}
