//! Reports as files.

use std::path::PathBuf;

use weni_conformance::report::files::{FileError, Files};
use weni_conformance::verdict::RunReport;

#[test]
fn a_file_is_made_before_the_run_and_written_after_it() {
    let folder = std::env::temp_dir().join(format!("weni-{}", uuid::Uuid::new_v4()));
    let path = |name: &str| Some(folder.join("reports").join(name));
    let files = Files { junit: path("a.xml"), json: path("b.json"), html: path("c.html") };
    files.prepare().unwrap();
    let sizes = || {
        [&files.junit, &files.json, &files.html].map(|path| path.as_ref().unwrap().metadata().unwrap().len())
    };
    assert_eq!(sizes(), [0, 0, 0]);
    files.write(&RunReport::default()).unwrap();
    assert!(sizes().into_iter().all(|size| size > 100), "{:?}", sizes());
    files.prepare().unwrap();
    assert_eq!(sizes(), [0, 0, 0], "a report of an earlier run is still there");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn two_reports_do_not_go_to_one_place() {
    let stdout = Some(PathBuf::from("-"));
    let both = Files { junit: stdout.clone(), json: stdout.clone(), html: None };
    assert!(matches!(both.prepare(), Err(FileError::Same(_))));
    let one = Files { json: stdout, ..Files::default() };
    assert!(one.prepare().is_ok() && one.take_stdout());
    assert!(!Files::default().take_stdout());
}

#[test]
fn a_file_that_cannot_be_made_is_told_before_the_run() {
    let here = std::env::temp_dir();
    let files = Files { html: Some(here.clone()), ..Files::default() };
    let error = files.prepare().unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: ", here.display())), "{error}");
}
