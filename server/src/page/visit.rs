//! Who looks at what: the workspace, the language and the parameters of a visit.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use serde_json::Value;

use crate::journal::Journal;
use crate::mock::Shared;
use crate::store::workspace::Workspace;
use crate::texts::{Lang, PAGE};

use super::{BASE, layout};

/// The name by which a URL means the journal of requests that no workspace can be told of.
pub(super) const SERVER: &str = "server";

/// One visit.
pub(crate) struct Visit {
    pub(super) mock: Shared,
    pub(super) lang: Lang,
    /// `None`: the server's own journal.
    pub(super) workspace: Option<Arc<Workspace>>,
    /// The parameters of the URL, decoded.
    pub(super) parameters: Vec<(String, String)>,
    /// Where the client reached the mock.
    pub(super) base_url: String,
    /// Path and query.
    target: String,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, mock: &Shared) -> Result<Self, Response> {
        let query = parts.uri.query().unwrap_or_default();
        let parameters: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let of = |name: &str| parameters.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
        let lang = language(&parts.headers, of("lang"), mock);
        let workspace = match of("workspace") {
            Some(SERVER) => None,
            Some(uuid) => match uuid.parse().ok().and_then(|uuid| mock.registry.get(uuid)) {
                Some(workspace) => Some(workspace),
                None => {
                    return Err(layout::message(lang, StatusCode::NOT_FOUND, PAGE.say(lang, "no-workspace")));
                }
            },
            None => mock.registry.default_workspace(),
        };
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let base_url = mock.base_url(&parts.headers);
        Ok(Visit { mock: mock.clone(), lang, workspace, parameters, base_url, target })
    }
}

/// The language: chosen on the page, now or before; else what the mock was started with; else what the browser prefers.
pub(super) fn language(headers: &HeaderMap, chosen: Option<&str>, mock: &Shared) -> Lang {
    let chosen = chosen.and_then(|tag| tag.parse().ok());
    let before = || cookie(headers, "weni_mock_lang").and_then(|tag| tag.parse().ok());
    let browser = || Lang::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    let given = mock.lang_is_given.then_some(mock.lang);
    chosen.or_else(before).or(given).or_else(browser).unwrap_or(mock.lang)
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value)
}

impl Visit {
    pub(super) fn say(&self, key: &str) -> &str {
        PAGE.say(self.lang, key)
    }

    pub(super) fn fill(&self, key: &str, values: &Value) -> String {
        PAGE.fill(self.lang, key, values)
    }

    /// A parameter that is there and not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn journal(&self) -> &Journal {
        self.workspace.as_ref().map_or(&self.mock.journal, |workspace| &workspace.journal)
    }

    /// What names the workspace in URLs; `None` for the default one.
    pub(super) fn workspace_name(&self) -> Option<String> {
        let default = self.mock.registry.default_workspace().map(|workspace| workspace.uuid);
        match &self.workspace {
            None => Some(SERVER.to_owned()),
            Some(workspace) => Some(workspace.uuid.to_string()).filter(|_| default != Some(workspace.uuid)),
        }
    }

    /// The address of a view of the same workspace; `view` is its path below the page's, nothing for the journal.
    pub(super) fn link(&self, view: &str, parameters: &[(&str, &str)]) -> String {
        let path = if view.is_empty() { "/".to_owned() } else { format!("{BASE}/{view}") };
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.workspace_name().iter().map(|name| ("workspace", name)));
        query.extend_pairs(parameters);
        let query = query.finish();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// A call of the control API about this workspace, for links that download.
    pub(super) fn control(&self, call: &str) -> String {
        match self.workspace_name() {
            Some(name) if name == SERVER => format!("/__mock/{call}"),
            Some(uuid) => format!("/__mock/workspaces/{uuid}/{call}"),
            None => format!("/__mock/workspaces/default/{call}"),
        }
    }

    /// This view with one parameter otherwise.
    pub(super) fn here_with(&self, name: &str, value: &str) -> String {
        let path = self.target.split('?').next().unwrap_or("/");
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.parameters.iter().filter(|(of, _)| of != name));
        query.append_pair(name, value);
        format!("{path}?{}", query.finish())
    }
}

/// An action was done: back to the view from which it was.
pub(super) fn back_to(view: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, view)]).into_response()
}

/// Keeps the language that was chosen.
pub(super) fn remember(lang: Lang) -> (axum::http::HeaderName, String) {
    (SET_COOKIE, format!("weni_mock_lang={lang}; Path=/; Max-Age=31536000; SameSite=Strict"))
}
