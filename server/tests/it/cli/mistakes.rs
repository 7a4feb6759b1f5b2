//! Whatever keeps the program from starting: one line on standard error that names the thing, exit code 2.

use std::net::TcpListener;

use rstest::rstest;

use crate::program::{Folder, command, refused};

/// The folder of seed data with mistakes.
const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/seeds");

/// Fails where the program starts, or where what it says is not one line with every one of `names` in it.
#[track_caller]
fn assert_refused(arguments: &[&str], variables: &[(&str, &str)], names: &[&str]) {
    let mut command = command(arguments);
    if !arguments.contains(&"--port") {
        command.args(["--port", "0"]);
    }
    let ended = refused(command.envs(variables.iter().copied()));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    assert!(ended.stderr.starts_with("weni-mock: "), "{ended:?}");
    for name in names {
        assert!(ended.stderr.contains(name), "no {name:?} in {}", ended.stderr);
    }
}

#[rstest]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    assert_refused(&["--port", &port], &[], &[&format!("port {port} is taken"), "try --port "]);
}

#[rstest]
#[case::no_such_flag(&["--prot", "1"], &["--prot"])]
#[case::no_such_argument(&["serve"], &["serve"])]
#[case::missing_value(&["--data"], &["--data"])]
#[case::port(&["--port", "65536"], &["--port", "65536"])]
#[case::host(&["--host", "nowhere"], &["--host", "nowhere"])]
#[case::profile(&["--profile", "production"], &["--profile", "production", "documented", "observed"])]
#[case::country(&["--country", "Brazil"], &["--country", "Brazil"])]
#[case::rate_limit(&["--rate-limit", "5/fortnight"], &["--rate-limit", "5/fortnight"])]
#[case::rate_limit_of_nothing(&["--rate-limit", "0/hour"], &["--rate-limit", "0/hour"])]
#[case::seed(&["--seed", "lucky"], &["--seed", "lucky"])]
#[case::clock(&["--clock", "yesterday"], &["--clock", "yesterday"])]
#[case::public_url(&["--public-url", "mock.example"], &["--public-url", "mock.example"])]
#[case::control(&["--control", "maybe"], &["--control", "maybe"])]
#[case::stub_without_status(&["--stub", "flow_starts.json"], &["--stub", "flow_starts.json"])]
#[case::stub_with_odd_status(&["--stub", "flow_starts.json=99"], &["--stub", "99"])]
#[case::stub_without_file(&["--stub", "flow_starts.json=201:/nowhere/x.json"], &["--stub", "/nowhere/x.json"])]
#[case::jwt_key_missing(&["--jwt-public-key", "/nowhere/key.pem"], &["--jwt-public-key", "/nowhere/key.pem"])]
#[case::jwt_key_is_none(&["--jwt-public-key", env!("CARGO_MANIFEST_PATH")], &["--jwt-public-key"])]
#[case::ready_file(&["--ready-file", "/nowhere/ready"], &["--ready-file", "/nowhere/ready"])]
#[case::address_of_others(&["--host", "203.0.113.1"], &["203.0.113.1"])]
fn a_flag_or_value(#[case] arguments: &[&str], #[case] names: &[&str]) {
    assert_refused(arguments, &[], names);
}

#[rstest]
#[case("WENI_MOCK_PORT", "many", "--port")]
#[case("WENI_MOCK_PROFILE", "production", "--profile")]
#[case("WENI_MOCK_CLOCK", "noon", "--clock")]
#[case("WENI_MOCK_STUB", "flow_starts.json", "--stub")]
fn a_variable(#[case] name: &str, #[case] value: &str, #[case] flag: &str) {
    let ended = refused(command(&[]).env(name, value));
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{ended:?}");
    assert!(ended.stderr.contains(flag) && ended.stderr.contains(value), "{ended:?}");
}

#[rstest]
#[case::syntax("syntax.json", &[":3:16"])]
#[case::member("unknown-member.json", &[":2:", "contatos"])]
#[case::setting("unknown-setting.json", &["contry"])]
#[case::group("unknown-group.json", &["contacts[1]", "groups[0]", "Nowhere"])]
#[case::field("unknown-field.json", &["contacts[0]", "shoe_size"])]
#[case::urn("same-urn.json", &["contacts[2]", "ext:1"])]
#[case::csv_missing("missing-csv.json", &["nowhere.csv"])]
#[case::csv_line("short-line.csv", &[":3"])]
#[case::csv_urn("bad-urn.csv", &[":3: urns[0]", "8 digits"])]
#[case::csv_column("unknown-column.csv", &[":1", "phone"])]
#[case::csv_encoding("latin-1.csv", &[":3", "UTF-8"])]
fn seed_data(#[case] file: &str, #[case] names: &[&str]) {
    let path = format!("{SEEDS}/{file}");
    // A CSV file that a JSON file names is the one to be corrected.
    let place = if file == "missing-csv.json" { SEEDS } else { &path };
    assert_refused(&["--data", &path], &[], &[&[place], names].concat());
}

#[rstest]
#[case::name("shopp", &["shopp", "shop, empty"])]
#[case::file("/nowhere/data.json", &["/nowhere/data.json"])]
#[case::kind("/nowhere/data.yaml", &["/nowhere/data.yaml", ".json"])]
fn seed_data_that_is_not_there(#[case] data: &str, #[case] names: &[&str]) {
    assert_refused(&["--data", data], &[], names);
}

/// Nothing is left behind by a start that failed.
#[rstest]
fn no_ready_file_without_being_ready() {
    let folder = Folder::new();
    let ready = folder.path("ready");
    assert_refused(
        &["--ready-file", &ready, "--data", &format!("{SEEDS}/syntax.json")],
        &[],
        &["syntax.json"],
    );
    assert!(!std::path::Path::new(&ready).exists());
}

#[rstest]
#[case("--help", "--workspace-per-token")]
#[case("--help", "Logs nothing: standard output still says `ready on URL`, for scripts")]
#[case("--version", env!("CARGO_PKG_VERSION"))]
fn to_be_told_is_no_mistake(#[case] flag: &str, #[case] says: &str) {
    let output = command(&[flag]).output().expect("a process that ends");
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(stdout.contains(says), "{stdout}");
}
