//! What people change while an application runs.

use crate::detect::judge::{self, Setting};
use crate::manifest::{Field, Role};

/// Words in the name of a switch.
const SWITCHES: &[&str] =
    &["beta", "enable", "enabled", "experiment", "feature", "features", "flag", "flags", "rollout", "toggle"];

/// Words in the name of an amount.
#[rustfmt::skip]
const AMOUNTS: &[&str] = &[
    "attempts", "backoff", "burst", "concurrency", "cooldown", "interval", "limit", "limits", "max", "maximum", "min",
    "minimum", "percent", "percentage", "quota", "rate", "ratio", "retries", "retry", "sampling", "threshold",
    "thresholds", "throttle", "timeout", "ttl",
];

/// Whether a setting of an application is a flag, a limit, a number of retries, a threshold, a timeout. Only what an
/// application reads itself can come from Dapr's Configuration API, so a component's or a program's own do not count.
pub(super) fn is_tunable(field: &Field) -> bool {
    let is_of_an_application = matches!(
        field.role,
        Role::Env
            | Role::ConfigMapData
            | Role::ComposeEnv
            | Role::DockerEnv
            | Role::KustomizeLiteral
            | Role::HelmValue
    );
    if !is_of_an_application {
        return false;
    }
    let words = judge::words(&field.name);
    let has = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let value = field.value.trim();
    let form = judge::form(value);
    let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    match form {
        Some(Setting::Switch) => has(SWITCHES),
        // `0` and `1` switch too.
        Some(Setting::Number | Setting::Amount) => has(AMOUNTS) || value.len() == 1 && has(SWITCHES),
        None => is_number && has(AMOUNTS),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::field;
    use super::*;

    #[test]
    fn flags_limits_retries_thresholds_and_timeouts() {
        let of = |role, name, value| is_tunable(&field(role, "", name, value));
        for (name, value) in [
            ("FEATURE_NEW_NOTIFICATIONS", "true"),
            ("enableNotifications", "1"),
            ("MAX_RETRIES", "5"),
            ("ALERT_THRESHOLD", "0.85"),
            ("RATE_LIMIT", "1000"),
            ("request-timeout", "30s"),
        ] {
            assert!(of(Role::Env, name, value), "{name}={value}");
        }
        for (name, value) in
            [("PORT", "8080"), ("TLS", "true"), ("LIMITS_FILE", "/etc/limits"), ("FEATURE", "blue")]
        {
            assert!(!of(Role::Env, name, value), "{name}={value}");
        }
        assert!(!of(Role::DaprMetadata, "maxRetries", "5"), "a component's own");
        assert!(!of(Role::Argument, "max-retries", "5"), "a program's own");
    }
}
