//! The JSON of seed data, as written.

use std::fmt;

use indexmap::{IndexMap, IndexSet};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use uuid::Uuid;

use crate::model::field::ValueType;
use crate::model::settings::SettingsPatch;
use crate::model::time::Timestamp;
use crate::store::links::LinkKind;

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Document {
    #[serde(rename = "$schema")]
    _schema: IgnoredAny,
    pub(super) workspace: WorkspaceSeed,
    pub(super) fields: Vec<FieldSeed>,
    pub(super) groups: Vec<GroupSeed>,
    pub(super) contacts: ContactSource,
    pub(super) links: Vec<LinkSeed>,
}

impl Document {
    /// Contacts that came alone bring the groups and text fields that they name.
    pub(super) fn of_contacts(contacts: Vec<ContactSeed>) -> Self {
        let named =
            |names: &mut dyn Iterator<Item = &String>| -> IndexSet<String> { names.cloned().collect() };
        let groups = named(&mut contacts.iter().flat_map(|contact| &contact.groups));
        let keys = named(&mut contacts.iter().flat_map(|contact| contact.fields.keys()));
        // A UUID names a group that there must be; there is none.
        let group_names = groups.into_iter().filter(|group| group.parse::<Uuid>().is_err());
        let group = |name| GroupSeed { uuid: None, name, query: None };
        let field = |key: String| FieldSeed { label: key, key: None, value_type: ValueType::Text };
        Document {
            groups: group_names.map(group).collect(),
            fields: keys.into_iter().map(field).collect(),
            contacts: ContactSource::Listed(contacts),
            ..Document::default()
        }
    }
}

/// The workspace itself.
#[derive(Debug, Default)]
pub(crate) struct WorkspaceSeed {
    pub(crate) uuid: Option<Uuid>,
    pub(super) settings: SettingsPatch,
    pub(super) clock: Option<Timestamp>,
    pub(crate) seed: Option<u64>,
    pub(crate) token: Option<String>,
}

impl<'de> Deserialize<'de> for WorkspaceSeed {
    /// Settings stand beside what is the workspace's own; `flatten` would forget to refuse unknown members.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut members = serde_json::Map::deserialize(deserializer)?;
        let mut workspace = WorkspaceSeed::default();
        fn take<T: serde::de::DeserializeOwned, E: Error>(
            members: &mut serde_json::Map<String, serde_json::Value>,
            name: &str,
        ) -> Result<Option<T>, E> {
            let value = members.remove(name).filter(|value| !value.is_null());
            value
                .map(|value| serde_json::from_value(value).map_err(|e| E::custom(format!("{name}: {e}"))))
                .transpose()
        }
        workspace.uuid = take(&mut members, "uuid")?;
        workspace.clock = take(&mut members, "clock")?;
        workspace.seed = take(&mut members, "seed")?;
        workspace.token = take(&mut members, "token")?;
        let _: Option<String> = take(&mut members, "name")?;
        workspace.settings =
            serde_json::from_value(serde_json::Value::Object(members)).map_err(D::Error::custom)?;
        Ok(workspace)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldSeed {
    pub(super) label: String,
    #[serde(default)]
    pub(super) key: Option<String>,
    pub(super) value_type: ValueType,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupSeed {
    #[serde(default)]
    pub(super) uuid: Option<Uuid>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) query: Option<String>,
}

/// A contact; from CSV it knows its line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ContactSeed {
    #[serde(skip)]
    pub(super) line: Option<u64>,
    pub(super) uuid: Option<Uuid>,
    pub(super) name: Option<String>,
    pub(super) language: Option<String>,
    pub(super) urns: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) fields: IndexMap<String, String>,
    pub(super) status: StatusSeed,
    pub(super) created_on: Option<Timestamp>,
    pub(super) modified_on: Option<Timestamp>,
    pub(super) last_seen_on: Option<Timestamp>,
}

/// A status that seed data and the control API may give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StatusSeed {
    #[default]
    Active,
    Blocked,
    Stopped,
    Archived,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkSeed {
    pub(super) kind: LinkKind,
    pub(super) group: String,
    #[serde(default, deserialize_with = "link_id")]
    pub(super) id: Option<String>,
}

/// A UUID as text, or a trigger's number.
fn link_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(id) => Ok(Some(id)),
        serde_json::Value::Number(id) => Ok(Some(id.to_string())),
        _ => Err(serde::de::Error::custom("id: expected a UUID, or a number for a trigger")),
    }
}

/// The contacts, or the CSV file that holds them.
#[derive(Debug)]
pub(super) enum ContactSource {
    Listed(Vec<ContactSeed>),
    File(String),
}

impl Default for ContactSource {
    fn default() -> Self {
        ContactSource::Listed(Vec::new())
    }
}

impl<'de> Deserialize<'de> for ContactSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ContactSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of contacts or the path of a CSV file")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<ContactSource, E> {
                Ok(ContactSource::File(path.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ContactSource, A::Error> {
                let mut contacts = Vec::new();
                while let Some(contact) = items.next_element()? {
                    contacts.push(contact);
                }
                Ok(ContactSource::Listed(contacts))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
