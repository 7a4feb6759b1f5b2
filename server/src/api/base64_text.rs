//! Base64 as Python's `b64decode` reads it: what is not of the alphabet is passed over, padding is needed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The bytes of a text; `None` where the padding is wrong.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let kept: Vec<u8> = text.bytes().filter(alphabet).collect();
    STANDARD.decode(kept).ok()
}
