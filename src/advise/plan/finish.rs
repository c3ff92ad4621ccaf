//! From a draft whose files are rewritten to the whole plan: what has to be in the stores, the components and roles that
//! are missing, the commands, and what one has to know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::draft::Draft;
use super::keep::{Shelf, service_accounts};
use super::programs::{Asked, Programs};
use super::{NewFile, Options, Plan, PlannedSecret, Target, Use};
use crate::advise::names::secret_name;
use crate::advise::store::role::{Readers, role};
use crate::advise::store::{Store, StoreType, scopes};

/// Name of the Configuration that `--scopes` makes.
const SCOPES: &str = "secret-scopes";

/// What sidecars of a namespace read.
#[derive(Default)]
struct Read {
    secrets: BTreeSet<String>,
    bulk: bool,
    nearest: PathBuf,
}

impl Draft {
    /// The whole plan. `plan` has the changes of files already.
    pub fn finish(mut self, mut plan: Plan, programs: &Programs, options: &Options) -> Plan {
        for shelf in &mut self.shelves {
            shelf.prune(&plan);
        }
        self.shelves.retain(|shelf| !shelf.secrets.is_empty());
        let asked = self.programs(programs, &mut plan, options);
        for shelf in &self.shelves {
            plan.new_files.extend(shelf.components());
            plan.commands.extend(shelf.store.commands(&shelf.secrets));
            plan.notes.extend(shelf.store.notes());
        }
        plan.new_files.extend(self.roles(&asked));
        if options.scopes {
            plan.new_files.extend(scopes_of(&asked));
        }
        plan.notes.extend(self.kept().flat_map(|(item, _)| item.notes.iter().cloned()));
        plan.secrets = self.shelves.into_iter().flat_map(|shelf| shelf.secrets).collect();
        plan.refused = self.refused;
        plan.refused.sort();
        let mut seen = BTreeSet::new();
        plan.notes.retain(|note| seen.insert(note.clone()));
        plan
    }

    /// The Roles that sidecars need, a namespace each: for a store of the cluster that is not the built-in one, and for what
    /// programs ask for themselves.
    fn roles(&self, asked: &[Asked]) -> Vec<NewFile> {
        let mut reads = BTreeMap::<Option<&str>, Read>::new();
        let named = |store: &str| {
            let is_it =
                |shelf: &&Shelf| shelf.store.kind == StoreType::Kubernetes && !shelf.store.is_built_in();
            self.shelves.iter().filter(is_it).any(|shelf| shelf.store.name == store)
        };
        let in_cluster = |target: Target| target == Target::Kubernetes;
        for (item, placed) in self.kept().filter(|(item, _)| item.of_dapr && in_cluster(item.target)) {
            if named(&placed.store) {
                let read = reads.entry(item.namespace.as_deref()).or_default();
                read.secrets.insert(placed.reference.name.clone());
                read.nearest.clone_from(&item.leak.path);
            }
        }
        for asked in asked.iter().filter(|asked| asked.of_cluster) {
            let read = reads.entry(asked.namespace.as_deref()).or_default();
            read.secrets.extend(asked.secrets.iter().cloned());
            read.bulk |= asked.bulk;
            if read.nearest.as_os_str().is_empty() {
                read.nearest.clone_from(&asked.nearest);
            }
        }
        let several = reads.len() > 1;
        let role = |(namespace, read): (Option<&str>, Read)| {
            let accounts = service_accounts(&self.facts, namespace);
            let Read { secrets, bulk, nearest } = read;
            let file = role(&Readers { namespace, service_accounts: &accounts, secrets: &secrets, bulk });
            beside(&nearest, named_after(file, namespace.filter(|_| several)))
        };
        reads.into_iter().map(role).collect()
    }
}

/// What programs may ask their sidecars for, a namespace each.
fn scopes_of(asked: &[Asked]) -> Vec<NewFile> {
    let mut allowed = BTreeMap::<Option<&str>, (&Asked, BTreeMap<String, BTreeSet<String>>)>::new();
    for asked in asked {
        let (_, stores) =
            allowed.entry(asked.namespace.as_deref()).or_insert_with(|| (asked, BTreeMap::new()));
        stores.entry(asked.store.clone()).or_default().extend(asked.secrets.iter().cloned());
    }
    let several = allowed.len() > 1;
    let made = allowed.into_iter().map(|(namespace, (asked, stores))| {
        let file = scopes::configuration(SCOPES, namespace, asked.target, &stores);
        beside(&asked.nearest, named_after(file, namespace.filter(|_| several)))
    });
    made.collect()
}

impl Shelf {
    /// Takes out what no file came to refer to.
    fn prune(&mut self, plan: &Plan) {
        let used: BTreeSet<&Use> = plan.files.iter().flat_map(|file| &file.uses).collect();
        for secret in &mut self.secrets {
            for key in &mut secret.keys {
                key.uses.retain(|one| used.contains(one));
            }
            secret.keys.retain(|key| !key.uses.is_empty());
        }
        self.secrets.retain(|secret: &PlannedSecret| !secret.keys.is_empty());
    }

    /// The store's components that the files miss.
    fn components(&self) -> Vec<NewFile> {
        let several = self.missing.len() > 1;
        let component = |spot: &super::keep::Spot| {
            let namespace = spot.namespace.as_deref();
            let store = Store { namespace: spot.namespace.clone(), ..self.store.clone() };
            Some(beside(&spot.file, named_after(store.component()?, namespace.filter(|_| several))))
        };
        self.missing.iter().filter_map(component).collect()
    }
}

/// The name of a file that there is in several namespaces.
fn named_after(file: NewFile, namespace: Option<&str>) -> NewFile {
    let Some(namespace) = namespace else { return file };
    let name = file.path.file_stem().unwrap_or_default().to_string_lossy();
    NewFile { path: PathBuf::from(format!("{name}.{}.yaml", secret_name(namespace))), ..file }
}

/// Puts a new file into the directory of the file that needs it.
fn beside(path: &Path, file: NewFile) -> NewFile {
    NewFile { path: path.parent().unwrap_or(Path::new("")).join(file.path), ..file }
}
