//! A careful integration: events of a shop become requests to Weni, and come out right also on a bad day.
//!
//! Read it in this order: `sync.rs` says what each event does, `weni.rs` which requests there are, `attempts.rs` what is
//! done when one fails, `state.rs` what is remembered, `phone.rs` and `event.rs` what comes in. Names such as
//! `urns-beside-urn` are ids of rules: `weni-conformance rules` tells them all.
//!
//! One event on standard input, as `fixtures/payloads/` has them; exit code 0 when it is done, else 1 and a line on
//! standard error:
//!
//! ```sh
//! cargo run -p weni-mock &
//! export WENI_URL=http://127.0.0.1:9364 WENI_TOKEN=77656e692d6d6f636b2d746f6b656e2d30303031
//! export WENI_SCRATCH=$(mktemp -d)       # where it keeps what it knows; unset: in memory alone
//! echo '{"event": "customer.created", "at": "2026-01-05T12:00:00Z", "customer": {"id": "CLI-0142",
//!   "name": "Rosa Tavares", "phone": "+5582985550142", "city": "Maceió"}}' |
//!   cargo run -p weni-conformance --example careful
//! cargo run -p weni-conformance -- check --mock "$WENI_URL"        # nothing to say
//! ```
//!
//! Or as a webhook server, which answers 204 when the event is done, and 500 when not, so that the shop delivers it again:
//!
//! ```sh
//! cargo run -p weni-conformance --example careful -- --listen 127.0.0.1:8080
//! curl -i http://127.0.0.1:8080/webhook -d '{"event": …}'
//! ```

mod attempts;
mod event;
mod phone;
mod state;
mod sync;
mod weni;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use self::event::Event;
use self::state::State;
use self::weni::Weni;

/// Events of a shop become requests to Weni.
#[derive(Parser)]
struct Arguments {
    /// Be a webhook server at this address; without it one event is read from standard input
    #[arg(long)]
    listen: Option<String>,
}

/// What the integration works with.
struct Integration {
    weni: Weni,
    state: State,
}

impl Integration {
    async fn handle(&mut self, event: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        let event: Event = serde_json::from_str(event).map_err(|error| format!("the event: {error}"))?;
        Ok(sync::handle(&event, &self.weni, &mut self.state).await?)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut integration = Integration { weni: Weni::from_environment()?, state: State::load()? };
    match arguments.listen {
        Some(address) => listen(&address, integration).await,
        None => integration.handle(&std::io::read_to_string(std::io::stdin())?).await,
    }
}

async fn listen(address: &str, integration: Integration) -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    let routes = Router::new()
        .route("/webhook", post(webhook))
        .route("/health", get(|| async { StatusCode::OK }))
        .with_state(Arc::new(Mutex::new(integration)));
    Ok(axum::serve(listener, routes).await?)
}

/// One event at a time: what is read of a contact must still hold when it is written, and while Weni asks for patience
/// (`impatient`) no other event may come in between. A busy shop would have a queue for each customer in place of this lock.
///
/// In a task of its own: when the shop loses patience and hangs up, the event is still carried out to its end.
async fn webhook(Shared(integration): Shared<Arc<Mutex<Integration>>>, event: String) -> StatusCode {
    let handled = tokio::spawn(async move { integration.lock().await.handle(&event).await }).await;
    match handled.map_err(Into::into).flatten() {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
