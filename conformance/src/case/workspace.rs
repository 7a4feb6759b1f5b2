//! Settings of the workspace that a case is played in.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::present;

/// The settings of a fresh workspace, as the mock's control API takes them. What is absent is left to the server.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSettings {
    /// ISO 3166 code of the country that national phone numbers belong to; `null`: none.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub country: Option<Option<String>>,
    /// Whether URNs are masked and may not be updated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anon: Option<bool>,
    /// Whether writes are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<bool>,
    /// How many fields and groups it may have.
    #[serde(alias = "workspace_limits", skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Whether WhatsApp numbers of Brazil are one with and without their ninth digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ninth_digit: Option<bool>,
    /// IANA name of the time zone that dates without an offset are read in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The order of day, month and year in dates: `day_first`, `month_first` or `year_first`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// The instant, ISO 8601, at which the workspace's clock stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// What identifiers are derived from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Requests for each user and time, such as `2500/hour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<String>,
    /// What the workspace begins with: the mock's seed format, passed on unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// Upper limits of a workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Contact fields; 250 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<u32>,
    /// Groups; 250 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<u32>,
}
