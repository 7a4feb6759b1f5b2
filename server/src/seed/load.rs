//! Loading seed data into a state: each member goes through the rule that a request would meet.

use std::collections::HashSet;
use std::fmt;

use compact_str::CompactString;

use crate::model::contact::{Contact, FieldId, GroupId, MAX_NAME, Status};
use crate::model::field::{self, FieldDirectory, FieldDraft, ValueType};

use crate::model::language::Language;
use crate::model::problem::Problem;
use crate::model::settings::Settings;
use crate::model::shape::MAX_ITEMS;
use crate::model::text;
use crate::model::time::Timestamp;
use crate::model::urn::{self, ReadUrn, Urn};
use crate::model::value::{FieldValue, Reading};
use crate::store::links::LinkKind;
use crate::store::state::State;

use super::document::{ContactSeed, ContactSource, FieldSeed, GroupSeed, LinkSeed, StatusSeed};
use super::{Seed, SeedError};

impl Seed {
    /// Fills an empty state. The workspace's limits are for requests: data over them sets up their refusal.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place; the state is of no use then.
    pub(crate) fn load(&self, state: &mut State, settings: &Settings) -> Result<(), SeedError> {
        let place = |member: &str, index: usize| format!("{}: {member}[{index}]", self.source);
        for (index, field) in self.document.fields.iter().enumerate() {
            load_field(state, field).map_err(|what| SeedError::new(place("fields", index), what))?;
        }
        for (index, group) in self.document.groups.iter().enumerate() {
            load_group(state, group, settings)
                .map_err(|what| SeedError::new(place("groups", index), what))?;
        }
        self.load_contacts(state, settings)?;
        for (index, link) in self.document.links.iter().enumerate() {
            load_link(state, link).map_err(|what| SeedError::new(place("links", index), what))?;
        }
        // What was there before the first request is not fresh.
        let schema = state.schema_mut();
        schema.fields.iter_mut().for_each(|field| field.made_at = Timestamp::MIN);
        schema.groups.iter_mut().for_each(|group| group.made_at = Timestamp::MIN);
        Ok(())
    }

    /// Younger contacts get greater ids, so they are loaded by `created_on`; those without come last.
    fn load_contacts(&self, state: &mut State, settings: &Settings) -> Result<(), SeedError> {
        let ContactSource::Listed(contacts) = &self.document.contacts else { return Ok(()) };
        let place = |index: usize| match (contacts[index].line, &self.csv) {
            (Some(line), Some(file)) => format!("{file}:{line}"),
            _ => format!("{}: contacts[{index}]", self.source),
        };
        let mut order: Vec<usize> = (0..contacts.len()).collect();
        order.sort_by_key(|index| contacts[*index].created_on.unwrap_or(Timestamp::MAX));
        let mut instants = HashSet::new();
        for index in order {
            load_contact(state, &contacts[index], settings, &mut instants)
                .map_err(|what| SeedError::new(place(index), what))?;
        }
        Ok(())
    }
}

fn at_most(limit: usize, member: &str, count: usize) -> Result<(), String> {
    if count > limit { Err(wrong(member, format!("has {count} items and may have {limit}"))) } else { Ok(()) }
}

fn no_nul(member: &str, text: &str) -> Result<(), String> {
    if text.contains('\0') { Err(wrong(member, Problem::NullCharacter)) } else { Ok(()) }
}

/// A member of the seed data and what is wrong with it.
fn wrong(member: impl fmt::Display, what: impl fmt::Display) -> String {
    format!("{member}: {what}")
}

fn load_field(state: &mut State, seed: &FieldSeed) -> Result<(), String> {
    let label = text::strip(&seed.label).to_owned();
    let key = field::key_of(&label);
    let others = state.schema.other_fields(None);
    if !field::is_label(&label) || label.is_empty() || label.len() > field::MAX_LABEL {
        return Err(wrong(
            "label",
            "expected up to 36 ASCII letters, digits, spaces, hyphens and underscores",
        ));
    }
    if others.label_taken(&text::fold(&label)) || others.key_taken(&key) {
        return Err(wrong("label", format!("another field has the label or key of \"{label}\"")));
    }
    if !field::is_key(&key) {
        return Err(wrong("label", format!("its key \"{key}\" is invalid or reserved")));
    }
    if let Some(given) = seed.key.as_ref().filter(|given| **given != key) {
        return Err(wrong(
            "key",
            format!("\"{given}\" is not the key of \"{label}\": it generates \"{key}\""),
        ));
    }
    state.add_field(FieldDraft { label, key, value_type: seed.value_type });
    Ok(())
}

fn load_group(state: &mut State, seed: &GroupSeed, settings: &Settings) -> Result<(), String> {
    let name = state.schema.new_group_name(&seed.name).map_err(|problem| wrong("name", problem))?;
    let uuid = seed.uuid.unwrap_or_else(|| state.ids.uuid());
    if state.schema.group_by_uuid(&uuid.to_string()).is_some() {
        return Err(wrong("uuid", format!("another group has {uuid}")));
    }
    match &seed.query {
        Some(query) => state.add_query_group(uuid, name, query.clone(), settings).map(drop),
        None => {
            state.add_group(uuid, name);
            Ok(())
        }
    }
}

fn load_contact(
    state: &mut State,
    seed: &ContactSeed,
    settings: &Settings,
    instants: &mut HashSet<Timestamp>,
) -> Result<(), String> {
    let uuid = seed.uuid.unwrap_or_else(|| state.ids.uuid());
    if state.by_uuid(uuid).is_some() {
        return Err(wrong("uuid", format!("another contact has {uuid}")));
    }
    let created_on = seed.created_on.unwrap_or_else(|| state.clock.tick());
    let modified_on = seed.modified_on.unwrap_or(created_on);
    if modified_on < created_on || !instants.insert(modified_on) {
        return Err(wrong("modified_on", "expected an instant not before created_on and no other contact's"));
    }
    state.clock.witness(modified_on);
    let mut contact = Contact {
        name: seed.name.as_deref().map(name).transpose()?,
        language: seed.language.as_deref().map(language).transpose()?,
        status: seed.status.into(),
        urns: urns(state, seed, settings)?,
        values: values(state, seed, settings, modified_on)?,
        last_seen_on: seed.last_seen_on,
        modified_on,
        ..Contact::new(uuid, created_on)
    };
    let groups = groups(state, seed)?;
    if contact.status != Status::Active && !groups.is_empty() {
        return Err(wrong("groups", "a contact that is not active is in no group"));
    }
    contact.groups = state.with_dynamic(&contact, &groups);
    state.insert(contact);
    Ok(())
}

fn name(name: &str) -> Result<CompactString, String> {
    let name = text::strip(name);
    no_nul("name", name)?;
    match name.chars().count() {
        1..=MAX_NAME => Ok(name.into()),
        _ => Err(wrong("name", format!("expected 1 to {MAX_NAME} characters"))),
    }
}

fn language(code: &str) -> Result<Language, String> {
    Language::parse(code)
        .ok_or_else(|| wrong("language", format!("\"{code}\" is no ISO 639-3 code such as por")))
}

fn urns(state: &State, seed: &ContactSeed, settings: &Settings) -> Result<Box<[Urn]>, String> {
    at_most(MAX_ITEMS, "urns", seed.urns.len())?;
    let mut urns: Vec<Urn> = Vec::with_capacity(seed.urns.len());
    for (index, sent) in seed.urns.iter().enumerate() {
        let wrong = |what: &dyn fmt::Display| wrong(format!("urns[{index}] \"{sent}\""), what);
        let urn = match Urn::from_e164(sent) {
            Some(urn) => urn,
            None => {
                let country = settings.country;
                let read = ReadUrn::read(sent, country).ok_or_else(|| wrong(&urn::unreadable(sent)))?;
                read.check(country, &read.sent).map_err(|problem| wrong(&problem))?;
                // A `whatsapp:` number is kept as it stands: the lists of the API show foreign ones in this form.
                if read.urn.scheme() == "tel" && read.is_misread_national(country) {
                    let read = read.urn.as_str();
                    return Err(wrong(&format!(
                        "reads as {read}, a number of another country: give the country code"
                    )));
                }
                read.urn
            }
        };
        urn.check_engine().map_err(|refusal| wrong(&refusal))?;
        let twin = urn.ninth_digit_twin().filter(|_| settings.ninth_digit);
        let owned = |urn: &Urn| state.by_urn(urn.identity()).is_some();
        if owned(&urn) || twin.is_some_and(|twin| owned(&twin)) {
            return Err(wrong(&format!("{} belongs to another contact", urn.as_str())));
        }
        if urns.iter().any(|other| other.identity() == urn.identity()) {
            return Err(wrong(&format!("{} occurs twice", urn.as_str())));
        }
        urns.push(urn);
    }
    Ok(urns.into())
}

fn values(
    state: &State,
    seed: &ContactSeed,
    settings: &Settings,
    now: Timestamp,
) -> Result<Box<[(FieldId, FieldValue)]>, String> {
    let reading = Reading::new(settings, now);
    at_most(MAX_ITEMS, "fields", seed.fields.len())?;
    let mut values = Vec::with_capacity(seed.fields.len());
    for (key, text) in &seed.fields {
        let field = state.schema.field_by_key(key);
        let field = field.ok_or_else(|| wrong(format!("fields.{key}"), "there is no such field"))?;
        let text = text::strip(text);
        if text.is_empty() {
            return Err(wrong(format!("fields.{key}"), "a value is not blank: leave it out"));
        }
        no_nul(&format!("fields.{key}"), text)?;
        let value = FieldValue::read(text, &reading).0;
        let readable = matches!(field.value_type, ValueType::Numeric | ValueType::Datetime);
        if readable && value.shown(field.value_type).is_none() {
            let what = format!("\"{text}\" is no {} value", field.value_type.as_str());
            return Err(wrong(format!("fields.{key}"), what));
        }
        values.push((field.id, value));
    }
    values.sort_by_key(|(id, _)| *id);
    Ok(values.into())
}

fn groups(state: &State, seed: &ContactSeed) -> Result<Vec<GroupId>, String> {
    at_most(MAX_ITEMS, "groups", seed.groups.len())?;
    let found = seed.groups.iter().enumerate().map(|(index, sought)| {
        let wrong = |what: String| wrong(format!("groups[{index}]"), what);
        let group = state.schema.group_by_uuid(sought).or_else(|| state.schema.group_by_name(sought));
        let group = group.ok_or_else(|| wrong(format!("there is no group \"{sought}\"")))?;
        match &group.query {
            Some(_) => Err(wrong(format!("\"{sought}\" is query-based: its members follow from the query"))),
            None => Ok(group.id),
        }
    });
    found.collect()
}

fn load_link(state: &mut State, seed: &LinkSeed) -> Result<(), String> {
    let group = state.schema.group_by_uuid(&seed.group).or_else(|| state.schema.group_by_name(&seed.group));
    let group = group.ok_or_else(|| wrong("group", format!("there is no group \"{}\"", seed.group)))?.id;
    if let Some(id) = &seed.id {
        let good = match seed.kind {
            LinkKind::Trigger => id.parse::<u32>().is_ok_and(|number| number > 0),
            LinkKind::Flow | LinkKind::Campaign => id.parse::<uuid::Uuid>().is_ok(),
        };
        if !good {
            return Err(wrong(
                "id",
                format!("\"{id}\": expected a UUID, or a positive number for a trigger"),
            ));
        }
        if state.links.contains(id) {
            return Err(wrong("id", format!("another link has {id}")));
        }
    }
    state.link(seed.kind, group, seed.id.clone());
    Ok(())
}

impl From<StatusSeed> for Status {
    fn from(status: StatusSeed) -> Self {
        match status {
            StatusSeed::Active => Status::Active,
            StatusSeed::Blocked => Status::Blocked,
            StatusSeed::Stopped => Status::Stopped,
            StatusSeed::Archived => Status::Archived,
        }
    }
}
