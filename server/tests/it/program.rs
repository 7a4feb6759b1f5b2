//! The program itself, as a process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// The token of the default workspace.
pub(crate) const TOKEN: &str = "Token 77656e692d6d6f636b2d746f6b656e2d30303031";

/// How long a line of the log may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program; killed when dropped.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Receiver<String>,
    /// The line on standard output that said it is ready.
    pub(crate) ready: String,
    /// Address and port.
    pub(crate) address: String,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program with these arguments and nothing in its environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-mock"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the program on a free port and waits until it is ready.
#[track_caller]
pub(crate) fn start(arguments: &[&str]) -> Program {
    run(command(arguments).args(["--port", "0"]))
        .unwrap_or_else(|ended| panic!("it did not start: {ended:?}"))
}

/// Runs the program where it is not to start.
#[track_caller]
pub(crate) fn refused(command: &mut Command) -> Ended {
    match run(command) {
        Ok(program) => panic!("it started: {}", program.ready),
        Err(ended) => ended,
    }
}

/// Runs the program until it is ready, or has ended.
///
/// # Errors
/// How it ended.
pub(crate) fn run(command: &mut Command) -> Result<Program, Ended> {
    let mut child = command.spawn().expect("a process");
    let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
    let errors = BufReader::new(child.stderr.take().expect("standard error"));
    let (send, stderr) = channel();
    thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    let mut ready = String::new();
    stdout.read_line(&mut ready).expect("standard output as text");
    let address = ready.trim_end().rsplit_once("http://").map(|(_, address)| address.to_owned());
    let mut program = Program { child, stdout, stderr, ready, address: address.unwrap_or_default() };
    if program.ready.ends_with('\n') { Ok(program) } else { Err(program.end()) }
}

impl Program {
    /// Lines of the log up to the first that contains `text`, that one included.
    #[track_caller]
    pub(crate) fn log_until(&mut self, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        while !lines.last().is_some_and(|line| line.contains(text)) {
            match self.stderr.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(error) => panic!("no {text:?} in the log ({error}): {lines:#?}"),
            }
        }
        lines
    }

    /// Sends a signal, such as `TERM`.
    #[track_caller]
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]).status();
        assert!(sent.is_ok_and(|status| status.success()), "signal {signal} was not sent");
    }

    /// Waits for its end and returns all that it still said.
    pub(crate) fn end(&mut self) -> Ended {
        let mut stdout = self.ready.clone();
        self.stdout.read_to_string(&mut stdout).expect("standard output as text");
        let stderr = self.stderr.iter().collect::<Vec<_>>().join("\n");
        let code = self.child.wait().ok().and_then(|status: ExitStatus| status.code());
        Ended { code, stdout, stderr }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of its own, gone when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("it-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.0.join(name), text).expect("a file");
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
