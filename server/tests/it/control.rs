//! The mock's own surface, `/__mock`.

mod access;
mod clock;
mod faults;
mod journal;
mod links;
mod people;
mod settings;
mod workspaces;
