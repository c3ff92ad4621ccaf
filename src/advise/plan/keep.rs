//! Which store a literal goes to, and which entry of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::facts::{Facts, ObjectRole};
use super::item::Item;
use super::local;
use super::naming::{self, Existing};
use super::{Options, PlannedSecret, Reference, Target};
use crate::advise::store::{Store, StoreType};
use crate::manifest::Format;

/// A store, and what the plan puts there.
#[derive(Debug)]
pub struct Shelf {
    /// The store.
    pub store: Store,
    /// What it has to hold.
    pub secrets: Vec<PlannedSecret>,
    /// The file nearest to which its component belongs, where the files have none.
    pub missing_in: Option<std::path::PathBuf>,
}

/// Gives each item an entry of a store: the Secret's own name and key, and what stands for them in that store.
pub fn shelves(items: &[Item], facts: &[Facts], options: &Options) -> (Vec<Shelf>, Vec<Placed>) {
    let existing: Vec<Existing> = facts.iter().flat_map(existing).collect();
    let mut groups = BTreeMap::<Key, Vec<usize>>::new();
    let mut stores = Vec::new();
    let (mut shelves, mut placed) = (Vec::new(), local::placed(items));
    for (number, item) in items.iter().enumerate() {
        let store = store_of(item, facts, options);
        stores.push(store.clone());
        if item.format != Format::Objects {
            continue;
        }
        groups.entry(Key::of(&store)).or_default().push(number);
    }
    for members in groups.into_values() {
        let own: Vec<&Item> = members.iter().map(|member| &items[*member]).collect();
        let (secrets, references) = naming::secrets(&own, &existing);
        let store = members.iter().map(|member| &stores[*member]).max_by_key(|store| !store.is_built_in());
        let Some(store) = store.cloned() else { continue };
        let names = store.names(&secrets);
        for (member, planned) in members.iter().zip(references) {
            let there = names.get(items[*member].namespace.as_deref(), &planned).unwrap_or(&planned).clone();
            let store = stores[*member].name.clone();
            placed.insert(*member, Placed { planned, reference: there, store });
        }
        let nearest = || items[members[0]].leak.path.clone();
        let missing_in = (!store.is_built_in() && !has(facts, &store)).then(nearest);
        shelves.push(Shelf { store, secrets, missing_in });
    }
    (shelves, placed.into_values().collect())
}

/// Where a literal goes.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Name and key of the planned Secret.
    pub planned: Reference,
    /// What the manifest is to say.
    pub reference: Reference,
    /// Name of the store.
    pub store: String,
}

/// Stores that keep the same things. Secrets of the cluster are the same under whatever name Dapr knows them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(StoreType, String);

impl Key {
    fn of(store: &Store) -> Self {
        let shared = store.kind == StoreType::Kubernetes;
        Self(store.kind, if shared { String::new() } else { store.name.clone() })
    }
}

/// The Secrets of a file.
fn existing(facts: &Facts) -> impl Iterator<Item = Existing> {
    facts.objects.iter().filter_map(|object| match &object.role {
        ObjectRole::Secret(entries) => Some(Existing {
            namespace: object.namespace.clone(),
            name: object.name.clone(),
            shown: facts.shown.clone(),
            entries: entries.clone(),
        }),
        _ => None,
    })
}

/// The store of an item: pods read the cluster's Secrets; a Dapr resource the one that it names already, the one that
/// was asked for, or the usual one of where it runs.
fn store_of(item: &Item, facts: &[Facts], options: &Options) -> Store {
    if !item.of_dapr {
        let kind =
            if item.target == Target::Kubernetes { StoreType::Kubernetes } else { StoreType::LocalFile };
        return Store { namespace: item.namespace.clone(), ..Store::new(kind, item.target) };
    }
    let named = item.store.as_deref().or(options.secret_store.as_deref());
    let known = components(facts).find(|known| Some(known.name) == named).and_then(|known| known.kind());
    let usual = match item.target {
        Target::Kubernetes => StoreType::Kubernetes,
        Target::SelfHosted => StoreType::LocalFile,
    };
    let kind = known.or(options.store_type).unwrap_or(usual);
    let beside = || {
        // One that stands beside it is meant for it.
        let here = item.leak.path.parent();
        components(facts).find(|known| known.kind() == Some(kind) && known.directory == here)
    };
    let store = Store { namespace: item.namespace.clone(), ..Store::new(kind, item.target) };
    match named {
        Some(name) => Store { name: name.to_owned(), ..store },
        None if store.is_built_in() => store,
        None => Store { name: beside().map_or(store.name, |known| known.name.to_owned()), ..store },
    }
}

/// A component of a store in the files.
struct Component<'a> {
    name: &'a str,
    kind: &'a str,
    directory: Option<&'a Path>,
}

impl Component<'_> {
    fn kind(&self) -> Option<StoreType> {
        StoreType::of_component(self.kind)
    }
}

fn components(facts: &[Facts]) -> impl Iterator<Item = Component<'_>> {
    facts.iter().flat_map(|file| {
        file.objects.iter().filter_map(|object| match &object.role {
            ObjectRole::Store(kind) => {
                Some(Component { name: &object.name, kind, directory: file.path.parent() })
            }
            _ => None,
        })
    })
}

/// Whether the files have the store's component.
fn has(facts: &[Facts], store: &Store) -> bool {
    components(facts).any(|known| known.name == store.name)
}

/// Service accounts of pods with a sidecar, of a namespace.
pub fn service_accounts(facts: &[Facts], namespace: Option<&str>) -> BTreeSet<String> {
    let workloads = facts.iter().flat_map(|file| &file.objects).filter_map(|object| match &object.role {
        ObjectRole::Workload(pods) if object.namespace.as_deref() == namespace => Some(pods),
        _ => None,
    });
    let named: BTreeSet<String> =
        workloads.filter(|pods| pods.sidecar).map(|pods| pods.service_account.clone()).collect();
    if named.is_empty() { BTreeSet::from(["default".to_owned()]) } else { named }
}
