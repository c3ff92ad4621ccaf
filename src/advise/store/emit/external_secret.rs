//! An ExternalSecret of the External Secrets Operator (`external-secrets.io/v1`): it says where the values are, and has
//! none.

use super::file_name;
use crate::advise::plan::{NewFile, PlannedSecret, Reference};
use crate::advise::store::yaml::{self, entry, mapping, text};
use crate::advise::store::{Names, StoreType, head, vault};
use crate::yaml::splice::Shape;

/// The operator's own store, which says how the provider is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteStore {
    /// Its name.
    pub name: String,
    /// Whether it is a ClusterSecretStore.
    pub of_cluster: bool,
}

/// Stands for the name of a store that nobody has named.
const UNNAMED: &str = "SECRET_STORE_NAME";

/// The ExternalSecret that keeps this Secret. `names` are the entries' names in the store behind it.
pub fn external_secret(secret: &PlannedSecret, store: Option<&RemoteStore>, names: &Names) -> NewFile {
    let kind = if store.is_some_and(|store| store.of_cluster) { "ClusterSecretStore" } else { "SecretStore" };
    let name = store.map_or(UNNAMED, |store| store.name.as_str());
    let mut data = Vec::new();
    for key in secret.keys.iter().filter(|key| !key.present) {
        let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
        let there = names.get(secret.namespace.as_deref(), &planned).unwrap_or(&planned);
        // The commands of the plan put Vault's entries where Dapr looks for them, too.
        let path =
            if names.kind() == StoreType::Vault { vault::path(&there.name) } else { there.name.clone() };
        let mut remote = vec![entry("key", text(&path))];
        // An entry with one value has no properties.
        if !names.kind().is_single_valued() {
            remote.push(entry("property", text(&there.key)));
        }
        data.push(mapping([entry("secretKey", text(&key.key)), entry("remoteRef", Shape::Mapping(remote))]));
    }
    // Only what the operator has made is its own; a Secret that is there already gets the keys and keeps its others.
    let policy = if secret.existing.is_some() { "Merge" } else { "Owner" };
    let mut document =
        head("external-secrets.io/v1", "ExternalSecret", &secret.name, secret.namespace.as_deref());
    document.push(entry(
        "spec",
        mapping([
            entry("refreshInterval", text("1h")),
            entry("secretStoreRef", mapping([entry("kind", text(kind)), entry("name", text(name))])),
            entry(
                "target",
                mapping([entry("name", text(&secret.name)), entry("creationPolicy", text(policy))]),
            ),
            entry("data", Shape::Sequence(data)),
        ]),
    ));
    let unnamed = if store.is_none() {
        format!(" Put the store's name in the place of {UNNAMED}.")
    } else {
        String::new()
    };
    NewFile {
        path: file_name(secret, ".external.yaml"),
        text: yaml::document(&Shape::Mapping(document)),
        why: format!("The External Secrets Operator makes the Secret {} of it.{unnamed}", secret.name),
    }
}
