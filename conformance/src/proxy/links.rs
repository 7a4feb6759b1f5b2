//! The links of a list, `next` and `previous`: they lead back to the proxy. All other bytes stay as they are.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

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

#[cfg(test)]
mod tests {
    use super::*;

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
