//! What people and programs read of a run. No report holds a token: what a server repeated of one was masked when the
//! verdicts were made.

pub mod coverage;
pub mod files;
pub mod findings;
pub mod github;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod outcome;
mod page;
pub mod progress;
pub mod reason;
pub mod step_summary;
pub mod style;
pub mod trial;
