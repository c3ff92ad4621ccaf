//! Helm: a chart's values. (Its templates are no YAML: `template.rs`.)

use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Keys whose values, and all below, are names of Secrets and of keys in them.
const REFERENCES: &[&str] =
    &["existingSecret", "secretKeyRef", "secretKeys", "secretName", "secretRef", "valueFrom"];

/// Ends of keys that name a key within a Secret: `adminPasswordKey`.
const KEYS_OF_SECRETS: &[&str] = &["PasswordKey", "TokenKey", "SecretKeyKey", "password-key"];

/// Adds every text of the values.
pub(super) fn read(file: &Object<'_>, out: &mut Vec<Field>) {
    below(file, &file.root, "", out);
}

fn below(file: &Object<'_>, at: &At<'_>, name: &str, out: &mut Vec<Field>) {
    if is_template(at) {
        return;
    }
    file.field(at, name, Role::HelmValue, out);
    // `extraEnv: [{name: …, value: …}]`
    let named = at.node.get("name").and_then(|name| name.text());
    for (key, value) in at.entries().filter(|(key, _)| !is_reference(key)) {
        let name = if key == "value" { named.unwrap_or(key) } else { key };
        below(file, &value, name, out);
    }
    at.items().for_each(|item| below(file, &item, name, out));
}

fn is_reference(key: &str) -> bool {
    REFERENCES.iter().any(|name| key.starts_with(name))
        || KEYS_OF_SECRETS.iter().any(|end| key.ends_with(end))
}

/// Charts evaluate some values as templates.
fn is_template(at: &At<'_>) -> bool {
    at.node.text().is_some_and(|text| text.contains("{{"))
}
