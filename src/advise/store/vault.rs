//! HashiCorp Vault: `secretstores.hashicorp.vault`, version 2 of the key-value engine, whose entries have keys. Dapr
//! looks for an entry under `vaultKVPrefix`.

use super::{Names, Setting, Store, shell};
use crate::advise::plan::{Command, PlannedKey, PlannedSecret, Reference, Target};
use crate::secret::Secret;

const ENGINE: &str = "secret";
const PREFIX: &str = "dapr";

/// Where Dapr looks for an entry, below the engine's path.
pub(super) fn path(name: &str) -> String {
    format!("{PREFIX}/{name}")
}

/// The Secret of the cluster that holds Vault's own token.
fn token() -> Reference {
    Reference { name: "vault-token".to_owned(), key: "token".to_owned() }
}

pub(super) fn metadata(store: &Store) -> Vec<Setting> {
    let address = store.place.clone().unwrap_or_else(|| "https://VAULT_ADDRESS:8200".to_owned());
    vec![
        Setting::Value("vaultAddr", address),
        Setting::Value("enginePath", ENGINE.to_owned()),
        Setting::Value("vaultKVPrefix", PREFIX.to_owned()),
        match store.target {
            Target::Kubernetes => Setting::Reference("vaultToken", token()),
            Target::SelfHosted => Setting::Value("vaultTokenMountPath", "VAULT_TOKEN_FILE".to_owned()),
        },
    ]
}

/// `put` replaces an entry with all its keys, `patch` leaves the others.
pub(super) fn commands(store: &Store, secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    let mut commands = Vec::new();
    if store.target == Target::Kubernetes && !secrets.is_empty() {
        commands.extend(super::kubernetes::commands(&token_secret(store)));
    }
    for secret in secrets {
        for (number, key) in secret.keys.iter().enumerate() {
            let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
            let Some(entry) = names.get(secret.namespace.as_deref(), &planned) else { continue };
            let path = path(&entry.name);
            let verb = if number == 0 { "put" } else { "patch" };
            let put = format!(
                "vault kv {verb} -mount={ENGINE} {} {}",
                shell::word(&path),
                shell::word(&format!("{}=-", entry.key))
            );
            commands.push(Command {
                what: format!("Put the key {} of {ENGINE}/{path} into Vault", entry.key),
                line: shell::asking(&secret.name, key, |value| format!("{value} | {put}")),
            });
        }
    }
    commands
}

/// The token is asked for like any value of the plan; it is not known here.
fn token_secret(store: &Store) -> PlannedSecret {
    let Reference { name, key } = token();
    PlannedSecret {
        target: Target::Kubernetes,
        namespace: store.namespace.clone(),
        name,
        keys: vec![PlannedKey { key, value: Secret::new(b"", 0), uses: Vec::new(), present: false }],
        existing: None,
    }
}

pub(super) fn notes(store: &Store) -> Vec<String> {
    let mut notes = Vec::new();
    if store.place.is_none() {
        notes.push("Put Vault's address in the place of VAULT_ADDRESS.".to_owned());
    }
    notes.push(match store.target {
        Target::Kubernetes => "The token that Dapr reads Vault with is itself a Secret of the cluster: give it a policy that can read `secret/data/dapr/*` alone.".to_owned(),
        Target::SelfHosted => "Put the path of the file that holds the token in the place of VAULT_TOKEN_FILE.".to_owned(),
    });
    notes.push("The commands talk to the server that VAULT_ADDR names.".to_owned());
    notes
}
