//! A mock of the Weni Flows API v2 (contacts, fields, groups) in memory: for tests, as [`MockServer`], and as the
//! program `weni-mock`.
//!
//! The code map is `ARCHITECTURE.md`; every rule names the clause of the documented contract or the observation
//! that it comes from.

mod api;
mod command;
mod config;
mod control;
mod exchange;
mod fault;
mod journal;
mod log;
mod matching;
mod mock;
mod model;
mod neighbours;
mod openapi;
mod options;
mod page;
mod receive;
mod router;
mod run;
mod secret;
mod seed;
mod serve;
mod server;
mod store;
mod texts;
mod wire;

pub use model::deviation::{DEVIATIONS, Deviation, Profile};
pub use run::run;
pub use server::{MockServer, MockServerBuilder, StartError};
