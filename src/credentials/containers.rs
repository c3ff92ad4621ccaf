//! Logins of container tools: Docker's configuration and its kin, kubeconfig.

use super::file::File;
use super::packages::login_of;
use super::tree::documents;
use super::value::decoded;
use crate::yaml::route::At;

/// `auths` by registry, or, in the old `.dockercfg`, the registries themselves. `auth` is the base64 of a name, a colon
/// and a password (docker/cli, `configfile`); the decoded password says whether there is one.
pub(super) fn docker(file: &mut File<'_>) {
    const RULE: &str = "docker-registry-login";
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        let registries = root.get("auths").unwrap_or(root);
        for (registry, login) in registries.entries() {
            if let Some(auth) = login.get("auth")
                && auth.node.text().is_some_and(|text| login_of(text).is_some())
            {
                file.secret_at(RULE, &auth, registry);
            }
            for field in ["identitytoken", "registrytoken", "password"] {
                login.get(field).iter().for_each(|value| file.secret_at(RULE, value, registry));
            }
        }
    }
}

/// `users[].user` (client-go, `clientcmd/api/v1`). What a plugin fetches (`exec`) may have a secret in its arguments.
pub(super) fn kubeconfig(file: &mut File<'_>) {
    const RULE: &str = "kubeconfig-credential";
    for document in &documents(file.text) {
        let users = At::root(&document.root).get("users");
        for item in users.iter().flat_map(|users| users.items()) {
            let name = item.node.get("name").and_then(|name| name.text()).unwrap_or_default();
            let Some(user) = item.get("user") else { continue };
            for field in ["token", "password"] {
                user.get(field).iter().for_each(|value| file.secret_at(RULE, value, name));
            }
            if let Some(key) = user.get("client-key-data")
                && key.node.text().is_some_and(is_encoded_key)
            {
                file.secret_at(RULE, &key, name);
            }
            let provider = user.follow(&["auth-provider", "config"]);
            for (key, value) in provider.iter().flat_map(At::entries) {
                file.named_at(RULE, &value, name, key);
            }
            let variables = user.follow(&["exec", "env"]);
            for variable in variables.iter().flat_map(|list| list.items()) {
                let setting = variable.node.get("name").and_then(|name| name.text()).unwrap_or_default();
                variable.get("value").iter().for_each(|value| file.named_at(RULE, value, name, setting));
            }
        }
    }
}

fn is_encoded_key(value: &str) -> bool {
    decoded(value).is_some_and(|key| key.starts_with(b"-----BEGIN ") && key.len() > 100)
}
