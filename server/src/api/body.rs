//! Request bodies: JSON in any charset, form-encoded, multipart; another media type is refused
//! (`observed.md`, Bodies).

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use http_body_util::{BodyDataStream, Full};

use crate::model::json::{self, Members, Value};
use crate::model::problem::{Problem, Refusal};

use super::Endpoint;
use super::error::ApiError;
use super::form;

/// A body as it came in; multipart ones already taken apart, for that is done as a stream.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Whole(Bytes),
    /// It could not be read: too large, too slow or broken off. Refused where its turn comes.
    Unreadable(ApiError),
    Multipart(Result<Vec<(String, form::Part)>, String>),
}

impl RequestBody {
    /// Takes a body apart where its media type asks for it.
    pub(crate) async fn receive(parts: &Parts, bytes: Bytes) -> Self {
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let Some(content_type) = content_type.filter(|_| !bytes.is_empty()) else {
            return RequestBody::Whole(bytes);
        };
        if media_type(content_type) != "multipart/form-data" {
            return RequestBody::Whole(bytes);
        }
        RequestBody::Multipart(read_multipart(content_type, bytes).await.map_err(|error| error.to_string()))
    }
}

async fn read_multipart(
    content_type: &str,
    bytes: Bytes,
) -> Result<Vec<(String, form::Part)>, multer::Error> {
    let boundary = multer::parse_boundary(content_type)?;
    // What is broken off or no multipart at all is read as if it were closed at its end, as the framework behind the
    // API does.
    let closed = [&bytes, b"\r\n--".as_slice(), boundary.as_bytes(), b"--\r\n"].concat();
    let mut multipart = multer::Multipart::new(BodyDataStream::new(Full::new(Bytes::from(closed))), boundary);
    let mut parts = Vec::new();

    while let Ok(Some(field)) = multipart.next_field().await {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        let upload = field.file_name().is_some_and(|file| !file.is_empty());
        let Ok(text) = field.text().await else { break };
        parts.push((name, if upload { form::Part::File } else { form::Part::Text(text) }));
    }
    Ok(parts)
}

/// The members of a body; an empty one has none.
///
/// # Errors
/// Another media type, no JSON, no object.
pub(super) fn members(
    endpoint: Endpoint,
    content_type: Option<&str>,
    body: &RequestBody,
) -> Result<Members, ApiError> {
    let bytes = match body {
        RequestBody::Multipart(Ok(parts)) => return Ok(form::members(endpoint, parts.clone())),
        RequestBody::Multipart(Err(error)) => return Err(ApiError::MultipartParse(error.clone())),
        RequestBody::Unreadable(error) => return Err(error.clone()),
        RequestBody::Whole(bytes) => bytes,
    };
    let content_type = content_type.unwrap_or_default();
    if bytes.is_empty() {
        return Ok(Members::new());
    }
    match media_type(content_type).as_str() {
        "application/json" | "application/*" | "*/*" => match json::parse(&decoded(content_type, bytes))? {
            Value::Dict(members) => Ok(members),
            _ => Err(ApiError::Refused(Refusal::Body(Problem::NotAnObject))),
        },
        "application/x-www-form-urlencoded" => {
            let pairs = form::pairs(bytes, charset(content_type).unwrap_or(UTF_8));
            Ok(form::members(endpoint, pairs))
        }
        _ => Err(ApiError::UnsupportedMediaType(content_type.to_owned())),
    }
}

/// Type and subtype, in lower case, without parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The text in UTF-8: any charset that is known is read, an unknown one counts as UTF-8.
fn decoded<'a>(content_type: &str, bytes: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
    match charset(content_type) {
        // Only in UTF-16 a byte-order mark is no part of the text.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            encoding.decode(bytes).0.into_owned().into_bytes().into()
        }
        Some(encoding) if encoding != UTF_8 => {
            encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes().into()
        }
        _ => bytes.into(),
    }
}

/// The encoding that a media type names, if it is known.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let label = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    label.and_then(encoding)
}

/// An encoding by one of its names, in Python's spellings, too: `latin-1`, `utf_16_le`.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let dashed = label.replace('_', "-").to_ascii_lowercase();
    let joined = dashed.replace("-le", "le").replace("-be", "be").replace("latin-", "latin");
    [label, &dashed, &joined].into_iter().find_map(|label| Encoding::for_label(label.as_bytes()))
}
