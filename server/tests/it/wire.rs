//! A client that sends just the bytes it is told to: for what no decent client would do, and for speed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Long enough for any answer; one that does not come fails the test instead of holding it up for ever.
const PATIENCE: Duration = Duration::from_secs(25);

/// A connection.
pub(crate) struct Wire(BufReader<TcpStream>);

/// An answer, taken apart no further than needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Status line and headers, as they came.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// Connects to `127.0.0.1:port`.
    #[track_caller]
    pub(crate) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Wire(BufReader::new(stream))
    }

    /// Sends bytes and tells whether the server still took them.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    /// Tells the server that nothing more will come.
    pub(crate) fn finish(&mut self) {
        let _ = self.0.get_mut().shutdown(Shutdown::Write);
    }

    /// Reads an answer; `None` where the server closed the connection without one.
    #[track_caller]
    pub(crate) fn reply(&mut self) -> Option<Reply> {
        self.read(false)
    }

    /// Reads the answer to `HEAD`, which has no body whatever its head says.
    #[track_caller]
    pub(crate) fn reply_to_head(&mut self) -> Option<Reply> {
        self.read(true)
    }

    /// Sends a request and reads its answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: impl AsRef<[u8]>) -> Reply {
        self.send(request);
        self.reply().expect("an answer")
    }

    #[track_caller]
    fn read(&mut self, headless: bool) -> Option<Reply> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            match self.0.read_line(&mut head) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}; so far {head:?}"),
            }
        }
        let status = head.get(9..12).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {head:?}"));
        let mut reply = Reply { status, head, body: Vec::new() };
        let length = reply.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        if !headless && status != 204 {
            reply.body.resize(length, 0);
            self.0.read_exact(&mut reply.body).unwrap_or_else(|error| panic!("a part of a body: {error}"));
        }
        Some(reply)
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// A complete request with a body of JSON; an empty one is left out.
pub(crate) fn request(method: &str, path: &str, authorization: &str, body: &str) -> String {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n{length}\r\n{body}"
    )
}
