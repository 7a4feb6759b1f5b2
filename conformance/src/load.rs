//! Reads cases from files and folders, and says where one is wrong.

mod names;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::case::{Case, Clause, Need, Profile, Step, WorkspaceSettings};
use crate::difference::shorten;
use crate::input::{self, Pipes};

pub use place::Place;
pub(crate) use place::Source;

/// Why cases could not be loaded. Each message is one line that names the file.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not a case.
    #[error("{place}: {problem}")]
    Invalid {
        /// Where in the file.
        place: Place,
        /// What is wrong there, and what is expected where that is known.
        problem: String,
    },
    /// Two files have the same id.
    #[error("{}: id `{id}` is also that of {}", path.display(), first.display())]
    Duplicate {
        /// The id.
        id: String,
        /// The file that was read later.
        path: PathBuf,
        /// The file that was read first.
        first: PathBuf,
    },
    /// There is nothing of this name.
    #[error(
        "`{name}` is no file, and no scenario of the program: {meant} (`weni-conformance try --list` shows them)"
    )]
    NoScenario {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        meant: String,
    },
    /// Nothing to load.
    #[error("{}: no .json files in it", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// Loads all cases of these files and, to any depth, folders: of a folder every `.json` file, sorted by path.
///
/// # Errors
/// The first thing that is wrong. Nothing is loaded then: half of a suite would judge less than it seems to.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Case>, LoadError> {
    let mut cases = Vec::new();
    let mut sources: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in paths {
        for file in files(path)? {
            let text = input::text(&file, Pipes::Refused).map_err(|source| read_error(&file, source))?;
            let mut case = parse(&file, &text)?;
            // Recordings and cases are two families, and each has its `contacts/…`.
            if file.ends_with(format!("recorded/{}.json", case.id)) {
                case.id.insert_str(0, "recorded/");
            }
            if let Some(first) = sources.insert(case.id.clone(), file) {
                return Err(LoadError::Duplicate { id: case.id, path: case.source, first });
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

/// The hand-written cases, by path, as they were when the program was built.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Loads the hand-written cases that the program brings along.
///
/// # Errors
/// None that the tests of this crate let through.
pub fn built_in() -> Result<Vec<Case>, LoadError> {
    BUILT_IN.iter().map(|(path, text)| parse(Path::new(path), text)).collect()
}

/// The case folders of the checkout that `from` lies in: `cases` and `recorded` of the nearest `fixtures` folder that
/// also holds the contract. Other projects have folders of that name, too.
#[must_use]
pub fn checkout(from: &Path) -> Option<Vec<PathBuf>> {
    let fixtures = from.ancestors().map(|folder| folder.join("fixtures"));
    fixtures
        .filter(|folder| folder.join("contract.json").is_file())
        .map(|folder| [folder.join("cases"), folder.join("recorded")])
        .map(|folders| folders.into_iter().filter(|folder| folder.is_dir()).collect::<Vec<_>>())
        .find(|folders| !folders.is_empty())
}

/// Reads one case from the text of its file.
///
/// # Errors
/// [`LoadError::Invalid`] with the place of the first mistake.
pub fn parse(path: &Path, text: &str) -> Result<Case, LoadError> {
    let source = Source { path, text };
    let file: CaseFile<'_> =
        serde_json::from_str(text).map_err(|error| source.no_case(text, None, &error))?;
    let mut steps = Vec::with_capacity(file.steps.len());
    for (raw, number) in file.steps.iter().zip(1..) {
        let step: Step = serde_json::from_str(raw.get())
            .map_err(|error| source.no_case(raw.get(), Some(number), &error))?;
        steps.push(step);
    }
    names::check(&steps)
        .map_err(|(index, problem)| source.wrong_step(file.steps[index], index + 1, problem))?;
    let whole = |problem: &str| source.wrong("", problem.to_owned());
    if !is_id(&file.id) {
        return Err(whole(&format!(
            "`{}` is no id: letters, digits, `-`, `.` and `_`, in parts joined by `/` that begin with a letter or \
             digit, such as contacts/upsert",
            shorten(&file.id)
        )));
    }
    if !steps.iter().any(|step| matches!(step, Step::Exchange(_))) {
        return Err(whole("no step is a `request`, so nothing would be judged"));
    }
    check_portable(&file, &steps).map_err(|problem| whole(&problem))?;
    if file.profiles.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(whole("`profiles` is empty, so the case would never be played"));
    }
    Ok(Case {
        id: file.id,
        title: file.title,
        clauses: file.clauses,
        profiles: file.profiles.unwrap_or_else(|| match file.portable {
            true => BTreeSet::from([Profile::Documented, Profile::Observed]),
            false => BTreeSet::from([Profile::Observed]),
        }),
        portable: file.portable,
        uses: file.uses,
        needs: file.needs,
        workspace: file.workspace,
        steps,
        source: path.to_owned(),
    })
}

/// The members of a case file. Steps are read one by one afterwards, so that an error can say which one it is in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile<'a> {
    /// For editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    id: String,
    title: Option<String>,
    #[serde(default)]
    clauses: Vec<Clause>,
    profiles: Option<BTreeSet<Profile>>,
    #[serde(default)]
    portable: bool,
    #[serde(default)]
    uses: Vec<String>,
    #[serde(default)]
    needs: BTreeSet<Need>,
    workspace: Option<WorkspaceSettings>,
    #[serde(borrow)]
    steps: Vec<&'a RawValue>,
}

/// Whether a text can be the id of a case: the path of its file without `.json`.
pub(crate) fn is_id(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    text.split('/').all(is_part)
}

/// A portable case plays where others work; another one only in a workspace of its own.
fn check_portable(file: &CaseFile<'_>, steps: &[Step]) -> Result<(), String> {
    if !file.portable {
        let only_portable = |what| Err(format!("{what} is for portable cases (`\"portable\": true`)"));
        return match file.needs.iter().find(|need| matches!(need, Need::OtherUrns | Need::LinkedGroup)) {
            Some(_) => only_portable("`needs` other_urns or linked_group"),
            None if !file.uses.is_empty() => only_portable("`uses`"),
            None => Ok(()),
        };
    }
    let own_workspace = file.needs.contains(&Need::Throttle);
    if file.workspace.is_some() && !own_workspace {
        return Err("a portable case has no `workspace`, unless it needs `throttle`".to_owned());
    }
    if file.needs.contains(&Need::Workspace) || steps.iter().any(|step| matches!(step, Step::Smart { .. })) {
        return Err(
            "a portable case plays where others work: no fresh workspace, no `smart` group".to_owned()
        );
    }
    Ok(())
}

fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|source| read_error(&folder, source))? {
            let entry = entry.map_err(|source| read_error(&folder, source))?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "json") {
                found.push(entry);
            }
        }
    }
    if found.is_empty() {
        return Err(LoadError::Empty { path: path.to_owned() });
    }
    found.sort();
    Ok(found)
}

pub(crate) fn read_error(path: &Path, source: std::io::Error) -> LoadError {
    LoadError::Read { path: path.to_owned(), source }
}
