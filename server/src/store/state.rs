//! The entities of a workspace and all their indexes. Whoever holds the lock sees them agree: contacts change
//! only through [`State::insert`] and [`State::replace`], which keep every index.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::model::contact::{Contact, ContactId, FieldId, GroupId, Status};
use crate::model::draft::{Directory, FoundGroup};
use crate::model::time::Timestamp;
use crate::model::urn::Urn;

use super::clock::Clock;
use super::ids::Ids;
use super::index::{Order, SharedTextIndex, TextIndex};
use super::links::Links;
use super::schema::Schema;

/// All that changes in a workspace.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) schema: Arc<Schema>,
    pub(crate) links: Links,
    contacts: Vec<Arc<Contact>>,
    by_uuid: TextIndex,
    by_urn: TextIndex,
    by_name: SharedTextIndex,
    live: Order,
    deleted: Order,
    members: HashMap<GroupId, Order>,
    /// How many contacts show a handle behind a `twitterid:`.
    handles: HashMap<Box<str>, usize>,
    /// Who had a URN until it was deleted.
    released: HashMap<Box<str>, Uuid>,
    /// When the contact engine last read fields and groups into its cache, and the greatest number that one had: a fixed
    /// clock does not tell what was made before from what was made after.
    pub(super) engine_read: Option<(Timestamp, u32)>,
}

impl State {
    pub(crate) fn new(clock: Clock, ids: Ids) -> Self {
        State {
            clock,
            ids,
            schema: Arc::default(),
            links: Links::default(),
            contacts: Vec::new(),
            by_uuid: TextIndex::default(),
            by_urn: TextIndex::default(),
            by_name: SharedTextIndex::default(),
            live: Order::default(),
            deleted: Order::default(),
            members: HashMap::new(),
            handles: HashMap::new(),
            released: HashMap::new(),
            engine_read: None,
        }
    }

    pub(crate) fn contact(&self, id: ContactId) -> &Arc<Contact> {
        &self.contacts[id.0 as usize]
    }

    /// Any contact, deleted ones too.
    pub(crate) fn by_uuid(&self, uuid: Uuid) -> Option<ContactId> {
        self.by_uuid.find(&uuid, |id| self.contact(id).uuid == uuid)
    }

    /// The owner of a URN in exactly this form.
    pub(crate) fn by_urn(&self, identity: &str) -> Option<ContactId> {
        self.by_urn.find(identity, |id| self.contact(id).has_urn(identity))
    }

    /// Contacts with exactly this name.
    pub(crate) fn by_name(&self, name: &str) -> Vec<ContactId> {
        self.by_name.find(name).filter(|id| self.has_name(*id, name)).collect()
    }

    /// Of the contacts with exactly this name the youngest.
    pub(crate) fn youngest_by_name(&self, name: &str) -> Option<ContactId> {
        self.by_name.find(name).rev().find(|id| self.has_name(*id, name))
    }

    fn has_name(&self, id: ContactId, name: &str) -> bool {
        self.contact(id).name.as_deref() == Some(name)
    }

    /// Who had a URN until it was deleted.
    pub(crate) fn released(&self, identity: &str) -> Option<Uuid> {
        self.released.get(identity).copied()
    }

    /// Every contact that is not deleted, whatever its status.
    pub(crate) fn live(&self) -> &Order {
        &self.live
    }

    pub(crate) fn deleted(&self) -> &Order {
        &self.deleted
    }

    /// The members of a group; `None` for one without any.
    pub(crate) fn members(&self, group: GroupId) -> Option<&Order> {
        self.members.get(&group)
    }

    /// How many contacts a group has.
    pub(crate) fn count(&self, group: GroupId) -> usize {
        self.members(group).map_or(0, Order::len)
    }

    /// Takes a group's members out of the index; contacts forget the group at their next write.
    pub(crate) fn remove_members(&mut self, group: GroupId) -> Option<Order> {
        self.members.remove(&group)
    }

    pub(crate) fn schema_mut(&mut self) -> &mut Schema {
        Arc::make_mut(&mut self.schema)
    }

    pub(crate) fn insert(&mut self, contact: Contact) -> ContactId {
        let id = ContactId(u32::try_from(self.contacts.len()).unwrap_or(u32::MAX));
        self.by_uuid.insert(&contact.uuid, id);
        self.index_name(id, &contact, true);
        self.index_urns(id, &contact, true);
        self.list_of(contact.status).insert(contact.modified_on, id);
        for group in &contact.groups {
            self.members.entry(*group).or_default().insert(contact.modified_on, id);
        }
        self.contacts.push(Arc::new(contact));
        id
    }

    pub(crate) fn replace(&mut self, id: ContactId, next: Contact) {
        let before = Arc::clone(self.contact(id));
        if before.name != next.name {
            self.index_name(id, &before, false);
            self.index_name(id, &next, true);
        }
        if before.urns != next.urns {
            self.index_urns(id, &before, false);
            self.index_urns(id, &next, true);
        }
        if (before.status == Status::Deleted) == (next.status == Status::Deleted) {
            self.list_of(next.status).touch(before.modified_on, next.modified_on, id);
        } else {
            self.list_of(before.status).remove(before.modified_on, id);
            self.list_of(next.status).insert(next.modified_on, id);
            self.released.extend(before.urns.iter().map(|urn| (urn.identity().into(), before.uuid)));
        }
        for group in before.groups.iter().filter(|group| !next.groups.contains(group)) {
            if let Some(members) = self.members.get_mut(group) {
                members.remove(before.modified_on, id);
            }
        }
        for group in &next.groups {
            let members = self.members.entry(*group).or_default();
            if before.groups.contains(group) {
                members.touch(before.modified_on, next.modified_on, id);
            } else {
                members.insert(next.modified_on, id);
            }
        }
        self.contacts[id.0 as usize] = Arc::new(next);
    }

    fn list_of(&mut self, status: Status) -> &mut Order {
        if status == Status::Deleted { &mut self.deleted } else { &mut self.live }
    }

    fn index_name(&mut self, id: ContactId, contact: &Contact, add: bool) {
        let Some(name) = contact.name.as_deref() else { return };
        if add { self.by_name.insert(name, id) } else { self.by_name.remove(name, id) }
    }

    fn index_urns(&mut self, id: ContactId, contact: &Contact, add: bool) {
        for urn in &contact.urns {
            let handle = urn.display().filter(|_| urn.scheme() == "twitterid");
            if add {
                self.by_urn.insert(urn.identity(), id);
                handle.into_iter().for_each(|handle| *self.handles.entry(handle.into()).or_default() += 1);
            } else {
                self.by_urn.remove(urn.identity(), id);
                if let Some(count) = handle.and_then(|handle| self.handles.get_mut(handle)) {
                    *count -= 1;
                }
            }
        }
    }
}

impl Directory for State {
    fn group_by_uuid(&self, uuid: &str) -> Option<FoundGroup> {
        self.schema.group_by_uuid(uuid).map(super::schema::Group::found)
    }

    fn group_by_name(&self, name: &str) -> Option<FoundGroup> {
        self.schema.group_by_name(name).map(super::schema::Group::found)
    }

    fn field(&self, key: &str) -> Option<FieldId> {
        self.schema.field_by_key(key).map(|field| field.id)
    }

    fn urn_taken(&self, urn: &Urn) -> bool {
        let handle =
            || urn.scheme() == "twitter" && self.handles.get(urn.path()).is_some_and(|count| *count > 0);
        self.by_urn(urn.identity()).is_some() || handle()
    }
}
