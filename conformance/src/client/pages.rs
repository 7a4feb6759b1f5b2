//! Walks a list of the API, page by page.

use std::collections::HashSet;

use reqwest::{Method, Url};
use serde_json::Value;

use super::list_error::ListError;
use super::{Answer, Client, Endpoint, PrepareError, SentRequest};

/// How many pages of one list are read at most: of 250 items each, a million. A server may make up pages for ever.
const MOST: usize = 4000;

/// A list under way. Only GETs are sent.
#[derive(Debug)]
pub struct Pages<'a> {
    client: &'a Client,
    request: Option<SentRequest>,
    read: HashSet<Url>,
    most: usize,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    /// What was asked: `GET /api/v2/groups.json`.
    pub call: String,
    /// The answer as it came.
    pub answer: Answer,
    /// The items, as they are.
    pub items: Vec<Value>,
}

impl<'a> Pages<'a> {
    /// A list, from its first page on.
    ///
    /// # Errors
    /// It cannot be asked for.
    pub fn of(client: &'a Client, endpoint: Endpoint, query: &[(&str, &str)]) -> Result<Self, PrepareError> {
        let request = Some(client.own_request(Method::GET, endpoint, query)?);
        Ok(Self { client, request, read: HashSet::new(), most: MOST })
    }

    /// The same, which ends with an error after so many pages.
    #[must_use]
    pub fn at_most(self, pages: usize) -> Self {
        Self { most: pages.min(MOST), ..self }
    }

    /// The next page; `None` behind the last one.
    ///
    /// # Errors
    /// No answer, another status than 200, an answer that is no page of the API, or a list that does not end.
    pub async fn next(&mut self) -> Result<Option<Page>, ListError> {
        let Some(mut request) = self.request.take() else { return Ok(None) };
        let tokens = &self.client.tokens;
        let call = tokens.mask(&format!("GET {}", request.url.path()));
        if !self.read.insert(request.url.clone()) {
            return Err(ListError::Circle { call });
        }
        if self.read.len() > self.most {
            return Err(ListError::Endless { call, pages: self.most });
        }
        let answer = self.client.send(&request).await?;
        if answer.status != 200 {
            return Err(ListError::refused(&call, &answer, tokens));
        }
        let unexpected =
            |problem: &str| ListError::Unexpected { call: call.clone(), problem: problem.to_owned() };
        let page: Value = serde_json::from_str(&answer.text)
            .map_err(|_| ListError::NotJson { call: call.clone(), text: tokens.mask(&answer.text) })?;
        let Value::Object(mut page) = page else { return Err(unexpected("it is no object")) };
        let items = match page.remove("results") {
            Some(Value::Array(items)) => items,
            Some(_) => return Err(unexpected("`results` is no list")),
            None => return Err(unexpected("missing field `results`")),
        };
        match page.remove("next") {
            Some(Value::Null) => {}
            Some(Value::String(next)) => {
                let next = self.client.base.follow(&next);
                request.url = next.map_err(|problem| ListError::Link(tokens.mask(&problem.to_string())))?;
                self.request = Some(request);
            }
            Some(_) => return Err(unexpected("`next` is no link")),
            None => return Err(unexpected("missing field `next`")),
        }
        Ok(Some(Page { call, answer, items }))
    }
}
