//! The journal of a workspace, and that of the server: `…/journal`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::{Map, Value, json};

use crate::journal::{Entry, Filter, Journal, Mask, Page, Verify, har};
use crate::mock::Shared;
use crate::router::router;
use crate::texts::Lang;

use super::{ControlError, Named, Outcome, body};

/// Whose journal: that of the workspace which the path names, or, where it names none, the server's, of requests that no
/// workspace can be told of.
pub(crate) struct Source {
    mock: Shared,
    workspace: Option<Named>,
}

/// The language in which effects are told: what the client accepts, else the mock's.
pub(crate) struct Wish(pub(crate) Lang);

impl FromRequestParts<Shared> for Wish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, mock: &Shared) -> Result<Self, Infallible> {
        let accepted =
            parts.headers.get(ACCEPT_LANGUAGE).and_then(|wish| Lang::accepted(wish.to_str().ok()?));
        Ok(Wish(accepted.unwrap_or(mock.lang)))
    }
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

    /// How the workspace began, as a case of the conformance kit says it.
    fn setting(&self) -> Value {
        let Some(Named(workspace)) = &self.workspace else { return json!({}) };
        let country = json!(*workspace.settings())["country"].take();
        match workspace.seed.as_ref().and_then(|seed| seed.built_in_name()) {
            Some(name) => json!({"country": country, "data": name}),
            None => json!({"country": country}),
        }
    }

    /// What must not show in these entries.
    fn mask(&self, entries: &[Arc<Entry>]) -> Mask {
        self.mock.mask(entries)
    }
}

/// `GET …/journal`: `{"entries", "dropped"}`, the oldest first. See [`Wanted`] for the parameters.
pub(crate) async fn list(source: Source, Wish(lang): Wish, uri: Uri) -> Outcome<Response> {
    let wanted = Wanted::read(&uri)?;
    off_the_runtime(move || entries(&source, &wanted, lang)).await
}

/// `GET …/journal.har`: the same as an HTTP Archive.
pub(crate) async fn archive(source: Source, Wish(lang): Wish, uri: Uri) -> Outcome<Response> {
    let wanted = Wanted::read(&uri)?;
    let archive = move || {
        let Page { entries, dropped } = source.journal().entries();
        let mask = source.mask(&entries);
        Json(har(&wanted.of(entries), dropped, &mask, lang))
    };
    off_the_runtime(archive).await
}

/// `GET …/journal/{entry}/case.json`: a case of the conformance kit in which this request is answered as it was.
pub(crate) async fn case(source: Source, Noted(entry): Noted) -> Outcome<Json<Value>> {
    let mask = source.mask(std::slice::from_ref(&entry));
    let case = entry.case(&source.setting(), &mask);
    let kept = "its bodies were not kept as a whole, or it was not answered";
    case.map(Json).ok_or_else(|| ControlError(StatusCode::CONFLICT, format!("no case of it: {kept}")))
}

/// `POST …/journal/{entry}/again`: sends the request once more, credentials and all. 204; what came of it is in the journal.
pub(crate) async fn again(State(mock): State<Shared>, Noted(entry): Noted) -> Outcome<StatusCode> {
    let conflict = |what| ControlError(StatusCode::CONFLICT, what);
    send_again(&mock, &entry).await.map_err(conflict).map(|()| StatusCode::NO_CONTENT)
}

/// Sends the request of an entry once more, from within.
///
/// # Errors
/// Its body was not kept as a whole.
pub(crate) async fn send_again(mock: &Shared, entry: &Entry) -> Result<(), String> {
    let request = entry.request().ok_or("its body was not kept as a whole")?;
    // A router never fails.
    let _ = TowerToHyperService::new(router(mock.clone())).call(request).await;
    Ok(())
}

/// The entry that the path names by its number.
pub(crate) struct Noted(Arc<Entry>);

impl FromRequestParts<Shared> for Noted {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, mock: &Shared) -> Outcome<Self> {
        let number = Named::part_of_path("entry", parts, mock).await?.unwrap_or_default();
        let source = Source::from_request_parts(parts, mock).await?;
        let found = number.parse().ok().and_then(|number| source.journal().entry(number));
        found
            .map(Noted)
            .ok_or_else(|| ControlError::missing(format!("there is no request \"{number}\" in the journal")))
    }
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

fn entries(source: &Source, wanted: &Wanted, lang: Lang) -> Json<Value> {
    let Page { entries, dropped } = source.journal().entries();
    let mask = source.mask(&entries);
    let shown: Vec<Value> = wanted.of(entries).iter().map(|entry| entry.view(&mask, lang)).collect();
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
pub(crate) struct Wanted {
    filter: Filter,
    after: u64,
    last: Option<usize>,
}

impl Wanted {
    fn read(uri: &Uri) -> Outcome<Self> {
        let pairs: Vec<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
        let pairs = pairs.iter().map(|(name, value)| (&**name, &**value));
        Self::of_parameters(pairs).map_err(ControlError::bad)
    }

    /// What these parameters ask for.
    ///
    /// # Errors
    /// The parameter, and what is wrong with it.
    pub(crate) fn of_parameters<'a>(
        parameters: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut wanted = Wanted::default();
        let mut filter = Map::new();
        for (name, value) in parameters {
            let number = || value.parse().map_err(|_| format!("{name}: expected a number"));
            match name {
                "after" => wanted.after = number()?,
                "last" => wanted.last = Some(number()? as usize),
                "path" => drop(filter.insert(name.to_owned(), json!({"$contains": value}))),
                "method" | "endpoint" | "status" | "effect" | "fault" => {
                    filter.insert(name.to_owned(), value.into());
                }
                _ => {
                    let known = "method, endpoint, path, status, effect, fault, after, last";
                    return Err(format!("{name}: no such parameter; there are {known}"));
                }
            }
        }
        wanted.filter = serde_json::from_value(filter.into()).map_err(|error| error.to_string())?;
        Ok(wanted)
    }

    /// Whether an entry is asked for.
    pub(crate) fn accepts(&self, entry: &Entry) -> bool {
        entry.number > self.after && self.filter.accepts(entry)
    }

    fn of(&self, entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
        let mut shown: Vec<_> = entries.into_iter().filter(|entry| self.accepts(entry)).collect();
        if let Some(last) = self.last {
            shown.drain(..shown.len().saturating_sub(last));
        }
        shown
    }
}
