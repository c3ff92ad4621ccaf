//! Credentials in programs, of images and of repositories: they go to a store like those of manifests, and the program
//! reads them when it starts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::draft::Draft;
use super::facts::ObjectRole;
use super::keep::Shelf;
use super::{Options, Plan, PlannedKey, PlannedSecret, Reference, Target, Use};
use crate::advise::code::{Language, Wanted, all, language_of, without_sidecar};
use crate::advise::names::{secret_name, unique};
use crate::advise::store::{Store, StoreType};
use crate::finding::Report;
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

/// Those of a report.
pub fn in_programs(report: &Report) -> Vec<InProgram> {
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
    found
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
}

impl Draft {
    /// Adds what programs need: entries of a store, and how to read them.
    pub(super) fn programs(&mut self, programs: &[InProgram], plan: &mut Plan, options: &Options) {
        let mut by_language = BTreeMap::<Language, Vec<&InProgram>>::new();
        for program in programs {
            by_language.entry(program.language).or_default().push(program);
        }
        let runs = self.runs(options);
        for (language, programs) in by_language {
            let wanted: Vec<Wanted> = programs
                .iter()
                .map(|program| Wanted { name: program.name.clone(), at: self.keep(program, &runs, options) })
                .collect();
            let web = programs.iter().any(|program| program.language == Language::Python);
            plan.snippets.extend(match runs.sidecar {
                true => all(language, &store_of(&runs, options).name, &wanted, web),
                false => without_sidecar(language, &wanted),
            });
        }
    }

    /// Where a program of these files runs: in pods with a sidecar, if there are any.
    fn runs(&self, options: &Options) -> Runs {
        let workloads = self.facts.iter().flat_map(|facts| &facts.objects);
        let mut workloads: Vec<_> = workloads
            .filter_map(|object| match &object.role {
                ObjectRole::Workload(pods) => Some((object, pods)),
                _ => None,
            })
            .collect();
        workloads.sort_by_key(|(_, pods)| !pods.sidecar);
        let first = workloads.first();
        let of_dapr =
            self.facts.iter().flat_map(|facts| &facts.objects).any(|o| o.api.starts_with("dapr.io/"));
        let target = options.target.unwrap_or(Target::Kubernetes);
        Runs {
            sidecar: match first {
                Some((_, pods)) if target == Target::Kubernetes => pods.sidecar,
                _ => of_dapr,
            },
            target,
            namespace: first.and_then(|(object, _)| object.namespace.clone()),
            name: first
                .map_or("app", |(object, pods)| pods.app_id.as_deref().unwrap_or(&object.name))
                .to_owned(),
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
                let missing_in = (!store.is_built_in()).then(|| PathBuf::from(&program.shown));
                self.shelves.push(Shelf { store, secrets: Vec::new(), missing_in });
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
