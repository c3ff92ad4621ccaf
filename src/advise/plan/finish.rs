//! From a draft whose files are rewritten to the whole plan: what has to be in the stores, the components and roles that
//! are missing, the commands, and what one has to know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::draft::Draft;
use super::keep::{Shelf, service_accounts};
use super::programs::InProgram;
use super::{NewFile, Options, Plan, PlannedSecret, Target, Use};
use crate::advise::store::role::{Readers, role};
use crate::advise::store::{StoreType, scopes};

/// Name of the Configuration that `--scopes` makes.
const SCOPES: &str = "secret-scopes";

impl Draft {
    /// The whole plan. `plan` has the changes of files already.
    pub fn finish(mut self, mut plan: Plan, programs: &[InProgram], options: &Options) -> Plan {
        for shelf in &mut self.shelves {
            shelf.prune(&plan);
        }
        self.shelves.retain(|shelf| !shelf.secrets.is_empty());
        self.programs(programs, &mut plan, options);
        for shelf in &self.shelves {
            plan.new_files.extend(shelf.component());
            plan.new_files.extend(self.roles(shelf));
            plan.commands.extend(shelf.store.commands(&shelf.secrets));
            plan.notes.extend(shelf.store.notes());
        }
        if options.scopes {
            plan.new_files.extend(self.scopes());
        }
        plan.notes.extend(self.kept().flat_map(|(item, _)| item.notes.iter().cloned()));
        plan.secrets = self.shelves.into_iter().flat_map(|shelf| shelf.secrets).collect();
        plan.refused = self.refused;
        plan.refused.sort();
        let mut seen = BTreeSet::new();
        plan.notes.retain(|note| seen.insert(note.clone()));
        plan
    }

    /// The Role that sidecars need for a store of the cluster that is not the built-in one, a namespace each.
    fn roles(&self, shelf: &Shelf) -> Vec<NewFile> {
        let named = shelf.store.kind == StoreType::Kubernetes && !shelf.store.is_built_in();
        let by_namespace = shelf.secrets.iter().fold(BTreeMap::new(), |mut all, secret| {
            all.entry(secret.namespace.as_deref()).or_insert_with(BTreeSet::new).insert(secret.name.clone());
            all
        });
        let of = |(namespace, secrets): (Option<&str>, BTreeSet<String>)| {
            let accounts = service_accounts(&self.facts, namespace);
            role(&Readers { namespace, service_accounts: &accounts, secrets: &secrets, bulk: false })
        };
        let nearest = |file: NewFile| shelf.beside(file);
        by_namespace.into_iter().filter(|_| named).map(of).map(nearest).collect()
    }

    /// What each store gives out to programs, a namespace each.
    fn scopes(&self) -> Vec<NewFile> {
        let mut allowed = BTreeMap::<(Target, Option<String>), BTreeMap<String, BTreeSet<String>>>::new();
        let mut nearest = BTreeMap::new();
        for (item, placed) in self.kept().filter(|(item, _)| item.of_dapr) {
            let key = (item.target, item.namespace.clone());
            nearest.entry(key.clone()).or_insert(item.leak.path.as_path());
            let stores = allowed.entry(key).or_default();
            stores.entry(placed.store.clone()).or_default().insert(placed.reference.name.clone());
        }
        let made = allowed.into_iter().map(|(key, allowed)| {
            let file = scopes::configuration(SCOPES, key.1.as_deref(), key.0, &allowed);
            match nearest.get(&key) {
                Some(path) => beside(path, file),
                None => file,
            }
        });
        made.collect()
    }
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

    /// The store's component, where the files have none.
    fn component(&self) -> Option<NewFile> {
        self.missing_in.as_ref()?;
        Some(self.beside(self.store.component()?))
    }

    /// Puts a new file into the directory of the file that needs it.
    fn beside(&self, file: NewFile) -> NewFile {
        match &self.missing_in {
            Some(path) => beside(path, file),
            None => file,
        }
    }
}

fn beside(path: &Path, file: NewFile) -> NewFile {
    NewFile { path: path.parent().unwrap_or(Path::new("")).join(file.path), ..file }
}
