//! The crate's integration tests: one binary, a module for each topic.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

mod clauses;
mod cli;
mod client;
mod hostile;
mod judge;
mod load;
mod matcher;
mod play;
mod readme;
mod schema;
mod support;
mod trace;
