//! The control API of a mock: fresh workspaces, and what people do in the web interface.
//!
//! Written from its description (`POST /__mock/workspaces` and so on), for any server that offers it.

use std::collections::BTreeSet;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{LinkKind, Profile, Role, Status, WorkspaceSettings};
use crate::client::{Answer, Client, ClientError, Endpoint, Http, SentRequest, Tokens};
use crate::difference::shorten;
use crate::matcher::shape;
use crate::run::Target;

/// Why the control API did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ControlError {
    /// No answer came.
    #[error("control API: {0}")]
    Client(#[from] ClientError),
    /// It refused.
    #[error("control API: {call} answers {status}: {}", shorten(text))]
    Refused {
        /// Method and path.
        call: String,
        /// The status of the answer.
        status: u16,
        /// The body of the answer.
        text: String,
    },
    /// Its answer lacks something that it should have.
    #[error("control API: {call}: {problem}")]
    Unexpected {
        /// Method and path.
        call: String,
        /// What is wrong with the answer.
        problem: String,
    },
}

/// The control API of one server.
#[derive(Debug, Clone)]
pub struct Control {
    http: Http,
    root: Url,
    token: Option<HeaderValue>,
    /// The workspace that others use, which is never taken for a fresh one.
    shared: Option<String>,
}

impl ControlError {
    /// Why it refused, in its own words; `None`: it did not.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let Self::Refused { text, .. } = self else { return None };
        let told = serde_json::from_str::<Value>(text).ok();
        let told = told.and_then(|told| told["error"].as_str().map(str::to_owned));
        Some(told.unwrap_or_else(|| text.clone()))
    }

    /// The same without any token in it: servers repeat in their answers what they were sent.
    #[must_use]
    pub fn masked(self, tokens: &Tokens) -> Self {
        match self {
            Self::Refused { call, status, text } => {
                Self::Refused { call: tokens.mask(&call), status, text: tokens.mask(&text) }
            }
            Self::Unexpected { call, problem } => {
                Self::Unexpected { call: tokens.mask(&call), problem: tokens.mask(&problem) }
            }
            // Texts of our own and of the system.
            other @ Self::Client(_) => other,
        }
    }
}

impl Control {
    /// Where a mock has its control API unless it is told otherwise.
    pub const PATH: &'static str = "/__mock";

    /// The control API at `root`, such as `http://127.0.0.1:9364/__mock`.
    #[must_use]
    pub fn new(http: Http, root: Url) -> Self {
        Self { http, root, token: None, shared: None }
    }

    /// The same with a control token, for a server that asks for one.
    ///
    /// # Errors
    /// The token has characters that no header can carry.
    pub fn with_token(self, token: &str) -> Result<Self, InvalidHeaderValue> {
        let mut token = HeaderValue::from_str(token)?;
        token.set_sensitive(true);
        Ok(Self { token: Some(token), ..self })
    }

    /// The same that never takes this workspace, which others use, for a fresh one.
    #[must_use]
    pub fn sparing(self, shared: &Workspace) -> Self {
        Self { shared: Some(shared.path.clone()), ..self }
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// Asks whether it is there (`GET …/health`).
    ///
    /// # Errors
    /// It does not answer, or something else does.
    pub async fn health(&self) -> Result<(), ControlError> {
        let answer = self.call(Method::GET, "/health", None).await?;
        match serde_json::from_str(&answer.text) {
            Ok(Value::Object(_)) => Ok(()),
            _ => Err(ControlError::Unexpected {
                call: format!("GET {}/health", self.root.path()),
                problem: "the answer is no JSON object".to_owned(),
            }),
        }
    }

    /// Makes a fresh workspace. `shared`: the tokens of the one that others use, none of which it may have.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without `uuid` and `tokens` of a workspace of its own.
    pub async fn workspace(
        &self,
        settings: &WorkspaceSettings,
        profile: Profile,
        shared: &Tokens,
    ) -> Result<Workspace, ControlError> {
        let body = json!(NewWorkspace { profile, settings });
        let made: MadeWorkspace = self.parsed(Method::POST, "/workspaces", body).await?;
        if !made.tokens.differ_from(shared) {
            return Err(ControlError::Unexpected {
                call: format!("POST {}/workspaces", self.root.path()),
                problem: "the new workspace has no tokens of its own".to_owned(),
            });
        }
        let opened = self.opened(made)?;
        match self.shared.as_ref().is_some_and(|shared| shared.eq_ignore_ascii_case(&opened.path)) {
            true => Err(self.not_fresh("the new workspace is the one that others use".to_owned())),
            false => Ok(opened),
        }
    }

    /// Makes a workspace of these settings, as the control API takes them.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without `uuid` and `tokens`.
    pub async fn make(&self, settings: Value) -> Result<Workspace, ControlError> {
        let made = self.parsed(Method::POST, "/workspaces", settings).await?;
        self.opened(made)
    }

    fn opened(&self, made: MadeWorkspace) -> Result<Workspace, ControlError> {
        if !shape::is_uuid(&made.uuid.to_lowercase()) {
            return Err(ControlError::Unexpected {
                call: format!("{}/workspaces", self.root.path()),
                problem: format!("`{}` is no UUID of a workspace", shorten(&made.uuid)),
            });
        }
        Ok(Workspace {
            control: self.clone(),
            path: format!("/workspaces/{}", made.uuid),
            tokens: made.tokens,
        })
    }

    /// Makes a workspace, sees that nothing is in it, and deletes it: whoever gives out one that others use is not to be
    /// believed.
    ///
    /// # Errors
    /// No answer, a refusal, or a workspace that something is in.
    pub async fn try_fresh(&self, target: &Target) -> Result<(), ControlError> {
        let settings = WorkspaceSettings::default();
        let workspace = self.workspace(&settings, Profile::Observed, &target.tokens).await?;
        let client = Client::new(
            self.http.clone(),
            target.base.clone(),
            workspace.tokens.clone(),
            target.terms.pace.clone(),
        );
        for endpoint in Endpoint::ALL {
            let request = client.own_request(Method::GET, endpoint, &[]);
            let request = request.map_err(|problem| self.not_fresh(problem.to_string()))?;
            let page = client.send(&request).await?.json().unwrap_or_default();
            if page["results"].as_array().is_none_or(|items| !items.is_empty()) {
                return Err(self.not_fresh(format!("a new workspace has {endpoint}")));
            }
        }
        workspace.delete().await
    }

    fn not_fresh(&self, problem: String) -> ControlError {
        ControlError::Unexpected { call: format!("POST {}/workspaces", self.root.path()), problem }
    }

    /// The workspace that the administrator's token belongs to, with the tokens of all its users.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without `uuid` and `tokens`.
    pub async fn current(&self, tokens: &Tokens) -> Result<Workspace, ControlError> {
        let call = format!("GET {}/workspaces/current", self.root.path());
        let unexpected = |problem: String| ControlError::Unexpected { call: call.clone(), problem };
        let token = tokens.get(Role::Administrator).ok_or_else(|| unexpected("no token".to_owned()))?;
        let header = token.header().map_err(|problem| unexpected(problem.to_string()))?;
        let answer = self.send(
            Method::GET,
            "/workspaces/current",
            HeaderMap::from_iter([(AUTHORIZATION, header)]),
            None,
        );
        let made: MadeWorkspace =
            serde_json::from_str(&answer.await?.text).map_err(|problem| unexpected(problem.to_string()))?;
        self.opened(made)
    }

    /// The journal of the workspace that a token belongs to, of the default one without a token.
    ///
    /// # Errors
    /// No answer, a refusal, or no JSON.
    pub async fn journal(&self, tokens: Option<&Tokens>) -> Result<Value, ControlError> {
        let token = tokens.and_then(|tokens| tokens.get(Role::Administrator));
        let header = token.and_then(|token| token.header().ok());
        let name = if header.is_some() { "current" } else { "default" };
        let headers = HeaderMap::from_iter(header.map(|header| (AUTHORIZATION, header)));
        self.json(&format!("/workspaces/{name}/journal"), headers).await
    }

    /// The journal of requests that no workspace can be told of.
    ///
    /// # Errors
    /// No answer, a refusal, or no JSON.
    pub async fn journal_of_server(&self) -> Result<Value, ControlError> {
        self.json("/journal", HeaderMap::new()).await
    }

    /// The id of the last of these requests, 0 where there is none.
    ///
    /// # Errors
    /// No answer, a refusal, or no JSON.
    pub async fn last(&self) -> Result<u64, ControlError> {
        Ok(last_of(&self.json("/journal?last=1", HeaderMap::new()).await?))
    }

    /// Forgets what was noted of requests that no workspace can be told of.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn forget(&self) -> Result<(), ControlError> {
        self.call(Method::DELETE, "/journal", None).await.map(drop)
    }

    async fn json(&self, path: &str, headers: HeaderMap) -> Result<Value, ControlError> {
        let call = format!("GET {}{path}", self.root.path());
        let answer = self.send(Method::GET, path, headers, None).await?;
        serde_json::from_str(&answer.text)
            .map_err(|problem| ControlError::Unexpected { call, problem: problem.to_string() })
    }

    async fn parsed<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<T, ControlError> {
        let call = format!("{method} {}{path}", self.root.path());
        let answer = self.call(method, path, Some(body)).await?;
        serde_json::from_str(&answer.text)
            .map_err(|problem| ControlError::Unexpected { call, problem: problem.to_string() })
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, ControlError> {
        self.send(method, path, HeaderMap::new(), body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Option<Value>,
    ) -> Result<Answer, ControlError> {
        let mut url = self.root.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{path}", self.root.path().trim_end_matches('/')));
        url.set_query(query);
        if let Some(token) = &self.token {
            headers.insert("x-control-token", token.clone());
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let call = format!("{method} {}", url.path());
        let request = SentRequest { method, url, headers, body: body.map(|body| body.to_string()) };
        let answer = self.http.send(&request).await?;
        match answer.status {
            200..=299 => Ok(answer),
            status => Err(ControlError::Refused { call, status, text: answer.text }),
        }
    }
}

fn last_of(journal: &Value) -> u64 {
    journal["entries"][0]["id"].as_u64().unwrap_or_default()
}

/// A fresh workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    control: Control,
    path: String,
    /// The tokens of its users.
    pub tokens: Tokens,
}

impl Workspace {
    /// Has something use a group; returns the identifier that the API shows when it refuses to delete the group.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without `id`.
    pub async fn link(&self, kind: LinkKind, group: &str) -> Result<String, ControlError> {
        let body = json!({"kind": kind, "group": group});
        let made: MadeLink = self.control.parsed(Method::POST, &format!("{}/links", self.path), body).await?;
        Ok(match made.id {
            Value::String(id) => id,
            number => number.to_string(),
        })
    }

    /// Archives what uses a group.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn unlink(&self, id: &str) -> Result<(), ControlError> {
        self.control.call(Method::DELETE, &format!("{}/links/{id}", self.path), None).await.map(drop)
    }

    /// Makes a query-based group; returns its UUID.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer without `uuid`.
    pub async fn smart_group(&self, name: &str, query: &str) -> Result<String, ControlError> {
        let body = json!({"name": name, "query": query});
        let path = format!("{}/smart-groups", self.path);
        let made: MadeGroup = self.control.parsed(Method::POST, &path, body).await?;
        Ok(made.uuid)
    }

    /// Sets the status of a contact.
    ///
    /// # Errors
    /// No answer, or a refusal: of a contact that does not exist, say.
    pub async fn status(&self, contact: &str, status: Status) -> Result<(), ControlError> {
        let path = format!("{}/contacts/{contact}/status", self.path);
        self.control.call(Method::PUT, &path, Some(json!({"status": status}))).await.map(drop)
    }

    /// Its journal: every request, and what it did.
    ///
    /// # Errors
    /// No answer, a refusal, or no JSON.
    pub async fn journal(&self) -> Result<Value, ControlError> {
        self.control.json(&format!("{}/journal", self.path), HeaderMap::new()).await
    }

    /// The id of the last request, 0 where there is none.
    ///
    /// # Errors
    /// No answer, a refusal, or no JSON.
    pub async fn last(&self) -> Result<u64, ControlError> {
        let path = format!("{}/journal?last=1", self.path);
        Ok(last_of(&self.control.json(&path, HeaderMap::new()).await?))
    }

    /// Forgets the requests so far.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn forget(&self) -> Result<(), ControlError> {
        self.control.call(Method::DELETE, &format!("{}/journal", self.path), None).await.map(drop)
    }

    /// Arms a fault, in the mock's format, or a preset by its name. It counts requests from now on.
    ///
    /// # Errors
    /// No answer, or a refusal that says what is wrong with it.
    pub async fn arm(&self, fault: &Value) -> Result<(), ControlError> {
        let path = format!("{}/faults", self.path);
        let body = if fault.is_string() { json!({"preset": fault}) } else { fault.clone() };
        self.control.call(Method::POST, &path, Some(body)).await.map(drop)
    }

    /// Takes all faults away; returns the ids of those that met a request.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn disarm(&self) -> Result<BTreeSet<String>, ControlError> {
        let path = format!("{}/faults", self.path);
        let armed = self.control.json(&path, HeaderMap::new()).await?;
        self.control.call(Method::DELETE, &path, None).await?;
        let faults = armed["faults"].as_array().into_iter().flatten();
        let struck = faults.filter(|fault| fault["struck"].as_u64().is_some_and(|times| times > 0));
        Ok(struck.filter_map(|fault| fault["id"].as_str().map(str::to_owned)).collect())
    }

    /// Deletes the workspace with all that is in it.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn delete(self) -> Result<(), ControlError> {
        self.control.call(Method::DELETE, &self.path, None).await.map(drop)
    }
}

#[derive(serde::Serialize)]
struct NewWorkspace<'a> {
    profile: Profile,
    #[serde(flatten)]
    settings: &'a WorkspaceSettings,
}

#[derive(Deserialize)]
struct MadeWorkspace {
    uuid: String,
    tokens: Tokens,
}

#[derive(Deserialize)]
struct MadeLink {
    id: Value,
}

#[derive(Deserialize)]
struct MadeGroup {
    uuid: String,
}
