//! A careless integration: such code as one sees. On a good day it seems to work, as long as nobody looks at what it did.
//!
//! Take nothing from it: `careful` shows how it is done. Each place names the rules that it breaks. Over the events of
//! `fixtures/scenarios` these are: filter-ignored, first-of-all, fresh, group-objects, impatient, language,
//! look-up-before-write, made-up-cursor, member-ignored, memberships-dropped, missing-json, misspelt-look-up, ninth-digit,
//! no-urn, number-read-as-foreign, plus-sign, refused, several-look-ups, unknown-field, urn-taken, urns-beside-urn and
//! value-reads-as-null; where no answer comes, blind-retry, too.
//!
//! ```sh
//! cargo run -p weni-mock &
//! export WENI_URL=http://127.0.0.1:9364 WENI_TOKEN=77656e692d6d6f636b2d746f6b656e2d30303031
//! echo '{"event": "customer.created", "at": "2026-01-05T12:00:00Z", "customer": {"id": "CLI-0142",
//!   "name": "Rosa Tavares", "phone": "+5582985550142", "city": "Maceió"}}' |
//!   cargo run -p weni-conformance --example careless
//! cargo run -p weni-conformance -- check --mock "$WENI_URL"        # much to say
//! ```
//!
//! Or, as `careful`, a webhook server: `--listen 127.0.0.1:8080`.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use reqwest::Method;
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

/// "Novidades".
const NEWSLETTER: &str = "702f085b-0a83-4b6e-a1f7-c4d3d9ac6f47";

/// It keeps no state: who is who it finds out anew each time.
struct Weni {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Weni {
    fn new() -> Result<Self, Failure> {
        let (url, token) = (std::env::var("WENI_URL")?, std::env::var("WENI_TOKEN")?);
        // No time limit: a request may hang for ever, and with it the webhook.
        Ok(Self { client: reqwest::Client::new(), url, token })
    }

    /// Sends a request, and again if it failed, whatever it was.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(u16, Value), Failure> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut request = self.client.request(method.clone(), format!("{}/api/v2/{path}", self.url));
            request = request.header("Authorization", format!("Token {}", self.token));
            if let Some(body) = body {
                request = request.json(body);
            }
            match request.send().await {
                // impatient: at once after a 429, `Retry-After` is not read.
                // blind-retry: what had no answer may have been carried out; a create makes a second contact.
                Ok(response) if response.status() == 429 || response.status().is_server_error() => {
                    if attempts == 3 {
                        return Err(format!("Weni answered {}", response.status()).into());
                    }
                }
                Err(error) if attempts == 3 => return Err(error.into()),
                Err(_) => {}
                // What is no JSON counts as null, and null as "there is none".
                Ok(response) => {
                    let status = response.status().as_u16();
                    return Ok((status, response.json().await.unwrap_or_default()));
                }
            }
        }
    }

    async fn get(&self, path: &str) -> Result<Value, Failure> {
        Ok(self.send(Method::GET, path, None).await?.1)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let (status, answer) = self.send(Method::POST, path, Some(body)).await?;
        if status >= 400 { Err(format!("Weni says {answer}").into()) } else { Ok(answer) }
    }

    /// customer.created
    async fn created(&self, customer: &Value) -> Result<(), Failure> {
        let phone = text(customer, "phone");
        // missing-json: an empty list for everybody, so that everybody is new and the same event twice makes two contacts.
        let known = self.get(&format!("contacts?urn={}", whatsapp(phone))).await?;
        if known["results"][0]["uuid"].is_string() {
            return self.updated(customer).await;
        }
        // refused: from the second customer on the field is there already; nobody looks at the answer.
        let shop_id = json!({"label": "Shop ID", "value_type": "text"});
        self.send(Method::POST, "fields.json", Some(&shop_id)).await?;
        let contact = json!({
            "name": customer["name"],
            // member-ignored: there is no such member.
            "email": customer["email"],
            "fields": {
                // fresh: production does not know the new field yet.
                "shop_id": customer["id"],
                "city": customer["city"],
                // value-reads-as-null: a number is digits with a point.
                "total_spent": "R$ 0,00",
            },
        });
        // no-urn: nobody can tell that it is the same contact when it is sent twice.
        let made = self.post("contacts.json", &contact).await?;
        // The contact has no number until the second request, or for good if that fails.
        // number-read-as-foreign: without +55 the area code 82 is Korea.
        let national = phone.trim_start_matches("+55");
        let urns = json!({"urns": [whatsapp(phone), format!("tel:{national}")]});
        // urn-taken: the same event twice takes the numbers from the first contact.
        self.post(&format!("contacts.json?uuid={}", text(&made, "uuid")), &urns).await?;
        Ok(())
    }

    /// customer.updated
    async fn updated(&self, customer: &Value) -> Result<(), Failure> {
        let phone = text(customer, "phone");
        // plus-sign: it arrives as a space.
        // look-up-before-write: `POST ?urn=` would do it in one.
        let found = self.get(&format!("contacts.json?urn=tel:{phone}")).await?;
        let Some(uuid) = found["results"][0]["uuid"].as_str() else {
            // Who has no `tel:` is not found. This path was never tried, it is always refused:
            let contact = json!({
                "name": customer["name"],
                // language: `por` would be right.
                "language": "pt-BR",
                // urns-beside-urn: the contact is looked up, or made, by the one in the URL.
                "urns": [whatsapp(phone)],
            });
            self.post(&format!("contacts.json?urn={}", whatsapp(phone)), &contact).await?;
            return Ok(());
        };
        self.post(&format!("contacts.json?uuid={uuid}"), &json!({"name": customer["name"]})).await?;
        // misspelt-look-up: it is `uuid`; `id` means nothing, so a nameless contact is made each time.
        self.post(&format!("contacts.json?id={uuid}"), &json!({"fields": {"city": customer["city"]}}))
            .await?;
        // group-objects: as in the article's example; production refuses it.
        // memberships-dropped: every other group is left.
        let newsletter = json!({"groups": [{"name": "Novidades", "uuid": NEWSLETTER}]});
        self.post(&format!("contacts.json?uuid={uuid}"), &newsletter).await?;
        Ok(())
    }

    /// customer.deleted
    async fn deleted(&self, customer: &Value) -> Result<(), Failure> {
        let urn = whatsapp(text(customer, "phone"));
        // Everybody is read to find one, page by page until there is none.
        let mut page = self.get("contacts.json").await?;
        let mut number = 1;
        while let Some(contacts) = page["results"].as_array() {
            let is_it =
                |contact: &&Value| contact["urns"].as_array().is_some_and(|urns| urns.contains(&json!(urn)));
            if let Some(contact) = contacts.iter().find(is_it) {
                // several-look-ups: refused. What a deletion is answered nobody looks at: the contact stays.
                let both = format!("contacts.json?uuid={}&urn={urn}", text(contact, "uuid"));
                self.send(Method::DELETE, &both, None).await?;
                return Ok(());
            }
            number += 1;
            // made-up-cursor: a cursor is not the number of a page, so nobody beyond the first 250 is found.
            page = self.get(&format!("contacts.json?cursor={number}")).await?;
        }
        // ninth-digit: the contact is there under the number without its 9, and stays.
        self.send(Method::DELETE, &format!("contacts.json?urn={urn}"), None).await?;
        Ok(())
    }

    /// lead.status_changed
    async fn lead(&self, lead: &Value) -> Result<(), Failure> {
        // filter-ignored: `phone` is none, the first of all contacts comes back, whoever that is.
        let phone = text(lead, "phone").trim_start_matches('+');
        let found = self.get(&format!("contacts.json?phone={phone}&limit=1")).await?;
        let path = match found["results"][0]["uuid"].as_str() {
            // first-of-all: a stranger gets the lead's name.
            Some(uuid) => format!("contacts.json?uuid={uuid}"),
            None => format!("contacts.json?urn={}", whatsapp(phone)),
        };
        self.post(&path, &json!({"name": lead["name"]})).await?;
        // unknown-field: nobody has made it.
        self.post(&path, &json!({"fields": {"lead_status": lead["status"]}})).await?;
        Ok(())
    }

    /// Events are carried out as they come: an older one undoes a newer one, `at` is not looked at.
    async fn handle(&self, event: &str) -> Result<(), Failure> {
        let event: Value = serde_json::from_str(event)?;
        match text(&event, "event") {
            "customer.created" => self.created(&event["customer"]).await,
            "customer.updated" => self.updated(&event["customer"]).await,
            "customer.deleted" => self.deleted(&event["customer"]).await,
            "lead.status_changed" => self.lead(&event["lead"]).await,
            other => Err(format!("unknown event {other:?}").into()),
        }
    }
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}

fn whatsapp(phone: &str) -> String {
    format!("whatsapp:{}", phone.trim_start_matches('+'))
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [] => once().await,
        [listen, address] if listen == "--listen" => serve(address).await,
        _ => Err("usage: careless [--listen ADDRESS]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn once() -> Result<(), Failure> {
    Weni::new()?.handle(&std::io::read_to_string(std::io::stdin())?).await
}

async fn serve(address: &str) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let routes = Router::new()
        .route("/webhook", post(webhook))
        .route("/health", get(|| async { StatusCode::OK }))
        .with_state(Arc::new(Weni::new()?));
    Ok(axum::serve(listener, routes).await?)
}

async fn webhook(State(weni): State<Arc<Weni>>, event: String) -> StatusCode {
    match weni.handle(&event).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
