//! A mock started for one run: the kit's only use of the server crate.

use std::net::SocketAddr;
use std::sync::Arc;

use weni_mock::MockServer;

use crate::before::Before;
use crate::case::{LinkKind, Profile};
use crate::client::{BadUrl, Http, Token, Tokens};
use crate::control::{Control, ControlError};
use crate::run::{Target, Terms};

/// Why no mock could be started: one sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct NotStarted(String);

/// A mock in this process, on a free port of the loopback interface. It stops when dropped.
#[derive(Debug)]
pub struct Embedded(MockServer);

impl Embedded {
    /// Starts a mock whose default workspace answers as `profile` says. Fresh workspaces have the profile that they
    /// are made with.
    pub async fn start(profile: Profile) -> Self {
        let profile = match profile {
            Profile::Observed => weni_mock::Profile::Observed,
            Profile::Documented => weni_mock::Profile::Documented,
        };
        Self(MockServer::builder().profile(profile).start().await)
    }

    /// Starts a mock with nothing in it, at this address or on a free port. Its own token is nobody's, and its control API is
    /// for whoever knows this one.
    ///
    /// # Errors
    /// The address is taken, or none of this machine.
    pub async fn empty(listen: Option<SocketAddr>, control_token: &str) -> Result<Self, NotStarted> {
        let token = uuid::Uuid::new_v4().simple().to_string();
        let builder = MockServer::builder().data("empty").token(token).control_token(control_token);
        let builder = listen.into_iter().fold(builder, weni_mock::MockServerBuilder::listen);
        builder.try_start().await.map(Self).map_err(|error| NotStarted(error.to_string()))
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// The mock as a target: its default workspace, with a group that a flow uses, and its control API.
    ///
    /// # Errors
    /// The mock says that its address is something that is none.
    pub async fn target(&self, http: Http) -> Result<Target, BadUrl> {
        let base: crate::client::BaseUrl = self.0.url().parse()?;
        let control = Control::new(http.clone(), base.join(Control::PATH, None)?);
        let tokens = Tokens::administrator(Token::new(self.0.token()));
        let tokens = control.current(&tokens).await.map_or(tokens, |workspace| workspace.tokens);
        let linked_group = linked_group(&control, &tokens).await.ok();
        let terms = Terms { linked_group, ..Terms::free() };
        let before = Arc::new(Before::unknown());
        Ok(Target { http, base, tokens, control: Some(control), terms, before })
    }
}

/// Makes a query-based group, which takes one call, and has a flow use it.
async fn linked_group(control: &Control, tokens: &Tokens) -> Result<String, ControlError> {
    let workspace = control.current(tokens).await?;
    let group = workspace.smart_group("In use", "name = \"nobody\"").await?;
    workspace.link(LinkKind::Flow, &group).await?;
    Ok(group)
}
