//! What people and programs read of a run.

pub mod human;
