//! What these tests need: servers to pull from, the program, and places for its files.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use weni_conformance::client::{Client, Http, Token, Tokens};
use weni_conformance::pace::Pace;
use weni_conformance::pull::read;
use weni_conformance::pull::seed::{Notes, Seed};
use weni_mock::MockServer;

use crate::support::listener;

/// A JSON file of its own, gone when dropped.
pub(super) struct File(PathBuf);

impl File {
    pub(super) fn new(text: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("pull-{}-{}.json", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// Pulls by the library: seed data, notes, and how many requests that took.
pub(super) async fn pull(url: &str, token: &str, contacts: usize) -> (Seed, Notes, usize) {
    let http = Http::new(Duration::from_secs(10)).unwrap();
    let tokens = Tokens::administrator(Token::new(token));
    let client = Client::new(http, url.parse().unwrap(), tokens, Pace::default());
    let snapshot = read::read(&client, contacts, |_, _| ()).await.unwrap();
    let requests = snapshot.requests;
    let (seed, notes) = Seed::of(snapshot);
    (seed, notes, requests)
}

/// A mock of this seed data.
pub(super) async fn seeded(seed: &Seed) -> MockServer {
    let file = File::new(&seed.to_string());
    MockServer::builder().data(file.path()).start().await
}

/// The items of a list that fits a page.
pub(super) async fn list(server: &MockServer, path: &str) -> Vec<Value> {
    let request = reqwest::Client::new().get(format!("{}/api/v2/{path}", server.url()));
    let request = request.header("Authorization", format!("Token {}", server.token()));
    let mut page: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(page["next"], Value::Null);
    serde_json::from_value(page["results"].take()).unwrap()
}

/// `weni-conformance pull` with these arguments, and no target in its environment.
pub(super) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.arg("pull").args(args).env_remove("WENI_URL").env_remove("WENI_TOKEN");
    command
}

/// Runs `weni-conformance pull` with these arguments.
pub(super) fn program(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// A server that answers each request with the next of these, whatever it is, and closes the connection.
pub(super) fn answers(answers: &[(u16, &str, &str)]) -> String {
    let reply = |(status, headers, body): &(u16, &str, &str)| -> &'static [u8] {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        text.into_bytes().leak()
    };
    listener(answers.iter().map(reply).collect::<Vec<_>>().leak())
}

/// A server with these groups, fields and contacts, each list on one page.
pub(super) fn workspace(groups: Value, fields: Value, contacts: Value) -> String {
    let pages = [groups, fields, contacts]
        .map(|results| json!({"next": null, "previous": null, "results": results}).to_string());
    answers(&pages.each_ref().map(|page| (200, "content-type: application/json\r\n", page.as_str())))
}

/// A contact as the API shows it, with these members in the place of the usual ones.
pub(super) fn contact(number: u32, members: Value) -> Value {
    let mut contact = json!({
        "uuid": format!("00000000-0000-4000-8000-{number:012}"), "name": null, "language": null, "urns": [],
        "groups": [], "fields": {}, "blocked": false, "stopped": false,
        "created_on": format!("2025-01-01T00:00:{number:02}.000000Z"),
        "modified_on": format!("2025-01-02T00:00:{number:02}.000000Z"), "last_seen_on": null,
    });
    let Value::Object(members) = members else { panic!("{members}") };
    contact.as_object_mut().unwrap().extend(members);
    contact
}

/// A way to the server at `url` that keeps all that is sent.
pub(super) fn recorder(url: &str) -> (String, Arc<Mutex<Vec<u8>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    let (kept, server) = (Arc::clone(&sent), url.trim_start_matches("http://").to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(length @ 1..) = client.read(&mut bytes) {
                    kept.lock().unwrap().extend(&bytes[..length]);
                    server.write_all(&bytes[..length]).unwrap();
                }
            });
        }
    });
    (own, sent)
}
