//! Secrets of the cluster: `secretstores.kubernetes`.

use super::{Store, shell};
use crate::advise::plan::{Command, PlannedKey, PlannedSecret, Target};

/// The store that Dapr has in a cluster without any component.
pub(super) const BUILT_IN: &str = "kubernetes";

/// One command a key that is not there yet: the first makes the Secret, the others add to it.
pub(super) fn commands(secret: &PlannedSecret) -> Vec<Command> {
    let mut exists = secret.existing.is_some();
    let missing = secret.keys.iter().filter(|key| !key.present);
    missing
        .map(|key| if std::mem::replace(&mut exists, true) { add(secret, key) } else { create(secret, key) })
        .collect()
}

fn create(secret: &PlannedSecret, key: &PlannedKey) -> Command {
    let create = create_line(secret, key);
    Command {
        what: format!("Create the Secret {} with its key {}", shown(secret), key.key),
        line: shell::asking(&secret.name, key, |value| format!("{value} | {create}")),
    }
}

/// `kubectl create` for a Secret of one key, whose value is on standard input.
pub(super) fn create_line(secret: &PlannedSecret, key: &PlannedKey) -> String {
    let from = shell::word(&format!("--from-file={}=/dev/stdin", key.key));
    format!("kubectl create secret generic {}{} {from}", shell::word(&secret.name), namespace(secret))
}

/// The patch is a merge, so running it again changes nothing, and other keys stay.
fn add(secret: &PlannedSecret, key: &PlannedKey) -> Command {
    let (name, namespace, of_key) = (shell::word(&secret.name), namespace(secret), shell::word(&key.key));
    let line = shell::asking(&secret.name, key, |value| {
        format!(
            r#"printf '{{"data":{{"%s":"%s"}}}}' {of_key} "$({value} | base64 | tr -d '\n')" | kubectl patch secret {name}{namespace} --type=merge --patch-file=/dev/stdin"#
        )
    });
    Command { what: format!("Add the key {} to the Secret {}", key.key, shown(secret)), line }
}

fn namespace(secret: &PlannedSecret) -> String {
    secret
        .namespace
        .as_ref()
        .map(|namespace| format!(" --namespace {}", shell::word(namespace)))
        .unwrap_or_default()
}

fn shown(secret: &PlannedSecret) -> String {
    match &secret.namespace {
        Some(namespace) => format!("{namespace}/{}", secret.name),
        None => secret.name.clone(),
    }
}

pub(super) fn notes(store: &Store) -> Vec<String> {
    if store.target == Target::SelfHosted {
        return vec![format!(
            "`{}` is there in a cluster only: a component that `dapr run` loads waits for it for ever.",
            store.name
        )];
    }
    if store.is_built_in() {
        vec![
            "Dapr's operator reads the Secrets that components refer to: no Role is needed for that. \
             A program that calls the Secrets API reads with the ServiceAccount of its pod."
                .to_owned(),
        ]
    } else {
        vec![format!(
            "The sidecar reads `{}` with the ServiceAccount of its pod, which needs a Role for that.",
            store.name
        )]
    }
}
