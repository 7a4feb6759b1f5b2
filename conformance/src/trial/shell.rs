//! Commands for the shell, with all that they start.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long the outputs of a command that has ended are waited for.
const LINGER: Duration = Duration::from_secs(1);

/// How much of what a command prints is kept: the end of it.
const KEPT: usize = 4000;

/// What a command finds in its environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Environment<'a> {
    pub(super) url: &'a str,
    pub(super) token: &'a str,
    /// An empty folder for its own use.
    pub(super) scratch: &'a Path,
    pub(super) port: Option<u16>,
}

/// A command that was started. When this is dropped it is killed with all that it started, also what it left in the
/// background.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
    /// What it prints, where it is read in passing, and who reads that.
    printed: Tail,
    readers: JoinSet<()>,
}

impl Running {
    /// Starts it.
    ///
    /// # Errors
    /// There is no shell.
    pub(super) fn start(command: &str, environment: Environment<'_>) -> std::io::Result<Self> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell.arg(flag).arg(command);
        shell.env("WENI_URL", environment.url).env("WENI_TOKEN", environment.token);
        shell.env("WENI_SCRATCH", environment.scratch);
        if let Some(port) = environment.port {
            shell.env("PORT", port.to_string());
        }
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        shell.process_group(0);
        let child = shell.spawn()?;
        #[cfg(unix)]
        let group = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self {
            child,
            #[cfg(unix)]
            group,
            printed: Tail::default(),
            readers: JoinSet::new(),
        })
    }

    /// Gives it its input, and waits until it has ended. Both outputs, the last part of them.
    pub(super) async fn finish(&mut self, input: &str) -> std::io::Result<(ExitStatus, String)> {
        let (stdin, stdout, stderr) =
            (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        let talk = async {
            let write = async {
                if let Some(mut stdin) = stdin {
                    // Who does not want its input does not read it.
                    stdin.write_all(input.as_bytes()).await.ok();
                }
            };
            let ((), out, err) = tokio::join!(write, end_of(stdout), end_of(stderr));
            (out, err)
        };
        tokio::pin!(talk);
        let wait = self.child.wait();
        tokio::pin!(wait);
        let mut said = None;
        let status = loop {
            tokio::select! {
                status = &mut wait => break status,
                all = &mut talk, if said.is_none() => said = Some(all),
            }
        };
        // What it left running in the background may hold the outputs open.
        let (out, err) = match said {
            Some(said) => said,
            None => timeout(LINGER, talk).await.unwrap_or_default(),
        };
        Ok((status?, out + &err))
    }

    /// Lets it print whatever it likes, and keeps the end of it.
    pub(super) fn read_along(&mut self) {
        drop(self.child.stdin.take());
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (for_out, for_err) = (self.printed.clone(), self.printed.clone());
        self.readers.spawn(async move { for_out.read(stdout).await });
        self.readers.spawn(async move { for_err.read(stderr).await });
    }

    /// The end of what it has printed, also what it printed last before it ended.
    pub(super) async fn printed(&mut self) -> String {
        if self.ended().is_some() {
            timeout(LINGER, async { while self.readers.join_next().await.is_some() {} }).await.ok();
        }
        self.printed.text()
    }

    /// Forgets what it has printed so far.
    pub(super) fn forget(&self) {
        self.printed.forget();
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group {
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
    }
}

async fn end_of(output: Option<impl AsyncRead + Unpin>) -> String {
    let tail = Tail::default();
    tail.read(output).await;
    tail.text()
}

/// The end of what is printed. Nothing of a word whose beginning is gone: a part of a token could not be told.
#[derive(Debug, Clone, Default)]
struct Tail(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    cut: bool,
}

impl Tail {
    async fn read(&self, output: Option<impl AsyncRead + Unpin>) {
        let Some(mut output) = output else { return };
        let mut part = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut part).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.bytes.extend_from_slice(&part[..count]);
            let over = kept.bytes.len().saturating_sub(KEPT);
            kept.bytes.drain(..over);
            kept.cut |= over > 0;
        }
    }

    fn forget(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What comes next may be the rest of a word.
        kept.cut = kept.bytes.last().map_or(kept.cut, |last| !last.is_ascii_whitespace());
        kept.bytes.clear();
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept.bytes);
        match kept.cut {
            true => text.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).to_owned(),
            false => text.into_owned(),
        }
    }
}
