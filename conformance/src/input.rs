//! Reading the files that people name.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a file at most: a recording of a long day has fewer, and all of them are held in memory.
const MOST: u64 = 256 << 20;

/// Whether a pipe is as good as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pipes {
    /// It is not: who waits for one cannot be stopped.
    Refused,
    /// It is, as a shell makes one of `<(…)`.
    Read,
}

/// The text of a file, without the mark that some editors put before it. Never a device, which may have no end.
///
/// # Errors
/// It cannot be read, is no file, is too large, or is no UTF-8.
pub(crate) fn text(path: &Path, pipes: Pipes) -> io::Result<String> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() && (pipes == Pipes::Refused || !is_pipe(about.file_type())) {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other(format!("it has more than {} MiB", MOST >> 20)));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is no UTF-8 text"))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}
