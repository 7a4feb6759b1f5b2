//! Judges a server of the Weni Flows API v2 (contacts, fields, groups): plays cases from `fixtures/` against it and
//! compares every answer with the one expected.
//!
//! The way of a case through the crate: [`load`] reads it from a file into a [`case::Case`], [`select`] chooses it
//! and a profile, [`run`] plays its steps, each request made concrete and sent by [`client`], each answer judged by
//! [`judge`] and, member by member, by [`matcher`]; [`verdict`] is what comes of it, [`report`] what people see.
//!
//! Nothing here is shared with the mock in `server/`: the two are written from the contract twice, or they would
//! agree on the same mistake.

pub mod baseline;
pub mod before;
pub mod bindings;
pub mod case;
pub mod check;
pub mod cli;
pub mod client;
pub mod contract;
pub mod control;
pub mod diff;
pub mod difference;
pub mod embedded;
pub mod exit_code;
pub mod guard;
mod input;
mod json;
pub mod judge;
pub mod ledger;
pub mod lent;
pub mod load;
pub mod mark;
pub mod matcher;
pub mod pace;
pub mod plan;
pub mod probe;
pub mod proxy;
pub mod pull;
pub mod replay;
pub mod report;
pub mod rules;
pub mod run;
pub mod scenario;
pub mod select;
pub mod sweep;
pub mod traffic;
pub mod trial;
pub mod verdict;
pub mod words;
