//! Which token opens which workspace, for whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use dashmap::{DashMap, Entry};
use serde::Serialize;
use uuid::Uuid;

use crate::fault::{Fault, Faults};
use crate::journal::Journals;
use crate::model::settings::Settings;
use crate::model::time::Timestamp;
use crate::seed::Seed;

use super::clock;
use super::ids::Ids;
use super::workspace::{Workspace, empty_state};

/// What a user of a workspace may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Administrator,
    Editor,
    Surveyor,
    Viewer,
    Agent,
}

impl Role {
    pub(crate) const ALL: [Role; 5] =
        [Role::Administrator, Role::Editor, Role::Surveyor, Role::Viewer, Role::Agent];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Editor => "editor",
            Role::Surveyor => "surveyor",
            Role::Viewer => "viewer",
            Role::Agent => "agent",
        }
    }

    /// Whether the role may use the API: the others may not even read (observed: auth/roles).
    pub(crate) fn may_use_api(self) -> bool {
        matches!(self, Role::Administrator | Role::Editor | Role::Surveyor)
    }

    /// The name of the role's user, as Basic authentication sends it.
    pub(crate) fn username(self) -> String {
        format!("{}@weni-mock.example", self.as_str())
    }
}

/// Whether a token can be sent.
///
/// # Errors
/// What it must be.
pub(crate) fn check_token(token: &str) -> Result<(), String> {
    let good = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(()) } else { Err("expected ASCII characters without spaces".to_owned()) }
}

/// Who makes a request, as far as the throttle tells users apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum User {
    Role(Role),
    /// By a signed token of another service; acts as an administrator.
    Bearer,
}

/// What a credential opens.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) role: Role,
    pub(crate) user: User,
}

/// What a new workspace is made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    pub(crate) settings: Settings,
    /// The same without what the seed data says of its own workspace: what those without data begin with.
    pub(crate) plain: Settings,
    pub(crate) seed: Option<Arc<Seed>>,
    pub(crate) clock: Option<Timestamp>,
    /// Makes identifiers a function of it.
    pub(crate) ids: Option<u64>,
    pub(crate) uuid: Option<Uuid>,
    /// Tokens to be used for the first roles, in the order of [`Role::ALL`]; the rest is made.
    pub(crate) tokens: Vec<String>,
    /// Armed from the start.
    pub(crate) faults: Vec<Fault>,
}

/// Workspaces that come to be at the first use of a token.
#[derive(Debug, Clone)]
pub(crate) struct PerToken {
    pub(crate) prefix: String,
    pub(crate) most: usize,
    pub(crate) idle: Duration,
}

/// Microseconds between two looks for workspaces of [`PerToken`] that lie unused.
const EXPIRE_EVERY: i64 = 60_000_000;

/// All workspaces.
pub(crate) struct Registry {
    by_token: DashMap<String, Access>,
    by_uuid: DashMap<Uuid, Arc<Workspace>>,
    made: AtomicU64,
    template: Template,
    journals: Arc<Journals>,
    per_token: Option<PerToken>,
    per_token_count: AtomicUsize,
    last_expired: AtomicI64,
    default: Uuid,
}

impl Registry {
    /// A registry with one workspace made from the template, which later ones share but for tokens and UUID.
    ///
    /// # Errors
    /// What in the seed data is wrong.
    pub(crate) fn new(
        template: Template,
        per_token: Option<PerToken>,
        journals: Arc<Journals>,
    ) -> Result<Self, String> {
        let mut registry = Registry {
            by_token: DashMap::new(),
            by_uuid: DashMap::new(),
            made: AtomicU64::new(0),
            template: template.clone(),
            journals,
            per_token,
            per_token_count: AtomicUsize::new(0),
            last_expired: AtomicI64::new(0),
            default: Uuid::nil(),
        };
        registry.template.uuid = None;
        registry.template.tokens = Vec::new();
        registry.default = registry.create(template)?.uuid;
        Ok(registry)
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// One sentence: that a token or the UUID is in use, or what in the seed data is wrong.
    pub(crate) fn create(&self, template: Template) -> Result<Arc<Workspace>, String> {
        let given = template.tokens.clone();
        let workspace = self.build(template, |ids| {
            let tokens = Role::ALL.into_iter().enumerate();
            tokens.map(|(at, role)| (role, given.get(at).cloned().unwrap_or_else(|| ids.token()))).collect()
        })?;
        self.enlist(&workspace)?;
        Ok(workspace)
    }

    /// Makes a workspace that nobody can reach yet.
    fn build(
        &self,
        template: Template,
        tokens: impl FnOnce(&mut Ids) -> Vec<(Role, String)>,
    ) -> Result<Arc<Workspace>, String> {
        let Template { settings, seed, clock, ids, uuid, faults, .. } = template;
        let mut state = empty_state(clock, ids, self.made.fetch_add(1, Ordering::Relaxed));
        let uuid = uuid.unwrap_or_else(|| state.ids.uuid());
        let faults = Faults::new(ids.unwrap_or_default(), &faults);
        let tokens = tokens(&mut state.ids);
        if let Some(seed) = &seed {
            seed.load(&mut state, &settings).map_err(|error| error.to_string())?;
        }
        Ok(Arc::new(Workspace::new(uuid, tokens, settings, seed, self.journals.open(), faults, state)))
    }

    /// Makes a workspace reachable by its UUID and all its tokens, or by none of them.
    fn enlist(&self, workspace: &Arc<Workspace>) -> Result<(), String> {
        let uuid = workspace.uuid;
        match self.by_uuid.entry(uuid) {
            Entry::Occupied(_) => return Err(format!("uuid: there is a workspace {uuid} already")),
            Entry::Vacant(place) => drop(place.insert(Arc::clone(workspace))),
        }
        for (role, token) in &workspace.tokens {
            let access = Access { workspace: Arc::clone(workspace), role: *role, user: User::Role(*role) };
            if let Entry::Vacant(place) = self.by_token.entry(token.clone()) {
                place.insert(access);
                continue;
            }
            self.remove(uuid);
            return Err("token: opens another workspace already".to_owned());
        }
        Ok(())
    }

    /// What a token opens. An unknown one with the prefix of [`PerToken`] opens a workspace of its own.
    pub(crate) fn open(&self, token: &str) -> Option<Access> {
        let known = self.by_token.get(token).map(|access| access.value().clone());
        let access = known.or_else(|| self.open_new(token))?;
        if self.per_token.is_some() {
            access.workspace.touch();
        }
        Some(access)
    }

    fn open_new(&self, token: &str) -> Option<Access> {
        let PerToken { prefix, most, idle } = self.per_token.as_ref()?;
        if !token.starts_with(prefix.as_str()) {
            return None;
        }
        let now = clock::system().micros();
        let due = now - self.last_expired.load(Ordering::Relaxed) >= EXPIRE_EVERY;
        if due || self.per_token_count.load(Ordering::Relaxed) >= *most {
            self.last_expired.store(now, Ordering::Relaxed);
            self.expire(*idle);
        }
        if self.per_token_count.fetch_add(1, Ordering::Relaxed) >= *most {
            self.per_token_count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let only = |_: &mut Ids| vec![(Role::Administrator, token.to_owned())];
        match self.build(self.template.clone(), only) {
            // Where it cannot be enlisted it is removed again, and no longer counts.
            Ok(workspace) => drop(self.enlist(&workspace)),
            Err(_) => drop(self.per_token_count.fetch_sub(1, Ordering::Relaxed)),
        }
        // Of two first uses at once one has made it.
        self.by_token.get(token).map(|access| access.value().clone())
    }

    /// Drops workspaces of [`PerToken`] that were not used for a while: those have one token only.
    fn expire(&self, idle: Duration) {
        let idle = i64::try_from(idle.as_micros()).unwrap_or(i64::MAX);
        let workspaces = self.by_uuid.iter();
        let stale = workspaces.filter(|workspace| workspace.tokens.len() == 1 && workspace.idle() >= idle);
        for uuid in stale.map(|workspace| workspace.uuid).collect::<Vec<Uuid>>() {
            self.remove(uuid);
        }
    }

    pub(crate) fn get(&self, uuid: Uuid) -> Option<Arc<Workspace>> {
        self.by_uuid.get(&uuid).map(|workspace| Arc::clone(workspace.value()))
    }

    /// Every token that opens a workspace.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.by_token.iter().map(|access| access.key().clone()).collect()
    }

    /// The workspace that is there from the start.
    pub(crate) fn default_workspace(&self) -> Option<Arc<Workspace>> {
        self.get(self.default)
    }

    /// What workspaces made later start from.
    pub(crate) fn template(&self) -> Template {
        self.template.clone()
    }

    /// Deletes a workspace with its tokens. `false` where there is none such.
    pub(crate) fn remove(&self, uuid: Uuid) -> bool {
        let Some((_, workspace)) = self.by_uuid.remove(&uuid) else { return false };
        for (_, token) in &workspace.tokens {
            self.by_token.remove_if(token, |_, access| Arc::ptr_eq(&access.workspace, &workspace));
        }
        if workspace.tokens.len() == 1 {
            self.per_token_count.fetch_sub(1, Ordering::Relaxed);
        }
        true
    }

    /// How many workspaces there are.
    pub(crate) fn len(&self) -> usize {
        self.by_uuid.len()
    }
}
