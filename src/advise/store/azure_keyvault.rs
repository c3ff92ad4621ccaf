//! Azure Key Vault: `secretstores.azure.keyvault`. An entry has one value, and a name of letters, digits and `-`.

use super::{Names, Setting, Store, shell};
use crate::advise::plan::{Command, PlannedSecret, Reference, Target};

pub(super) fn metadata(store: &Store) -> Vec<Setting> {
    // Without `azureClientId` and the like, Dapr asks for the managed or workload identity of the pod.
    vec![Setting::Value("vaultName", store.place.clone().unwrap_or_else(|| "KEY_VAULT_NAME".to_owned()))]
}

/// `az` would print the value that it has set: `--output none`.
pub(super) fn commands(store: &Store, secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    let vault = match &store.place {
        Some(name) => shell::word(name),
        None => r#""${KEY_VAULT_NAME:?is the name of the key vault}""#.to_owned(),
    };
    let mut commands = Vec::new();
    for secret in secrets {
        for key in &secret.keys {
            let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
            let Some(entry) = names.get(secret.namespace.as_deref(), &planned) else { continue };
            let set = format!(
                "az keyvault secret set --vault-name {vault} --name {} --file /dev/stdin --encoding utf-8 --output none",
                shell::word(&entry.name)
            );
            commands.push(Command {
                what: format!("Put {} into the key vault", entry.name),
                line: shell::asking(&secret.name, key, |value| format!("{value} | {set}")),
            });
        }
    }
    commands
}

pub(super) fn notes(store: &Store) -> Vec<String> {
    let mut notes = Vec::new();
    if store.place.is_none() {
        notes.push("Put the key vault's name in the place of KEY_VAULT_NAME, and `export KEY_VAULT_NAME=…` for the commands.".to_owned());
    }
    let identity = match store.target {
        Target::Kubernetes => "the managed or workload identity of the pod",
        Target::SelfHosted => {
            "the identity that Azure's SDK finds on this machine (its environment, `az login`)"
        }
    };
    notes.push(format!("The component has no credential: Dapr reads the key vault with {identity}."));
    notes
}
