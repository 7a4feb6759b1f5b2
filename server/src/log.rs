//! The log: a line for each request on standard error, its effects under it. Written by a thread of its own;
//! when that falls behind, lines are dropped and counted rather than requests delayed.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use axum::http::{Method, StatusCode, Uri};

use crate::journal::Struck;
use crate::secret;
use crate::store::effect::Effect;
use crate::texts::Lang;

/// Lines that may wait to be written.
const BACKLOG: usize = 8192;

/// Where requests are noted.
pub(crate) struct Log(Option<Writer>);

struct Writer {
    lang: Lang,
    lines: SyncSender<String>,
    dropped: Arc<AtomicU64>,
}

impl Log {
    /// A log that says nothing.
    pub(crate) fn quiet() -> Self {
        Log(None)
    }

    /// A log on standard error; effects are told in a language.
    pub(crate) fn stderr(lang: Lang) -> Self {
        let (lines, waiting) = sync_channel::<String>(BACKLOG);
        let dropped = Arc::new(AtomicU64::new(0));
        let missing = Arc::clone(&dropped);
        let write = move || {
            for line in waiting {
                let missed = missing.swap(0, Ordering::Relaxed);
                let mut stderr = std::io::stderr().lock();
                // Who reads the log may be gone; that is no reason to stop.
                let _ = stderr.write_all(line.as_bytes());
                if missed > 0 {
                    let _ = writeln!(stderr, "… {missed} lines dropped");
                }
            }
        };
        let spawned = thread::Builder::new().name("log".to_owned()).spawn(write);
        Log(spawned.ok().map(|_| Writer { lang, lines, dropped }))
    }

    /// Notes a request and what it did.
    pub(crate) fn request(
        &self,
        method: &Method,
        uri: &Uri,
        status: Option<StatusCode>,
        took: Duration,
        effects: &[Effect],
        fault: Option<&Struck>,
    ) {
        let Some(writer) = &self.0 else { return };
        let millis = took.as_secs_f64() * 1e3;
        let status = status.map_or_else(|| "---".to_owned(), |status| status.as_u16().to_string());
        let mut line = format!("{method} {} {status} {millis:.2} ms\n", shown(uri));
        if let Some(Struck { id, kind, applied }) = fault {
            let applied = if *applied { "after" } else { "in place of" };
            line.push_str(&format!("    fault: {kind}, {applied} what was asked [{id}]\n"));
        }
        for effect in effects {
            let mark = effect.severity().as_str();
            line.push_str(&format!("    {mark}: {} [{}]\n", effect.text(writer.lang), effect.id()));
        }
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
