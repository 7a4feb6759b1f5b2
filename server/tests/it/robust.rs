//! Whatever comes over the wire, the server goes on.

mod bodies;
mod connections;
mod mutations;
mod queries;
mod requests;

use crate::program::{Program, TOKEN, start};
use crate::wire::{Wire, request};

/// The shop, without a log.
fn program() -> Program {
    start(&["--quiet"])
}

/// Fails where the server does not answer an ordinary request on a new connection.
#[track_caller]
fn assert_answers(program: &Program) {
    let reply = Wire::connect(&program.address).ask(request("GET", "/api/v2/groups.json", TOKEN, ""));
    assert_eq!(reply.status, 200, "{reply:?}");
}
