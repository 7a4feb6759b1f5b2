//! Reports as files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{html, json, junit};
use crate::verdict::RunReport;

/// What can be written to files, in each format.
pub trait Documents {
    /// As JUnit XML.
    ///
    /// # Errors
    /// A text has no form in XML, which is not to be expected.
    fn junit(&self) -> io::Result<String>;

    /// As one JSON document.
    ///
    /// # Errors
    /// A value has no form in JSON, which is not to be expected.
    fn json(&self) -> io::Result<String>;

    /// As one HTML page.
    fn html(&self) -> String;
}

impl Documents for RunReport {
    fn junit(&self) -> io::Result<String> {
        junit::document(self).map_err(io::Error::other)
    }

    fn json(&self) -> io::Result<String> {
        json::document(self).map_err(io::Error::other)
    }

    fn html(&self) -> String {
        html::page(self)
    }
}

/// Where which report goes; `-` is standard output.
#[derive(Debug, Clone, Default, Args)]
pub struct Files {
    /// Write a report as JUnit XML (`-`: to standard output)
    #[arg(long, value_name = "PATH")]
    pub junit: Option<PathBuf>,
    /// Write a report as JSON, as fixtures/schemas/report.schema.json describes it (`-`: to standard output)
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Write a report as one HTML page (`-`: to standard output)
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
}

/// Why a report cannot be written. Each message is one line that names the file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system does not allow it.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Two reports would be mixed up.
    #[error("two reports to one place, {}", .0.display())]
    Same(PathBuf),
}

impl Files {
    /// Whether standard output belongs to a report, so that lines for people have to go elsewhere.
    #[must_use]
    pub fn take_stdout(&self) -> bool {
        self.paths().any(is_stdout)
    }

    /// Makes every file, empty, and the folders that it is in: to be called before a run, so that none is played in vain
    /// and no report of an earlier one stays.
    ///
    /// # Errors
    /// A file cannot be made, or two reports go to one.
    pub fn prepare(&self) -> Result<(), FileError> {
        let paths: Vec<_> = self.paths().collect();
        if let Some((_, path)) = paths.iter().enumerate().find(|(index, path)| paths[..*index].contains(path))
        {
            return Err(FileError::Same(path.to_path_buf()));
        }
        let mut seen = BTreeSet::new();
        for path in paths.into_iter().filter(|path| !is_stdout(path)) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let made = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, ""));
            // However it is written: `a.xml` and `./a.xml` are one file.
            let whole = made.and_then(|()| path.canonicalize());
            if !seen.insert(whole.map_err(|source| FileError::Io { path: path.to_owned(), source })?) {
                return Err(FileError::Same(path.to_owned()));
            }
        }
        Ok(())
    }

    /// Writes the reports that are asked for.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, report: &impl Documents) -> Result<(), FileError> {
        put(self.junit.as_deref(), || report.junit())?;
        put(self.json.as_deref(), || report.json())?;
        put(self.html.as_deref(), || Ok(report.html()))
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.junit, &self.json, &self.html].into_iter().filter_map(Option::as_deref)
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn put(path: Option<&Path>, text: impl FnOnce() -> io::Result<String>) -> Result<(), FileError> {
    let Some(path) = path else { return Ok(()) };
    let written = text().and_then(|text| match is_stdout(path) {
        true => io::stdout().write_all(text.as_bytes()),
        false => fs::write(path, text),
    });
    written.map_err(|source| FileError::Io { path: path.to_owned(), source })
}
