//! The log: a line for each request on standard error, its effects under it, no token in it. Written by a thread of its own;
//! when that falls behind, lines are dropped and counted rather than requests delayed.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use axum::http::{HeaderValue, Method, StatusCode, Uri};
use uuid::Uuid;

use crate::exchange::Exchange;
use crate::journal::Struck;
use crate::mock::Shared;
use crate::secret::{self, Forms};
use crate::store::workspace::Workspace;

/// Lines that may wait to be written.
const BACKLOG: usize = 8192;

/// Where requests are noted.
pub(crate) struct Log(Option<Writer>);

struct Writer {
    lines: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
}

/// A line, its effects under it, and what tells which tokens may be in it.
struct Line {
    text: String,
    mock: Shared,
    workspace: Option<Arc<Workspace>>,
    /// Of a request that no workspace can be told of.
    authorization: Option<HeaderValue>,
}

/// Hides tokens. Those of the workspace of the last line are kept: the next one is likely of the same.
#[derive(Default)]
struct Hider {
    of: Option<Uuid>,
    forms: Forms,
}

impl Hider {
    fn hide(&mut self, line: &Line) -> String {
        let of = line.workspace.as_ref().map(|workspace| workspace.uuid);
        if of.is_none() || of != self.of {
            (self.of, self.forms) = (of, Forms::default());
            match &line.workspace {
                Some(workspace) => workspace.tokens.iter().for_each(|(_, token)| self.forms.learn(token)),
                None => line.mock.registry.tokens().iter().for_each(|token| self.forms.learn(token)),
            }
            let sent = line.authorization.as_ref().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let sent = secret::header_secrets("authorization", &sent.unwrap_or_default());
            sent.iter().for_each(|secret| self.forms.learn(secret));
        }
        self.forms.hide(&line.text)
    }
}

impl Log {
    /// A log that says nothing.
    pub(crate) fn quiet() -> Self {
        Log(None)
    }

    /// A log on standard error.
    pub(crate) fn stderr() -> Self {
        let (lines, waiting) = sync_channel::<Line>(BACKLOG);
        let dropped = Arc::new(AtomicU64::new(0));
        let missing = Arc::clone(&dropped);
        let write = move || {
            let mut hider = Hider::default();
            for line in waiting {
                let text = hider.hide(&line);
                let missed = missing.swap(0, Ordering::Relaxed);
                let mut stderr = std::io::stderr().lock();
                // Who reads the log may be gone; that is no reason to stop.
                let _ = stderr.write_all(text.as_bytes());
                if missed > 0 {
                    let _ = writeln!(stderr, "… {missed} lines dropped");
                }
            }
        };
        let spawned = thread::Builder::new().name("log".to_owned()).spawn(write);
        Log(spawned.ok().map(|_| Writer { lines, dropped }))
    }

    /// Notes a request and what it did; `exchange` is what is known of one that is not of the control API.
    pub(crate) fn request(
        &self,
        mock: &Shared,
        (method, uri): (&Method, &Uri),
        status: Option<StatusCode>,
        took: Duration,
        exchange: Option<&Exchange>,
    ) {
        let Some(writer) = &self.0 else { return };
        let millis = took.as_secs_f64() * 1e3;
        let status = status.map_or_else(|| "---".to_owned(), |status| status.as_u16().to_string());
        let mut text = format!("{method} {} {status} {millis:.2} ms\n", shown(uri));
        if let Some(Struck { id, kind, applied }) = exchange.and_then(|exchange| exchange.fault.as_ref()) {
            let applied = if *applied { "after" } else { "in place of" };
            text.push_str(&format!("    fault: {kind}, {applied} what was asked [{id}]\n"));
        }
        for effect in exchange.iter().flat_map(|exchange| &exchange.effects) {
            let mark = effect.severity().as_str();
            text.push_str(&format!("    {mark}: {effect} [{}]\n", effect.id()));
        }
        let access = exchange.and_then(|exchange| exchange.access.as_ref());
        let line = Line {
            text,
            mock: Arc::clone(mock),
            workspace: access.map(|access| Arc::clone(&access.workspace)),
            authorization: exchange.filter(|_| access.is_none()).and_then(Exchange::authorization),
        };
        if writer.lines.try_send(line).is_err() {
            writer.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Path and query, with the values of secrets masked.
fn shown(uri: &Uri) -> String {
    let query = uri.query().map(|query| format!("?{}", secret::in_query(query)));
    format!("{}{}", uri.path(), query.unwrap_or_default())
}
