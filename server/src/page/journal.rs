//! The journal: every request a line with its effects, and each request on a view of its own.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use crate::control::journal::Wanted;
use crate::journal::{Entry, Headers, Kept, Mask, Struck};
use crate::model::time::Timestamp;
use crate::secret;
use crate::store::effect::Effect;
use crate::store::registry::Role;

use super::json;
use super::layout::{self, outcome};
use super::visit::{Visit, back_to};

/// Requests that one view shows.
pub(super) const SHOWN: usize = 200;

/// The parameters by which the journal is filtered, as in the control API.
const FILTERS: [&str; 5] = ["method", "endpoint", "status", "effect", "path"];

const METHODS: [&str; 6] = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD"];
const ENDPOINTS: [&str; 3] = ["contacts", "fields", "groups"];
const STATUSES: [&str; 8] = ["2xx", "4xx", "5xx", "400", "403", "404", "415", "429"];

/// `GET /`: the newest requests, or those before `before`.
pub(crate) async fn show(visit: Visit) -> Response {
    let wanted = match wanted(&visit) {
        Ok(wanted) => wanted,
        Err(what) => {
            let wrong = visit.fill("filter.wrong", &json!({"what": what}));
            let content =
                html! { h1 { (visit.say("journal")) } p .wrong role="alert" { (wrong) } (filters(&visit)) };
            return layout::page(&visit, "", visit.say("journal"), content);
        }
    };
    let before = visit.parameter("before").and_then(|number| number.parse().ok()).unwrap_or(u64::MAX);
    let page = visit.journal().newest(0..before, SHOWN, |entry| wanted.accepts(entry));
    let mask = visit.mock.mask(&page.entries);
    let content = html! {
        h1 { (visit.say("journal")) }
        (outcome(&visit))
        (filters(&visit))
        (tools(&visit, before == u64::MAX))
        @if page.dropped > 0 { p .note { (visit.fill("journal.dropped", &json!({"count": page.dropped}))) } }
        ol #entries .entries reversed {
            @for entry in &page.entries { (line(&visit, entry, &mask, false)) }
        }
        @if page.entries.is_empty() { div #nothing { (nothing(&visit)) } }
        @if page.entries.len() == SHOWN {
            @let oldest = page.entries.last().map_or(0, |entry| entry.number).to_string();
            p .pages { a href=(visit.here_with("before", &oldest)) rel="next" { (visit.say("journal.older")) } }
        }
    };
    layout::page(&visit, "", visit.say("journal"), content)
}

/// The filter of the URL.
pub(super) fn wanted(visit: &Visit) -> Result<Wanted, String> {
    Wanted::of_parameters(given(visit))
}

/// The parameters of it.
fn given(visit: &Visit) -> impl Iterator<Item = (&str, &str)> {
    FILTERS.into_iter().filter_map(|name| Some((name, visit.parameter(name)?)))
}

fn is_filtered(visit: &Visit) -> bool {
    given(visit).next().is_some()
}

fn filters(visit: &Visit) -> Markup {
    let choice = |name: &str, options: &[&str]| {
        let id = format!("filter-{name}");
        let chosen = visit.parameter(name);
        html! {
            div {
                label for=(id) { (visit.say(&format!("filter.{name}"))) }
                select id=(id) name=(name) {
                    option value="" { (visit.say("filter.any")) }
                    @for option in options { option selected[chosen == Some(*option)] { (option) } }
                }
            }
        }
    };
    html! {
        details .filters open[is_filtered(visit)] {
            summary { (visit.say("filter")) }
            form action="/" method="get" {
                @if let Some(name) = visit.workspace_name() { input type="hidden" name="workspace" value=(name); }
                (choice("method", &METHODS))
                (choice("endpoint", &ENDPOINTS))
                (choice("status", &STATUSES))
                (choice("effect", &Effect::IDS))
                div {
                    label for="filter-path" { (visit.say("filter.path")) }
                    input #filter-path name="path" value=(visit.parameter("path").unwrap_or_default());
                }
                button { (visit.say("filter.apply")) }
                @if is_filtered(visit) { a href=(visit.link("", &[])) { (visit.say("filter.none")) } }
            }
        }
    }
}

/// What is live, and what can be done with the whole journal. `newest`: the view shows the newest requests.
fn tools(visit: &Visit, newest: bool) -> Markup {
    let filters: Vec<(&str, &str)> = given(visit).collect();
    let live = visit.link("live", &filters);
    html! {
        div .tools {
            @if newest {
                span #live hidden data-source=(live) data-lost=(visit.say("journal.lost")) data-live=(visit.say("journal.live"))
                    data-most=(SHOWN) data-from=(visit.journal().noted()) role="status" { (visit.say("journal.live")) }
                button #pause type="button" hidden aria-pressed="false" data-resume=(visit.say("journal.resume")) { (visit.say("journal.pause")) }
            } @else {
                a href=(visit.link("", &filters)) { (visit.say("journal.newest")) }
            }
            a href=(visit.control("journal.har")) download="journal.har" { (visit.say("journal.download")) }
            form action=(visit.link("journal/clear", &[])) method="post" { button { (visit.say("journal.clear")) } }
        }
    }
}

fn nothing(visit: &Visit) -> Markup {
    if is_filtered(visit) || visit.workspace.is_none() {
        return html! { p { (visit.say("journal.none")) } };
    }
    let token = visit.workspace.as_ref().and_then(|workspace| workspace.token(Role::Administrator));
    html! {
        p { (visit.say("journal.empty")) }
        pre tabindex="0" { "WENI_URL=" (visit.base_url) "\nWENI_TOKEN=" (token.unwrap_or_default()) }
    }
}

/// One request in the list; `fresh`: it came while somebody watched.
pub(super) fn line(visit: &Visit, entry: &Entry, mask: &Mask, fresh: bool) -> Markup {
    html! {
        li value=(entry.number) class=[fresh.then_some("fresh")] {
            a href=(visit.link(&format!("entries/{}", entry.number), &[])) {
                (status(visit, entry))
                span .method { (entry.method.as_str()) }
                span .target { (target(entry, mask)) }
                (time(entry.time))
                span .took { (millis(entry)) }
            }
            (marks(visit, entry, mask))
        }
    }
}

fn status(visit: &Visit, entry: &Entry) -> Markup {
    match entry.status {
        Some(status) => {
            let class = status.as_u16() / 100;
            html! { span class={ "status s" (class) } { (status.as_u16()) } }
        }
        None => html! { span .status .s5 title=(visit.say("entry.unanswered")) { "✕" } },
    }
}

/// Path and query, short where the path is one of the API's.
fn target(entry: &Entry, mask: &Mask) -> String {
    let query = entry.query().map(|query| format!("?{}", secret::in_query(query))).unwrap_or_default();
    let whole = format!("{}{query}", entry.path());
    mask.text(whole.strip_prefix("/api/v2").unwrap_or(&whole))
}

fn time(time: Timestamp) -> Markup {
    let text = time.to_string();
    let clock = text.get(11..19).unwrap_or(&text);
    html! { time datetime=(text) title=(text) { (clock) } }
}

fn millis(entry: &Entry) -> String {
    format!("{:.1} ms", entry.took.as_secs_f64() * 1e3)
}

/// Effects and fault, in plain words.
fn marks(visit: &Visit, entry: &Entry, mask: &Mask) -> Markup {
    html! {
        @if !entry.effects.is_empty() || entry.fault.is_some() {
            ul .marks {
                @if let Some(Struck { id, kind, applied }) = &entry.fault {
                    @let key = if *applied { "fault.struck.applied" } else { "fault.struck.instead" };
                    li .fault { (visit.fill(key, &json!({"id": id, "kind": kind}))) }
                }
                @for effect in &entry.effects {
                    li class=(effect.severity().as_str()) { (mask.text(&effect.text(visit.lang))) }
                }
            }
        }
    }
}

/// `GET /__mock/page/entries/{number}`: one request with its answer.
pub(crate) async fn entry(visit: Visit, Path(number): Path<u64>) -> Response {
    let title = visit.fill("entry", &json!({"number": number}));
    let Some(entry) = visit.journal().entry(number) else {
        let content = html! {
            h1 { (title) }
            p { (visit.say("entry.gone")) }
            p { a href=(visit.link("", &[])) { (visit.say("entry.back")) } }
        };
        return layout::page(&visit, "entries", &title, content);
    };
    let mask = visit.mock.mask(std::slice::from_ref(&entry));
    let content = html! {
        (steps(&visit, number))
        h1 { (entry.method.as_str()) " " (target(&entry, &mask)) }
        (outcome(&visit))
        p .facts {
            (status(&visit, &entry)) " " (time(entry.time)) " · " (millis(&entry))
            @if let Some((_, role)) = entry.caller { " · " (visit.fill("entry.by", &json!({"role": role}))) }
        }
        h2 { (visit.say("entry.effects")) }
        @if entry.effects.is_empty() && entry.fault.is_none() { p { (visit.say("entry.no-effects")) } }
        (marks(&visit, &entry, &mask))
        (actions(&visit, &entry, &mask))
        div .sides {
            section {
                h2 { (visit.say("entry.request")) }
                (body(&visit, &entry.body, &entry.request_headers, &mask))
                (headers(&visit, mask.headers(&entry.request_headers)))
            }
            section {
                h2 { (visit.say("entry.response")) }
                @if entry.status.is_none() { p { (visit.say("entry.unanswered")) } }
                (body(&visit, &entry.answer, &entry.headers, &mask))
                (headers(&visit, mask.headers(&entry.headers)))
            }
        }
    };
    layout::page(&visit, "entries", &title, content)
}

fn steps(visit: &Visit, number: u64) -> Markup {
    let there = |number: u64| visit.journal().entry(number).map(|entry| entry.number);
    let link = |number: u64| visit.link(&format!("entries/{number}"), &[]);
    html! {
        nav .pages aria-label=(visit.say("journal")) {
            a href=(visit.link("", &[])) { (visit.say("entry.back")) }
            @if let Some(previous) = number.checked_sub(1).and_then(there) { a href=(link(previous)) rel="prev" { (visit.say("entry.previous")) } }
            @if let Some(next) = there(number + 1) { a href=(link(next)) rel="next" { (visit.say("entry.next")) } }
        }
    }
}

fn actions(visit: &Visit, entry: &Entry, mask: &Mask) -> Markup {
    let curl = entry.curl(&visit.base_url, mask);
    html! {
        div .tools {
            @if entry.is_whole() {
                form action=(visit.link(&format!("entries/{}/again", entry.number), &[])) method="post" {
                    button { (visit.say("entry.again")) }
                }
                a href=(visit.control(&format!("journal/{}/case.json", entry.number))) download={ "request-" (entry.number) ".json" } {
                    (visit.say("entry.case"))
                }
            } @else {
                span .note { (visit.say("entry.cannot-resend")) }
            }
        }
        @if let Some(curl) = curl {
            details {
                summary { (visit.say("entry.curl")) }
                pre #curl tabindex="0" { (curl) }
                button .copy type="button" hidden data-copies="curl" data-done=(visit.say("entry.copied")) { (visit.say("entry.copy")) }
            }
        }
    }
}

fn body(visit: &Visit, body: &Kept, headers: &Headers, mask: &Mask) -> Markup {
    if body.length() == 0 {
        return html! { p .note { (visit.say("entry.no-body")) } };
    }
    let (text, base64) = body.text(&headers.content_type(), mask);
    html! {
        @if body.is_cut() { p .note { (visit.fill("entry.cut", &json!({"bytes": body.length()}))) } }
        @if base64 { p .note { (visit.say("entry.binary")) } }
        pre tabindex="0" { (json::laid_out(&text).unwrap_or(text)) }
    }
}

fn headers(visit: &Visit, headers: Vec<(String, String)>) -> Markup {
    html! {
        @if !headers.is_empty() {
            details {
                summary { (visit.say("entry.headers")) " (" (headers.len()) ")" }
                dl .headers {
                    @for (name, value) in &headers { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}

/// `POST /__mock/page/journal/clear`
pub(crate) async fn clear(visit: Visit) -> Response {
    visit.journal().clear();
    back_to(visit.link("", &[]))
}

/// `POST /__mock/page/entries/{number}/again`: sends it once more, and shows what came of it.
pub(crate) async fn again(visit: Visit, Path(number): Path<u64>) -> Response {
    let Some(entry) = visit.journal().entry(number) else {
        return back_to(visit.link(&format!("entries/{number}"), &[]));
    };
    let view = match crate::control::journal::send_again(&visit.mock, &entry).await {
        Ok(()) => visit.link(&format!("entries/{}", visit.journal().noted()), &[("done", "1")]),
        Err(what) => visit.link(&format!("entries/{number}"), &[("wrong", &what)]),
    };
    back_to(view)
}
