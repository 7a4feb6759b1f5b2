//! Faults in how refusals are told.

use reqwest::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Map, Value, json};

use super::exchange::Answer;
use super::mutant::Act::Any;
use super::mutant::{EVERYWHERE, Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("errors/401-for-403", "Who is not known gets 401.").on(Any, EVERYWHERE).says(|_, answer| {
            if answer.status == 403 && !answer.text().contains("permission") {
                answer.status = 401;
            }
        }),
        mutant("errors/422-for-400", "What is wrong in a request is answered with 422.")
            .on(Any, EVERYWHERE)
            .status(400, 422),
        mutant("errors/400-for-404", "What is not there is answered with 400.")
            .on(Any, EVERYWHERE)
            .status(404, 400),
        mutant("errors/400-for-415", "A body of an unknown media type is answered with 400.")
            .on(Any, EVERYWHERE)
            .status(415, 400),
        mutant("errors/404-for-405", "A method that is not allowed is answered with 404.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                if answer.status == 405 {
                    answer.become_not_found();
                }
            }),
        mutant("errors/as-text", "What is wrong with a member is a text, not a list.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                errors(answer, |errors| {
                    for problem in errors.values_mut().filter(|problem| problem[0].is_string()) {
                        *problem = problem[0].take();
                    }
                });
            }),
        mutant("errors/first-error-alone", "Of several members that are wrong one is told.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                errors(answer, |errors| *errors = std::mem::take(errors).into_iter().take(1).collect());
            }),
        mutant("errors/first-item-alone", "Of several items that are wrong one is told.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                errors(answer, |errors| {
                    for items in errors.values_mut().filter_map(Value::as_object_mut) {
                        *items = std::mem::take(items).into_iter().take(1).collect();
                    }
                });
            }),
        mutant("errors/items-without-index", "What is wrong with items is told without their indexes.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                errors(answer, |errors| {
                    for problem in errors.values_mut() {
                        if let Value::Object(items) = problem {
                            *problem =
                                items.values().filter_map(Value::as_array).flatten().cloned().collect();
                        }
                    }
                });
            }),
        mutant("errors/without-words", "Errors of members have no words.").on(Any, EVERYWHERE).says(
            |_, answer| {
                errors(answer, |errors| {
                    for problem in errors.values_mut().filter(|problem| problem.is_array()) {
                        *problem = json!(["Invalid."]);
                    }
                });
            },
        ),
        mutant("errors/detail-missing", "Errors of requests have no `detail`.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| errors(answer, |errors| drop(errors.remove("detail")))),
        mutant("errors/detail-as-message", "Errors of requests have a `message` in place of `detail`.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| {
                errors(answer, |errors| {
                    let detail = errors.remove("detail");
                    errors.extend(detail.map(|detail| ("message".to_owned(), detail)));
                });
            }),
        mutant("errors/in-html", "Errors are pages for people.").on(Any, EVERYWHERE).says(|_, answer| {
            if answer.status >= 400 {
                answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                answer.body = b"<!doctype html><title>Error</title>".to_vec();
            }
        }),
        mutant("errors/no-retry-after", "Who asks too often is not told when to ask again.")
            .on(Any, EVERYWHERE)
            .says(|_, answer| drop(answer.headers.remove(RETRY_AFTER))),
    ]
}

/// Changes the members of an answer that refuses.
fn errors(answer: &mut Answer, edit: impl FnOnce(&mut Map<String, Value>)) {
    if answer.status >= 400 {
        answer.edit(|json| {
            if let Value::Object(errors) = json {
                edit(errors);
            }
        });
    }
}
