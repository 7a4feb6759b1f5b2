//! Links that would lead past the proxy: those of a list, `next` and `previous`, and those of the headers `Location`,
//! `Content-Location` and `Link`. They lead back to it. All other bytes stay as they are.

use std::collections::BTreeMap;
use std::ops::Range;

use hyper::header::{CONTENT_ENCODING, CONTENT_LOCATION, HeaderMap, HeaderName, HeaderValue, LINK, LOCATION};
use serde_json::value::RawValue;

use super::Upstream;

/// The members that hold links.
const LINKS: [&str; 2] = ["next", "previous"];

/// A list whose links lead to `own`, such as `http://127.0.0.1:9365`, in place of whichever server they name, with path and
/// query as they were but for the `prefix` that the upstream's paths have. `None`: there is no link in it to change.
pub(super) fn led_back(body: &[u8], own: &str, prefix: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    members.get("results").filter(|results| results.get().starts_with('['))?;
    let place = |member: &str| {
        let value = members.get(member)?.get();
        let start = value.as_ptr().addr() - text.as_ptr().addr();
        let origin = origin(value, prefix)?;
        Some(start + origin.start..start + origin.end)
    };
    let mut places: Vec<Range<usize>> = LINKS.into_iter().filter_map(place).collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let mut changed = (!places.is_empty()).then(|| body.to_vec())?;
    for place in places {
        changed.splice(place, own.bytes());
    }
    Some(changed)
}

/// Where in a JSON string scheme, host and prefix of a link stand. A `/` may be written `\/`.
fn origin(value: &str, prefix: &str) -> Option<Range<usize>> {
    let link = value.strip_prefix('"')?;
    let rest = link.strip_prefix("http:").or_else(|| link.strip_prefix("https:"))?;
    let rest = rest.strip_prefix("//").or_else(|| rest.strip_prefix("\\/\\/"))?;
    let path = &rest[rest.find(['/', '\\', '?', '"'])?..];
    let path = path.strip_prefix(prefix).unwrap_or(path);
    Some(1..value.len() - path.len())
}

/// Whether a body is compressed, or encoded otherwise.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|encoding| encoding != "identity")
}

/// Makes headers lead to `own` where they lead to the upstream. Gives where `Location` leads if that is past the proxy.
pub(super) fn lead_headers_back(headers: &mut HeaderMap, own: &str, upstream: &Upstream) -> Option<String> {
    for name in [LOCATION, CONTENT_LOCATION] {
        change(headers, &name, |value| location(value, own, upstream));
    }
    change(headers, &LINK, |value| {
        let mut links = value.split('<');
        let first = links.next().unwrap_or_default().to_owned();
        let changed = |link: &str| location(link, own, upstream).unwrap_or_else(|| link.to_owned());
        Some(links.fold(first, |all, link| format!("{all}<{}", changed(link))))
    });
    let location = headers.get(LOCATION).and_then(|location| location.to_str().ok())?;
    let (origin, _) = split(location)?;
    (!location.starts_with(own)).then(|| origin.to_owned())
}

/// Changes every header of a name.
fn change(headers: &mut HeaderMap, name: &HeaderName, changed: impl Fn(&str) -> Option<String>) {
    let hyper::header::Entry::Occupied(mut values) = headers.entry(name) else { return };
    for value in values.iter_mut() {
        let text = std::str::from_utf8(value.as_bytes()).ok().and_then(&changed);
        if let Some(changed) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            *value = changed;
        }
    }
}

/// A link, with whatever follows it, that leads to `own` in place of the upstream; `None`: it leads elsewhere.
fn location(link: &str, own: &str, upstream: &Upstream) -> Option<String> {
    let (own, path) = match split(link) {
        Some((origin, path)) => {
            let (scheme, authority) = origin.split_once("://")?;
            (upstream.is_at(scheme, authority).then_some(own)?, path)
        }
        // Without a host it is of the upstream's, if that has its own idea of paths.
        None if link.starts_with('/') && !link.starts_with("//") && !upstream.prefix.is_empty() => ("", link),
        None => return None,
    };
    let path = path.strip_prefix(&upstream.prefix)?;
    (path.is_empty() || path.starts_with(['/', '?', '#', '>'])).then(|| format!("{own}{path}"))
}

/// Scheme and host of a link, and the rest.
fn split(link: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = link.split_once("://")?;
    let http = ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let end = rest.find(['/', '?', '#', '>']).unwrap_or(rest.len());
    http.then(|| link.split_at(scheme.len() + 3 + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn led(upstream: &str, header: &'static str, value: &str) -> (String, Option<String>) {
        let upstream = Upstream::new(&upstream.parse().unwrap(), None).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header, value.parse().unwrap());
        let past = lead_headers_back(&mut headers, "http://proxy:1", &upstream);
        (headers[header].to_str().unwrap().to_owned(), past)
    }

    #[test]
    fn headers_lead_back_to_the_proxy() {
        let same = |value: &str| (value.to_owned(), None);
        let past = |value: &str, origin: &str| (value.to_owned(), Some(origin.to_owned()));
        let led_there = |value| led("https://flows.example.com", "location", value);
        assert_eq!(led_there("https://flows.example.com/a?b=%2F#c"), same("http://proxy:1/a?b=%2F#c"));
        assert_eq!(led_there("HTTPS://Flows.Example.com:443"), same("http://proxy:1"));
        for elsewhere in
            ["http://flows.example.com", "https://flows.example.com:8443", "https://flows.example.com.evil"]
        {
            assert_eq!(led_there(elsewhere), past(elsewhere, elsewhere));
        }
        assert_eq!(led_there("/a"), same("/a"));
        assert_eq!(led_there("//flows.example.com/a"), same("//flows.example.com/a"));
        let under = |value| led("http://a:80/weni", "location", value);
        assert_eq!(under("http://a/weni/api?c"), same("http://proxy:1/api?c"));
        assert_eq!(under("/weni/api"), same("/api"));
        assert_eq!(under("/wenischool"), same("/wenischool"));
        assert_eq!(under("http://a/login"), past("http://a/login", "http://a"));
        let link = "<https://flows.example.com/x?cursor=a,b>; rel=\"next\", <https://b/y>; title=\"<\", </z>";
        let own = "<http://proxy:1/x?cursor=a,b>; rel=\"next\", <https://b/y>; title=\"<\", </z>";
        assert_eq!(led("https://flows.example.com", "link", link), same(own));
    }

    fn changed(body: &str, prefix: &str) -> Option<String> {
        led_back(body.as_bytes(), "http://proxy:1", prefix).map(|body| String::from_utf8(body).unwrap())
    }

    #[test]
    fn only_the_links_change() {
        let body = |next: &str, previous: &str| {
            format!(
                " {{\"next\" :\t\"{next}\", \"results\":[{{\"next\": \"https://a/x\", \"n\": 1.50}}],\"previous\":\"{previous}\"}}\n"
            )
        };
        let links = body(
            "https://flows.example.com/api/v2/contacts.json?cursor=a%2B'b|&é=\\u00e9",
            "http:\\/\\/a:80\\/b?c",
        );
        let own =
            body("http://proxy:1/api/v2/contacts.json?cursor=a%2B'b|&é=\\u00e9", "http://proxy:1\\/b?c");
        assert_eq!(changed(&links, ""), Some(own));
        let under = body("http://a/weni/api?c", "http://a/api?c");
        assert_eq!(changed(&under, "/weni"), Some(body("http://proxy:1/api?c", "http://proxy:1/api?c")));
    }

    #[test]
    fn what_is_no_list_with_links_stays() {
        for body in [
            "",
            "[]",
            "{\"next\": \"http://a/b\"}",
            "{\"next\": \"http://a/b\", \"results\": {}}",
            "{\"next\": null, \"previous\": null, \"results\": []}",
            "{\"next\": \"/relative\", \"results\": []}",
            "{\"next\": \"http://a/b\", \"results\": [}",
        ] {
            assert_eq!(changed(body, ""), None, "{body}");
        }
    }
}
