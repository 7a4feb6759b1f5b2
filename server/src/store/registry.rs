//! Which token opens which workspace, for whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use serde::Serialize;
use uuid::Uuid;

use crate::model::settings::Settings;
use crate::model::time::Timestamp;
use crate::seed::Seed;

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
    pub(crate) seed: Option<Arc<Seed>>,
    pub(crate) clock: Option<Timestamp>,
    /// Makes identifiers a function of it.
    pub(crate) ids: Option<u64>,
    pub(crate) uuid: Option<Uuid>,
    /// Tokens to be used for the first roles, in the order of [`Role::ALL`]; the rest is made.
    pub(crate) tokens: Vec<String>,
}

/// Workspaces that come to be at the first use of a token.
#[derive(Debug, Clone)]
pub(crate) struct PerToken {
    pub(crate) prefix: String,
    pub(crate) most: usize,
    pub(crate) idle: Duration,
}

/// All workspaces.
pub(crate) struct Registry {
    by_token: DashMap<String, Access>,
    by_uuid: DashMap<Uuid, Arc<Workspace>>,
    made: AtomicU64,
    template: Template,
    per_token: Option<PerToken>,
    per_token_count: AtomicUsize,
    default: Uuid,
}

impl Registry {
    /// A registry with one workspace made from the template, which later ones share but for tokens and UUID.
    ///
    /// # Errors
    /// What in the seed data is wrong.
    pub(crate) fn new(template: Template, per_token: Option<PerToken>) -> Result<Self, String> {
        let mut registry = Registry {
            by_token: DashMap::new(),
            by_uuid: DashMap::new(),
            made: AtomicU64::new(0),
            template: template.clone(),
            per_token,
            per_token_count: AtomicUsize::new(0),
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
    /// One sentence: that a token or the UUID is in use.
    pub(crate) fn create(&self, template: Template) -> Result<Arc<Workspace>, String> {
        if template.tokens.iter().any(|token| self.by_token.contains_key(token)) {
            return Err("token: opens another workspace already".to_owned());
        }
        let mut given = template.tokens.clone();
        let workspace = self.build(template, move |role, state| {
            let at = Role::ALL.iter().position(|other| *other == role).unwrap_or_default();
            Some(given.get_mut(at).map_or_else(|| state.ids.token(), std::mem::take))
        })?;
        for (role, token) in &workspace.tokens {
            let access = Access { workspace: Arc::clone(&workspace), role: *role, user: User::Role(*role) };
            self.by_token.insert(token.clone(), access);
        }
        Ok(workspace)
    }

    fn build(
        &self,
        template: Template,
        mut token: impl FnMut(Role, &mut super::state::State) -> Option<String>,
    ) -> Result<Arc<Workspace>, String> {
        let Template { settings, seed, clock, ids, uuid, .. } = template;
        let mut state = empty_state(clock, ids, self.made.fetch_add(1, Ordering::Relaxed));
        let uuid = uuid.unwrap_or_else(|| state.ids.uuid());
        if self.by_uuid.contains_key(&uuid) {
            return Err(format!("uuid: there is a workspace {uuid} already"));
        }
        let roles = Role::ALL.into_iter();
        let tokens = roles.filter_map(|role| Some((role, token(role, &mut state)?))).collect();
        if let Some(seed) = &seed {
            seed.load(&mut state, &settings).map_err(|error| error.to_string())?;
        }
        let workspace = Arc::new(Workspace::new(uuid, tokens, settings, seed, state));
        self.by_uuid.insert(uuid, Arc::clone(&workspace));
        Ok(workspace)
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
        if self.per_token_count.load(Ordering::Relaxed) >= *most {
            self.expire(prefix, *idle);
        }
        // The entry's lock makes one workspace of two first uses at once; nothing else in the map is touched under it.
        let entry = self.by_token.entry(token.to_owned());
        if let dashmap::Entry::Occupied(entry) = &entry {
            return Some(entry.get().clone());
        }
        if self.per_token_count.fetch_add(1, Ordering::Relaxed) >= *most {
            self.per_token_count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let only =
            |role, _: &mut super::state::State| (role == Role::Administrator).then(|| token.to_owned());
        let workspace = self.build(self.template.clone(), only).ok()?;
        let role = Role::Administrator;
        let access = Access { workspace, role, user: User::Role(role) };
        entry.or_insert(access.clone());
        Some(access)
    }

    /// Drops workspaces of [`PerToken`] that were not used for a while.
    fn expire(&self, prefix: &str, idle: Duration) {
        let idle = i64::try_from(idle.as_micros()).unwrap_or(i64::MAX);
        let stale: Vec<Uuid> = self
            .by_token
            .iter()
            .filter(|entry| entry.key().starts_with(prefix) && entry.value().workspace.idle() >= idle)
            .map(|entry| entry.value().workspace.uuid)
            .collect();
        for uuid in stale {
            self.remove(uuid);
        }
    }

    pub(crate) fn get(&self, uuid: Uuid) -> Option<Arc<Workspace>> {
        self.by_uuid.get(&uuid).map(|workspace| Arc::clone(workspace.value()))
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
            let removed = self.by_token.remove(token);
            let prefix = self.per_token.as_ref().map(|per_token| per_token.prefix.as_str());
            if removed.is_some() && prefix.is_some_and(|prefix| token.starts_with(prefix)) {
                // A workspace made by hand may have such a token, too: the count never falls below nothing.
                let _ = self
                    .per_token_count
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1));
            }
        }
        true
    }

    /// How many workspaces there are.
    pub(crate) fn len(&self) -> usize {
        self.by_uuid.len()
    }
}
