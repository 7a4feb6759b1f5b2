//! The journal while it grows, as server-sent events. Whoever watches asks the journal ten times a second, so that
//! requests pay nothing for being watched.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use maud::html;

use crate::control::journal::Wanted;

use super::journal::{SHOWN, line, wanted};
use super::visit::Visit;

/// Between two looks into the journal.
const PAUSE: Duration = Duration::from_millis(100);

/// `GET /__mock/page/live?from=…`: an event `entries` with the lines of new requests as HTML, the newest first, at most as
/// many as a view shows; `cleared` when the journal was. The id of an event is the number of the last request.
pub(crate) async fn live(visit: Visit, headers: HeaderMap) -> Response {
    let Ok(wanted) = wanted(&visit) else { return axum::http::StatusCode::BAD_REQUEST.into_response() };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let from =
        last.or_else(|| visit.parameter("from")?.parse().ok()).unwrap_or_else(|| visit.journal().noted());
    Sse::new(events(visit, wanted, from)).keep_alive(KeepAlive::default()).into_response()
}

fn events(visit: Visit, wanted: Wanted, from: u64) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((visit, wanted, from), |(visit, wanted, mut seen)| async move {
        let mut closing = visit.mock.closing.subscribe();
        loop {
            let noted = visit.journal().noted();
            if noted < seen {
                let event = Event::default().event("cleared").id(noted.to_string()).data("");
                return Some((Ok(event), (visit, wanted, 0)));
            }
            if noted > seen {
                let page = visit.journal().newest(seen + 1..u64::MAX, SHOWN, |entry| wanted.accepts(entry));
                if !page.entries.is_empty() {
                    let mask = visit.mock.mask(&page.entries);
                    let lines = html! { @for entry in &page.entries { (line(&visit, entry, &mask, true)) } };
                    let event =
                        Event::default().event("entries").id(noted.to_string()).data(lines.into_string());
                    return Some((Ok(event), (visit, wanted, noted)));
                }
                seen = noted;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = closing.changed() => return None,
            }
        }
    })
}
