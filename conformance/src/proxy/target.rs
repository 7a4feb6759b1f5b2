//! Whom a request is for.
//!
//! Its target is passed on byte for byte as hyper reads it. What hyper does not read (`"`, `<`, `>`, a space, bytes that are no
//! UTF-8) it answers with 400 itself, as the mock does: nothing goes on otherwise than it came.

use std::net::SocketAddr;

use hyper::Method;
use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use super::Upstream;

/// By which name a client knows the proxy, so that links can lead back to it.
///
/// # Errors
/// The request is for somebody else, whom this names: nothing is forwarded but to the upstream.
pub(super) fn own_name(head: &Parts, address: SocketAddr, upstream: &Upstream) -> Result<String, String> {
    if head.method == Method::CONNECT {
        return Err(format!("a tunnel to {}", head.uri));
    }
    if let Some(named) = head.uri.authority() {
        // Such targets are sent to what is set as a proxy: for the upstream it may be.
        let port = named.port_u16().unwrap_or(if head.uri.scheme_str() == Some("https") { 443 } else { 80 });
        let of_upstream = named.host().eq_ignore_ascii_case(upstream.authority.host())
            && (port == upstream.port() || named.port_u16().is_none());
        let host = named.host().trim_start_matches('[').trim_end_matches(']');
        let of_ours = port == address.port()
            && (host.eq_ignore_ascii_case("localhost") || host.parse() == Ok(address.ip()));
        return match of_upstream || of_ours {
            true => Ok(named.to_string()),
            false => Err(named.to_string()),
        };
    }
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    Ok(host.map_or_else(|| address.to_string(), |host| host.to_string()))
}

/// Where the client finds the proxy: `http://127.0.0.1:9365`, or with `https` where something in front says that it speaks
/// that.
pub(super) fn own_address(head: &Parts, name: &str) -> String {
    let before = head.headers.get("x-forwarded-proto");
    let scheme = if before.is_some_and(|scheme| scheme == "https") { "https" } else { "http" };
    format!("{scheme}://{name}")
}
