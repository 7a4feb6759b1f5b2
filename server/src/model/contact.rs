//! Contacts: what they are (`observed.md`, Contacts).

use compact_str::CompactString;
use smallvec::SmallVec;
use uuid::Uuid;

use super::language::Language;
use super::time::Timestamp;
use super::urn::Urn;
use super::value::FieldValue;

/// Characters that a contact's name may have.
pub(crate) const MAX_NAME: usize = 100;

/// A contact within its workspace: younger ones have greater numbers, none is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContactId(pub(crate) u32);

/// A group within its workspace; none is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupId(pub(crate) u32);

/// The groups of a contact: few, so they stand in the contact itself.
pub(crate) type GroupIds = SmallVec<[GroupId; 4]>;

/// A field within its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub(crate) u32);

/// What people made of a contact; the API itself can only delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Status {
    #[default]
    Active,
    Blocked,
    Stopped,
    Archived,
    /// Blanked, kept for `?deleted=true`.
    Deleted,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Blocked => "blocked",
            Status::Stopped => "stopped",
            Status::Archived => "archived",
            Status::Deleted => "deleted",
        }
    }
}

/// A contact as it stands at one moment: never changed, only replaced by its next state.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) uuid: Uuid,
    pub(crate) name: Option<CompactString>,
    pub(crate) language: Option<Language>,
    pub(crate) status: Status,
    pub(crate) urns: Box<[Urn]>,
    /// Ascending; ids of deleted groups may linger until the next write and are skipped when shown.
    pub(crate) groups: GroupIds,
    /// Ascending by field.
    pub(crate) values: Box<[(FieldId, FieldValue)]>,
    pub(crate) created_on: Timestamp,
    pub(crate) modified_on: Timestamp,
    pub(crate) last_seen_on: Option<Timestamp>,
}

impl Contact {
    /// A contact of which nothing is known yet.
    pub(crate) fn new(uuid: Uuid, at: Timestamp) -> Self {
        Contact {
            uuid,
            name: None,
            language: None,
            status: Status::Active,
            urns: Box::default(),
            groups: GroupIds::new(),
            values: Box::default(),
            created_on: at,
            modified_on: at,
            last_seen_on: None,
        }
    }

    pub(crate) fn value(&self, field: FieldId) -> Option<&FieldValue> {
        let at = self.values.binary_search_by_key(&field, |(id, _)| *id).ok()?;
        Some(&self.values[at].1)
    }

    pub(crate) fn has_urn(&self, identity: &str) -> bool {
        self.urns.iter().any(|urn| urn.identity() == identity)
    }
}
