//! The crate's integration tests: one binary, a module for each topic.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

mod baseline;
mod check;
mod clauses;
mod cli;
mod client;
mod deviations;
mod diff;
mod effects;
mod guard;
mod hosted;
mod hostile;
mod input;
mod integrations;
mod judge;
mod load;
mod matcher;
mod mutants;
mod mutation;
mod plan;
mod play;
mod proxy;
mod pull;
mod readme;
mod replay;
mod report;
mod rules;
mod samples;
mod schema;
mod support;
mod trace;
mod traffic;
mod trial;
