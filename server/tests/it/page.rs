//! The page, as a browser without scripts sees it: what is shown, what forms do, who may see it, in which language.

mod access;
mod actions;
mod languages;
mod views;

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Weni, send};

impl Weni {
    /// A view of the page; `path` from its root on.
    async fn view(&self, path: &str) -> Answer {
        let answer = send(self.authorized("").request(Method::GET, path)).await;
        answer.is_page();
        answer
    }

    /// What a form sends; the view that it leads to.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        send(self.authorized("").request(Method::POST, &format!("__mock/page/{path}")).form(fields)).await
    }

    /// The parameter that names this workspace.
    fn named(&self) -> String {
        format!("workspace={}", self.uuid())
    }
}

impl Answer {
    /// Fails where it is no page, or one that a hostile text could do something in.
    #[track_caller]
    fn is_page(&self) {
        assert_eq!(self.status, 200, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = self.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            !self.body.contains(" style=\"") && !self.body.contains(" onclick="),
            "the policy forbids these"
        );
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "{text:?} is not in {}", self.body);
    }

    #[track_caller]
    fn shows_no(&self, text: &str) {
        assert!(!self.body.contains(text), "{text:?} is in {}", self.body);
    }
}

/// A workspace in which a few requests were made: a contact, one whose number is read as foreign, a refusal.
async fn busy() -> Weni {
    let weni = Weni::with(json!({"country": "BR"})).await;
    weni.contact(json!({"name": "Maria", "urns": ["whatsapp:5582985550101"]})).await;
    weni.contact(json!({"name": "Zé", "urns": ["tel:11991234567"]})).await;
    weni.post("contacts", json!({"language": "fre"})).await.is(400);
    weni
}
