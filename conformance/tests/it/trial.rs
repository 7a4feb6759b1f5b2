//! `try`: an integration set to work, its end judged.

mod app;
mod explore;
mod interrupt;
mod judge;
mod scenarios;
mod schedules;
mod start;
mod steady;

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Runs `try` in a folder of its own, in which it writes its schedules.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Writes a scenario there and gives its name.
    pub(crate) fn scenario(&self, name: &str, scenario: &Value) -> String {
        let path = self.path(name);
        std::fs::write(&path, scenario.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
        command.arg("try").args(args).current_dir(&self.folder);
        command.env_remove("WENI_URL").env_remove("WENI_TOKEN");
        command
    }
}
