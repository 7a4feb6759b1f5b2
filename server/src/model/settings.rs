//! How a workspace is set up: what its rules depend on besides its data.

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::date::DateFormat;
use super::deviation::Profile;
use super::phone::Country;

/// The settings of a workspace.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Settings {
    pub(crate) profile: Profile,
    #[serde(serialize_with = "country_code")]
    pub(crate) country: Option<Country>,
    /// URNs are masked, look-ups by URN and updates of URNs refused.
    pub(crate) anon: bool,
    /// Nothing can be written but deletions.
    pub(crate) suspended: bool,
    pub(crate) limits: Limits,
    /// Whether the two forms of a Brazilian WhatsApp number are one person.
    pub(crate) ninth_digit: bool,
    #[serde(serialize_with = "zone_name")]
    pub(crate) timezone: TimeZone,
    pub(crate) date_format: DateFormat,
    pub(crate) rate_limit: Option<RateLimit>,
}

/// How many fields and groups a workspace may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Limits {
    pub(crate) fields: usize,
    pub(crate) groups: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { fields: 250, groups: 250 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            profile: Profile::default(),
            country: None,
            anon: false,
            suspended: false,
            limits: Limits::default(),
            ninth_digit: true,
            timezone: TimeZone::UTC,
            date_format: DateFormat::default(),
            rate_limit: None,
        }
    }
}

/// A partial change of [`Settings`], as the control API, seed files and the command line give it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SettingsPatch {
    pub(crate) profile: Option<Profile>,
    #[serde(deserialize_with = "present")]
    pub(crate) country: Option<Option<String>>,
    pub(crate) anon: Option<bool>,
    pub(crate) suspended: Option<bool>,
    pub(crate) limits: LimitsPatch,
    pub(crate) ninth_digit: Option<bool>,
    pub(crate) timezone: Option<String>,
    pub(crate) date_format: Option<DateFormat>,
    /// `"off"` or null takes the limit away.
    #[serde(deserialize_with = "rate_limit")]
    pub(crate) rate_limit: Option<Option<RateLimit>>,
}

/// A partial change of [`Limits`].
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsPatch {
    #[serde(deserialize_with = "count")]
    fields: Option<usize>,
    #[serde(deserialize_with = "count")]
    groups: Option<usize>,
}

/// A value with its place; an object in its members, each as an object of its own.
fn parts(name: &str, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().map(|(part, value)| (format!("{name}.{part}"), json!({ part: value }))).collect()
        }
        value => vec![(name.to_owned(), value.clone())],
    }
}

/// A number of things, in people's words where it is none.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
    if count.is_some() || value.is_null() {
        return Ok(count);
    }
    Err(serde::de::Error::custom(format!("{value} is not a whole number from 0 on")))
}

/// A member that may be null is told from one that is not there.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn rate_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<RateLimit>>, D::Error> {
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("off") => Ok(Some(None)),
        Some(text) => text.parse().map(|limit| Some(Some(limit))).map_err(serde::de::Error::custom),
    }
}

impl SettingsPatch {
    /// Every member's name.
    const MEMBERS: [&str; 9] = [
        "profile",
        "country",
        "anon",
        "suspended",
        "limits",
        "ninth_digit",
        "timezone",
        "date_format",
        "rate_limit",
    ];

    /// Reads the members of an object; `more`: the names of those that may stand beside them, and were taken out.
    ///
    /// # Errors
    /// One sentence that names the member.
    pub(crate) fn read(members: Map<String, Value>, more: &[&str]) -> Result<Self, String> {
        if let Some(name) = members.keys().find(|name| !Self::MEMBERS.contains(&name.as_str())) {
            let known = [&Self::MEMBERS, more].concat().join(", ");
            return Err(format!("there is no member \"{name}\": there are {known}"));
        }
        // One by one: the whole would not say which of them is wrong.
        for (name, value) in &members {
            for (place, value) in parts(name, value) {
                let alone = Map::from_iter([(name.clone(), value)]);
                serde_json::from_value::<Self>(alone.into()).map_err(|error| format!("{place}: {error}"))?;
            }
        }
        serde_json::from_value(members.into()).map_err(|error| error.to_string())
    }

    /// Applies what is there. A country without a time zone brings its own.
    ///
    /// # Errors
    /// One sentence that names the member: an unknown country or time zone.
    pub(crate) fn apply(&self, settings: &mut Settings) -> Result<(), String> {
        if let Some(country) = &self.country {
            settings.country = match country {
                Some(code) => Some(Country::parse(code).ok_or_else(|| {
                    format!("country: \"{code}\" is not a country code in upper case such as BR, or none")
                })?),
                None => None,
            };
            settings.timezone = default_zone(country.as_deref());
        }
        if let Some(name) = &self.timezone {
            settings.timezone = TimeZone::get(name)
                .map_err(|_| format!("timezone: \"{name}\" is not a time zone such as America/Sao_Paulo"))?;
        }
        let Settings { profile, anon, suspended, limits, ninth_digit, date_format, rate_limit, .. } =
            settings;
        set(profile, self.profile);
        set(anon, self.anon);
        set(suspended, self.suspended);
        set(&mut limits.fields, self.limits.fields);
        set(&mut limits.groups, self.limits.groups);
        set(ninth_digit, self.ninth_digit);
        set(date_format, self.date_format);
        set(rate_limit, self.rate_limit);
        Ok(())
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// The zone of a country for which none is named; UTC for those without a recorded one.
fn default_zone(country: Option<&str>) -> TimeZone {
    let name = match country {
        Some("BR") => "America/Sao_Paulo",
        Some("RW") => "Africa/Kigali",
        Some("US") => "America/New_York",
        Some("IN") => "Asia/Kolkata",
        _ => return TimeZone::UTC,
    };
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn country_code<S: Serializer>(country: &Option<Country>, serializer: S) -> Result<S::Ok, S::Error> {
    match country {
        Some(country) => serializer.collect_str(country),
        None => serializer.serialize_none(),
    }
}

fn zone_name<S: Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.iana_name().unwrap_or("UTC"))
}

/// How many requests of a user count within a window: `2500/hour`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateLimit {
    pub(crate) requests: usize,
    pub(crate) per: Period,
}

/// The window of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Second,
    Minute,
    Hour,
    Day,
}

impl Period {
    const ALL: [(Period, &'static str, i64); 4] = [
        (Period::Second, "second", 1),
        (Period::Minute, "minute", 60),
        (Period::Hour, "hour", 3600),
        (Period::Day, "day", 86_400),
    ];

    pub(crate) fn seconds(self) -> i64 {
        Self::ALL.iter().find(|(period, ..)| *period == self).map_or(0, |(.., seconds)| *seconds)
    }
}

impl std::fmt::Display for RateLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name =
            Period::ALL.iter().find(|(period, ..)| *period == self.per).map_or("", |(_, name, _)| *name);
        write!(f, "{}/{name}", self.requests)
    }
}

impl Serialize for RateLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::str::FromStr for RateLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (requests, per) = text.split_once('/')?;
            let (period, ..) = Period::ALL.into_iter().find(|(_, name, _)| *name == per.trim())?;
            Some(RateLimit { requests: requests.trim().parse().ok().filter(|n| *n > 0)?, per: period })
        };
        read().ok_or_else(|| {
            format!("\"{text}\" is not a rate limit such as 2500/hour (or /second, /minute, /day)")
        })
    }
}
