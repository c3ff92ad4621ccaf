//! Clients of package registries: npm, Yarn, pip and twine, Composer, Cargo, RubyGems.

use super::containers;
use super::file::File;
use super::lines::{lines, settings, unquoted};
use super::tree::documents;
use super::value::{decoded, is_set};
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `//registry/:_authToken=…`, `_auth` (base64 of `user:password`), `_password` (base64).
pub(super) fn npm(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']) {
        let (registry, name) = setting.name.rsplit_once(':').unwrap_or(("", setting.name));
        match name {
            "_authToken" => file.secret("npm-config-credential", setting.value, registry, name),
            "_auth" if login_of(setting.value).is_some() => {
                file.secret("npm-config-credential", setting.value, registry, name);
            }
            "_password" => encoded_password(file, setting.value, registry, name),
            _ => {}
        }
    }
}

/// npm stores `_password` in base64.
fn encoded_password<'t>(file: &mut File<'t>, part: &'t str, registry: &str, name: &str) {
    let password = decoded(part).and_then(|bytes| String::from_utf8(bytes).ok());
    match password.filter(|password| is_set(password) && password.bytes().all(|b| b.is_ascii_graphic())) {
        Some(password) if is_set(part) => {
            file.add("npm-config-credential", part, &password, registry, name, Confidence::High);
        }
        _ => file.secret("npm-config-credential", part, registry, name),
    }
}

/// The password of a base64 `user:password`.
pub(super) fn login_of(value: &str) -> Option<String> {
    let text = String::from_utf8(decoded(value)?).ok()?;
    let (_, password) = text.split_once(':')?;
    is_set(password).then(|| password.to_owned())
}

/// `npmAuthToken`, `npmAuthIdent` (`user:password`, or base64 of it), at the top, by registry or by scope (Yarn,
/// "Configuration").
pub(super) fn yarn(file: &mut File<'_>) {
    for setting in settings(file.text, &[':']) {
        match setting.name {
            "npmAuthToken" => file.secret("npm-config-credential", setting.value, "", setting.name),
            "npmAuthIdent" => match setting.value.split_once(':') {
                Some((user, password)) => file.secret("npm-config-credential", password, user, setting.name),
                None if login_of(setting.value).is_some() => {
                    file.secret("npm-config-credential", setting.value, "", setting.name);
                }
                None => {}
            },
            _ => {}
        }
    }
}

/// pypirc and Poetry's logins have `password`; pip's configuration has URLs, on lines of their own too.
pub(super) fn python(file: &mut File<'_>) {
    for setting in settings(file.text, &['=', ':']).filter(|setting| setting.name == "password") {
        file.secret("python-index-password", setting.value, setting.section, setting.name);
    }
    for line in lines(file.text).filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        file.passwords_in("python-index-password", line, "", "index-url");
    }
}

/// `[registry]` and `[registries.NAME]` with `token` (Cargo, "Configuration").
pub(super) fn cargo(file: &mut File<'_>) {
    let settings = settings(file.text, &['=']).filter(|setting| setting.section.starts_with("regist"));
    for setting in settings.filter(|setting| setting.name == "token") {
        file.secret("cargo-registry-token", setting.value, setting.section, setting.name);
    }
}

/// `:rubygems_api_key: …`, and keys of other hosts, which are called as people like.
pub(super) fn gem(file: &mut File<'_>) {
    for line in lines(file.text).filter(|line| !line.starts_with('#')) {
        if let Some((name, value)) = line.split_once(": ") {
            file.secret("rubygems-credential", unquoted(value), "", name.trim_matches(':'));
        }
    }
}

/// Two programs' logins have this name: Composer's, and those of Podman, Buildah and Skopeo.
pub(super) fn auth_json(file: &mut File<'_>) {
    if file.text.contains("\"auths\"") {
        containers::docker(file);
        return;
    }
    for document in &documents(file.text) {
        composer(file, &At::root(&document.root));
    }
}

/// Composer, "Authentication in Composer".
fn composer(file: &mut File<'_>, root: &At<'_>) {
    const RULE: &str = "composer-auth-credential";
    for (key, hosts) in root.entries() {
        for (host, at) in hosts.entries() {
            match key {
                "http-basic" | "custom-headers" | "forgejo-token" | "gitlab-token" | "bitbucket-oauth" => {
                    for field in ["password", "token", "consumer-secret"] {
                        at.get(field).iter().for_each(|value| file.secret_at(RULE, value, host));
                    }
                    if key == "gitlab-token" {
                        file.secret_at(RULE, &at, host);
                    }
                }
                "github-oauth" | "gitlab-oauth" | "bearer" => {
                    file.secret_at(RULE, &at, host);
                    at.get("token").iter().for_each(|value| file.secret_at(RULE, value, host));
                }
                _ => {}
            }
        }
    }
}
