//! Which server.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use reqwest::Url;

use super::{CommandError, usage};
use crate::before::Before;
use crate::client::{BaseUrl, Http, Token, Tokens};
use crate::control::{Control, ControlError};
use crate::pace::{Pace, Rate};
use crate::run::{Target, Terms};

/// How fast a server that is not on this machine is asked unless `--rate` says otherwise: the vendor's own limit.
const HOSTED_RATE: &str = "2500/hour";

/// Which server.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// The server, with or without /api/v2
    #[arg(long, env = "WENI_URL", hide_env_values = true)]
    pub url: Option<String>,
    /// The token of an administrator of its workspace
    #[arg(long, env = "WENI_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The time limit for one exchange, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = usage::seconds)]
    pub timeout: Duration,
    /// How many requests in which time, such as 2500/hour [default: 2500/hour for a host that is not local]
    #[arg(long)]
    pub rate: Option<Rate>,
}

/// The control API of a mock.
#[derive(Debug, Args)]
pub struct ControlArgs {
    /// The server's control API, as a URL or a path [default: /__mock where a local server offers it]
    #[arg(long, value_name = "URL_OR_PATH")]
    pub control: Option<String>,
    /// The control API's token, if it asks for one
    #[arg(long, value_name = "TOKEN", env = "WENI_CONTROL_TOKEN", hide_env_values = true)]
    pub control_token: Option<String>,
}

impl TargetArgs {
    /// The server that the arguments name, without a control API, to be written to.
    pub(super) fn target(&self) -> Result<Target, CommandError> {
        let url = self.url.as_deref().ok_or(CommandError::NoTarget(""))?;
        let base: BaseUrl = url.parse().map_err(|source| CommandError::BadUrl { option: "--url", source })?;
        let (option, variable) = ("--token", "WENI_TOKEN");
        let token = self.token.as_deref().ok_or(CommandError::NoToken { option, variable })?;
        if token.trim().is_empty() {
            return Err(CommandError::EmptyToken { option, variable });
        }
        if token.to_lowercase().starts_with("token ") {
            return Err(CommandError::BadToken { option: "--token" });
        }
        let token = Token::new(token);
        token.header().map_err(|_| CommandError::BadToken { option: "--token" })?;
        let rate = match self.rate {
            None if !base.is_local() => HOSTED_RATE.parse().ok(),
            rate => rate,
        };
        Ok(Target {
            http: Http::new(self.timeout)?,
            base,
            tokens: Tokens::administrator(token),
            control: None,
            before: Arc::new(Before::unknown()),
            terms: Terms { write: true, pace: Pace::new(rate).telling(paused), ..Terms::default() },
        })
    }
}

/// Tells of a pause that a server asks for.
pub(super) fn paused(time: Duration) {
    eprintln!("weni-conformance: the server is asked too fast: going on in {} s", time.as_secs());
}

impl ControlArgs {
    /// Gives the target its control API: the one asked for, which must then be there, or the one that a local server
    /// happens to have. With it come users of every role. `writes`: whether fresh workspaces may be made.
    pub(super) async fn attach(&self, target: &mut Target, writes: bool) -> Result<(), CommandError> {
        let asked_for = self.control.is_some();
        if !asked_for && !target.base.is_local() {
            return Ok(());
        }
        let root = self.root(&target.base)?;
        let mut control = Control::new(target.http.clone(), root);
        if let Some(token) = &self.control_token {
            control = control
                .with_token(token)
                .map_err(|_| CommandError::BadToken { option: "--control-token" })?;
        }
        target.tokens = target.tokens.clone().hiding_also(self.control_token.as_deref());
        let found = async {
            control.health().await?;
            let workspace = control.current(&target.tokens).await?;
            let control = control.sparing(&workspace);
            if writes {
                control.try_fresh(target).await?;
            }
            Ok::<_, ControlError>((workspace, control))
        };
        match found.await {
            Ok((workspace, control)) => {
                target.tokens = workspace.tokens.hiding(&target.tokens);
                target.control = Some(control);
            }
            Err(error) if asked_for => return Err(error.masked(&target.tokens).into()),
            // Whoever does not know the token is told so by the API itself, in better words.
            Err(_) => {}
        }
        Ok(())
    }

    fn root(&self, base: &BaseUrl) -> Result<Url, CommandError> {
        let place = self.control.as_deref().unwrap_or(Control::PATH);
        if !place.contains("://") && !place.starts_with('/') {
            return Err(CommandError::BadControl(place.to_owned()));
        }
        let root = if place.contains("://") {
            place.parse::<BaseUrl>().and_then(|url| url.join("", None))
        } else {
            base.join(place, None)
        };
        root.map_err(|source| CommandError::BadUrl { option: "--control", source })
    }
}
