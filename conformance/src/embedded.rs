//! A mock started for one run: the kit's only use of the server crate.

use weni_mock::MockServer;

use crate::case::Profile;
use crate::client::{BadUrl, Http, Token, Tokens};
use crate::control::Control;
use crate::run::Target;

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

    /// The mock as a target: its default workspace and its control API.
    ///
    /// # Errors
    /// The mock says that its address is something that is none.
    pub fn target(&self, http: Http) -> Result<Target, BadUrl> {
        let base: crate::client::BaseUrl = self.0.url().parse()?;
        let control = Control::new(http.clone(), base.join(Control::PATH, None)?);
        let tokens = Tokens::administrator(Token::new(self.0.token()));
        Ok(Target { http, base, tokens, control: Some(control) })
    }
}
