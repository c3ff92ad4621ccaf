//! The texts for secret stores and programs: what people get to see of each, whether YAML and shells can read them, and
//! that no value is in one that is not made to hold it.
//!
//! Every credential here is invented. That real tools take the texts, `tests/e2e` shows.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "stores/code.rs"]
mod code;
#[path = "stores/commands.rs"]
mod commands;
#[path = "stores/documents.rs"]
mod documents;
#[path = "stores/emitted.rs"]
mod emitted;

use unbake::advise::plan::{PlannedKey, PlannedSecret, Target};
use unbake::secret::Secret;

const VALUES: [&str; 4] =
    ["unbake-invented-key", "unbake-invented-value", "unbake-invented-redis", "unbake invented\nlines\n"];

fn key(key: &str, value: &[u8]) -> PlannedKey {
    PlannedKey { key: key.to_owned(), value: Secret::new(value, 0), uses: Vec::new(), present: false }
}

fn planned(name: &str, keys: Vec<PlannedKey>) -> PlannedSecret {
    PlannedSecret {
        target: Target::Kubernetes,
        namespace: Some("shop".to_owned()),
        name: name.to_owned(),
        keys,
        existing: None,
    }
}

/// Two keys, one key, a value of several lines in a Secret that is there already.
fn plan() -> Vec<PlannedSecret> {
    let mut tls =
        planned("gateway", vec![key("tls.key", VALUES[3].as_bytes()), key("old", b"unbake-present")]);
    tls.existing = Some("gateway.yaml".to_owned());
    tls.keys[1].present = true;
    vec![
        planned(
            "api-credentials",
            vec![key("api-key", VALUES[0].as_bytes()), key("api-secret", VALUES[1].as_bytes())],
        ),
        tls,
        planned("redis-password", vec![key("password", VALUES[2].as_bytes())]),
    ]
}

/// The documents of a YAML text, as an independent reader has them.
fn read_yaml(text: &str) -> Vec<serde_json::Value> {
    use serde::Deserialize as _;
    serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_json::Value::deserialize(document).unwrap())
        .collect()
}

fn assert_no_value(text: &str) {
    for value in VALUES {
        let first = value.lines().next().unwrap();
        assert!(!text.contains(first), "a value stands in:\n{text}");
    }
}
