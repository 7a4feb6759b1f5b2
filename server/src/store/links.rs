//! What uses a group and keeps it from being deleted: flows, campaigns, triggers (G7; observed: links/*).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::contact::GroupId;

use super::state::State;

/// What uses a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LinkKind {
    Flow,
    Campaign,
    Trigger,
}

impl LinkKind {
    /// The order in which a refusal looks for kinds: it names only the first that applies.
    const REFUSING: [LinkKind; 3] = [LinkKind::Trigger, LinkKind::Flow, LinkKind::Campaign];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            LinkKind::Flow => "flow",
            LinkKind::Campaign => "campaign",
            LinkKind::Trigger => "trigger",
        }
    }

    pub(crate) fn plural(self) -> &'static str {
        match self {
            LinkKind::Flow => "flows",
            LinkKind::Campaign => "campaigns",
            LinkKind::Trigger => "triggers",
        }
    }
}

/// One use of a group. `id` is what the refusal shows: a number for a trigger, else a UUID.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) kind: LinkKind,
    pub(crate) group: GroupId,
    pub(crate) archived: bool,
}

/// An identifier as JSON: the number of a trigger, else a text.
pub(crate) fn shown_id(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| id.into(), Value::from)
}

impl Link {
    /// Archived campaigns and triggers don't count; an archived flow still does.
    pub(crate) fn holds(&self) -> bool {
        !self.archived || self.kind == LinkKind::Flow
    }
}

/// All uses, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Links(Vec<Link>);

impl Links {
    /// What uses a group, archived or not, in the order in which it was linked.
    pub(crate) fn of(&self, group: GroupId) -> impl Iterator<Item = &Link> {
        self.0.iter().filter(move |link| link.group == group)
    }

    /// What keeps a group from being deleted: the first kind that applies, newest first.
    pub(crate) fn holding(&self, group: GroupId) -> Option<(LinkKind, Vec<String>)> {
        LinkKind::REFUSING.into_iter().find_map(|kind| {
            let uses = self.0.iter().rev();
            let uses = uses.filter(|link| link.group == group && link.kind == kind && link.holds());
            let ids: Vec<String> = uses.map(|link| link.id.clone()).collect();
            (!ids.is_empty()).then_some((kind, ids))
        })
    }

    /// Archives a use; one that is archived is deleted. `false` where there is none such.
    pub(crate) fn archive(&mut self, id: &str) -> bool {
        let Some(at) = self.0.iter().position(|link| link.id == id) else { return false };
        if self.0[at].archived {
            self.0.remove(at);
        } else {
            self.0[at].archived = true;
        }
        true
    }

    /// Forgets a deleted group.
    pub(crate) fn forget(&mut self, group: GroupId) {
        self.0.retain(|link| link.group != group);
    }

    fn next_trigger(&self) -> u64 {
        let triggers = self.0.iter().filter(|link| link.kind == LinkKind::Trigger);
        triggers.filter_map(|link| link.id.parse().ok()).max().unwrap_or(0) + 1
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|link| link.id == id)
    }
}

impl State {
    /// Notes that something uses a group and returns its identifier: `id`, or a new one.
    pub(crate) fn link(&mut self, kind: LinkKind, group: GroupId, id: Option<String>) -> String {
        let id = id.unwrap_or_else(|| match kind {
            LinkKind::Trigger => self.links.next_trigger().to_string(),
            LinkKind::Flow | LinkKind::Campaign => self.ids.uuid().to_string(),
        });
        self.links.0.push(Link { id: id.clone(), kind, group, archived: false });
        id
    }
}
