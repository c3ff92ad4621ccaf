//! How a program reads its secrets itself, once, when it starts: by Dapr's Secrets API where its pod has a sidecar, from
//! its environment otherwise. One file a language.
//!
//! In: the store's name, and what is where in it. Out: texts that run as they stand, with no value in them, and that
//! print none.

mod csharp;
mod environment;
mod go;
mod java;
mod language;
mod python;
mod text;
mod typescript;

use std::collections::BTreeMap;

pub use language::{Language, language_of};

use super::plan::{Reference, Snippet};

/// A value that a program reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The name that gave it its meaning: of the variable, the setting. Names in the program come from it.
    pub name: String,
    /// The entry of the store, as [`Names`](super::store::Names) has it.
    pub at: Reference,
}

/// The snippet that loads the values with Dapr's SDK at start-up; none where nothing is wanted. For Python, `web`
/// chooses the lifespan of FastAPI.
pub fn startup(language: Language, store: &str, wanted: &[Wanted], web: bool) -> Option<Snippet> {
    if wanted.is_empty() {
        return None;
    }
    let values = Values::of(language, wanted);
    Some(match language {
        Language::Python if web => python::lifespan(store, &values),
        Language::Python => python::sync(store, &values),
        Language::TypeScript => typescript::load(store, &values),
        Language::Go => go::load(store, &values),
        Language::Java => java::load(store, &values),
        Language::CSharp => csharp::load(store, &values),
    })
}

/// All forms that there are in a language, the one of [`startup`] first.
pub fn all(language: Language, store: &str, wanted: &[Wanted], web: bool) -> Vec<Snippet> {
    let mut all: Vec<_> = startup(language, store, wanted, web).into_iter().collect();
    if language == Language::Python && !wanted.is_empty() {
        let values = Values::of(language, wanted);
        all.push(if web { python::sync(store, &values) } else { python::lifespan(store, &values) });
        all.push(python::bulk(store, &values));
        all.push(python::bulk_async(store, &values));
    }
    all
}

/// For a pod that has no sidecar: the container's `env`, and the program that reads it. Here `wanted` has names of
/// Secrets of the cluster and their keys.
pub fn without_sidecar(language: Language, wanted: &[Wanted]) -> Vec<Snippet> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let values = Values::of(language, wanted);
    vec![environment::manifest(&values), environment::program(language, &values)]
}

/// The values in the order in which a program reads them: each entry of the store is asked for once.
struct Values(Vec<Entry>);

/// An entry of the store.
struct Entry {
    name: String,
    /// Its values, by key.
    values: Vec<Value>,
}

/// A value of an entry.
struct Value {
    key: String,
    /// What the program calls it, in the style of its language.
    identifier: String,
    /// What the environment calls it.
    variable: String,
}

impl Values {
    fn of(language: Language, wanted: &[Wanted]) -> Self {
        let mut entries: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for Wanted { name, at } in wanted {
            entries.entry(&at.name).or_default().entry(&at.key).or_insert(name);
        }
        let mut names = text::Identifiers::new(language);
        let mut variables = text::Identifiers::of_variables();
        let entries = entries.into_iter().map(|(entry, keys)| Entry {
            name: entry.to_owned(),
            values: keys
                .into_iter()
                .map(|(key, name)| Value {
                    key: key.to_owned(),
                    identifier: names.of(name),
                    variable: variables.of(name),
                })
                .collect(),
        });
        Self(entries.collect())
    }

    fn each(&self) -> impl Iterator<Item = (&Entry, &Value)> {
        self.0.iter().flat_map(|entry| entry.values.iter().map(move |value| (entry, value)))
    }
}
