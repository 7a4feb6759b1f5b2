//! What every view has around it.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::model::deviation::Profile;
use crate::texts::{Lang, PAGE};

use super::BASE;
use super::visit::{SERVER, Visit, remember};

/// Nothing is loaded from elsewhere, nothing runs that stands in the page, and no other page shows it in a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The views, by their paths; each text of the same name is its title.
const VIEWS: [(&str, &str); 5] = [
    ("", "journal"),
    ("contacts", "contacts"),
    ("groups", "groups"),
    ("fields", "fields"),
    ("faults", "faults"),
];

/// Workspaces that the switch offers: the default one and those used last.
const OFFERED: usize = 100;

/// A view as a whole page. `view` is its path.
pub(super) fn page(visit: &Visit, view: &str, title: &str, content: Markup) -> Response {
    let markup = document(
        visit.lang,
        title,
        html! {
            header {
                a .skip href="#content" { (visit.say("skip")) }
                p .brand { a href=(visit.link("", &[])) { (visit.say("title")) } }
                nav aria-label=(visit.say("sections")) {
                    @for (path, name) in VIEWS {
                        a href=(visit.link(path, &[])) aria-current=[(path == view).then_some("page")] { (visit.say(name)) }
                    }
                }
                (switch(visit))
            }
            main #content { (content) }
            footer {
                @if let Some(workspace) = &visit.workspace {
                    p {
                        (match workspace.settings().profile {
                            Profile::Documented => visit.say("profile.documented"),
                            Profile::Observed => visit.say("profile.observed"),
                        })
                    }
                    p { a href=(visit.control("seed.json")) download="seed.json" { (visit.say("export")) } }
                }
                nav aria-label=(visit.say("language")) {
                    @for lang in Lang::ALL {
                        a href=(visit.here_with("lang", lang.tag())) lang=(lang) hreflang=(lang)
                            aria-current=[(lang == visit.lang).then_some("true")] { (lang.name()) }
                    }
                }
                p { a href="/openapi.json" { "OpenAPI" } " · weni-mock " (env!("CARGO_PKG_VERSION")) }
            }
        },
    );
    let mut response = respond(StatusCode::OK, markup);
    if visit.parameter("lang").is_some() {
        let (name, value) = remember(visit.lang);
        response.headers_mut().extend(value.parse().ok().map(|value| (name, value)));
    }
    response
}

/// The switch of workspace.
fn switch(visit: &Visit) -> Markup {
    let registry = &visit.mock.registry;
    let default = registry.default_workspace().map(|workspace| workspace.uuid);
    let chosen = visit.workspace.as_ref().map(|workspace| workspace.uuid);
    let mut known = registry.used_last(OFFERED);
    known.retain(|workspace| Some(workspace.uuid) != default && Some(workspace.uuid) != chosen);
    let others: Vec<_> = chosen
        .filter(|chosen| Some(*chosen) != default)
        .and_then(|uuid| registry.get(uuid))
        .into_iter()
        .chain(known)
        .collect();
    let requests = |noted: u64| visit.fill("workspace.requests", &json!({"count": noted}));
    html! {
        form .switch action="/" method="get" {
            label for="workspace" { (visit.say("workspace")) }
            select #workspace name="workspace" {
                @if let Some(default) = registry.default_workspace() {
                    option value=(default.uuid) selected[chosen == Some(default.uuid)] {
                        (visit.say("workspace.default")) " (" (requests(default.journal.noted())) ")"
                    }
                }
                @for workspace in &others {
                    option value=(workspace.uuid) selected[chosen == Some(workspace.uuid)] {
                        (short(workspace.uuid)) " (" (requests(workspace.journal.noted())) ")"
                    }
                }
                option value=(SERVER) selected[chosen.is_none()] {
                    (visit.say("workspace.server")) " (" (requests(visit.mock.journal.noted())) ")"
                }
            }
            button { (visit.say("show")) }
        }
    }
}

/// Enough of a UUID to tell it from others.
pub(super) fn short(uuid: Uuid) -> String {
    uuid.to_string().chars().take(8).collect()
}

/// A page that says one thing.
pub(super) fn message(lang: Lang, status: StatusCode, what: &str) -> Response {
    let title = PAGE.say(lang, "title");
    respond(
        status,
        document(
            lang,
            title,
            html! { main #content { h1 { (title) } p { (what) } p { a href="/" { (PAGE.say(lang, "entry.back")) } } } },
        ),
    )
}

/// A page with a form for the control token. `wrong`: one was given.
pub(super) fn login(lang: Lang, wrong: bool) -> Response {
    let say = |key: &str| PAGE.say(lang, key);
    respond(
        StatusCode::FORBIDDEN,
        document(
            lang,
            say("title"),
            html! {
                main #content {
                    h1 { (say("title")) }
                    p { (say("login.explain")) }
                    @if wrong { p .wrong role="alert" { (say("login.wrong")) } }
                    form action={ (BASE) "/login" } method="post" {
                        label for="token" { (say("login")) }
                        input #token name="token" type="password" autocomplete="current-password" required;
                        button { (say("login.enter")) }
                    }
                }
            },
        ),
    )
}

fn document(lang: Lang, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · weni-mock" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href={ (BASE) "/page.css" };
                script src={ (BASE) "/page.js" } defer {}
            }
            body { (body) }
        }
    }
}

fn respond(status: StatusCode, markup: Markup) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(markup.into_string())).into_response()
}

/// What came of the last action, where one is told of in the URL.
pub(super) fn outcome(visit: &Visit) -> Markup {
    html! {
        @if let Some(what) = visit.parameter("wrong") {
            p .wrong role="alert" { (visit.fill("wrong", &json!({"what": what}))) }
        } @else if visit.parameter("done").is_some() {
            p .done role="status" { (visit.say("done")) }
        }
    }
}
