//! The rules of the API, pure: no HTTP, no locks, no clock of their own.
//!
//! A request body becomes a typed draft or the complete set of its errors; what a rule depends on
//! besides the body (the workspace's fields, groups and URNs) is asked of a [`Directory`].
//!
//! [`Directory`]: draft::Directory

pub(crate) mod contact;
pub(crate) mod date;
pub(crate) mod deviation;
pub(crate) mod draft;
pub(crate) mod field;
pub(crate) mod group;
pub(crate) mod iso;
pub(crate) mod json;
pub(crate) mod language;
pub(crate) mod phone;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod settings;
pub(crate) mod shape;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod urn;
pub(crate) mod value;
