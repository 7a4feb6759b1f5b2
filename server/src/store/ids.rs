//! Identifiers: random, or a function of a seed, so that two runs of the same requests agree.

use uuid::{Builder, Uuid};

/// Where a workspace's identifiers come from.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: Option<(u64, u64)>,
    drawn: u64,
}

impl Ids {
    /// `seed` with the number of the workspace, or the system's randomness.
    pub(crate) fn new(seed: Option<u64>, workspace: u64) -> Self {
        Ids { seed: seed.map(|seed| (seed, workspace)), drawn: 0 }
    }

    /// A new UUID of version 4, or one that looks so: from hash(seed, workspace, n).
    pub(crate) fn uuid(&mut self) -> Uuid {
        let Some((seed, workspace)) = self.seed else { return Uuid::new_v4() };
        self.drawn += 1;
        let name = format!("{seed}/{workspace}/{}", self.drawn);
        Builder::from_random_bytes(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).into_bytes())
            .into_uuid()
    }

    /// A new access token: 40 hexadecimal digits.
    pub(crate) fn token(&mut self) -> String {
        let mut token = format!("{}{}", self.uuid().simple(), self.uuid().simple());
        token.truncate(40);
        token
    }
}
