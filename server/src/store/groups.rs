//! Writing groups.

use std::sync::Arc;

use crate::model::contact::{Contact, ContactId, GroupId, GroupIds, Status};
use crate::model::group;
use crate::model::json::Members;
use crate::model::problem::{Problem, Refusal};
use crate::model::settings::Settings;
use crate::model::value::Reading;

use super::index::Order;
use super::links::LinkKind;
use super::schema::Group;
use super::state::State;

/// Why a group was not deleted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotDeleted {
    NotFound,
    /// It is used by these, newest first.
    InUse(LinkKind, Vec<String>),
}

impl State {
    /// Makes a group, or renames the one with `uuid` (G1–G4).
    ///
    /// # Errors
    /// What is wrong with the body; that the limit is reached, which forbids renaming, too; that it is gone.
    pub(crate) fn write_group(
        &mut self,
        uuid: Option<&str>,
        body: &Members,
        settings: &Settings,
    ) -> Result<Group, Refusal> {
        let target = match uuid {
            Some(uuid) => Some(self.schema.group_by_uuid(uuid).ok_or(Refusal::NotFound)?.id),
            None => None,
        };
        if settings.suspended {
            return Err(Refusal::Body(Problem::Suspended));
        }
        let name = group::read_name(body, |folded| self.schema.group_name_taken(folded, target))?;
        let (count, limit) = (self.schema.groups.len(), settings.limits.groups);
        if count >= limit {
            return Err(Refusal::Body(Problem::TooManyGroups(count, limit)));
        }
        let Some(id) = target else {
            let uuid = self.ids.uuid();
            return Ok(self.add_group(uuid, name));
        };
        let mut groups = self.schema_mut().groups.iter_mut();
        let group = groups.find(|group| group.id == id).ok_or(Refusal::NotFound)?;
        group.name = name;
        Ok(group.clone())
    }

    /// Adds a static group whose name was checked.
    pub(crate) fn add_group(&mut self, uuid: uuid::Uuid, name: String) -> Group {
        let made_at = self.clock.now();
        let schema = self.schema_mut();
        let group = Group { id: GroupId(schema.next_number()), uuid, name, query: None, made_at };
        schema.groups.push(group.clone());
        group
    }

    /// Adds a query-based group and the contacts that belong: it looks at every contact.
    ///
    /// # Errors
    /// One sentence that names what in the query is not understood.
    pub(crate) fn add_query_group(
        &mut self,
        uuid: uuid::Uuid,
        name: String,
        query: String,
        settings: &Settings,
    ) -> Result<Group, String> {
        let reading = Reading::new(settings, self.clock.now());
        let understood = self.schema.parse_query(&query, &reading)?;
        let mut group = self.add_group(uuid, name);
        group.query = Some((query, understood));
        if let Some(last) = self.schema_mut().groups.last_mut() {
            *last = group.clone();
        }
        for id in self.live().by_created.iter().copied().collect::<Vec<ContactId>>() {
            let contact = self.contact(id);
            let groups = self.with_dynamic(contact, &contact.groups);
            if groups != contact.groups {
                let next = Contact { groups, ..Contact::clone(contact) };
                self.replace(id, next);
            }
        }
        Ok(group)
    }

    /// Deletes a group that nothing uses (G5–G7). Its contacts are not touched: they forget it at their next
    /// write. Returns the members for the caller to drop when the lock is gone.
    ///
    /// # Errors
    /// That there is none such; what uses it.
    pub(crate) fn delete_group(&mut self, uuid: &str) -> Result<Option<Order>, NotDeleted> {
        let id = self.schema.group_by_uuid(uuid).ok_or(NotDeleted::NotFound)?.id;
        if let Some((kind, ids)) = self.links.holding(id) {
            return Err(NotDeleted::InUse(kind, ids));
        }
        self.schema_mut().groups.retain(|group| group.id != id);
        self.links.forget(id);
        Ok(self.remove_members(id))
    }

    /// The groups of a contact that is to be written: those of `groups` that still exist and are static, and the
    /// query-based ones to which it belongs.
    pub(crate) fn with_dynamic(&self, contact: &Contact, groups: &[GroupId]) -> GroupIds {
        if contact.status != Status::Active {
            return GroupIds::new();
        }
        let schema = Arc::clone(&self.schema);
        let is_static = |id: &GroupId| schema.group(*id).is_some_and(|group| group.query.is_none());
        let mut all: GroupIds = groups.iter().copied().filter(is_static).collect();
        all.extend(
            schema.dynamic_groups().filter(|(_, query)| query.holds(contact)).map(|(group, _)| group.id),
        );
        all.sort_unstable();
        all
    }
}
