//! What all pages share: one file that loads nothing, runs nothing, and reads well on a narrow screen and in the dark.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page/style.css");

/// A whole page of these parts.
pub(super) fn document(title: &Markup, header: &Markup, main: &Markup) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header)
                main { (main) }
                footer { "weni-conformance " (env!("CARGO_PKG_VERSION")) }
            }
        }
    };
    document.into_string() + "\n"
}

/// Nothing is loaded and nothing runs; only our own style sheet, told by its hash, applies.
fn policy() -> String {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// A word that is set off by its colour.
pub(super) fn badge(tone: &str, word: &str) -> Markup {
    html! { span.badge.(tone) { (word) } }
}

/// A list under a title; nothing where it is empty.
pub(super) fn list(title: &str, items: &[String]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (title) }
            ul { @for item in items { li { (item) } } }
        }
    }
}

/// A text of ours, in which code stands between backticks.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
