//! Faults in what all endpoints share: media types, headers, methods, paths, parameters, who may ask.

use std::sync::{Arc, Mutex};

use reqwest::Method;
use reqwest::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::call::Call;
use super::exchange::{Answer, Request};
use super::mutant::Act::{Any, Read, Write};
use super::mutant::{EVERYWHERE, Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("protocol/any-media-type-accepted", "A body is read as JSON, whatever it says to be.")
            .on(Write, EVERYWHERE)
            .instead(read_as_json),
        mutant("protocol/forms-refused", "A form is answered with 415.")
            .on(Write, EVERYWHERE)
            .when(|request| request.header("content-type").contains("form"))
            .instead(refuse_form),
        mutant("protocol/media-type-with-charset-refused", "A charset is answered with 415.")
            .on(Write, EVERYWHERE)
            .when(|request| request.header("content-type").contains("charset"))
            .instead(refuse_form),
        mutant("protocol/empty-body-refused", "A `POST` without a body is answered with 400.")
            .on(Write, EVERYWHERE)
            .when(|request| request.body.is_empty())
            .asks(|request| {
                request.headers.insert(CONTENT_TYPE, JSON);
                request.body = b" ".to_vec();
            }),
        mutant("protocol/list-accepted-as-body", "A body that is a list is taken for an empty object.")
            .on(Write, EVERYWHERE)
            .when(|request| serde_json::from_slice::<Vec<Value>>(&request.body).is_ok())
            .asks(|request| request.body = b"{}".to_vec()),
        mutant("protocol/numbers-are-no-texts", "A number in place of a text is refused.")
            .on(Write, EVERYWHERE)
            .body(|body| {
                for (_, value) in body.iter_mut().filter(|(_, value)| value.is_number()) {
                    *value = json!(true);
                }
            }),
        mutant("protocol/member-names-in-any-case", "Members are known in any letter case.")
            .on(Write, EVERYWHERE)
            .body(|body| {
                *body = std::mem::take(body).into_iter().map(|(k, v)| (k.to_lowercase(), v)).collect()
            }),
        mutant("protocol/charset-in-content-type", "JSON is sent with a charset.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| media_type(answer, "application/json; charset=utf-8")),
        mutant("protocol/text-plain", "JSON is sent as plain text.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| media_type(answer, "text/plain")),
        mutant("protocol/no-allow", "Answers have no `Allow`.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| drop(answer.headers.remove(ALLOW))),
        mutant("protocol/allow-without-head", "`Allow` does not name `HEAD`.").on(Any, EVERYWHERE).says(
            |_, answer| {
                if let Some(allow) = answer.headers.get_mut(ALLOW) {
                    let methods = allow.to_str().unwrap_or_default().replace(", HEAD", "");
                    *allow = HeaderValue::try_from(methods).unwrap();
                }
            },
        ),
        mutant("protocol/content-type-on-204", "An answer without a body says that it is JSON.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                if answer.status == 204 {
                    answer.headers.insert(CONTENT_TYPE, JSON);
                }
            }),
        mutant("protocol/head-refused", "`HEAD` is answered with 405.")
            .on(Read, EVERYWHERE)
            .when(|request| request.method == Method::HEAD)
            .status(200, 405),
        mutant("protocol/put-updates", "`PUT` does what `POST` does.").on(Any, EVERYWHERE).asks(|request| {
            if request.method == Method::PUT {
                request.method = Method::POST;
            }
        }),
        mutant("protocol/trailing-slash-refused", "A slash behind the path is answered with 404.")
            .on(Any, EVERYWHERE)
            .when(|request| request.url.path().ends_with('/'))
            .asks(|request| request.url.set_path("/nowhere")),
        mutant("protocol/bare-path-refused", "A write to a path without `.json` is answered with 404.")
            .on(Any, EVERYWHERE)
            .when(|request| request.method != Method::GET && !request.url.path().contains(".json"))
            .asks(|request| request.url.set_path("/nowhere")),
        mutant("protocol/first-of-repeated-parameters-counts", "Of a repeated parameter the first counts.")
            .on(Any, EVERYWHERE)
            .asks(keep_first_parameters),
        mutant("protocol/unknown-parameters-refused", "A parameter that means nothing is answered with 400.")
            .on(Any, EVERYWHERE)
            .instead(refuse_unknown_parameters),
        knowing("protocol/viewer-may-write", "Who may not do anything may write.", |request, answer| {
            request.method == Method::POST && answer.text().contains("permission")
        }),
        knowing("protocol/viewer-may-read", "Who may not do anything may read.", |request, answer| {
            request.method == Method::GET && answer.text().contains("permission")
        }),
        knowing("protocol/any-token-accepted", "A token need not be known.", |_, answer| {
            answer.text().contains("Invalid token")
        }),
        knowing("protocol/no-token-needed", "Who gives no token may do everything.", |request, answer| {
            answer.status == 403 && !request.headers.contains_key(AUTHORIZATION)
        }),
    ]
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn media_type(answer: &mut Answer, media_type: &'static str) {
    if answer.headers.get(CONTENT_TYPE) == Some(&JSON) {
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
}

async fn read_as_json(mut call: Call) -> Answer {
    let answer = call.forward().await;
    if answer.status != 415 {
        return answer;
    }
    call.request.headers.insert(CONTENT_TYPE, JSON);
    call.forward().await
}

/// Names another media type, which is refused in its turn, and then the one that was sent.
async fn refuse_form(mut call: Call) -> Answer {
    let sent = call.request.header("content-type").to_owned();
    call.request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("refused/type"));
    let mut answer = call.forward().await;
    let sent = json!(sent).to_string();
    answer.body = answer.text().replace("refused/type", sent.trim_matches('"')).into_bytes();
    answer
}

fn keep_first_parameters(request: &mut Request) {
    request.edit_query(|pairs| {
        let mut seen = Vec::new();
        pairs.retain(|(name, _)| {
            let first = !seen.contains(name);
            seen.push(name.clone());
            first
        });
    });
}

async fn refuse_unknown_parameters(call: Call) -> Answer {
    const KNOWN: [&str; 15] = [
        "uuid",
        "urn",
        "name",
        "key",
        "group",
        "search",
        "deleted",
        "before",
        "after",
        "limit",
        "cursor",
        "reverse",
        "order_by",
        "project",
        "project_uuid",
    ];
    let unknown = call.request.url.query_pairs().find(|(name, _)| !KNOWN.contains(&name.as_ref()));
    match unknown {
        Some((name, _)) => call.reply(400, &json!({"detail": format!("Unknown parameter: {name}")})),
        None => call.forward().await,
    }
}

/// Somebody's credentials that were accepted.
type Known = Arc<Mutex<Option<HeaderValue>>>;

/// Who is refused in this way is taken for the one who wrote last.
fn knowing(id: &'static str, fault: &'static str, refused: fn(&Request, &Answer) -> bool) -> Mutant {
    let known = Known::default();
    mutant(id, fault)
        .on(Any, EVERYWHERE)
        .instead(move |call| take_for_known(call, refused, Known::clone(&known)))
}

async fn take_for_known(mut call: Call, refused: fn(&Request, &Answer) -> bool, known: Known) -> Answer {
    let answer = call.forward().await;
    if answer.is_success() {
        *known.lock().unwrap() = call.request.headers.get(AUTHORIZATION).cloned();
    }
    let somebody = known.lock().unwrap().clone();
    let Some(somebody) = somebody.filter(|_| refused(&call.request, &answer)) else { return answer };
    call.request.headers.insert(AUTHORIZATION, somebody);
    let allowed = call.forward().await;
    // Who wrote last may be gone by now.
    if allowed.status == 403 { answer } else { allowed }
}
