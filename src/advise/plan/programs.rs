//! Credentials in programs, of images and of repositories: they go to a store like those of manifests, and the program
//! reads them when it starts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::draft::Draft;
use super::facts::ObjectRole;
use super::keep::{Shelf, Spot, is_there};
use super::{Options, Plan, PlannedKey, PlannedSecret, Reference, Target, Use};
use crate::advise::code::{Language, Wanted, all, language_of, without_sidecar};
use crate::advise::names::{secret_name, unique};
use crate::advise::store::{Store, StoreType};
use crate::finding::Report;
use crate::manifest::Role;
use crate::place::Document;
use crate::secret::Secret;

/// A credential in a source file.
#[derive(Debug, Clone)]
pub struct InProgram {
    language: Language,
    /// The file as the report shows it.
    shown: String,
    line: u64,
    /// What it is called there.
    name: String,
    value: Secret,
}

/// What there is of programs.
#[derive(Debug, Default)]
pub struct Programs {
    /// Credentials in their sources.
    found: Vec<InProgram>,
    /// The languages that the files are written in.
    languages: BTreeSet<Language>,
}

/// What the programs of a namespace ask a store for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Name of the store.
    pub store: String,
    /// Whether it is one of the cluster's own Secrets.
    pub of_cluster: bool,
    /// Where they run.
    pub target: Target,
    /// Their namespace.
    pub namespace: Option<String>,
    /// What the secrets are called in the store.
    pub secrets: BTreeSet<String>,
    /// Whether they may ask for all at once.
    pub bulk: bool,
    /// A file beside which what they need is written.
    pub nearest: PathBuf,
}

/// Those of a report, and of the names of files.
pub fn programs<'f>(report: &Report, files: impl Iterator<Item = &'f str>) -> Programs {
    let mut found = Vec::new();
    for finding in report.raised() {
        let here = finding.locations.iter().filter(|location| location.document.is_none());
        for location in here {
            let (Some(language), Some(region)) = (language_of(&location.path), location.region) else {
                continue;
            };
            let name = called(&location.excerpt).unwrap_or(&finding.rule).to_owned();
            let (shown, line) = (location.path.clone(), region.start.line);
            found.push(InProgram { language, shown, line, name, value: finding.secret.clone() });
        }
    }
    let languages = found.iter().map(|one| one.language).chain(files.filter_map(language_of)).collect();
    Programs { found, languages }
}

/// The name that a line gives to its value: `API_KEY = "…"`, `apiKey: '…'`.
fn called(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(['=', ':'])?;
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    Some(&before[start..]).filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// Where the programs run.
struct Runs {
    sidecar: bool,
    target: Target,
    namespace: Option<String>,
    /// What their Secret is named after.
    name: String,
    /// A file of theirs.
    nearest: PathBuf,
}

impl Draft {
    /// Adds what programs need: entries of a store for what stands in their sources, and how to read those, and what
    /// their pods get by variables. With what they ask for.
    pub(super) fn programs(&mut self, programs: &Programs, plan: &mut Plan, options: &Options) -> Vec<Asked> {
        let runs = self.runs(options);
        let in_sources: Vec<(Language, Wanted)> = programs
            .found
            .iter()
            .map(|one| (one.language, Wanted { name: one.name.clone(), at: self.keep(one, &runs, options) }))
            .collect();
        let mut asked = Vec::new();
        for &language in &programs.languages {
            let own = in_sources.iter().filter(|(of, _)| *of == language).map(|(_, wanted)| wanted.clone());
            let own: Vec<Wanted> = own.collect();
            if !runs.sidecar {
                plan.snippets.extend(without_sidecar(language, &own).into_iter().filter(|_| !own.is_empty()));
                continue;
            }
            let store = store_of(&runs, options);
            let of_pods = self.kept().filter(|(item, _)| {
                item.sidecar && item.field.role == Role::Env && item.namespace == runs.namespace
            });
            let of_pods = of_pods
                .map(|(item, placed)| Wanted { name: item.field.name.clone(), at: placed.reference.clone() });
            // Variables of pods are entries of the cluster's own Secrets.
            let of_cluster = store.kind == StoreType::Kubernetes;
            let wanted: Vec<Wanted> = own.into_iter().chain(of_pods.filter(|_| of_cluster)).collect();
            if wanted.is_empty() {
                continue;
            }
            asked.push(Asked {
                store: store.name.clone(),
                of_cluster,
                target: runs.target,
                namespace: runs.namespace.clone(),
                secrets: wanted.iter().map(|wanted| wanted.at.name.clone()).collect(),
                bulk: language == Language::Python,
                nearest: runs.nearest.clone(),
            });
            plan.snippets.extend(all(language, &store.name, &wanted, language == Language::Python));
            self.bring(&store, &runs);
        }
        asked
    }

    /// Makes sure that the store's component is there for programs.
    fn bring(&mut self, store: &Store, runs: &Runs) {
        let spot = Spot { namespace: runs.namespace.clone(), file: runs.nearest.clone() };
        let shelf = self.shelves.iter_mut().find(|shelf| shelf.store.kind == store.kind);
        if let Some(shelf) = shelf.filter(|_| !store.is_built_in() && !is_there(store, &spot, &self.facts)) {
            if !shelf.missing.iter().any(|known| known.namespace == spot.namespace) {
                shelf.missing.push(spot);
            }
            shelf.store.name.clone_from(&store.name);
        }
    }

    /// Where a program of these files runs: in pods with a sidecar, if there are any.
    fn runs(&self, options: &Options) -> Runs {
        let objects =
            self.facts.iter().flat_map(|facts| facts.objects.iter().map(move |object| (facts, object)));
        let mut workloads: Vec<_> = objects
            .filter_map(|(facts, object)| match &object.role {
                ObjectRole::Workload(pods) => Some((facts, object, pods)),
                _ => None,
            })
            .collect();
        workloads.sort_by_key(|(.., pods)| !pods.sidecar);
        let first = workloads.first();
        let of_dapr =
            self.facts.iter().flat_map(|facts| &facts.objects).any(|o| o.api.starts_with("dapr.io/"));
        let target = options.target.unwrap_or(Target::Kubernetes);
        Runs {
            sidecar: match first {
                Some((.., pods)) if target == Target::Kubernetes => pods.sidecar,
                _ => of_dapr,
            },
            target,
            namespace: first.and_then(|(_, object, _)| object.namespace.clone()),
            name: first
                .map_or("app", |(_, object, pods)| pods.app_id.as_deref().unwrap_or(&object.name))
                .to_owned(),
            nearest: first.map(|(facts, ..)| facts.path.clone()).unwrap_or_default(),
        }
    }

    /// The entry of a program's value: that of a manifest which has the same, or a new one.
    fn keep(&mut self, program: &InProgram, runs: &Runs, options: &Options) -> Reference {
        let store = store_of(runs, options);
        let place = Use {
            shown: program.shown.clone(),
            line: program.line,
            document: Document {
                index: 0,
                kind: program.language.as_str().to_owned(),
                name: String::new(),
                field: program.name.clone(),
            },
            name: program.name.clone(),
        };
        let shelf = match self.shelves.iter().position(|shelf| shelf.store.kind == store.kind) {
            Some(known) => known,
            None => {
                self.shelves.push(Shelf { store, secrets: Vec::new(), missing: Vec::new() });
                self.shelves.len() - 1
            }
        };
        let secrets = &mut self.shelves[shelf].secrets;
        for secret in secrets.iter_mut().filter(|secret| secret.namespace == runs.namespace) {
            if let Some(key) = secret.keys.iter_mut().find(|key| key.value == program.value) {
                key.uses.push(place);
                return Reference { name: secret.name.clone(), key: key.key.clone() };
            }
        }
        let name = secret_name(&format!("{}-credentials", runs.name));
        let at = secrets.iter().position(|secret| secret.name == name && secret.namespace == runs.namespace);
        let at = at.unwrap_or_else(|| {
            secrets.push(PlannedSecret {
                target: runs.target,
                namespace: runs.namespace.clone(),
                name: name.clone(),
                keys: Vec::new(),
                existing: None,
            });
            secrets.len() - 1
        });
        let keys = &mut secrets[at].keys;
        let key = unique(&secret_name(&program.name), |key| keys.iter().any(|known| known.key == key));
        keys.push(PlannedKey {
            key: key.clone(),
            value: program.value.clone(),
            uses: vec![place],
            present: false,
        });
        Reference { name, key }
    }
}

/// The store that the programs ask.
fn store_of(runs: &Runs, options: &Options) -> Store {
    let usual = match runs.target {
        Target::Kubernetes => StoreType::Kubernetes,
        Target::SelfHosted => StoreType::LocalFile,
    };
    let store = Store::new(options.store_type.unwrap_or(usual), runs.target);
    let name = options.secret_store.clone().unwrap_or(store.name);
    Store { name, namespace: runs.namespace.clone(), ..store }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_give_names() {
        let cases = [
            ("API_KEY = \"********\"", Some("API_KEY")),
            ("  const apiKey: string = '********'", Some("apiKey")),
            ("\"client_secret\": \"********\",", Some("client_secret")),
            ("this.token='********'", Some("token")),
            ("connect(\"********\")", None),
        ];
        for (line, name) in cases {
            assert_eq!(called(line), name, "{line}");
        }
    }
}
