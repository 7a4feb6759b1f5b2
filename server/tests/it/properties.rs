//! Whatever is written, in whatever order: what the API then shows hangs together.

mod check;
mod model;

use proptest::collection::vec;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use rstest::rstest;

use crate::program::start;
use model::{Client, Members, Write};

/// Where sequences that failed once are kept, to be tried first ever after.
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/properties.regressions");

/// Holds a property against random writes, each sequence of them in a workspace of its own.
#[track_caller]
fn holds(cases: u32, property: impl Fn(Client, &[Write])) {
    let program = start(&["--data", "empty", "--quiet"]);
    let mut runner = TestRunner::new(Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        max_shrink_time: 20_000,
        ..Config::with_cases(cases)
    });
    let outcome = runner.run(&vec(model::write(), 1..30), |writes| {
        property(Client::with_fresh_workspace(&program.address), &writes);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// Counts equal memberships, a URN has one owner, lists hold each contact once, pages make up the whole.
#[rstest]
fn any_sequence_of_writes_keeps_the_invariants() {
    holds(64, |mut client, writes| {
        writes.iter().for_each(|write| client.perform(write));
        client.check_groups();
        client.check_urns();
        client.check_lists();
    });
}

#[rstest]
fn the_invariants_hold_after_every_write() {
    holds(32, |mut client, writes| {
        for write in writes {
            client.perform(write);
            client.check_groups();
            client.check_urns();
        }
    });
}

#[rstest]
fn no_contact_is_seen_twice_though_others_write() {
    holds(96, |mut client, writes| {
        let (before, between) = writes.split_at(writes.len() / 2);
        for score in 0..12 {
            client.perform(&Write::Create(Members { score: Some(score), ..Members::default() }));
        }
        before.iter().for_each(|write| client.perform(write));
        client.walk_while_writing(between);
    });
}
