//! Takes seed data for the mock from a real workspace: its groups, its fields and a sample of its contacts.
//!
//! [`read`] asks for the lists, by `GET` alone; [`seed`] makes of them a document that the mock loads, and tells what
//! had to be left out or changed for that; [`mask`] takes the people out of it. Like the rest of the kit this shares
//! nothing with the mock: the format is the one that `fixtures/README.md` describes, Seed data.

mod instant;
pub mod mask;
mod query;
pub mod read;
pub mod seed;
mod urn;
mod value;

pub(crate) use urn::SCHEMES;
