//! Groups and what uses them, and fields.

use axum::extract::{Form, Path};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::store::links::{Link, LinkKind};
use crate::store::schema::Group;

use super::contacts::only_journal;
use super::layout::{self, outcome};
use super::visit::{Visit, back_to};

const KINDS: [LinkKind; 3] = [LinkKind::Flow, LinkKind::Campaign, LinkKind::Trigger];

/// `GET /__mock/page/groups`
pub(crate) async fn show(visit: Visit) -> Response {
    let Some(workspace) = &visit.workspace else { return only_journal(&visit) };
    let rows = workspace.read(|state| {
        let row = |group: &Group| {
            let links: Vec<Link> = state.links.of(group.id).cloned().collect();
            (group.clone(), state.count(group.id), links)
        };
        state.schema.groups.iter().rev().map(row).collect::<Vec<_>>()
    });
    let content = html! {
        h1 { (visit.say("groups")) }
        (outcome(&visit))
        @if rows.is_empty() { p { (visit.say("groups.none")) } } @else {
            div .wide tabindex="0" role="region" aria-label=(visit.say("groups")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("name")) }
                        th scope="col" { (visit.say("groups.count")) }
                        th scope="col" { (visit.say("groups.uses")) }
                    } }
                    tbody { @for (group, count, links) in &rows { (row(&visit, group, *count, links)) } }
                }
            }
        }
    };
    layout::page(&visit, "groups", visit.say("groups"), content)
}

fn row(visit: &Visit, group: &Group, count: usize, links: &[Link]) -> Markup {
    let uuid = group.uuid.to_string();
    let chooser = format!("kind-{uuid}");
    html! {
        tr {
            th scope="row" {
                (group.name) br; code { (uuid) }
                @if let Some((query, _)) = &group.query { br; (visit.say("groups.query")) ": " code { (query) } }
            }
            td { a href=(visit.link("contacts", &[("group", &uuid)])) { (count) } }
            td {
                @if links.is_empty() { p .note { (visit.say("groups.unused")) } }
                ul .links { @for of in links { li { (link(visit, of)) } } }
                form .tools action=(visit.link("links", &[])) method="post" {
                    input type="hidden" name="group" value=(uuid);
                    label for=(chooser) .hidden { (visit.fill("groups.use-by", &json!({"group": group.name}))) }
                    select id=(chooser) name="kind" {
                        @for kind in KINDS { option value=(kind.as_str()) { (visit.say(&format!("link.{}", kind.as_str()))) } }
                    }
                    button { (visit.say("groups.use")) }
                }
            }
        }
    }
}

fn link(visit: &Visit, link: &Link) -> Markup {
    let kind = visit.say(&format!("link.{}", link.kind.as_str()));
    let what = format!("{kind} {}", link.id);
    let key = if link.archived { "link.delete" } else { "link.archive" };
    html! {
        form .tools action=(visit.link(&format!("links/{}", link.id), &[])) method="post" {
            span { (kind) " " code { (link.id) } @if link.archived { " " span .mark { (visit.say("link.archived")) } } }
            button aria-label=(visit.fill(key, &json!({"what": what}))) { (visit.fill(key, &json!({"what": ""}))) }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct NewLink {
    kind: LinkKind,
    group: String,
}

/// `POST /__mock/page/links`: something uses a group.
pub(crate) async fn add_link(visit: Visit, Form(NewLink { kind, group }): Form<NewLink>) -> Response {
    let id = visit.workspace.as_ref().and_then(|workspace| {
        workspace.write(|state| {
            let id = state.schema.group_by_uuid(&group)?.id;
            Some(state.link(kind, id, None))
        })
    });
    let told = if id.is_some() { ("done", "1") } else { ("wrong", group.as_str()) };
    back_to(visit.link("groups", &[told]))
}

/// `POST /__mock/page/links/{id}`: archives it; again, deletes it.
pub(crate) async fn remove_link(visit: Visit, Path(id): Path<String>) -> Response {
    let done =
        visit.workspace.as_ref().is_some_and(|workspace| workspace.write(|state| state.links.archive(&id)));
    back_to(visit.link("groups", &[if done { ("done", "1") } else { ("wrong", id.as_str()) }]))
}

/// `GET /__mock/page/fields`
pub(crate) async fn fields(visit: Visit) -> Response {
    let Some(workspace) = &visit.workspace else { return only_journal(&visit) };
    let schema = workspace.read(|state| state.schema.clone());
    let content = html! {
        h1 { (visit.say("fields")) }
        @if schema.fields.is_empty() { p { (visit.say("fields.none")) } } @else {
            div .wide tabindex="0" role="region" aria-label=(visit.say("fields")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("key")) }
                        th scope="col" { (visit.say("label")) }
                        th scope="col" { (visit.say("type")) }
                    } }
                    tbody {
                        @for field in schema.fields.iter().rev() {
                            tr { th scope="row" { code { (field.key) } } td { (field.label) } td { (field.value_type.as_str()) } }
                        }
                    }
                }
            }
        }
    };
    layout::page(&visit, "fields", visit.say("fields"), content)
}
