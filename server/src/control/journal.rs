//! The journal of a workspace, and that of the server: `…/journal`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::journal::{Entry, Filter, Journal, Mask, Page, Verify, har};
use crate::mock::Shared;

use super::{ControlError, Named, Outcome, body};

/// Whose journal: that of the workspace which the path names, or, where it names none, the server's, of requests that no
/// workspace can be told of.
pub(crate) struct Source {
    mock: Shared,
    workspace: Option<Named>,
}

impl FromRequestParts<Shared> for Source {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, mock: &Shared) -> Outcome<Self> {
        let name = Named::in_path(parts, mock).await?;
        let workspace = name.map(|name| Named::find(&name, parts, mock)).transpose()?;
        Ok(Source { mock: mock.clone(), workspace })
    }
}

impl Source {
    fn journal(&self) -> &Journal {
        self.workspace.as_ref().map_or(&self.mock.journal, |Named(workspace)| &workspace.journal)
    }

    /// What must not show in these entries: all tokens that open anything here, and what was tried as one.
    fn mask(&self, entries: &[Arc<Entry>]) -> Mask {
        let mut tokens = self.mock.registry.tokens();
        tokens.extend(self.mock.control.token().map(str::to_owned));
        Mask::of(tokens, entries)
    }
}

/// `GET …/journal`: `{"entries", "dropped"}`, the oldest first. See [`Wanted`] for the parameters.
pub(crate) async fn list(source: Source, uri: Uri) -> Outcome<Response> {
    let wanted = Wanted::read(&uri)?;
    off_the_runtime(move || entries(&source, &wanted)).await
}

/// `GET …/journal.har`: the same as an HTTP Archive.
pub(crate) async fn archive(source: Source, uri: Uri) -> Outcome<Response> {
    let wanted = Wanted::read(&uri)?;
    let archive = move || {
        let Page { entries, dropped } = source.journal().entries();
        let mask = source.mask(&entries);
        Json(har(&wanted.of(entries), dropped, &mask))
    };
    off_the_runtime(archive).await
}

/// `DELETE …/journal`: 204.
pub(crate) async fn clear(source: Source) -> StatusCode {
    source.journal().clear();
    StatusCode::NO_CONTENT
}

/// `POST …/journal/verify` `{"match": {…}, "count": {"at_least": 1}}`: 200 where it holds, else 409 with the entries that
/// come nearest.
pub(crate) async fn verify(source: Source, bytes: Bytes) -> Outcome<Response> {
    let question: Verify = body(&bytes)?;
    let answer = move || {
        let Page { entries, dropped } = source.journal().entries();
        let outcome = question.answer(&entries, dropped).masked(&source.mask(&entries));
        let status = if outcome.holds { StatusCode::OK } else { StatusCode::CONFLICT };
        (status, Json(outcome)).into_response()
    };
    off_the_runtime(answer).await
}

fn entries(source: &Source, wanted: &Wanted) -> Json<Value> {
    let Page { entries, dropped } = source.journal().entries();
    let mask = source.mask(&entries);
    let shown: Vec<Value> = wanted.of(entries).iter().map(|entry| entry.view(&mask)).collect();
    Json(json!({"entries": shown, "dropped": dropped}))
}

/// Makes a long answer without holding other requests up.
async fn off_the_runtime<R: IntoResponse>(make: impl FnOnce() -> R + Send + 'static) -> Outcome<Response> {
    let made = tokio::task::spawn_blocking(move || make().into_response()).await;
    made.map_err(|_| {
        ControlError(StatusCode::INTERNAL_SERVER_ERROR, "the journal could not be shown".to_owned())
    })
}

/// Which entries a URL asks for: `method`, `endpoint`, `path` (a part of it), `status` (`201`, `4xx`), `effect`, `fault`,
/// `after` (a number: only later ones), `last` (so many at most).
#[derive(Debug, Default)]
struct Wanted {
    filter: Filter,
    after: u64,
    last: Option<usize>,
}

impl Wanted {
    fn read(uri: &Uri) -> Outcome<Self> {
        let mut wanted = Wanted::default();
        let mut filter = Map::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let number =
                || value.parse().map_err(|_| ControlError::bad(format!("{name}: expected a number")));
            match &*name {
                "after" => wanted.after = number()?,
                "last" => wanted.last = Some(number()? as usize),
                "path" => drop(filter.insert(name.into_owned(), json!({"$contains": value}))),
                "method" | "endpoint" | "status" | "effect" | "fault" => {
                    filter.insert(name.into_owned(), Value::String(value.into_owned()));
                }
                _ => {
                    let known = "method, endpoint, path, status, effect, fault, after, last";
                    return Err(ControlError::bad(format!("{name}: no such parameter; there are {known}")));
                }
            }
        }
        wanted.filter = serde_json::from_value(filter.into()).map_err(ControlError::bad)?;
        Ok(wanted)
    }

    fn of(&self, entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
        let meant = |entry: &Arc<Entry>| entry.number > self.after && self.filter.accepts(entry);
        let mut shown: Vec<_> = entries.into_iter().filter(meant).collect();
        if let Some(last) = self.last {
            shown.drain(..shown.len().saturating_sub(last));
        }
        shown
    }
}
