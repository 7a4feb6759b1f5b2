//! All that can be wrong with a request body, as data; its `Display` is the API's own message.

use thiserror::Error;
use uuid::Uuid;

use super::urn::UrnProblem;

/// One thing wrong with a member, a list item or the whole body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Problem {
    #[error("This field is required.")]
    Required,
    #[error("This field may not be null.")]
    Null,
    #[error("This field may not be blank.")]
    Blank,
    #[error("Not a valid string.")]
    NotAString,
    #[error("Ensure this field has at least {0} characters.")]
    TooShort(usize),
    #[error("Ensure this field has no more than {0} characters.")]
    TooLong(usize),
    #[error("Null characters are not allowed.")]
    NullCharacter,
    #[error("Surrogate characters are not allowed: U+{0:X}.")]
    Surrogate(u16),
    #[error("Expected a list of items but got type \"{0}\".")]
    NotAList(&'static str),
    #[error("Expected a dictionary of items but got type \"{0}\".")]
    NotADictionary(&'static str),
    #[error("This field can only contain up to {limit} items.", limit = super::shape::MAX_ITEMS)]
    TooManyItems,
    #[error("\"{0}\" is not a valid choice.")]
    NotAChoice(String),
    #[error("This field must be unique.")]
    NotUnique,

    #[error("Contact name cannot be empty.")]
    EmptyContactName,
    #[error("Contact name cannot exceed {limit} characters.", limit = super::contact::MAX_NAME)]
    LongContactName,
    #[error("Not a valid ISO639-3 language code.")]
    NotALanguage,
    #[error(transparent)]
    Urn(#[from] UrnProblem),
    #[error("URN belongs to another contact: {0}")]
    UrnTaken(String),
    #[error("Field not allowed when using URN in URL")]
    UrnsBesideUrn,
    #[error("Updating URNs not allowed for anonymous organizations")]
    UrnsOfAnonymous,
    #[error("Must be a string or integer")]
    NotAGroupReference,
    #[error("No such object: {0}")]
    NoSuchObject(String),
    #[error("Contact group must not be dynamic: {0}")]
    DynamicGroup(String),
    #[error("Non-active contacts can't be added to groups")]
    NotActive,
    #[error("Invalid contact field key: {0}")]
    UnknownFieldKey(String),
    #[error("Inactive contacts can't be modified.")]
    Inactive,

    #[error("Can only contain letters, numbers, hyphens and underscores.")]
    LabelCharacters,
    #[error("Generated key \"{0}\" is invalid or a reserved name.")]
    ReservedKey(String),
    #[error("Generated key \"{0}\" conflicts with an existing contact field.")]
    KeyTaken(String),
    #[error(
        "This org has {0} contact fields and the limit is {1}. You must delete existing ones before you can create new ones."
    )]
    TooManyFields(usize, usize),

    #[error("Name contains illegal characters.")]
    GroupNameCharacters,
    #[error(
        "This org has {0} groups and the limit is {1}. You must delete existing ones before you can create new ones."
    )]
    TooManyGroups(usize, usize),

    #[error("Request body should be a single JSON object")]
    NotAnObject,
    #[error(
        "Sorry, your workspace is currently suspended. To re-enable starting flows and sending messages, please contact support."
    )]
    Suspended,
}

/// What is wrong with one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberProblem {
    /// With the member as a whole: `{"name": ["…"]}`.
    Whole(Vec<Problem>),
    /// With items of it, by index or key: `{"urns": {"0": ["…"]}}`.
    Items(Vec<(String, Vec<Problem>)>),
}

impl From<Problem> for MemberProblem {
    fn from(problem: Problem) -> Self {
        MemberProblem::Whole(vec![problem])
    }
}

impl From<Vec<Problem>> for MemberProblem {
    fn from(problems: Vec<Problem>) -> Self {
        MemberProblem::Whole(problems)
    }
}

/// What the contact engine, which runs after every check of the API, refuses; nothing is done then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum EngineRefusal {
    #[error("URNs in use by other contacts")]
    UrnsInUse,
    #[error("can't insert invalid URN '{urn}': {reason}")]
    InvalidUrn { urn: String, reason: String },
    #[error("pq: value too long for type character varying({limit})", limit = super::urn::MAX_URN)]
    UrnTooLong,
    #[error("unknown contact field '{0}'")]
    UnknownField(String),
    #[error("unknown contact group '{0}'")]
    UnknownGroup(Uuid),
}

/// Why a write was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Every member that failed, in the API's order.
    Members(Vec<(&'static str, MemberProblem)>),
    /// The body as a whole, where no member failed: `{"non_field_errors": ["…"]}`.
    Body(Problem),
    /// `{"error": "…"}`.
    Engine(EngineRefusal),
    /// What the URL named is gone: 404.
    NotFound,
}

impl From<EngineRefusal> for Refusal {
    fn from(refusal: EngineRefusal) -> Self {
        Refusal::Engine(refusal)
    }
}

/// Collects the problems of all members of one body.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<(&'static str, MemberProblem)>);

impl Problems {
    /// Keeps what is good of `outcome`; what is wrong with it is noted for `member`.
    pub(crate) fn take<T>(
        &mut self,
        member: &'static str,
        outcome: Result<T, impl Into<MemberProblem>>,
    ) -> Option<T> {
        outcome.map_err(|problem| self.0.push((member, problem.into()))).ok()
    }

    /// # Errors
    /// All that was noted, sorted into the API's order of `members`.
    pub(crate) fn finish(mut self, members: &[&str]) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(name, _)| members.iter().position(|member| member == name));
        Err(Refusal::Members(self.0))
    }
}
