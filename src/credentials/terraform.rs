//! Terraform and OpenTofu: state, variables, the command line's logins.

use super::file::File;
use super::lines::{lines, settings};
use super::tree::{documents, scalars};
use crate::yaml::route::At;

const STATE: &str = "terraform-state-secret";

/// State, version 4: `resources[].instances[].attributes`, of which `sensitive_attributes` names paths, and `outputs`
/// with `sensitive`. The version before it has them as `modules[].resources{}.primary.attributes`.
pub(super) fn state(file: &mut File<'_>) {
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        outputs(file, &root);
        for resource in root.get("resources").iter().flat_map(|list| list.items()) {
            let text = |key| resource.node.get(key).and_then(|node| node.text()).unwrap_or_default();
            let name = format!("{}.{}", text("type"), text("name"));
            for instance in resource.get("instances").iter().flat_map(|list| list.items()) {
                self::instance(file, &instance, &name);
            }
        }
        for module in root.get("modules").iter().flat_map(|list| list.items()) {
            outputs(file, &module);
            for (name, resource) in module.get("resources").iter().flat_map(At::entries) {
                let attributes = resource.follow(&["primary", "attributes"]);
                attributes
                    .iter()
                    .for_each(|at| scalars(at, &mut |at, key| file.named_at(STATE, at, name, key)));
            }
        }
    }
}

fn outputs(file: &mut File<'_>, owner: &At<'_>) {
    for (name, output) in owner.get("outputs").iter().flat_map(At::entries) {
        let sensitive = output.node.get("sensitive").and_then(|node| node.text()) == Some("true");
        let Some(value) = output.get("value") else { continue };
        scalars(&value, &mut |at, key| {
            if sensitive && key.is_empty() {
                file.secret_at(STATE, at, name);
            } else {
                file.named_at(STATE, at, name, if key.is_empty() { name } else { key });
            }
        });
    }
}

fn instance(file: &mut File<'_>, instance: &At<'_>, name: &str) {
    let Some(attributes) = instance.get("attributes") else { return };
    let mut sensitive = Vec::new();
    if let Some(paths) = instance.get("sensitive_attributes") {
        scalars(&paths, &mut |at, key| {
            if key.ends_with("value") {
                sensitive.extend(at.node.text());
            }
        });
    }
    scalars(&attributes, &mut |at, key| {
        if sensitive.contains(&key) {
            file.secret_at(STATE, at, name);
        }
        file.named_at(STATE, at, name, key);
    });
}

/// `name = "value"`. Only what stands in quotes is a text.
pub(super) fn variables(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']).filter(|setting| setting.quoted) {
        file.named("terraform-variable-secret", setting.value, "", setting.name);
    }
}

/// The same as JSON.
pub(super) fn variables_json(file: &mut File<'_>) {
    for document in &documents(file.text) {
        scalars(&At::root(&document.root), &mut |at, key| {
            file.named_at("terraform-variable-secret", at, "", key)
        });
    }
}

/// `credentials "HOST" { token = "…" }`, or `{"credentials": {"HOST": {"token": "…"}}}`.
pub(super) fn cli(file: &mut File<'_>) {
    const RULE: &str = "terraform-cli-token";
    if file.name.ends_with(".json") {
        for document in &documents(file.text) {
            let hosts = At::root(&document.root).get("credentials");
            for (host, login) in hosts.iter().flat_map(At::entries) {
                login.get("token").iter().for_each(|value| file.secret_at(RULE, value, host));
            }
        }
        return;
    }
    let mut host = "";
    for line in lines(file.text).map(str::trim) {
        if let Some(rest) = line.strip_prefix("credentials ") {
            host = rest.split('"').nth(1).unwrap_or_default();
        }
        let Some((_, value)) = line.split_once("token").filter(|(before, _)| !before.starts_with(['#', '/']))
        else {
            continue;
        };
        if let Some(value) = value.trim_start().strip_prefix('=').and_then(|value| value.split('"').nth(1)) {
            file.secret(RULE, value, host, "token");
        }
    }
}
