//! JSON that people write: where its values stand, and what is wrong with it in plain words.

mod mistake;
mod place;

pub(crate) use mistake::{is_serdes, plain, told};
pub(crate) use place::{offset_of, pointer_at};
