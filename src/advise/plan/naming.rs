//! Which values are one secret, and what it is called.
//!
//! One entry of a Secret is what is rotated as one: the same value under the same purpose. A strong value that stands
//! in several places is one, whatever it is called there. A weak one (`postgres`) may well be two accounts' password,
//! so it is one only where the same name says so in objects of one family (`db-1`, `db-2`).

use std::collections::{BTreeMap, BTreeSet};

use super::item::Item;
use super::{PlannedKey, PlannedSecret, Reference, Target};
use crate::advise::names::{key_name, secret_name, unique};
use crate::detect::judge;
use crate::manifest::Role;
use crate::secret::Secret;

/// A Secret that the files have.
#[derive(Debug)]
pub(super) struct Existing {
    /// Its namespace.
    pub(super) namespace: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// The file, as the report shows it.
    pub(super) shown: String,
    /// Its entries.
    pub(super) entries: Vec<(String, Secret)>,
}

/// What makes two places one entry.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    target: Target,
    namespace: Option<String>,
    value: Secret,
    /// Of a weak value: its name, and the family of objects.
    purpose: Option<(String, String)>,
}

/// The Secrets for the items, and for each item the entry that it is to refer to.
pub(super) fn secrets(items: &[&Item], existing: &[Existing]) -> (Vec<PlannedSecret>, Vec<Reference>) {
    let mut groups = BTreeMap::<Identity, Vec<usize>>::new();
    for (number, item) in items.iter().enumerate() {
        groups.entry(Identity::of(item)).or_default().push(number);
    }
    // In the order of the files, so that names don't hang on the values.
    let mut groups: Vec<(Identity, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, members)| members[0]);
    let mut planned = Planned::new(existing);
    let mut references = vec![None; items.len()];
    for (identity, members) in groups {
        let reference = planned.entry(&identity, items, &members);
        for member in members {
            references[member] = Some(reference.clone());
        }
    }
    (planned.finish(), references.into_iter().flatten().collect())
}

impl Identity {
    fn of(item: &Item) -> Self {
        let weak = judge::is_weak(&String::from_utf8_lossy(item.value.reveal()));
        let family = item.leak.document.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        let purpose = weak.then(|| (key_name(&item.field.name), family.to_owned()));
        Self { target: item.target, namespace: item.namespace.clone(), value: item.value.clone(), purpose }
    }
}

struct Planned<'a> {
    existing: &'a [Existing],
    secrets: BTreeMap<(Target, Option<String>, String), PlannedSecret>,
}

impl<'a> Planned<'a> {
    fn new(existing: &'a [Existing]) -> Self {
        Self { existing, secrets: BTreeMap::new() }
    }

    fn entry(&mut self, identity: &Identity, items: &[&Item], members: &[usize]) -> Reference {
        let uses = members.iter().map(|member| items[*member].use_of()).collect();
        if let Some((secret, key)) = self.known(identity) {
            let planned = self.secret(identity, &secret.name, Some(&secret.shown));
            return add(planned, key, identity.value.clone(), uses, true);
        }
        let first = items[members[0]];
        let names: BTreeSet<&str> = members.iter().map(|m| items[*m].leak.document.name.as_str()).collect();
        let hint = match names.len() {
            1 if !first.leak.document.name.is_empty() => format!("{}-credentials", first.leak.document.name),
            _ if first.field.name.is_empty() => "credentials".to_owned(),
            _ => first.field.name.clone(),
        };
        let name = unique(&secret_name(&hint), |name| self.is_taken(identity, name));
        let key = match (first.field.role, first.field.name.as_str()) {
            (_, "") => "value".to_owned(),
            // The key of a ConfigMap may be the name of a file.
            (Role::ConfigMapData, name) => key_name(name),
            (_, name) => secret_name(name),
        };
        let planned = self.secret(identity, &name, None);
        let key = unique(&key, |key| planned.keys.iter().any(|known| known.key == key));
        add(planned, &key, identity.value.clone(), uses, false)
    }

    /// The entry of a Secret in the files that has the value. A weak value of another name may be another account's.
    fn known(&self, identity: &Identity) -> Option<(&'a Existing, &'a str)> {
        let in_reach = |secret: &&Existing| {
            identity.target == Target::Kubernetes && secret.namespace == identity.namespace
        };
        self.existing.iter().filter(in_reach).find_map(|secret| {
            let same_name =
                |key: &str| identity.purpose.as_ref().is_none_or(|(name, _)| key_name(key) == *name);
            let has = |(key, value): &&(String, Secret)| *value == identity.value && same_name(key);
            secret.entries.iter().find(has).map(|(key, _)| (secret, key.as_str()))
        })
    }

    /// Whether a Secret that the files have is called so: it may be managed elsewhere, and gets no new keys from here.
    fn is_taken(&self, identity: &Identity, name: &str) -> bool {
        self.existing.iter().any(|secret| secret.namespace == identity.namespace && secret.name == name)
    }

    fn secret(&mut self, identity: &Identity, name: &str, existing: Option<&str>) -> &mut PlannedSecret {
        let key = (identity.target, identity.namespace.clone(), name.to_owned());
        self.secrets.entry(key).or_insert_with(|| PlannedSecret {
            target: identity.target,
            namespace: identity.namespace.clone(),
            name: name.to_owned(),
            keys: Vec::new(),
            existing: existing.map(str::to_owned),
        })
    }

    fn finish(self) -> Vec<PlannedSecret> {
        let mut secrets: Vec<PlannedSecret> = self.secrets.into_values().collect();
        for secret in &mut secrets {
            secret.keys.sort_by(|a, b| a.key.cmp(&b.key));
        }
        secrets
    }
}

fn add(
    secret: &mut PlannedSecret,
    key: &str,
    value: Secret,
    uses: Vec<super::Use>,
    present: bool,
) -> Reference {
    match secret.keys.iter_mut().find(|known| known.key == key) {
        Some(known) => known.uses.extend(uses),
        None => secret.keys.push(PlannedKey { key: key.to_owned(), value, uses, present }),
    }
    Reference { name: secret.name.clone(), key: key.to_owned() }
}
