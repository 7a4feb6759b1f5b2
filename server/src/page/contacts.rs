//! Contacts, and what people do with them in Weni's web interface: block, stop, archive.

use std::sync::Arc;

use axum::extract::{Form, Path};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::api::page::{decode, encode};
use crate::model::contact::{Contact, Status};
use crate::model::text;
use crate::model::urn::Urn;
use crate::seed::StatusSeed;
use crate::store::listing::Filter;
use crate::store::page::{Page, Sort, SortKey};
use crate::store::schema::{Field, Schema, canonical_uuid};
use crate::store::workspace::Workspace;

use super::BASE;
use super::layout::{self, outcome};
use super::visit::{Visit, back_to};

/// Contacts to a page.
const SHOWN: usize = 50;

const SORT: Sort = Sort { key: SortKey::Modified, descending: true };

/// `GET /__mock/page/contacts`: those that `search`, `group` and `deleted` find, a page at a time.
pub(crate) async fn show(visit: Visit) -> Response {
    let Some(workspace) = visit.workspace.clone() else { return only_journal(&visit) };
    let filter = filter(&visit, &workspace);
    let cursor = visit.parameter("cursor").and_then(decode);
    let looking = workspace.clone();
    let looked = tokio::task::spawn_blocking(move || looking.contacts(&filter, SORT, SHOWN, cursor)).await;
    let Ok((page, schema)) = looked else { return back_to(visit.link("contacts", &[])) };
    let Page { items, next, previous } = page;
    let total = workspace.read(|state| state.live().len());
    let content = html! {
        h1 { (visit.say("contacts")) }
        (outcome(&visit))
        p .note { (visit.fill("contacts.count", &json!({"count": total}))) }
        (search(&visit, &schema))
        @if items.is_empty() { p { (visit.say("contacts.none")) } }
        ul .contacts { @for contact in &items { li { (card(&visit, &workspace, contact, &schema)) } } }
        p .pages {
            @if let Some(cursor) = previous { a href=(visit.here_with("cursor", &encode(cursor))) rel="prev" { (visit.say("page.previous")) } }
            @if let Some(cursor) = next { a href=(visit.here_with("cursor", &encode(cursor))) rel="next" { (visit.say("page.next")) } }
        }
    };
    layout::page(&visit, "contacts", visit.say("contacts"), content)
}

/// What the requests without a valid token have: a journal, no contacts.
pub(super) fn only_journal(visit: &Visit) -> Response {
    let content = html! { p { (visit.say("workspace.only-journal")) } };
    layout::page(visit, "contacts", visit.say("contacts"), content)
}

/// What is looked for: a UUID, a URN in full, a number that somebody has by telephone or WhatsApp, or a part of a name.
fn filter(visit: &Visit, workspace: &Workspace) -> Filter {
    let mut filter = Filter {
        group: visit.parameter("group").map(str::to_owned),
        deleted: visit.parameter("deleted").is_some(),
        ..Filter::default()
    };
    let Some(sought) = visit.parameter("search").map(str::trim) else { return filter };
    let digits: String = sought.chars().filter(char::is_ascii_digit).collect();
    let candidates = [sought.to_owned(), format!("whatsapp:{digits}"), format!("tel:+{digits}")];
    let owned = workspace.read(|state| candidates.into_iter().find(|urn| state.by_urn(urn).is_some()));
    match (canonical_uuid(sought), owned) {
        (Some(uuid), _) => filter.uuid = Some(uuid),
        (None, Some(urn)) => filter.urn = Some(urn),
        (None, None) => filter.name = Some(text::fold(sought)),
    }
    filter
}

fn search(visit: &Visit, schema: &Schema) -> Markup {
    let group = visit.parameter("group");
    html! {
        form .search action={ (BASE) "/contacts" } method="get" role="search" {
            @if let Some(name) = visit.workspace_name() { input type="hidden" name="workspace" value=(name); }
            div {
                label for="search" { (visit.say("contacts.search")) }
                input #search name="search" type="search" value=(visit.parameter("search").unwrap_or_default());
            }
            div {
                label for="group" { (visit.say("contacts.group")) }
                select #group name="group" {
                    option value="" { (visit.say("filter.any")) }
                    @for of in &schema.groups {
                        @let uuid = of.uuid.to_string();
                        option value=(uuid) selected[group == Some(&uuid)] { (of.name) }
                    }
                }
            }
            div {
                input #deleted name="deleted" type="checkbox" value="true" checked[visit.parameter("deleted").is_some()];
                label for="deleted" { (visit.say("contacts.deleted")) }
            }
            button { (visit.say("search")) }
        }
    }
}

fn card(visit: &Visit, workspace: &Workspace, contact: &Contact, schema: &Schema) -> Markup {
    let anonymous = workspace.settings().anon;
    let urn = |urn: &Urn| if anonymous { urn.masked().to_string() } else { urn.as_str().to_owned() };
    let groups = contact.groups.iter().filter_map(|group| schema.group(*group));
    let values = schema.fields.iter().filter_map(|field| Some((field, shown(field, contact)?)));
    html! {
        details id=(contact.uuid) open[visit.parameter("open") == Some(&contact.uuid.to_string())] {
            summary {
                span .name {
                    @match &contact.name { Some(name) => (name), None => i { (visit.say("contacts.no-name")) } }
                }
                @if contact.status != Status::Active { " " span .mark { (visit.say(&format!("status.{}", contact.status.as_str()))) } }
                span .urns {
                    @for of in &contact.urns { span .urn { (urn(of)) } " " }
                    @if contact.urns.is_empty() && contact.status != Status::Deleted { i { (visit.say("contacts.no-urn")) } }
                }
            }
            dl {
                dt { "UUID" } dd { code { (contact.uuid) } }
                @if let Some(language) = &contact.language { dt { (visit.say("contacts.language")) } dd { (language.as_str()) } }
                dt { (visit.say("groups")) }
                dd { @for group in groups { a href=(visit.link("contacts", &[("group", &group.uuid.to_string())])) { (group.name) } " " } }
                @for (field, value) in values { dt { (field.label) " " code { (field.key) } } dd { (value) } }
                dt { (visit.say("contacts.modified")) } dd { (contact.modified_on.to_string()) }
                dt { (visit.say("contacts.created")) } dd { (contact.created_on.to_string()) }
            }
            @if contact.status != Status::Deleted { (statuses(visit, contact)) }
        }
    }
}

/// What a field shows of a contact.
fn shown(field: &Field, contact: &Contact) -> Option<String> {
    Some(field.shows(contact.value(field.id)?)?.to_string())
}

/// A button for each status that the contact does not have.
fn statuses(visit: &Visit, contact: &Contact) -> Markup {
    let others = [Status::Active, Status::Blocked, Status::Stopped, Status::Archived];
    html! {
        form .tools action=(visit.link(&format!("contacts/{}/status", contact.uuid), &[])) method="post" {
            @for status in others.into_iter().filter(|status| *status != contact.status) {
                button name="status" value=(status.as_str()) { (visit.say(&format!("status.set.{}", status.as_str()))) }
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct NewStatus {
    status: StatusSeed,
}

/// `POST /__mock/page/contacts/{uuid}/status`
pub(crate) async fn set_status(
    visit: Visit,
    Path(uuid): Path<String>,
    Form(new): Form<NewStatus>,
) -> Response {
    let NewStatus { status } = new;
    let contact = canonical_uuid(&uuid);
    let workspace: Option<Arc<Workspace>> = visit.workspace.clone();
    let done = workspace
        .zip(contact)
        .is_some_and(|(workspace, uuid)| workspace.write(|state| state.set_status(uuid, status.into())));
    let told = if done { ("done", "1") } else { ("wrong", uuid.as_str()) };
    back_to(visit.link("contacts", &[("search", &uuid), ("open", &uuid), told]))
}
