//! A proxy as a program of its own, and raw exchanges.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A proxy that runs.
pub(crate) struct Proxy {
    child: Child,
    folder: PathBuf,
    /// Where it listens.
    pub(crate) url: String,
}

/// What is left of one.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The traffic, where `--har` was given.
    pub(crate) har: Value,
    /// The report, where `--json` was given.
    pub(crate) json: Value,
    /// All that it wrote, to be searched.
    pub(crate) all: String,
}

/// Waits until there is something.
#[track_caller]
pub(super) fn wait<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Proxy {
    /// Starts one in front of `upstream` and waits until it listens. `HAR` and `JSON` among the arguments are files of it.
    pub(crate) fn start(upstream: &str, args: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", upstream, args)
    }

    /// The same at an address.
    pub(super) fn start_at(listen: &str, upstream: &str, args: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("proxy-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        let ready = folder.join("ready");
        let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
        command.args(["proxy", "--upstream", upstream, "--listen", listen, "--ready-file"]).arg(&ready);
        for arg in args {
            match *arg {
                "HAR" | "JSON" => command.arg(folder.join(arg)),
                arg => command.arg(arg),
            };
        }
        let file = |name: &str| File::create(folder.join(name)).unwrap();
        command.stdout(file("out")).stderr(file("err"));
        command.env_remove("WENI_URL").env_remove("WENI_TOKEN").env_remove("GITHUB_ACTIONS");
        let child = command.spawn().unwrap();
        let url = wait("the ready file", || std::fs::read_to_string(&ready).ok());
        Self { child, folder, url: url.trim_end().to_owned() }
    }

    /// What it has told of so far.
    pub(super) fn told(&self) -> String {
        read(&self.folder, "err")
    }

    /// Ends it as a CI service does.
    pub(crate) fn stop(self) -> Ended {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let status = wait("the end", || self.child.try_wait().unwrap());
        let names = ["out", "err", "HAR", "JSON"];
        let ended = Ended {
            code: status.code(),
            out: read(&self.folder, "out"),
            err: read(&self.folder, "err"),
            har: serde_json::from_str(&read(&self.folder, "HAR")).unwrap_or_default(),
            json: serde_json::from_str(&read(&self.folder, "JSON")).unwrap_or_default(),
            all: names.map(|name| read(&self.folder, name)).concat(),
        };
        std::fs::remove_dir_all(&self.folder).ok();
        ended
    }
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

/// Sends these bytes and gives all that come back until the connection ends.
pub(super) fn send(url: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// A server that gives each request this reply, byte for byte, closes, and hands over what it was sent.
pub(super) fn upstream(reply: &'static [u8]) -> (String, Receiver<Vec<u8>>) {
    upstream_saying(|_| reply)
}

/// The same with a reply that knows the server's URL.
pub(super) fn upstream_saying<R: AsRef<[u8]> + Send + 'static>(
    reply: impl FnOnce(&str) -> R,
) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let reply = reply(&url);
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let request = request_of(&mut stream);
            stream.write_all(reply.as_ref()).ok();
            drop(stream);
            if sender.send(request).is_err() {
                break;
            }
        }
    });
    (url, requests)
}

/// A request whole: its head, and as much of a body as that says.
fn request_of(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return request;
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return request,
            Ok(count) => request.extend_from_slice(&part[..count]),
        }
    }
}

/// The head of a message in lines, and its body.
pub(super) fn parts(message: &[u8]) -> (Vec<String>, Vec<u8>) {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
    let head = message[..end].split(|byte| *byte == b'\n');
    // Bytes as letters, so that none is lost.
    let line =
        |line: &[u8]| line.iter().filter(|byte| **byte != b'\r').map(|byte| char::from(*byte)).collect();
    (head.map(line).collect(), message[end + 4..].to_vec())
}
