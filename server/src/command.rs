//! What the program does in place of a mock.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::{CommandFactory, Subcommand};
use clap_complete::Shell;

use crate::config::Config;

/// How long a mock may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask whether a mock answers at --host and --port: exit code 0, or 1 (for container health checks)
    Health,
    /// Print completions for a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

impl Command {
    /// Does it, and returns the exit code.
    pub(crate) fn run(self, address: SocketAddr) -> u8 {
        let done = match self {
            Command::Health => return health(address),
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Config::command(), "weni-mock", &mut text);
                io::stdout().write_all(&text)
            }
            Command::Man => clap_mangen::Man::new(Config::command()).render(&mut io::stdout()),
        };
        // A reader that has gone, such as `head`, is no failure.
        let _ = done;
        0
    }
}

fn health(address: SocketAddr) -> u8 {
    match ask(address) {
        Ok(true) => 0,
        Ok(false) => {
            let _ = writeln!(io::stderr(), "weni-mock: whoever answers at {address} is no mock");
            1
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "weni-mock: no answer at {address}: {error}");
            1
        }
    }
}

/// Whether a mock answers there. One that keeps its control API to itself says so, and is there all the same.
fn ask(address: SocketAddr) -> io::Result<bool> {
    let mut mock = TcpStream::connect_timeout(&address, PATIENCE)?;
    mock.set_read_timeout(Some(PATIENCE))?;
    mock.write_all(b"GET /__mock/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    mock.take(4096).read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 ")
        && (answer.contains("\"ready\":true") || answer.contains("control API")))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn others_than_a_mock_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let other = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let _ = stream.read(&mut [0; 1024]);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").expect("an answer");
        });
        assert!(!ask(address).expect("an answer"));
        other.join().expect("it ended");
        assert!(ask(address).is_err());
    }
}
