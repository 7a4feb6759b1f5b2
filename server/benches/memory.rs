//! Measures the memory of a contact with two URNs, three fields and two groups: RSS growth of the program over
//! what it has at the start, divided by the number of contacts. Linux only.
//!
//! `cargo bench -p weni-mock --bench memory -- 1000000`

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Bytes that a contact may take.
const GOAL: u64 = 800;

/// Requests sent before their answers are read.
const PIPELINED: u64 = 200;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let contacts = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let mock = Mock::start()?;
    let mut client = mock.connect()?;
    for (label, value_type) in [("City", "text"), ("Total", "numeric"), ("Since", "datetime")] {
        let body = format!(r#"{{"label": "{label}", "value_type": "{value_type}"}}"#);
        client.call("fields", &body)?;
    }
    for name in ["A", "B"] {
        client.call("groups", &format!(r#"{{"name": "{name}"}}"#))?;
    }
    client.call("contacts", r#"{"urns": ["tel:+5582999990000"]}"#)?;
    let (before, begun) = (mock.rss()?, Instant::now());
    for first in (0..contacts).step_by(usize::try_from(PIPELINED)?) {
        let batch = first..(first + PIPELINED).min(contacts);
        for n in batch.clone() {
            client.send("contacts", &contact(n))?;
        }
        client.flush()?;
        for _ in batch {
            client.receive()?;
        }
    }
    let grown = mock.rss()?.saturating_sub(before);
    let each = grown / contacts.max(1);
    println!(
        "{contacts} contacts in {:.1} s: {each} bytes of RSS each (goal: under {GOAL})",
        begun.elapsed().as_secs_f64()
    );
    println!("RSS before {:.1} MB, growth {:.1} MB", before as f64 / 1e6, grown as f64 / 1e6);
    if each < GOAL { Ok(()) } else { Err("over the goal".into()) }
}

fn contact(n: u64) -> String {
    let number = 10_000_000 + n;
    format!(
        r#"{{"name": "Maria Souza {n}", "language": "por", "urns": ["tel:+55829{number}", "whatsapp:55829{number}"],
            "groups": ["A", "B"],
            "fields": {{"city": "Maceió", "total": "{n}.50", "since": "2020-01-31T09:27:39.071299-03:00"}}}}"#
    )
}

/// The program, stopped when dropped.
struct Mock {
    process: Child,
    address: String,
}

impl Mock {
    fn start() -> Outcome<Self> {
        let ready = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("memory-ready");
        let _ = std::fs::remove_file(&ready);
        let process = Command::new(env!("CARGO_BIN_EXE_weni-mock"))
            .args(["--port", "0", "--quiet", "--data", "empty", "--token", "bench", "--ready-file"])
            .arg(&ready)
            .stdout(Stdio::null())
            .spawn()?;
        let begun = Instant::now();
        loop {
            if let Ok(url) = std::fs::read_to_string(&ready) {
                let address = url.trim().trim_start_matches("http://").to_owned();
                return Ok(Mock { process, address });
            }
            if begun.elapsed() > Duration::from_secs(10) {
                return Err("the mock did not start".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn connect(&self) -> Outcome<Client> {
        let stream = TcpStream::connect(&self.address)?;
        Ok(Client { answers: BufReader::new(stream.try_clone()?), stream, waiting: Vec::new() })
    }

    /// Resident bytes.
    fn rss(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Client {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
    waiting: Vec<u8>,
}

impl Client {
    fn call(&mut self, endpoint: &str, body: &str) -> Outcome<()> {
        self.send(endpoint, body)?;
        self.flush()?;
        self.receive()
    }

    fn send(&mut self, endpoint: &str, body: &str) -> Outcome<()> {
        write!(
            self.waiting,
            "POST /api/v2/{endpoint}.json HTTP/1.1\r\nHost: mock\r\nAuthorization: Token bench\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        Ok(())
    }

    fn flush(&mut self) -> Outcome<()> {
        self.stream.write_all(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    fn receive(&mut self) -> Outcome<()> {
        let (mut status, mut length) = (String::new(), 0);
        self.answers.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.answers.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            match line.strip_prefix("content-length:") {
                Some(value) => length = value.trim().parse()?,
                None if line.is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.answers.read_exact(&mut body)?;
        if status.contains(" 201 ") { Ok(()) } else { Err(String::from_utf8_lossy(&body).into()) }
    }
}
