//! Faults, on and off.

use axum::extract::{Form, Path};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::faults::arm;
use crate::fault;

use super::contacts::only_journal;
use super::layout::{self, outcome};
use super::visit::{Visit, back_to};

/// `GET /__mock/page/faults`
pub(crate) async fn show(visit: Visit) -> Response {
    let Some(workspace) = &visit.workspace else { return only_journal(&visit) };
    let armed: Vec<Value> = workspace.faults.all().iter().map(|armed| json!(armed)).collect();
    let content = html! {
        h1 { (visit.say("faults")) }
        (outcome(&visit))
        p { (visit.say("faults.explain")) }
        h2 { (visit.say("faults.armed")) }
        @if armed.is_empty() { p { (visit.say("faults.none")) } } @else {
            ul .faults { @for fault in &armed { li { (one(&visit, fault)) } } }
            form .tools action=(visit.link("faults/clear", &[])) method="post" { button { (visit.say("faults.all-off")) } }
        }
        h2 { (visit.say("faults.presets")) }
        ul .presets {
            @for name in fault::preset_names() {
                li {
                    form .tools action=(visit.link("faults", &[])) method="post" {
                        button name="preset" value=(name) { (name) }
                        span { (visit.say(&format!("faults.preset.{name}"))) }
                    }
                }
            }
        }
        form action=(visit.link("faults", &[])) method="post" {
            label for="own" { (visit.say("faults.own")) }
            textarea #own name="json" rows="4" spellcheck="false" required
                { (visit.parameter("json").unwrap_or("{\"match\": {\"method\": \"POST\"}, \"when\": {\"nth\": 1}, \"fault\": {\"kind\": \"status\", \"status\": 500}}")) }
            button { (visit.say("faults.add")) }
        }
    };
    layout::page(&visit, "faults", visit.say("faults"), content)
}

fn one(visit: &Visit, fault: &Value) -> Markup {
    let id = fault["id"].as_str().unwrap_or_default();
    let counts = visit.fill("faults.counts", &json!({"struck": fault["struck"], "seen": fault["seen"]}));
    let mut shown = fault.clone();
    if let Some(members) = shown.as_object_mut() {
        for told in ["id", "seen", "struck"] {
            members.remove(told);
        }
    }
    html! {
        form .tools action=(visit.link(&format!("faults/{id}/remove"), &[])) method="post" {
            b { (id) } span { (counts) }
            button { (visit.fill("faults.off", &json!({"id": id}))) }
        }
        code { (shown.to_string()) }
    }
}

/// A preset's name, or a fault as JSON.
#[derive(Deserialize)]
pub(crate) struct NewFault {
    preset: Option<String>,
    json: Option<String>,
}

/// `POST /__mock/page/faults`
pub(crate) async fn add(visit: Visit, Form(NewFault { preset, json }): Form<NewFault>) -> Response {
    let Some(workspace) = &visit.workspace else { return only_journal(&visit) };
    let text = json.unwrap_or_default();
    let value = match preset {
        Some(name) => Ok(json!({"preset": name})),
        None => serde_json::from_str(&text).map_err(|error| error.to_string()),
    };
    match value.and_then(|value| arm(workspace, value)) {
        Ok(_) => back_to(visit.link("faults", &[("done", "1")])),
        Err(what) => back_to(visit.link("faults", &[("wrong", &what), ("json", &text)])),
    }
}

/// `POST /__mock/page/faults/{id}/remove`
pub(crate) async fn remove(visit: Visit, Path(id): Path<String>) -> Response {
    let done = visit.workspace.as_ref().is_some_and(|workspace| workspace.faults.remove(Some(&id)));
    back_to(visit.link("faults", &[if done { ("done", "1") } else { ("wrong", id.as_str()) }]))
}

/// `POST /__mock/page/faults/clear`
pub(crate) async fn clear(visit: Visit) -> Response {
    if let Some(workspace) = &visit.workspace {
        workspace.faults.remove(None);
    }
    back_to(visit.link("faults", &[("done", "1")]))
}
