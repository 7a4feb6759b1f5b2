//! What all topics share: mocks, workspaces and clients to start from, and answers that can be judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Client, Method, RequestBuilder};
use rstest::fixture;
use serde_json::{Value, json};
use weni_mock::{MockServer, MockServerBuilder};

/// A workspace of a running mock, as a client knows it.
#[derive(Clone)]
pub(crate) struct Weni {
    server: Arc<MockServer>,
    http: Client,
    /// What every request is authorised with.
    pub(crate) authorization: String,
    /// What the control API told of the workspace; null for the default one.
    pub(crate) identity: Value,
}

/// The default workspace of a mock of its own: the shop.
#[fixture]
pub(crate) async fn shop() -> Weni {
    Weni::start(MockServer::builder()).await
}

/// An empty workspace, made through the control API.
#[fixture]
pub(crate) async fn fresh() -> Weni {
    Weni::with(json!({})).await
}

impl Weni {
    /// The default workspace of a mock.
    pub(crate) async fn start(builder: MockServerBuilder) -> Self {
        let server = Arc::new(builder.start().await);
        let http = client();
        let authorization = format!("Token {}", server.token());
        Weni { server, http, authorization, identity: Value::Null }
    }

    /// A workspace with these settings, in a mock of its own.
    pub(crate) async fn with(settings: Value) -> Self {
        Weni::start(MockServer::builder()).await.workspace(settings).await
    }

    /// Another workspace of the same mock.
    pub(crate) async fn workspace(&self, settings: Value) -> Self {
        let identity = self.control(Method::POST, "workspaces", settings).await.is(201);
        let token = text(&identity["tokens"]["administrator"]);
        Weni { authorization: format!("Token {token}"), identity, ..self.clone() }
    }

    /// The same workspace, asked in another's name.
    pub(crate) fn as_role(&self, role: &str) -> Self {
        self.authorized(format!("Token {}", text(&self.identity["tokens"][role])))
    }

    /// The same workspace, asked with another `Authorization`.
    pub(crate) fn authorized(&self, authorization: impl Into<String>) -> Self {
        Weni { authorization: authorization.into(), ..self.clone() }
    }

    /// Scheme, address and port.
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Address and port.
    pub(crate) fn address(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    /// The workspace's name in paths of the control API.
    pub(crate) fn uuid(&self) -> &str {
        self.identity["uuid"].as_str().unwrap_or("default")
    }

    /// A request to be added to; `path` may be a link out of an answer.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}/{path}", self.url()) };
        self.http.request(method, url).header(AUTHORIZATION, &self.authorization)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, &endpoint(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, &endpoint(path)).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, &endpoint(path))).await
    }

    /// A call of the control API, `path` below `/__mock/`.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Answer {
        send(self.request(method, &format!("__mock/{path}")).json(&body)).await
    }

    /// A call about this workspace, `path` below `/__mock/workspaces/{uuid}`.
    pub(crate) async fn manage(&self, method: Method, path: &str, body: Value) -> Answer {
        self.control(method, &format!("workspaces/{}{path}", self.uuid()), body).await
    }

    /// Makes a contact and returns it.
    pub(crate) async fn contact(&self, body: Value) -> Value {
        self.post("contacts", body).await.is(201)
    }

    /// Makes a group and returns its UUID.
    pub(crate) async fn group(&self, name: &str) -> String {
        text(&self.post("groups", json!({"name": name})).await.is(201)["uuid"])
    }

    /// Makes a field.
    pub(crate) async fn field(&self, label: &str, value_type: &str) {
        self.post("fields", json!({"label": label, "value_type": value_type})).await.is(201);
    }
}

/// `contacts?uuid=…` stands for `api/v2/contacts.json?uuid=…`; links and other paths for themselves.
fn endpoint(path: &str) -> String {
    let (name, query) = path.split_once('?').map_or((path, None), |(name, query)| (name, Some(query)));
    if !["contacts", "fields", "groups"].contains(&name) {
        return path.to_owned();
    }
    format!("api/v2/{name}.json{}", query.map(|query| format!("?{query}")).unwrap_or_default())
}

/// An ordinary client that never leaves this machine.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client")
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.expect("a request");
    let asked = format!("{} {}", request.method(), request.url());
    let response = client.execute(request).await.unwrap_or_else(|error| panic!("{asked}: {error}"));
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.unwrap_or_else(|error| panic!("{asked}: {error}"));
    Answer { asked, status, headers, body }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The body, null where there is none; fails where the status is another.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.body);
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Fails where status or body are others.
    #[track_caller]
    pub(crate) fn says(&self, status: u16, body: Value) {
        assert_eq!((self.status, self.json()), (status, body), "{}", self.asked);
    }

    /// Fails where it is not a refusal with this `detail`.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, detail: &str) {
        self.says(status, json!({"detail": detail}));
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: no JSON: {}", self.asked, self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("readable"))
    }
}

/// Text of a JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The member of each item of a list, as text.
#[track_caller]
pub(crate) fn texts(list: &Value, member: &str) -> Vec<String> {
    let items = list["results"].as_array().or(list.as_array()).unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| text(&item[member])).collect()
}

/// Members of an object by name, sorted.
#[track_caller]
pub(crate) fn members(value: &Value) -> BTreeMap<&str, &Value> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    object.iter().map(|(name, value)| (name.as_str(), value)).collect()
}
