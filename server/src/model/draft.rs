//! How a body becomes a change of a contact (C1–C17): read as far as the body alone allows, then held against the
//! workspace. All that is wrong comes to light at once.

use super::contact::{FieldId, GroupId, MAX_NAME, Status};
use super::json::{Members, Value};
use super::language::Language;
use super::phone::Country;
use super::problem::{MemberProblem, Problem, Problems, Refusal};
use super::shape::{self, StringRule};
use super::text;
use super::urn::{self, ReadUrn, Urn};

/// The members of a body that mean something, in the order in which the API reports them.
pub(crate) const MEMBERS: [&str; 5] = ["name", "language", "urns", "groups", "fields"];

/// An item of `groups`, in the order sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GroupReference {
    /// A UUID or a name.
    Text(String),
    /// The article's object: the UUID decides, only where there is none the name (DV1).
    Object {
        uuid: Option<String>,
        name: Option<String>,
    },
    Other,
}

impl From<&Value> for GroupReference {
    fn from(item: &Value) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.as_str().to_owned()),
            _ => None,
        };
        match item {
            Value::String(item) => GroupReference::Text(item.as_str().to_owned()),
            Value::Dict(members) => GroupReference::Object {
                uuid: members.get("uuid").and_then(text),
                name: members.get("name").and_then(text),
            },
            _ => GroupReference::Other,
        }
    }
}

/// What a body says of a contact, read as far as the body alone allows.
#[derive(Debug)]
pub(crate) struct ContactDraft {
    name: Option<Option<String>>,
    language: Option<Option<Language>>,
    urns: Option<Vec<ReadUrn>>,
    groups: Option<Vec<GroupReference>>,
    fields: Option<Vec<(String, Option<String>)>>,
    problems: Problems,
}

impl ContactDraft {
    /// Reads a body of `contacts.json`; what is wrong with it comes to light in [`ContactDraft::resolve`],
    /// with all that is wrong besides.
    pub(crate) fn read(body: &Members, country: Option<Country>) -> Self {
        let mut problems = Problems::default();
        let member = |name: &'static str| body.get(name).map(|value| (name, value));
        let name = member("name").and_then(|(at, value)| problems.take(at, read_name(value)));
        let language = member("language").and_then(|(at, value)| problems.take(at, read_language(value)));
        let urns = member("urns").and_then(|(at, value)| problems.take(at, read_urns(value, country)));
        let groups = member("groups").and_then(|(at, value)| problems.take(at, read_groups(value)));
        let fields = member("fields").and_then(|(at, value)| problems.take(at, read_fields(value)));
        ContactDraft { name, language, urns, groups, fields, problems }
    }

    /// Whether groups came as objects, the form of the article that production refuses (DV1).
    pub(crate) fn has_group_objects(&self) -> bool {
        let object = |reference: &GroupReference| match reference {
            GroupReference::Object { uuid, name } => uuid.is_some() || name.is_some(),
            GroupReference::Text(_) | GroupReference::Other => false,
        };
        self.groups.as_ref().is_some_and(|groups| groups.iter().any(object))
    }

    /// The URNs that were read, with the text that each was read from.
    pub(crate) fn urns(&self) -> &[ReadUrn] {
        self.urns.as_deref().unwrap_or_default()
    }

    /// Holds what was read against the workspace.
    ///
    /// # Errors
    /// All that is wrong with the members; only where nothing is, what is wrong with the body as a whole.
    pub(crate) fn resolve(
        mut self,
        subject: &Subject,
        directory: &impl Directory,
    ) -> Result<ContactPatch, Refusal> {
        let urns = self.urns.and_then(|urns| {
            self.problems.take("urns", check_urns(&urns, subject, directory))?;
            Some(urns.into_iter().map(|read| read.urn).collect())
        });
        let groups = self
            .groups
            .and_then(|groups| self.problems.take("groups", find_groups(&groups, subject, directory)));
        let fields =
            self.fields.and_then(|fields| self.problems.take("fields", find_fields(fields, directory)));
        self.problems.finish(&MEMBERS)?;
        if let Some(problem) = subject.refusal.clone() {
            return Err(Refusal::Body(problem));
        }
        Ok(ContactPatch {
            name: self.name,
            language: self.language,
            urns,
            groups,
            fields: fields.unwrap_or_default(),
        })
    }
}

/// Whom a body is about, as far as its rules depend on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// `None` for a contact to be made.
    pub(crate) status: Option<Status>,
    /// A URN in the URL: then none in the body (C14).
    pub(crate) by_urn: bool,
    /// The workspace shows no URNs.
    pub(crate) anonymous: bool,
    /// Whether groups may come as objects (DV1).
    pub(crate) group_objects: bool,
    /// What is wrong with the whole request where no member is.
    pub(crate) refusal: Option<Problem>,
}

/// What a workspace knows that a contact's members refer to.
pub(crate) trait Directory {
    /// A group by UUID, compared as text.
    fn group_by_uuid(&self, uuid: &str) -> Option<FoundGroup>;
    /// A group by name, in any letter case.
    fn group_by_name(&self, name: &str) -> Option<FoundGroup>;
    /// A field by key.
    fn field(&self, key: &str) -> Option<FieldId>;
    /// Whether a contact has the URN; `twitter:bobby` counts as had by whoever has `twitterid:…#bobby`.
    fn urn_taken(&self, urn: &Urn) -> bool;
}

/// A group that a member refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundGroup {
    pub(crate) id: GroupId,
    /// Query-based: its members follow from their values.
    pub(crate) dynamic: bool,
}

/// A change of a contact, each part good in itself; `None` leaves a part as it is (C13).
#[derive(Debug, Clone, Default)]
pub(crate) struct ContactPatch {
    pub(crate) name: Option<Option<String>>,
    pub(crate) language: Option<Option<Language>>,
    pub(crate) urns: Option<Vec<Urn>>,
    /// The static groups that it shall be in: ascending, each once.
    pub(crate) groups: Option<Vec<GroupId>>,
    /// Texts by field; `None` removes the value.
    pub(crate) fields: Vec<(FieldId, Option<String>)>,
}

fn read_name(value: &Value) -> Result<Option<String>, Vec<Problem>> {
    let rule = StringRule { nullable: true, blank: true, ..StringRule::default() };
    let Some(name) = rule.read(value)? else { return Ok(None) };
    match name.chars().count() {
        0 => Err(vec![Problem::EmptyContactName]),
        1..=MAX_NAME => Ok(Some(name)),
        _ => Err(vec![Problem::LongContactName]),
    }
}

fn read_language(value: &Value) -> Result<Option<Language>, Vec<Problem>> {
    let rule = StringRule { nullable: true, min: Some(3), max: Some(3), ..StringRule::default() };
    let Some(code) = rule.read(value)? else { return Ok(None) };
    Language::parse(&code).map(Some).ok_or_else(|| vec![Problem::NotALanguage])
}

fn read_urns(value: &Value, country: Option<Country>) -> Result<Vec<ReadUrn>, MemberProblem> {
    let (mut urns, mut wrong) = (Vec::new(), Vec::new());
    for (index, item) in shape::list(value)?.iter().enumerate() {
        match read_urn(item, country) {
            Ok(urn) => urns.push(urn),
            Err(problem) => wrong.push((index.to_string(), vec![problem])),
        }
    }
    if wrong.is_empty() { Ok(urns) } else { Err(MemberProblem::Items(wrong)) }
}

fn read_urn(item: &Value, country: Option<Country>) -> Result<ReadUrn, Problem> {
    let sent = match item {
        Value::Null => return Err(Problem::Null),
        Value::String(sent) => sent,
        _ => return Err(Problem::NotAString),
    };
    if text::strip(sent.as_str()).is_empty() {
        return Err(Problem::Blank);
    }
    let read = ReadUrn::read(sent.as_str(), country).ok_or_else(|| urn::unreadable(sent.as_str()))?;
    read.check(country, &read.sent)?;
    shape::check_characters(sent)?;
    Ok(read)
}

/// A dictionary counts as the list of its keys, so `{}` empties, too (observed: contact-groups/shapes).
fn read_groups(value: &Value) -> Result<Vec<GroupReference>, Problem> {
    match value {
        Value::Dict(members) if members.len() > shape::MAX_ITEMS => Err(Problem::TooManyItems),
        Value::Dict(members) => Ok(members.keys().cloned().map(GroupReference::Text).collect()),
        other => Ok(shape::list(other)?.iter().map(GroupReference::from).collect()),
    }
}

type FieldTexts = Vec<(String, Option<String>)>;

fn read_fields(value: &Value) -> Result<FieldTexts, MemberProblem> {
    let rule = StringRule { nullable: true, blank: true, ..StringRule::default() };
    let (mut texts, mut wrong) = (Vec::new(), Vec::new());
    for (key, value) in shape::dictionary(value)? {
        match rule.read(value) {
            Ok(text) => texts.push((key.clone(), text.filter(|text| !text.is_empty()))),
            Err(problems) => wrong.push((key.clone(), problems)),
        }
    }
    if wrong.is_empty() { Ok(texts) } else { Err(MemberProblem::Items(wrong)) }
}

fn check_urns(urns: &[ReadUrn], subject: &Subject, directory: &impl Directory) -> Result<(), Problem> {
    if subject.by_urn {
        return Err(Problem::UrnsBesideUrn);
    }
    if subject.status.is_some() {
        return if subject.anonymous { Err(Problem::UrnsOfAnonymous) } else { Ok(()) };
    }
    match urns.iter().find(|read| directory.urn_taken(&read.urn)) {
        Some(taken) => Err(Problem::UrnTaken(taken.shown.clone())),
        None => Ok(()),
    }
}

fn find_groups(
    references: &[GroupReference],
    subject: &Subject,
    directory: &impl Directory,
) -> Result<Vec<GroupId>, Problem> {
    let mut groups = Vec::with_capacity(references.len());
    for reference in references {
        let (sought, found) = match reference {
            GroupReference::Text(text) => {
                (text, directory.group_by_uuid(text).or_else(|| directory.group_by_name(text)))
            }
            GroupReference::Object { uuid: Some(uuid), .. } if subject.group_objects => {
                (uuid, directory.group_by_uuid(uuid))
            }
            GroupReference::Object { name: Some(name), .. } if subject.group_objects => {
                (name, directory.group_by_name(name))
            }
            GroupReference::Object { .. } | GroupReference::Other => return Err(Problem::NotAGroupReference),
        };
        match found {
            None => return Err(Problem::NoSuchObject(sought.clone())),
            Some(group) if group.dynamic => return Err(Problem::DynamicGroup(sought.clone())),
            Some(group) => groups.push(group.id),
        }
    }
    let inactive = matches!(subject.status, Some(Status::Blocked | Status::Stopped | Status::Archived));
    if inactive && !groups.is_empty() {
        return Err(Problem::NotActive);
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

fn find_fields(
    texts: FieldTexts,
    directory: &impl Directory,
) -> Result<Vec<(FieldId, Option<String>)>, Problem> {
    texts
        .into_iter()
        .map(|(key, text)| match directory.field(&key) {
            Some(field) => Ok((field, text)),
            None => Err(Problem::UnknownFieldKey(key)),
        })
        .collect()
}
