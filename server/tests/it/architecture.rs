//! What ARCHITECTURE.md promises of the sources and a look over them can hold.

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

/// The sources under a folder of the repository, without their own tests: path and text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("UTF-8");
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                let name =
                    path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
                found.push((name, text));
            }
        }
    }
    assert!(found.len() > 3, "sources of {folder}");
    found
}

/// What only some files of a folder may hold.
#[rstest]
#[case::the_rules_know_no_http("server/src/model", "axum", &[])]
#[case::the_rules_know_no_runtime("server/src/model", "tokio", &[])]
#[case::the_rules_know_no_lock("server/src/model", "parking_lot", &[])]
#[case::the_rules_have_no_clock("server/src/model", "now()", &[])]
#[case::one_clock("server/src", "Timestamp::now()", &["store/clock.rs"])]
#[case::one_file_makes_error_bodies("server/src", "\"detail\"", &["api/error.rs"])]
#[case::one_file_lists_routes("server/src", ".route(", &["router.rs"])]
#[case::one_file_reads_the_environment("server/src", "env = \"", &["config.rs"])]
#[case::no_other_way_to_the_environment("server/src", "env::var", &[])]
#[case::the_kit_uses_the_mock_in_one_place("conformance/src", "weni_mock", &["embedded.rs"])]
fn stands_nowhere_else(#[case] folder: &str, #[case] text: &str, #[case] allowed: &[&str]) {
    let holders = sources(folder).into_iter().filter(|(_, source)| source.contains(text));
    let holders: Vec<String> = holders.map(|(name, _)| name).collect();
    assert_eq!(holders, allowed, "files of {folder} with {text:?}");
}
