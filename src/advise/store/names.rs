//! What the entries of a plan are called in a store.

use std::collections::{BTreeMap, BTreeSet};

use super::StoreType;
use crate::advise::names::{joined, unique, variable};
use crate::advise::plan::{PlannedSecret, Reference};

/// A name in Azure Key Vault has at most 127 characters, one in AWS Secrets Manager 512; a number may have to follow.
const LONGEST: usize = 120;

/// The reference to each entry in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    kind: StoreType,
    entries: BTreeMap<(Option<String>, Reference), Reference>,
}

impl Names {
    pub(super) fn of(kind: StoreType, secrets: &[PlannedSecret]) -> Self {
        let mut entries = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let mut ordered: Vec<_> = secrets.iter().collect();
        ordered.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        for secret in ordered {
            let name = base(kind, secret, secrets);
            for key in &secret.keys {
                let here =
                    (secret.namespace.clone(), Reference { name: secret.name.clone(), key: key.key.clone() });
                let there = if kind.is_single_valued() {
                    let wanted = single(kind, &name, &key.key);
                    let found = unique(&wanted, |name| taken.contains(&single_form(kind, name)));
                    let found = single_form(kind, &found);
                    taken.insert(found.clone());
                    Reference { name: found.clone(), key: found }
                } else {
                    Reference { name: name.clone(), key: key.key.clone() }
                };
                entries.insert(here, there);
            }
        }
        Self { kind, entries }
    }

    /// The store that they are the names of.
    pub fn kind(&self) -> StoreType {
        self.kind
    }

    /// What stands in a `secretKeyRef` and in a program for the key of a planned Secret.
    pub fn get(&self, namespace: Option<&str>, planned: &Reference) -> Option<&Reference> {
        self.entries.get(&(namespace.map(str::to_owned), planned.clone()))
    }
}

/// The Secret's name; with its namespace before it where the store has no namespaces and another one has the name, too.
fn base(kind: StoreType, secret: &PlannedSecret, all: &[PlannedSecret]) -> String {
    let twice = kind != StoreType::Kubernetes
        && all.iter().any(|other| other.name == secret.name && other.namespace != secret.namespace);
    match &secret.namespace {
        Some(namespace) if twice => format!("{namespace}-{}", secret.name),
        _ => secret.name.clone(),
    }
}

/// The name of an entry that has no keys.
fn single(kind: StoreType, name: &str, key: &str) -> String {
    let joined = joined(name, key);
    if kind == StoreType::LocalEnv {
        let variable = variable(&joined);
        // Dapr gives out neither of these (`secretstores/local/env`).
        let refused = variable == "APP_API_TOKEN" || variable.starts_with("DAPR_");
        return if refused { format!("SECRET_{variable}") } else { variable };
    }
    let end = joined.len().min(LONGEST);
    let name = joined[..end].trim_end_matches('-');
    if name.is_empty() { "secret".to_owned() } else { name.to_owned() }
}

/// A name with a number behind it, in the letters that the store takes.
fn single_form(kind: StoreType, name: &str) -> String {
    if kind == StoreType::LocalEnv { name.replace('-', "_") } else { name.to_owned() }
}
