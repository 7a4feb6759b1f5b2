//! How a mock is started, from the command line or from a test; the one way from options to a running mock.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::api::auth::BearerKey;
use crate::control::access::ControlAccess;
use crate::fault;
use crate::journal::{self, Journals};
use crate::log::Log;
use crate::mock::{Mock, Shared, Stub};
use crate::model::deviation::Profile;
use crate::model::phone;
use crate::model::settings::{RateLimit, Settings, SettingsPatch};
use crate::model::time::Timestamp;
use crate::seed::Seed;
use crate::store::registry::{PerToken, Registry, Role, Template};
use crate::texts::Lang;

/// The country of a workspace for which none is named.
const DEFAULT_COUNTRY: &str = "BR";

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How a mock is started.
pub(crate) struct Options {
    pub(crate) profile: Option<Profile>,
    /// `Some(None)`: no country.
    pub(crate) country: Option<Option<String>>,
    pub(crate) token: Option<String>,
    /// A built-in workspace's name or a file.
    pub(crate) data: String,
    pub(crate) per_token: Option<PerToken>,
    pub(crate) rate_limit: Option<RateLimit>,
    /// The text of a PEM file.
    pub(crate) jwt_public_key: Option<Vec<u8>>,
    pub(crate) seed: Option<u64>,
    pub(crate) clock: Option<Timestamp>,
    pub(crate) public_url: Option<String>,
    pub(crate) stubs: HashMap<String, Stub>,
    pub(crate) control: ControlAccess,
    pub(crate) log: Log,
    /// What people read, unless they ask for another.
    pub(crate) lang: Lang,
    /// Whether that was asked for.
    pub(crate) lang_is_given: bool,
    /// Whether there is a page at `/`.
    pub(crate) console: bool,
    pub(crate) journal: journal::Limits,
    /// Presets and files of faults, armed for every workspace.
    pub(crate) faults: Vec<String>,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            profile: None,
            country: None,
            token: None,
            data: "shop".to_owned(),
            per_token: None,
            rate_limit: None,
            jwt_public_key: None,
            seed: None,
            clock: None,
            public_url: None,
            stubs: HashMap::new(),
            control: ControlAccess::Open,
            log: Log::quiet(),
            lang: Lang::English,
            lang_is_given: false,
            console: true,
            journal: journal::Limits::default(),
            faults: Vec::new(),
            body_timeout: BODY_TIMEOUT,
        }
    }
}

/// The fixed token of the default workspace for a role: the administrator's may stand in an `.env` file.
pub(crate) fn default_token(role: Role) -> String {
    let number = Role::ALL.iter().position(|other| *other == role).unwrap_or_default() + 1;
    format!("weni-mock-token-{number:04}").bytes().map(|byte| format!("{byte:02x}")).collect()
}

impl Options {
    /// Makes the mock with its default workspace.
    ///
    /// # Errors
    /// One sentence that names the option or the place in the seed data.
    pub(crate) fn build(self) -> Result<Shared, String> {
        // The numbering plans take milliseconds to load: meanwhile the first answers go out.
        thread::spawn(phone::warm_up);
        let seed = Seed::open(&self.data).map_err(|error| error.to_string())?;
        let mut settings = Settings::default();
        let country =
            SettingsPatch { country: Some(Some(DEFAULT_COUNTRY.to_owned())), ..SettingsPatch::default() };
        country.apply(&mut settings)?;
        let mut plain = settings.clone();
        let applied = seed.workspace().settings().apply(&mut settings);
        applied.map_err(|error| format!("{}: workspace: {error}", seed.source()))?;
        let explicit = SettingsPatch {
            profile: self.profile,
            country: self.country,
            rate_limit: self.rate_limit.map(Some),
            ..SettingsPatch::default()
        };
        for settings in [&mut settings, &mut plain] {
            explicit.apply(settings).map_err(|error| format!("--{error}"))?;
        }
        let bearer = self.jwt_public_key.map(|pem| BearerKey::from_pem(&pem));
        let bearer = bearer.transpose().map_err(|error| format!("--jwt-public-key: the file {error}"))?;
        let faults = self.faults.iter().map(|name| fault::open(name)).collect::<Result<Vec<_>, _>>();
        let faults = faults.map_err(|error| format!("--fault {error}"))?.concat();
        let administrator = self.token.or_else(|| seed.workspace().token.clone());
        let mut tokens = Role::ALL.map(default_token);
        if let Some(token) = administrator {
            tokens[0] = token;
        }
        let template = Template {
            settings,
            plain,
            clock: self.clock.or(seed.workspace().clock()),
            ids: self.seed.or(seed.workspace().seed),
            uuid: seed.workspace().uuid,
            tokens: tokens.into(),
            seed: Some(Arc::new(seed)),
            faults,
        };
        let fixed_clock = template.clock.is_some();
        let journals = Journals::new(self.journal);
        Ok(Arc::new(Mock {
            fixed_clock,
            journal: journals.open(),
            registry: Registry::new(template, self.per_token, journals)?,
            bearer,
            control: self.control,
            public_url: self.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            stubs: self.stubs,
            log: self.log,
            lang: self.lang,
            lang_is_given: self.lang_is_given,
            closing: watch::Sender::new(false),
            console: self.console,
            body_timeout: self.body_timeout,
        }))
    }
}
