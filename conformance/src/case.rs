//! The case format: a conversation with the API and what each answer must be.
//!
//! A case is JSON, written by hand or recorded. `fixtures/schemas/case.schema.json` describes it for editors;
//! [`crate::load`] reads it from files and says where a file is wrong.

mod clause;
mod kind;
mod pattern;
mod request;
mod response;
mod step;
pub(crate) mod template;
mod workspace;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::client::Endpoint;

pub use clause::{Clause, UnknownClause};
pub use kind::Kind;
pub use pattern::Pattern;
pub use request::{Actor, Body, JsonText, Query, Request, Role, Target};
pub use response::{BodyMatch, Response};
pub use step::{Exchange, KnownDeviation, LinkKind, Status, Step};
pub use template::{Template, Unbound};
pub use workspace::{Limits, WorkspaceSettings};

/// One conversation: steps played in order, each answer judged.
#[derive(Debug, Clone)]
pub struct Case {
    /// Hierarchical and unique, such as `contacts/upsert`; what filters select by.
    pub id: String,
    /// One line for people. Recordings have none.
    pub title: Option<String>,
    /// The clauses of the documented contract that the case checks, in the order written.
    pub clauses: Vec<Clause>,
    /// The profiles in which the case holds. A file that names none was recorded from the running API: `observed`.
    pub profiles: BTreeSet<Profile>,
    /// Whether the case is safe on a workspace that others use. One that is not is only played in a fresh workspace.
    pub portable: bool,
    /// Ids of the cases that must be played before: they make what this one builds on.
    pub uses: Vec<String>,
    /// What the file says that a target must offer. [`Case::required`] adds what the steps imply.
    pub needs: BTreeSet<Need>,
    /// Settings of the fresh workspace that the case is played in.
    pub workspace: Option<WorkspaceSettings>,
    /// At least one of them is an exchange.
    pub steps: Vec<Step>,
    /// The file that the case was read from.
    pub source: PathBuf,
}

impl Case {
    /// Everything that a target must offer: the needs written down and those that follow from `workspace` and the
    /// preparing steps, which only the control API of a mock can carry out.
    #[must_use]
    pub fn required(&self) -> BTreeSet<Need> {
        let mut needs = self.needs.clone();
        if self.workspace.is_some() || !self.portable {
            needs.insert(Need::Workspace);
        }
        for step in &self.steps {
            match step {
                Step::Exchange(_) => {}
                Step::Smart { .. } => needs.extend([Need::Workspace]),
                Step::Link { .. } | Step::Unlink { .. } => needs.extend([Need::Links]),
                Step::Status { .. } => needs.extend([Need::Status]),
            }
        }
        needs
    }

    /// Whether the case sends nothing that could change a server's state.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        self.steps
            .iter()
            .all(|step| matches!(step, Step::Exchange(exchange) if exchange.request.only_reads()))
    }

    /// What the case makes, as far as its file tells: for each request that may be answered 201 the endpoint, and the
    /// label, name or URN of what is made.
    pub fn makes(&self) -> impl Iterator<Item = (Endpoint, Option<Template>)> {
        let makes = |exchange: &&Exchange| exchange.described().any(|response| response.status == 201);
        self.exchanges().filter(makes).filter_map(|exchange| {
            let Target::Path(path, query) = &exchange.request.target else { return None };
            let endpoint = Endpoint::of_path(path)?;
            let body = exchange.request.body.as_ref();
            let of_body = body.and_then(|body| match endpoint {
                Endpoint::Fields => body.text("/label"),
                Endpoint::Groups => body.text("/name"),
                Endpoint::Contacts => body.text("/name").or_else(|| body.text("/urns/0")),
            });
            Some((endpoint, of_body.map(Template::new).or_else(|| query.parameter("urn"))))
        })
    }

    /// The roles whose tokens the case uses.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<Role> {
        self.exchanges()
            .filter_map(|exchange| match exchange.request.actor {
                Actor::Role(role) => Some(role),
                _ => None,
            })
            .collect()
    }

    /// The steps that are requests, in order.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.steps.iter().filter_map(|step| match step {
            Step::Exchange(exchange) => Some(exchange.as_ref()),
            _ => None,
        })
    }
}

/// What a server keeps to where the article and the running API disagree (`contract/deviations.md`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The running API in everything.
    Observed,
    /// The article where it and the running API disagree.
    Documented,
}

impl Profile {
    /// The name as cases and the control API write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
        }
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What only some targets can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A fresh workspace.
    Workspace,
    /// Flows, campaigns and triggers that use a group.
    Links,
    /// Blocking, stopping, archiving a contact.
    Status,
    /// A request limit low enough to be met.
    Throttle,
    /// Leave to store other URNs than `ext:`, behind which there may be a person.
    OtherUrns,
    /// A group that something uses, named by the user of the kit.
    LinkedGroup,
}

impl Need {
    /// Whether only the control API of a mock can give it.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Workspace | Self::Links | Self::Status | Self::Throttle)
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Workspace => "a fresh workspace",
            Self::Links => "links to groups",
            Self::Status => "the status of contacts",
            Self::Throttle => "a throttle",
            Self::OtherUrns => "URNs other than ext:",
            Self::LinkedGroup => "a linked group",
        })
    }
}

/// Reads a member that counts as present even where its value is `null`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
