//! The fields and groups of a workspace: few, shared with whoever renders, copied when changed.

use uuid::Uuid;

use crate::model::contact::{FieldId, GroupId};
use crate::model::draft::FoundGroup;
use crate::model::field::{self, FieldDirectory, ValueType};
use crate::model::group;
use crate::model::problem::Problem;
use crate::model::query::Query;
use crate::model::text;
use crate::model::time::Timestamp;
use crate::model::value::{FieldValue, Shown};

/// A contact field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) id: FieldId,
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) value_type: ValueType,
    pub(crate) made_at: Timestamp,
}

impl Field {
    /// What the field shows of a value; `None` is null.
    pub(crate) fn shows<'a>(&self, value: &'a FieldValue) -> Option<Shown<'a>> {
        value.shown(self.value_type).filter(|_| self.key != field::SHADOWED)
    }
}

/// A contact group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    /// For a query-based group its query, as written and as understood.
    pub(crate) query: Option<(String, Query)>,
    pub(crate) made_at: Timestamp,
}

/// All fields and groups, each list in the order of creation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub(crate) fields: Vec<Field>,
    pub(crate) groups: Vec<Group>,
    next: u32,
}

impl Schema {
    /// A number that no field or group had before.
    pub(crate) fn next_number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// The greatest number that a field or group has had.
    pub(crate) fn last_number(&self) -> u32 {
        self.next
    }

    pub(crate) fn field_by_key(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(crate) fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Groups stand in the order of their ids.
    pub(crate) fn group(&self, id: GroupId) -> Option<&Group> {
        let at = self.groups.binary_search_by_key(&id, |group| group.id).ok()?;
        Some(&self.groups[at])
    }

    /// UUIDs are compared as text: upper case or without hyphens is another one.
    pub(crate) fn group_by_uuid(&self, uuid: &str) -> Option<&Group> {
        let parsed = canonical_uuid(uuid)?;
        self.groups.iter().find(|group| group.uuid == parsed)
    }

    /// In any letter case.
    pub(crate) fn group_by_name(&self, name: &str) -> Option<&Group> {
        let folded = text::fold(name);
        self.groups.iter().find(|group| text::fold(&group.name) == folded)
    }

    /// Whether a group other than `except` has the name, given in folded letters.
    pub(crate) fn group_name_taken(&self, folded: &str, except: Option<GroupId>) -> bool {
        self.groups.iter().any(|group| Some(group.id) != except && text::fold(&group.name) == folded)
    }

    /// The name of a new group, trimmed, by the rules that a body meets.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub(crate) fn new_group_name(&self, name: &str) -> Result<String, Problem> {
        group::new_name(name, |folded| self.group_name_taken(folded, None))
    }

    /// The labels and keys of all fields but one.
    pub(crate) fn other_fields(&self, except: Option<FieldId>) -> OtherFields<'_> {
        OtherFields { schema: self, except }
    }

    pub(crate) fn dynamic_groups(&self) -> impl Iterator<Item = (&Group, &Query)> {
        self.groups.iter().filter_map(|group| Some((group, &group.query.as_ref()?.1)))
    }
}

impl Group {
    pub(crate) fn found(&self) -> FoundGroup {
        FoundGroup { id: self.id, dynamic: self.query.is_some() }
    }
}

/// Answers for a label that is to be given to the field `except` or to a new one.
pub(crate) struct OtherFields<'a> {
    schema: &'a Schema,
    except: Option<FieldId>,
}

impl OtherFields<'_> {
    fn any(&self, is: impl Fn(&Field) -> bool) -> bool {
        self.schema.fields.iter().any(|field| Some(field.id) != self.except && is(field))
    }
}

impl FieldDirectory for OtherFields<'_> {
    fn label_taken(&self, folded_label: &str) -> bool {
        self.any(|field| text::fold(&field.label) == folded_label)
    }

    fn key_taken(&self, key: &str) -> bool {
        self.any(|field| field.key == key)
    }
}

/// The UUID that a text is, if it is written as the API writes it: lower case, with hyphens.
pub(crate) fn canonical_uuid(text: &str) -> Option<Uuid> {
    let hyphenated = text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase());
    Uuid::try_parse(text).ok().filter(|_| hyphenated)
}
