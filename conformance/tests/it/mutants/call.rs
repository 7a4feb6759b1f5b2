//! A request on its way, and what a fault can do with it besides sending it on.

use std::sync::Arc;

use reqwest::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use serde_json::{Map, Value};

use super::exchange::{Answer, CONTACTS, FIELDS, Request, pass_on, text};
use super::shown::Shown;

/// The server behind a layer.
pub(super) struct Upstream {
    http: reqwest::Client,
    pub(super) base: Url,
    pub(super) shown: Shown,
}

impl Upstream {
    pub(super) fn new(base: Url) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { http, base, shown: Shown::default() }
    }

    async fn send(&self, request: &Request) -> reqwest::Result<Answer> {
        let Request { method, url, headers, body } = request.clone();
        let mut builder = self.http.request(method.clone(), url).headers(headers);
        if !body.is_empty() {
            builder = builder.body(body);
        }
        let response = builder.send().await?;
        let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        pass_on(&mut headers);
        if method != Method::HEAD {
            // A mutant may give the body another length.
            headers.remove(CONTENT_LENGTH);
        }
        Ok(Answer { status, headers, body })
    }
}

/// A request on its way to the server behind the layer.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) request: Request,
    upstream: Arc<Upstream>,
}

impl Call {
    pub(super) fn new(request: Request, upstream: Arc<Upstream>) -> Self {
        Self { request, upstream }
    }

    /// Sends the request on.
    pub(super) async fn forward(&self) -> Answer {
        self.send(&self.request).await
    }

    pub(super) async fn send(&self, request: &Request) -> Answer {
        let answer = self.upstream.send(request).await.unwrap_or_else(|error| Answer {
            status: 502,
            headers: HeaderMap::new(),
            body: format!("the layer gets no answer: {error:?}").into_bytes(),
        });
        let shown = &self.upstream.shown;
        if request.method == Method::POST && answer.is_success() && !shown.is_empty() {
            shown.forget(request, &answer.json(), &request.json().unwrap_or_default());
        }
        answer
    }

    /// Another request of the same user.
    async fn ask(
        &self,
        method: Method,
        endpoint: &str,
        query: &[(&str, &str)],
        json: Option<&Value>,
    ) -> Answer {
        let mut request = Request { method, body: Vec::new(), ..self.request.clone() };
        request.headers.remove(CONTENT_TYPE);
        request.url.set_path(&format!("/api/v2/{endpoint}.json"));
        request.url.set_query(None);
        query.iter().for_each(|(name, value)| request.set_param(name, value));
        if let Some(json) = json {
            request.set_json(json);
        }
        self.send(&request).await
    }

    /// What a list holds, first page only; none where it is refused.
    pub(super) async fn get(&self, endpoint: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let list = self.ask(Method::GET, endpoint, query, None).await.json();
        list["results"].as_array().cloned().unwrap_or_default()
    }

    pub(super) async fn post(&self, endpoint: &str, query: &[(&str, &str)], json: &Value) -> Answer {
        self.ask(Method::POST, endpoint, query, Some(json)).await
    }

    pub(super) async fn delete(&self, endpoint: &str, query: &[(&str, &str)]) -> Answer {
        self.ask(Method::DELETE, endpoint, query, None).await
    }

    /// What a link of an answer leads to; null where there is none.
    pub(super) async fn follow(&self, link: &Value) -> Value {
        let Some(link) = link.as_str().and_then(|link| Url::parse(link).ok()) else { return Value::Null };
        let mut request = self.request.clone();
        request.url.set_query(link.query());
        self.send(&request).await.json()
    }

    /// The object that the URL names, as it is.
    pub(super) async fn target(&self) -> Option<Value> {
        let (name, value) = self.request.lookup()?;
        let found = self.get(self.request.endpoint(), &[(name, &value)]).await;
        // The filter of names finds parts of them, too.
        found.into_iter().find(|object| name != "name" || object["name"] == value)
    }

    /// The keys of the workspace's fields of this type.
    pub(super) async fn fields_of(&self, value_type: &str) -> Vec<String> {
        let fields = self.get(FIELDS, &[]).await.into_iter();
        let fields = fields.filter(|field| field["value_type"] == value_type);
        fields.filter_map(|field| field["key"].as_str().map(str::to_owned)).collect()
    }

    /// Changes a contact by its UUID.
    pub(super) async fn change(&self, contact: &Value, members: &Value) -> Answer {
        self.post(CONTACTS, &[("uuid", text(&contact["uuid"]))], members).await
    }

    /// Sends the request on; as long as it is refused and `mend` changes its body, knowing the problems, once more.
    /// What is refused has changed nothing.
    pub(super) async fn mended(&mut self, mut mend: impl FnMut(&Value, &mut Map<String, Value>)) -> Answer {
        loop {
            let answer = self.forward().await;
            if answer.status != 400 {
                return answer;
            }
            let before = self.request.body.clone();
            let problems = answer.json();
            self.request.edit(|body| mend(&problems, body));
            if self.request.body == before {
                return answer;
            }
        }
    }

    /// From now on answers show these members of the object.
    pub(super) fn show(&self, object: &Value, members: Value) {
        self.upstream.shown.put(&self.request, object, &members);
    }

    /// An answer of the layer's own; an empty one where `json` is null.
    pub(super) fn reply(&self, status: u16, json: &Value) -> Answer {
        let allow = if self.request.endpoint() == FIELDS {
            "GET, POST, HEAD, OPTIONS"
        } else {
            "GET, POST, DELETE, HEAD, OPTIONS"
        };
        let headers = HeaderMap::from_iter([(ALLOW, HeaderValue::from_static(allow))]);
        let mut answer = Answer { status, headers, body: Vec::new() };
        if !json.is_null() {
            answer.become_json(status, json);
        }
        answer
    }
}
