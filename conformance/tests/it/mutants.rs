//! Mutants: servers with one deliberate fault each, which the portable cases must catch.
//!
//! A mutant is no other server but a [`Layer`] in front of the mock: it changes what is asked, what is answered, or
//! asks for more besides. The mock itself has no faults to switch on. What a mutant is made of:
//!
//! | file | |
//! | --- | --- |
//! | `layer` | the HTTP server in front of the mock |
//! | `exchange` | requests and answers, and what can be read and changed in them |
//! | `call` | a request on its way: what a fault can do with it besides sending it on |
//! | `shown` | what answers show of an object although the mock does not have it so |
//! | `common` | faults that several kinds of objects can have |
//! | `mutant` | the vocabulary in which the tables below are written |
//! | `contacts`, `updates`, `deletion`, `urns`, `values`, `fields`, `groups`, `lists`, `filters`, `protocol`, `errors` | the tables: identifier, fault, how it is made |
//! | `giving` | servers that give somebody else's for what a case made |
//! | `checks` | tests of all this |
//!
//! A fault is as small as it can be: everything else goes on as before, errors and their order included, and what a
//! write did is to be seen in later answers, too. Where the mock refuses what a mutant takes, the mutant sends a
//! stand-in, and answers show what was sent.
//!
//! One fault is left out on purpose: a `DELETE` without a look-up that does not answer 400. To see it, a portable case
//! would have to send such a request, and a server that is really in error might delete everything.

mod call;
mod catalogue;
mod checks;
mod common;
mod contacts;
mod deletion;
mod errors;
mod exchange;
mod fields;
mod filters;
mod giving;
mod groups;
mod layer;
mod lists;
mod mutant;
mod protocol;
mod shown;
mod updates;
mod urns;
mod values;

pub(crate) use catalogue::{all, none};
pub(crate) use giving::giving_away;
pub(crate) use layer::Layer;
pub(crate) use mutant::Mutant;
