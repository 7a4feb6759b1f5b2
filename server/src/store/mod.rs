//! The state of the mock: workspaces, each one lock over its entities and all their indexes.

pub(crate) mod clock;
pub(crate) mod contacts;
pub(crate) mod effect;
pub(crate) mod fields;
pub(crate) mod groups;
pub(crate) mod ids;
pub(crate) mod index;
pub(crate) mod links;
pub(crate) mod listing;
mod notes;
pub(crate) mod page;
pub(crate) mod registry;
pub(crate) mod schema;
pub(crate) mod state;
pub(crate) mod throttle;
mod urns;
pub(crate) mod workspace;
