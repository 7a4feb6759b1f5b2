//! The mock in a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::control::access::ControlAccess;
use crate::mock::Shared;
use crate::model::deviation::Profile;
use crate::model::time::parse_instant;
use crate::options::Options;
use crate::router::router;
use crate::serve;
use crate::store::registry::Role;

/// Why a [`MockServer`] cannot start: one sentence that names the option, the file and the place, or the address.
#[derive(Debug, Clone, thiserror::Error)]
#[error("weni-mock: {0}")]
pub struct StartError(String);

/// A mock on a free port of the loopback interface. It stops when dropped.
///
/// It runs on a thread of its own, so blocking clients work in any kind of test.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use weni_mock::MockServer;
///
/// let weni = MockServer::start().await;
/// let answer = reqwest::Client::new()
///     .post(format!("{}/api/v2/contacts.json?urn=whatsapp%3A5582991234567", weni.url()))
///     .header("Authorization", format!("Token {}", weni.token()))
///     .json(&serde_json::json!({"name": "Maria"}))
///     .send()
///     .await?;
/// assert_eq!(answer.status(), 201);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MockServer {
    url: String,
    token: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl MockServer {
    /// Starts a mock of the built-in shop, in the profile [`Profile::Documented`].
    ///
    /// # Panics
    /// Where no port of the loopback interface is to be had.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A mock to be set up before it starts.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder { options: Options::default(), listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
    }

    /// Scheme, address and port, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The administrator's token of the default workspace, to be sent as `Authorization: Token …`.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    fn spawn(mock: Shared, listen: SocketAddr) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let url = format!("http://{}", listener.local_addr()?);
        let workspace = mock.registry.default_workspace();
        let token = workspace.and_then(|workspace| workspace.token(Role::Administrator).map(str::to_owned));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let router = router(mock);
                // Dropped without more ado: a test that is over waits for nobody.
                tokio::select! {
                    () = serve::serve(listener, router, serve::HEAD_TIMEOUT, std::future::pending()) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("weni-mock".to_owned()).spawn(serve)?;
        Ok(MockServer { url, token: token.unwrap_or_default(), stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Sets up a [`MockServer`].
#[must_use]
pub struct MockServerBuilder {
    options: Options,
    listen: SocketAddr,
}

impl MockServerBuilder {
    /// Whose answers count where the article and the running API disagree.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.options.profile = Some(profile);
        self
    }

    /// The country of numbers without a country code, by its two letters; `None` for no country.
    pub fn country(mut self, country: Option<&str>) -> Self {
        self.options.country = Some(country.map(str::to_owned));
        self
    }

    /// What the workspace begins with: `shop` (the default), `empty`, or the path of a `.json` or `.csv` file.
    pub fn data(mut self, data: impl Into<String>) -> Self {
        self.options.data = data.into();
        self
    }

    /// How many requests of each user pass: `2500/hour`.
    ///
    /// # Panics
    /// Where the text is no such limit.
    #[track_caller]
    pub fn rate_limit(mut self, limit: &str) -> Self {
        self.options.rate_limit = Some(limit.parse().unwrap_or_else(|error| panic!("{error}")));
        self
    }

    /// Fixes the clock at an instant such as `2026-01-01T00:00:00Z`.
    ///
    /// # Panics
    /// Where the text is no such instant.
    #[track_caller]
    pub fn clock(mut self, instant: &str) -> Self {
        self.options.clock = Some(parse_instant(instant).unwrap_or_else(|error| panic!("{error}")));
        self
    }

    /// Makes identifiers a function of a number.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = Some(seed);
        self
    }

    /// The administrator's token.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.options.token = Some(token.into());
        self
    }

    /// The token without which nobody may use the control API, which else is open to this machine.
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.options.control = ControlAccess::Token(token.into());
        self
    }

    /// The RSA public key, as PEM, that Bearer tokens are checked with.
    pub fn jwt_public_key(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.options.jwt_public_key = Some(pem.into());
        self
    }

    /// Faults that the workspace begins with: `flaky`, `throttled`, `outage`, `stale`, or the path of a `.json` file.
    pub fn fault(mut self, fault: impl Into<String>) -> Self {
        self.options.faults.push(fault.into());
        self
    }

    /// Where it listens, in place of a free port of the loopback interface: for an integration that is running already
    /// and has one URL.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Starts the mock.
    ///
    /// # Panics
    /// As [`try_start`](Self::try_start) fails.
    pub async fn start(self) -> MockServer {
        self.try_start().await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts the mock.
    ///
    /// # Errors
    /// The data cannot be read or is wrong, with its place; the address is taken or is none of this machine.
    #[expect(
        clippy::unused_async,
        reason = "starting may come to wait for something; callers need not change then"
    )]
    pub async fn try_start(self) -> Result<MockServer, StartError> {
        let mock = self.options.build().map_err(StartError)?;
        let failed = |error| StartError(format!("cannot listen on {}: {error}", self.listen));
        MockServer::spawn(mock, self.listen).map_err(failed)
    }
}
