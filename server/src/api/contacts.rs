//! `/api/v2/contacts.json`

use axum::http::StatusCode;

use crate::model::draft::{ContactDraft, MEMBERS};
use crate::model::iso;
use crate::model::text;
use crate::model::urn::ReadUrn;
use crate::store::contacts::{Target, Written};
use crate::store::effect::Effect;
use crate::store::listing::Filter;
use crate::store::page::{Page, Sort, SortKey};
use crate::store::schema::canonical_uuid;

use super::error::ApiError;
use super::page::{self, PAGE_SIZE};
use super::render::{ContactView, ListedContact};
use super::{Answer, Call, Endpoint};

/// The look-ups of a write, in the order in which refusals name them.
const LOOKUPS: [&str; 3] = ["name", "urn", "uuid"];
const LOOKUP_NAMES: &str = "name, urn, uuid";

/// `GET`: contacts that pass all filters.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, ApiError> {
    let filter = filter(call)?;
    let cursor = page::cursor(call)?;
    let anonymous = call.settings.anon;
    let Some(filter) = filter else {
        return Ok(page::answer(call, Page::<ListedContact>::new(Vec::new(), PAGE_SIZE, None)));
    };
    let limit = call.query.get("limit").and_then(read_limit).unwrap_or(PAGE_SIZE);
    let (page, schema) = call.workspace.contacts(&filter, sort(call), limit, cursor);
    let show = |contact| ListedContact { contact, schema: schema.clone(), anonymous };
    Ok(page::answer(call, page.map(show)).with_effects(missed(call)?))
}

/// Whom the filter by URN misses.
fn missed(call: &Call<'_>) -> Result<Vec<Effect>, ApiError> {
    let urn = call.query.filled("urn").map(|urn| read_urn(call, urn)).transpose()?;
    let missed = urn.and_then(|read| call.workspace.read(|state| state.missed(&read.urn, &call.settings)));
    Ok(missed.into_iter().collect())
}

/// A page size: 0, negative or no number is none, any larger number is taken.
fn read_limit(text: &str) -> Option<usize> {
    let digits = text.trim();
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().unwrap_or(usize::MAX)).filter(|limit| *limit > 0)
}

/// `POST`: makes a contact, or changes the one that the URL names.
pub(super) fn write(call: &Call<'_>) -> Result<Answer, ApiError> {
    let target = target(call)?.unwrap_or(Target::New);
    call.workspace.read(|state| state.find(&target, &call.settings))?;
    let members = call.members(Endpoint::Contacts)?;
    let draft = ContactDraft::read(&members, call.settings.country);
    let written =
        call.workspace.write(|state| state.write_contact(&target, draft, &call.settings, call.engine))?;
    let Written { contact, schema, created, mut effects } = written;
    let made = (target == Target::New).then_some("contact");
    effects.extend(Call::ignored_members(&members, &MEMBERS));
    effects.extend(call.ignored_parameters(&LOOKUPS, made));
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    let view = ContactView { contact: &contact, schema: &schema, anonymous: call.settings.anon };
    Ok(Answer::json(status, &view).with_effects(effects))
}

/// `DELETE`: deletes the contact that the URL names.
pub(super) fn delete(call: &Call<'_>) -> Result<Answer, ApiError> {
    let target = target(call)?.ok_or(ApiError::NoLookup(LOOKUP_NAMES))?;
    call.workspace.write(|state| state.delete_contact(&target, &call.settings))?;
    Ok(Answer::no_content())
}

/// Whom the URL of a write names.
///
/// # Errors
/// More than one look-up; a look-up by URN in an anonymous workspace; a URN that is none; a UUID that is none.
fn target(call: &Call<'_>) -> Result<Option<Target>, ApiError> {
    refuse_anonymous_lookup(call, call.query.get("urn"))?;
    let given: Vec<(&str, &str)> =
        LOOKUPS.into_iter().filter_map(|name| Some((name, call.query.get(name)?))).collect();
    match given.as_slice() {
        [] => Ok(None),
        [("uuid", uuid)] => {
            canonical_uuid(uuid).map(|uuid| Some(Target::Uuid(uuid))).ok_or(ApiError::NotFound)
        }
        [("urn", urn)] => read_urn(call, urn).map(|urn| Some(Target::Urn(urn))),
        [(_, name)] => Ok(Some(Target::Name((*name).to_owned()))),
        _ => Err(ApiError::ManyLookups(LOOKUP_NAMES)),
    }
}

fn refuse_anonymous_lookup(call: &Call<'_>, urn: Option<&str>) -> Result<(), ApiError> {
    if call.settings.anon && urn.is_some() { Err(ApiError::AnonymousLookup) } else { Ok(()) }
}

/// A URN of the URL; its display does not count.
fn read_urn(call: &Call<'_>, urn: &str) -> Result<ReadUrn, ApiError> {
    let read = ReadUrn::read(urn, call.settings.country).map(ReadUrn::without_display);
    read.ok_or_else(|| {
        let shown = if urn.contains(':') { text::strip(urn) } else { urn };
        ApiError::InvalidUrn(shown.to_owned())
    })
}

/// The filters of the URL; `None` where nothing can pass them.
fn filter(call: &Call<'_>) -> Result<Option<Filter>, ApiError> {
    let query = &call.query;
    refuse_anonymous_lookup(call, query.filled("urn"))?;
    let urn = query.filled("urn").map(|urn| read_urn(call, urn)).transpose()?;
    let mut filter = Filter {
        urn: urn.map(|read| read.urn.identity().to_owned()),
        name: query.filled("name").map(text::fold),
        search: query.filled("search").map(str::to_owned),
        search_urns: !call.settings.anon,
        group: query.filled("group").map(str::to_owned),
        deleted: query.is_true("deleted"),
        ..Filter::default()
    };
    for (name, place) in [("after", &mut filter.after), ("before", &mut filter.before)] {
        if let Some(text) = query.filled(name) {
            let Some(instant) = iso::read(text) else { return Ok(None) };
            *place = Some(instant);
        }
    }
    if let Some(uuid) = query.filled("uuid") {
        let Some(uuid) = canonical_uuid(uuid) else { return Ok(None) };
        filter.uuid = Some(uuid);
    }
    Ok(Some(filter))
}

/// Most recently modified first, or with `reverse` last; `order_by` overrides both.
fn sort(call: &Call<'_>) -> Sort {
    let (key, descending) = match call.query.get("order_by") {
        Some("created_on") => (SortKey::Created, false),
        Some("-created_on") => (SortKey::Created, true),
        Some("modified_on") => (SortKey::Modified, false),
        _ => (SortKey::Modified, !call.query.is_true("reverse")),
    };
    Sort { key, descending }
}
