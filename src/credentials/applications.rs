//! Applications: WordPress, Rails.

use std::sync::LazyLock;

use regex::Regex;

use super::file::File;
use super::tree::{documents, is_sops, scalars};
use super::value::{hexadecimal, is_set};
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `define('NAME', 'value')` with the value in quotes: what is called (`getenv(…)`) is a reference.
static DEFINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)^[^#/\n]*?\bdefine\s*\(\s*['"](\w+)['"]\s*,\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"#,
    )
    .ok()
});

/// Keys and salts of WordPress: who has them makes a session of any user.
const KEYS: &[&str] = &[
    "AUTH_KEY",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "NONCE_KEY",
    "AUTH_SALT",
    "SECURE_AUTH_SALT",
    "LOGGED_IN_SALT",
    "NONCE_SALT",
];

/// `wp-config.php`. The sample's values are to be filled in.
pub(super) fn wordpress(file: &mut File<'_>) {
    let Some(define) = DEFINE.as_ref() else { return };
    let text = file.text;
    for found in define.captures_iter(text) {
        let (Some(name), Some(part)) = (found.get(1), found.get(2).or(found.get(3))) else { continue };
        let (name, part) = (name.as_str(), &text[part.range()]);
        let value = part.replace("\\'", "'").replace("\\\\", "\\");
        if KEYS.contains(&name) {
            if value.len() >= 32 && value != "put your unique phrase here" {
                file.add("wordpress-auth-key", part, &value, "", name, Confidence::High);
            }
        } else if name == "DB_PASSWORD" {
            if is_set(&value) {
                file.add("wordpress-setting-credential", part, &value, "", name, Confidence::High);
            }
        } else {
            file.named("wordpress-setting-credential", part, "", name);
        }
    }
}

/// `config/master.key` of Rails: 32 hexadecimal digits; `secrets/master.key` of Jenkins: 256.
pub(super) fn master_key(file: &mut File<'_>) {
    let key = file.text.trim();
    match (hexadecimal(key), key.len()) {
        (true, 32 | 64) => file.add("rails-master-key", key, key, "", "", Confidence::High),
        (true, 256) => file.add("jenkins-master-key", key, key, "", "", Confidence::High),
        _ => {}
    }
}

/// `secrets.yml` and `database.yml`: settings by environment. What Ansible Vault or SOPS has encrypted is no YAML or says
/// so.
pub(super) fn rails_yaml(file: &mut File<'_>) {
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        // An object of Kubernetes is a manifest, and read as that.
        if is_sops(&root) || root.get("apiVersion").is_some() {
            continue;
        }
        scalars(&root, &mut |at, key| file.named_at("rails-setting-credential", at, "", key));
    }
}
