//! A JSON file on the machine: `secretstores.local.file`. With `multiValued` it has the shape of Secrets, name and key,
//! so that one component works in a cluster and on a machine, but for its `auth.secretStore`.

use super::{Names, Setting, Store, shell};
use crate::advise::plan::{Command, PlannedSecret, Reference};

/// The file, where nobody names another.
pub const FILE: &str = "secrets.json";

/// The reference in a store whose component has no `multiValued: "true"`: the file's levels joined by its
/// `nestedSeparator`, `:` by default.
pub fn flat(reference: &Reference, separator: &str) -> Reference {
    let name = format!("{}{separator}{}", reference.name, reference.key);
    Reference { name: name.clone(), key: name }
}

/// The file of this store, as `dapr run` opens it.
pub fn path(store: &Store) -> &str {
    store.place.as_deref().unwrap_or(FILE)
}

/// The line that keeps the file out of Git.
pub fn ignore_line(store: &Store) -> String {
    path(store).trim_start_matches("./").to_owned()
}

pub(super) fn metadata(store: &Store) -> Vec<Setting> {
    vec![
        Setting::Value("secretsFile", path(store).to_owned()),
        Setting::Value("multiValued", "true".to_owned()),
    ]
}

/// Git ignores the file before there is one.
pub(super) fn commands(store: &Store, secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    if secrets.is_empty() {
        return Vec::new();
    }
    let mut json = vec![shell::Json::Text("{".to_owned())];
    for (number, secret) in secrets.iter().enumerate() {
        let of = |key: &str| Reference { name: secret.name.clone(), key: key.to_owned() };
        let first = secret.keys.first().and_then(|key| names.get(secret.namespace.as_deref(), &of(&key.key)));
        let name = first.map_or(secret.name.as_str(), |first| first.name.as_str());
        let comma = if number > 0 { "," } else { "" };
        json.push(shell::Json::Text(format!("{comma}{}:", shell::json_text(name))));
        json.extend(shell::object(secret));
    }
    json.push(shell::Json::Text("}".to_owned()));
    let (line, file) = (shell::word(&ignore_line(store)), shell::word(path(store)));
    // Values that nobody has elsewhere may stand in a file that is there.
    let before = format!(
        "[ ! -e {file} ] || {{ printf '%s is there: add to it by hand\\n' {file} >&2; exit 1; }}; umask 077; "
    );
    vec![
        Command {
            what: format!("Keep {} out of Git", path(store)),
            line: format!("grep -qxF {line} .gitignore 2>/dev/null || printf '%s\\n' {line} >>.gitignore"),
        },
        Command {
            what: format!("Write {}, which only you can read", path(store)),
            line: shell::asking_json(&json, &before, |json| format!("{json} >{file}")),
        },
    ]
}

pub(super) fn notes(store: &Store) -> Vec<String> {
    vec![format!(
        "{} has the values in clear: it is for a developer's machine, stays out of Git, and is looked for from the directory in which `dapr run` is called.",
        path(store)
    )]
}
