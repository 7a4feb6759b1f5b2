//! Contacts, fields and groups as answers show them.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct, Serializer};

use crate::model::contact::{Contact, Status};
use crate::store::schema::{Field, Group, Schema};

/// A contact with what is needed to show it.
pub(super) struct ContactView<'a> {
    pub(super) contact: &'a Contact,
    pub(super) schema: &'a Schema,
    /// Masks URNs.
    pub(super) anonymous: bool,
}

impl Serialize for ContactView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contact = self.contact;
        let deleted = contact.status == Status::Deleted;
        let is = |status| (!deleted).then_some(contact.status == status);
        let mut shown = serializer.serialize_struct("Contact", 11)?;
        shown.serialize_field("uuid", &contact.uuid)?;
        shown.serialize_field("name", &contact.name.as_deref())?;
        shown.serialize_field("language", &contact.language.as_ref().map(|language| language.as_str()))?;
        shown.serialize_field("urns", &Urns(self))?;
        shown.serialize_field("groups", &Groups(self))?;
        shown.serialize_field("fields", &Fields(self))?;
        shown.serialize_field("blocked", &is(Status::Blocked))?;
        shown.serialize_field("stopped", &is(Status::Stopped))?;
        shown.serialize_field("created_on", &contact.created_on)?;
        shown.serialize_field("modified_on", &contact.modified_on)?;
        shown.serialize_field("last_seen_on", &contact.last_seen_on)?;
        shown.end()
    }
}

struct Urns<'a>(&'a ContactView<'a>);

impl Serialize for Urns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let urns = self.0.contact.urns.iter();
        if self.0.anonymous {
            serializer.collect_seq(urns.map(crate::model::urn::Urn::masked))
        } else {
            serializer.collect_seq(urns.map(crate::model::urn::Urn::as_str))
        }
    }
}

struct Groups<'a>(&'a ContactView<'a>);

impl Serialize for Groups<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Reference<'a> {
            uuid: uuid::Uuid,
            name: &'a str,
        }
        let groups = self.0.contact.groups.iter().filter_map(|group| self.0.schema.group(*group));
        serializer.collect_seq(groups.map(|group| Reference { uuid: group.uuid, name: &group.name }))
    }
}

struct Fields<'a>(&'a ContactView<'a>);

impl Serialize for Fields<'_> {
    /// Every field of the workspace; a deleted contact has none.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = &self.0.schema.fields;
        if self.0.contact.status == Status::Deleted {
            return serializer.serialize_map(Some(0))?.end();
        }
        serializer.collect_map(fields.iter().map(|field| {
            let value = self.0.contact.value(field.id);
            (&field.key, value.and_then(|value| field.shows(value)))
        }))
    }
}

/// A contact of a list, which keeps what it shows.
pub(super) struct ListedContact {
    pub(super) contact: Arc<Contact>,
    pub(super) schema: Arc<Schema>,
    pub(super) anonymous: bool,
}

impl Serialize for ListedContact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ListedContact { contact, schema, anonymous } = self;
        ContactView { contact, schema, anonymous: *anonymous }.serialize(serializer)
    }
}

/// A field as answers show it.
#[derive(Serialize)]
pub(super) struct FieldView {
    key: String,
    label: String,
    value_type: crate::model::field::ValueType,
    pinned: bool,
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        FieldView { key: field.key, label: field.label, value_type: field.value_type, pinned: false }
    }
}

/// A group as answers show it.
#[derive(Serialize)]
pub(super) struct GroupView {
    uuid: uuid::Uuid,
    name: String,
    query: Option<String>,
    status: &'static str,
    count: usize,
}

impl GroupView {
    pub(super) fn new(group: Group, count: usize) -> Self {
        let Group { uuid, name, query, .. } = group;
        GroupView { uuid, name, query: query.map(|(text, _)| text), status: "ready", count }
    }
}
