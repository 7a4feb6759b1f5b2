//! Commands for the shell, with all that they start.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
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

    /// Lets it print whatever it likes, unread.
    pub(super) fn ignore_output(&mut self) {
        drop(self.child.stdin.take());
        if let Some(stdout) = self.child.stdout.take() {
            tokio::spawn(end_of(Some(stdout)));
        }
        if let Some(stderr) = self.child.stderr.take() {
            tokio::spawn(end_of(Some(stderr)));
        }
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

async fn end_of(output: Option<impl tokio::io::AsyncRead + Unpin>) -> String {
    let Some(mut output) = output else { return String::new() };
    let (mut kept, mut part) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = output.read(&mut part).await {
        kept.extend_from_slice(&part[..count]);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }
    String::from_utf8_lossy(&kept).into_owned()
}
