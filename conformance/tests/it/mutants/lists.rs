//! Faults in lists: pages, links, orders.

use reqwest::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::exchange::{Answer, CONTACTS, FIELDS, GROUPS, Request};
use super::mutant::Act::Read;
use super::mutant::{EVERYWHERE, Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("lists/last-link-missing", "The last page but one has no `next`.")
            .on(Read, EVERYWHERE)
            .instead(forget_last_page),
        mutant("lists/next-never-null", "The last page has a `next`, which leads to an empty one.")
            .on(Read, EVERYWHERE)
            .instead(go_on),
        mutant("lists/next-missing", "No page has a `next`.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| link(answer, "next", |_| Value::Null)),
        mutant("lists/next-relative", "`next` lacks scheme and host.").on(Read, EVERYWHERE).says(
            |request, answer| {
                let host = format!("http://{}", request.header("host"));
                link(answer, "next", |next| next.replace(&host, "").into());
            },
        ),
        mutant("lists/next-loses-the-parameters", "`next` lacks the parameters other than the cursor.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| {
                link(answer, "next", |next| {
                    let (path, query) = next.split_once('?').unwrap_or((next, ""));
                    let cursor = query.split('&').find(|pair| pair.starts_with("cursor="));
                    format!("{path}?{}", cursor.unwrap_or_default()).into()
                });
            }),
        mutant("lists/previous-missing", "No page has a `previous`.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| link(answer, "previous", |_| Value::Null)),
        mutant("lists/previous-on-the-first-page", "The first page has a `previous`, which leads to itself.")
            .on(Read, EVERYWHERE)
            .when(|request| !request.has("cursor"))
            .says(|request, answer| {
                let itself = here(request, &request.url);
                answer.edit(|list| {
                    if list.get("results").is_some() {
                        list["previous"] = itself.into();
                    }
                });
            }),
        mutant("lists/previous-member-missing", "A list without `previous` lacks the member.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| {
                answer.edit(|list| {
                    if let Value::Object(list) = list {
                        list.retain(|member, link| member != "previous" || !link.is_null());
                    }
                });
            }),
        mutant("lists/page-one-too-few", "A page holds one item less than asked for.")
            .on(Read, CONTACTS)
            .asks(|request| limit(request, -1)),
        mutant("lists/page-one-too-many", "A page holds one item more than asked for.")
            .on(Read, CONTACTS)
            .asks(|request| limit(request, 1)),
        mutant("lists/pages-overlap", "A page begins with the last item of the one before.")
            .on(Read, EVERYWHERE)
            .by("cursor")
            .instead(repeat_last),
        mutant("lists/pages-skip-one", "Every page but the first lacks its first item.")
            .on(Read, EVERYWHERE)
            .by("cursor")
            .lists(|_, items| drop(items.drain(..items.len().min(1)))),
        mutant("lists/first-page-again", "Every page is the first one.").on(Read, EVERYWHERE).drops("cursor"),
        mutant("lists/limit-ignored", "`limit` is ignored.").on(Read, CONTACTS).drops("limit"),
        mutant("lists/limit-applies-to-groups", "`limit` applies to groups, too.")
            .on(Read, GROUPS)
            .by("limit")
            .lists(up_to_limit),
        mutant("lists/limit-applies-to-fields", "`limit` applies to fields, too.")
            .on(Read, FIELDS)
            .by("limit")
            .lists(up_to_limit),
        mutant("lists/contacts-in-reverse", "Contacts are listed in the reverse of the order asked for.")
            .on(Read, CONTACTS)
            .when(|request| !request.has("cursor") && !request.has("order_by"))
            .asks(|request| {
                if request.has("reverse") {
                    request.drop_param("reverse");
                } else {
                    request.set_param("reverse", "true");
                }
            }),
        mutant("lists/contacts-by-creation", "Contacts are listed by creation, not by last change.")
            .on(Read, CONTACTS)
            .when(|request| !request.has("cursor") && !request.has("order_by"))
            .asks(|request| {
                let order = if request.has("reverse") { "created_on" } else { "-created_on" };
                request.set_param("order_by", order);
            }),
        mutant("lists/groups-oldest-first", "Groups are listed in the order of their creation.")
            .on(Read, GROUPS)
            .lists(|_, groups| groups.reverse()),
        mutant("lists/fields-oldest-first", "Fields are listed in the order of their creation.")
            .on(Read, FIELDS)
            .lists(|_, fields| fields.reverse()),
        mutant("lists/reverse-ignored", "`reverse` is ignored.").on(Read, CONTACTS).drops("reverse"),
        mutant("lists/order-by-ignored", "`order_by` is ignored.").on(Read, CONTACTS).drops("order_by"),
        mutant("lists/bare", "A list is answered without `next` and `previous`, as an array.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| {
                answer.edit(|list| {
                    if let Some(results) = list.get_mut("results") {
                        *list = results.take();
                    }
                });
            }),
        mutant("lists/one-item-is-no-list", "The results of a list of one item are that item.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| {
                answer.edit(|list| {
                    if let Some([item]) = list["results"].as_array().map(Vec::as_slice) {
                        list["results"] = item.clone();
                    }
                });
            }),
        mutant("lists/with-count", "Lists have a `count`.").on(Read, EVERYWHERE).says(|_, answer| {
            answer.edit(|list| {
                if let Some(results) = list["results"].as_array() {
                    list["count"] = json!(results.len());
                }
            });
        }),
        mutant("lists/empty-answers-404", "A list that finds nothing is answered with 404.")
            .on(Read, EVERYWHERE)
            .says(|_, answer| {
                if answer.json()["results"] == json!([]) {
                    answer.become_not_found();
                }
            }),
        mutant("lists/invalid-cursor-accepted", "What is no cursor leads to the first page.")
            .on(Read, EVERYWHERE)
            .by("cursor")
            .instead(begin_anew),
        mutant("lists/invalid-cursor-answers-400", "What is no cursor is answered with 400.")
            .on(Read, EVERYWHERE)
            .by("cursor")
            .status(404, 400),
    ]
}

/// Changes a link of a list, where there is one.
fn link(answer: &mut Answer, name: &str, edit: impl Fn(&str) -> Value) {
    answer.edit(|list| {
        if let Some(Value::String(link)) = list.get(name) {
            list[name] = edit(link);
        }
    });
}

/// A URL as the client sees it.
fn here(request: &Request, url: &reqwest::Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("http://{}{}{query}", request.header("host"), url.path())
}

fn limit(request: &mut Request, more: i64) {
    let asked = request.param("limit").and_then(|limit| limit.parse::<i64>().ok()).unwrap_or_default();
    if !request.has("cursor") && asked > 0 && asked + more > 0 {
        request.set_param("limit", &(asked + more).to_string());
    }
}

fn up_to_limit(request: &Request, items: &mut Vec<Value>) {
    let limit = request.param("limit").and_then(|limit| limit.parse().ok());
    items.truncate(limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX));
}

async fn forget_last_page(call: Call) -> Answer {
    let mut answer = call.forward().await;
    let next = answer.json()["next"].clone();
    if next.is_string() && call.follow(&next).await["next"].is_null() {
        link(&mut answer, "next", |_| Value::Null);
    }
    answer
}

/// The cursor of the page after the last.
const END: &str = "end";

async fn go_on(call: Call) -> Answer {
    if call.request.param("cursor").as_deref() == Some(END) {
        return call.reply(200, &json!({"next": null, "previous": null, "results": []}));
    }
    let mut answer = call.forward().await;
    let mut end = call.request.clone();
    end.set_param("cursor", END);
    answer.edit(|list| {
        if list["next"].is_null() && list["results"].as_array().is_some_and(|items| !items.is_empty()) {
            list["next"] = here(&end, &end.url).into();
        }
    });
    answer
}

async fn repeat_last(call: Call) -> Answer {
    let mut answer = call.forward().await;
    if call.request.method == Method::GET {
        let before = call.follow(&answer.json()["previous"]).await;
        let last = before["results"].as_array().and_then(|items| items.last());
        answer.edit_list(|items| drop(items.splice(..0, last.cloned())));
    }
    answer
}

async fn begin_anew(mut call: Call) -> Answer {
    let answer = call.forward().await;
    if answer.status != 404 {
        return answer;
    }
    call.request.drop_param("cursor");
    call.forward().await
}
