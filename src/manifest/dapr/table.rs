//! What the settings of Dapr's components are: `rules/dapr/`, as build.rs turns it into JSON. Read when the first
//! component is met.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/dapr.json"));

/// What a setting is. `rules/dapr/profiles.yml` explains the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::manifest) enum Meaning {
    /// The whole value is a credential.
    Credential,
    /// The same, made by a provider, so that a weak word stands for none.
    Issued,
    /// A URL, a connection string or a document: a credential if a password or a key stands in it.
    Partial,
    /// Goes with a credential and grants nothing alone.
    Identifier,
    /// Looks like a credential by its name and is none.
    Plain,
}

/// The files' content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    profiles: BTreeMap<String, Settings>,
    components: Vec<Settings>,
}

/// A type, or what types share.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    r#type: String,
    aliases: Vec<String>,
    profiles: Vec<String>,
    credentials: Vec<String>,
    issued: Vec<String>,
    partial: Vec<String>,
    identifiers: Vec<String>,
    plain: Vec<String>,
    /// Other names of a setting.
    names: BTreeMap<String, Vec<String>>,
}

impl Settings {
    fn listed(&self) -> impl Iterator<Item = (Meaning, &String)> {
        let lists = [
            (Meaning::Credential, &self.credentials),
            (Meaning::Issued, &self.issued),
            (Meaning::Partial, &self.partial),
            (Meaning::Identifier, &self.identifiers),
            (Meaning::Plain, &self.plain),
        ];
        lists.into_iter().flat_map(|(meaning, names)| names.iter().map(move |name| (meaning, name)))
    }

    /// Puts every name of every setting into the map, in lower case.
    fn put(&self, into: &mut HashMap<String, Meaning>) {
        for (meaning, name) in self.listed() {
            let others = self.names.get(name).into_iter().flatten();
            into.extend(others.chain([name]).map(|name| (name.to_ascii_lowercase(), meaning)));
        }
    }
}

/// Settings by type, and types by all their names, in lower case.
#[derive(Default)]
struct Table {
    types: HashMap<String, usize>,
    settings: Vec<HashMap<String, Meaning>>,
}

impl Table {
    fn of(file: &File) -> Self {
        let mut table = Self::default();
        for (number, own) in file.components.iter().enumerate() {
            let names = own.aliases.iter().chain([&own.r#type]);
            table.types.extend(names.map(|name| (name.to_ascii_lowercase(), number)));
            let mut settings = HashMap::new();
            // The type's own come last: they know better.
            let shared = own.profiles.iter().filter_map(|name| file.profiles.get(name));
            shared.chain([own]).for_each(|all| all.put(&mut settings));
            table.settings.push(settings);
        }
        table
    }

    fn get() -> &'static Self {
        static READ: OnceLock<Table> = OnceLock::new();
        // A table that does not parse is found by the tests, before anyone has the binary.
        READ.get_or_init(|| serde_json::from_str(TABLE).map(|file| Self::of(&file)).unwrap_or_default())
    }
}

/// What a setting of a component of this type is; `None` where the table knows nothing of it. The case of either
/// does not matter, as it does not to Dapr.
pub(in crate::manifest) fn meaning(component: &str, setting: &str) -> Option<Meaning> {
    let table = Table::get();
    let number = table.types.get(&component.to_ascii_lowercase())?;
    table.settings[*number].get(&setting.to_ascii_lowercase()).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn file() -> File {
        serde_json::from_str(TABLE).expect("the table of rules/dapr")
    }

    fn is_sorted(names: &[String]) -> bool {
        names.is_sorted_by_key(|name| name.to_ascii_lowercase())
    }

    /// The types of Dapr's own list, each once under all its names, in order.
    #[test]
    fn every_type_stands_once_and_in_order() {
        let file = file();
        let types: Vec<&str> = file.components.iter().map(|own| own.r#type.as_str()).collect();
        assert_eq!(types.len(), 138);
        assert!(types.is_sorted(), "the files and the types in them are sorted");
        let names: Vec<&String> =
            file.components.iter().flat_map(|own| own.aliases.iter().chain([&own.r#type])).collect();
        let different: BTreeSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!((names.len(), different.len()), (154, 154));
        let unknown: Vec<_> = file.components.iter().flat_map(|own| &own.profiles).collect();
        assert!(unknown.iter().all(|name| file.profiles.contains_key(*name)), "{unknown:?}");
    }

    /// A setting has one meaning in a type, and its other names are names of one that is listed.
    #[test]
    fn every_setting_stands_once_and_in_order() {
        let file = file();
        for own in file.components.iter().chain(file.profiles.values()) {
            let lists = [&own.credentials, &own.issued, &own.partial, &own.identifiers, &own.plain];
            assert!(
                lists.into_iter().chain(own.names.values()).all(|names| is_sorted(names)),
                "{}",
                own.r#type
            );
            let shared = own.profiles.iter().map(|name| &file.profiles[name]);
            let mut seen = BTreeSet::new();
            for settings in shared.chain([own]) {
                let listed: BTreeSet<&String> = settings.listed().map(|(_, name)| name).collect();
                assert!(settings.names.keys().all(|name| listed.contains(name)), "{}", own.r#type);
                for name in listed.into_iter().chain(settings.names.values().flatten()) {
                    assert!(seen.insert(name.to_ascii_lowercase()), "{}: {name} twice", own.r#type);
                }
            }
        }
    }

    #[test]
    fn as_many_settings_as_dapr_has() {
        let file = file();
        let count = |wanted: Meaning| {
            let of = |own: &Settings| own.listed().filter(|(meaning, _)| *meaning == wanted).count();
            let shared =
                |own: &Settings| own.profiles.iter().map(|name| of(&file.profiles[name])).sum::<usize>();
            file.components.iter().map(|own| of(own) + shared(own)).sum::<usize>()
        };
        let all =
            [Meaning::Credential, Meaning::Issued, Meaning::Partial, Meaning::Identifier, Meaning::Plain];
        assert_eq!(all.map(count), [231, 13, 39, 90, 171]);
    }

    #[test]
    fn type_and_setting_decide() {
        let cases = [
            ("state.redis", "redisPassword", Some(Meaning::Credential)),
            ("STATE.Redis", "REDISPASSWORD", Some(Meaning::Credential)),
            ("state.yugabyte", "url", Some(Meaning::Partial)),
            ("conversation.openai", "key", Some(Meaning::Issued)),
            ("state.etcd", "key", Some(Meaning::Credential)),
            ("bindings.azure.signalr", "accessKey", Some(Meaning::Credential)),
            ("bindings.aws.s3", "accessKey", Some(Meaning::Identifier)),
            ("state.azure.blobstorage", "storageAccessKey", Some(Meaning::Credential)),
            ("secretstores.azure.keyvault", "spnClientSecret", Some(Meaning::Credential)),
            ("secretstores.hashicorp.vault", "vaultToken", Some(Meaning::Credential)),
            ("secretstores.hashicorp.vault", "vaultTokenMountPath", Some(Meaning::Plain)),
            ("bindings.rabbitmq", "host", Some(Meaning::Partial)),
            ("state.sqlite", "connectionString", Some(Meaning::Plain)),
            ("nameresolution.consul", "token", Some(Meaning::Credential)),
            ("state.redis", "redisHost", None),
            ("state.pluggable", "password", None),
        ];
        for (component, setting, expected) in cases {
            assert_eq!(meaning(component, setting), expected, "{component} {setting}");
        }
    }
}
