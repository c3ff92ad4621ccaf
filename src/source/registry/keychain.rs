//! Logins, where Docker, Podman and Kubernetes keep them.
//!
//! They are an ordered union: every entry that fits is a candidate, the most exact first, and the client goes on to
//! the next when a registry refuses one. Formats: Docker's `config.json` (`credHelpers`, `credsStore`, `auths`),
//! containers-auth.json(5) (`auths` with paths), Kubernetes' `.dockerconfigjson` (paths and globs) and `.dockercfg`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};
use serde::Deserialize;

use super::helper;
use super::name::is_docker_hub;

/// Docker Hub's name in logins.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What a registry or its token server is shown. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    /// Basic authentication.
    Password {
        /// Name.
        user: String,
        /// Password, or what stands in its place.
        password: String,
    },
    /// A refresh token, for the token server.
    Identity(String),
    /// A token for the registry itself.
    Registry(String),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl Login {
    /// `Authorization` of Basic authentication, if it is that kind.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password { user, password } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
            }
            Self::Identity(_) | Self::Registry(_) => None,
        }
    }
}

#[derive(Clone)]
enum Source {
    /// The files that the environment names.
    Environment,
    /// A document, and what it is called.
    Text(String, Vec<u8>),
}

/// Where to look for logins, in order. Nothing is read before a registry is asked.
#[derive(Clone, Default)]
pub struct Keychain(Vec<Source>);

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keychain({} sources)", self.0.len())
    }
}

/// Logins for a repository, and what could not be read of the places for them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) logins: Vec<Login>,
    pub(super) problems: Vec<String>,
}

impl Keychain {
    /// The files of Docker and Podman: `REGISTRY_AUTH_FILE`, `config.json` in `DOCKER_CONFIG` or `~/.docker`,
    /// `containers/auth.json` in `XDG_RUNTIME_DIR` or `~/.config`.
    #[must_use]
    pub fn of_environment() -> Self {
        Self(vec![Source::Environment])
    }

    /// Adds a document in any of the formats, as a pull secret of Kubernetes holds it. `name` is what messages call
    /// it.
    pub fn add(&mut self, name: &str, document: &[u8]) {
        self.0.push(Source::Text(name.to_owned(), document.to_vec()));
    }

    /// Every login for a repository, in the order in which they are to be tried.
    pub(super) fn find(&self, registry: &str, repository: &str) -> Found {
        let mut found = Found::default();
        for source in &self.0 {
            match source {
                Source::Text(name, document) => found.read(name, document, registry, repository),
                Source::Environment => {
                    for file in files() {
                        found.read_file(&file, registry, repository);
                    }
                }
            }
        }
        found
    }
}

fn files() -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let home = std::env::home_dir().unwrap_or_default();
    let docker = set("DOCKER_CONFIG").unwrap_or_else(|| home.join(".docker"));
    let mut files: Vec<PathBuf> = set("REGISTRY_AUTH_FILE").into_iter().collect();
    files.push(docker.join("config.json"));
    files.extend(set("XDG_RUNTIME_DIR").map(|dir| dir.join("containers/auth.json")));
    files.push(set("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("containers/auth.json"));
    files
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    auths: BTreeMap<String, Entry>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

impl Found {
    fn read_file(&mut self, file: &Path, registry: &str, repository: &str) {
        match std::fs::read(file) {
            Ok(document) => self.read(&file.display().to_string(), &document, registry, repository),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => self.problems.push(format!("{}: {e}", file.display())),
        }
    }

    fn read(&mut self, name: &str, document: &[u8], registry: &str, repository: &str) {
        let Some(document) = parse(document) else {
            return self.problems.push(format!("{name} is no JSON of logins"));
        };
        let server = if is_docker_hub(registry) { DOCKER_HUB } else { registry };
        let helpers =
            document.cred_helpers.iter().filter(|(key, _)| fit(key, registry, repository).is_some());
        for helper in helpers.map(|(_, helper)| helper).chain(Some(&document.creds_store)) {
            if helper.is_empty() {
                continue;
            }
            match helper::ask(helper, server) {
                Ok(login) => self.logins.extend(login),
                Err(problem) => self.problems.push(problem),
            }
        }
        let mut fitting: Vec<_> = document
            .auths
            .iter()
            .filter_map(|(key, entry)| Some((fit(key, registry, repository)?, key, entry)))
            .collect();
        fitting.sort_by_key(|(fit, ..)| std::cmp::Reverse(*fit));
        for (_, key, entry) in fitting {
            match entry.login() {
                Ok(login) => self.logins.extend(login),
                Err(reason) => self.problems.push(format!("{name}: the login for {key} {reason}")),
            }
        }
    }
}

/// A `.dockercfg` has no `auths` round its entries.
fn parse(document: &[u8]) -> Option<Document> {
    let value: serde_json::Value = serde_json::from_slice(document).ok()?;
    let keys = ["auths", "credsStore", "credHelpers"];
    if value.is_object() && !keys.iter().any(|key| value.get(key).is_some()) {
        let auths = serde_json::from_value(value).unwrap_or_default();
        return Some(Document { auths, ..Document::default() });
    }
    serde_json::from_value(value).ok()
}

impl Entry {
    fn login(&self) -> Result<Option<Login>, &'static str> {
        if !self.registrytoken.is_empty() {
            return Ok(Some(Login::Registry(self.registrytoken.clone())));
        }
        if !self.identitytoken.is_empty() {
            return Ok(Some(Login::Identity(self.identitytoken.clone())));
        }
        if !self.auth.is_empty() {
            let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
            let decoded = GeneralPurpose::new(&base64::alphabet::STANDARD, config).decode(self.auth.trim());
            let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or("is not base64")?;
            let (user, password) = text.split_once(':').ok_or("has no colon between name and password")?;
            // Docker's own files end the password with a zero byte now and then.
            let password = password.trim_end_matches('\0').to_owned();
            return Ok(Some(Login::Password { user: user.to_owned(), password }));
        }
        if self.username.is_empty() {
            // With a credsStore an entry only says that someone logged in.
            return Ok(None);
        }
        Ok(Some(Login::Password { user: self.username.clone(), password: self.password.clone() }))
    }
}

/// How exactly a key fits a repository: the length of its path, then whether its host is written out.
fn fit(key: &str, registry: &str, repository: &str) -> Option<(usize, bool)> {
    let key = key.split_once("://").map_or(key, |(_, rest)| rest).trim_end_matches('/');
    let (host, path) = key.split_once('/').unwrap_or((key, ""));
    // Docker's keys are URLs of its first interface.
    let path = if matches!(path, "v1" | "v2") { "" } else { path };
    let path_fits = path.is_empty()
        || repository.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let host_fits = host == registry
        || (is_docker_hub(host) && is_docker_hub(registry))
        || (host.contains(['*', '?', '[']) && glob_fits(host, registry));
    (host_fits && path_fits).then(|| (path.len(), !host.contains('*')))
}

/// Kubernetes' globs: each part between dots for itself, and the port as it is.
fn glob_fits(glob: &str, registry: &str) -> bool {
    let split = |text: &str| {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        (host.to_owned(), port.to_owned())
    };
    let ((glob, glob_port), (host, port)) = (split(glob), split(registry));
    let (globs, parts): (Vec<_>, Vec<_>) = (glob.split('.').collect(), host.split('.').collect());
    glob_port == port
        && globs.len() == parts.len()
        && globs.iter().zip(parts).all(|(glob, part)| {
            globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(part))
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn find(document: &str, registry: &str, repository: &str) -> Found {
        let mut keychain = Keychain::default();
        keychain.add("test", document.as_bytes());
        keychain.find(registry, repository)
    }

    fn users(document: &str, registry: &str, repository: &str) -> Vec<String> {
        let named = |login: Login| match login {
            Login::Password { user, .. } => user,
            Login::Identity(_) => "(identity)".to_owned(),
            Login::Registry(_) => "(registry)".to_owned(),
        };
        find(document, registry, repository).logins.into_iter().map(named).collect()
    }

    #[test]
    fn the_longest_path_is_tried_first_and_the_rest_after_it() {
        let auths = r#"{"auths": {
            "quay.io": {"username": "host", "password": "unbake-invented"},
            "quay.io/team/app": {"username": "app", "password": "unbake-invented"},
            "quay.io/team": {"username": "team", "password": "unbake-invented"},
            "*.io": {"username": "glob", "password": "unbake-invented"},
            "quay.io/te": {"username": "no", "password": "unbake-invented"},
            "other.io": {"username": "no", "password": "unbake-invented"}}}"#;
        assert_eq!(users(auths, "quay.io", "team/app"), ["app", "team", "host", "glob"]);
        assert_eq!(users(auths, "quay.io", "team/app2"), ["team", "host", "glob"]);
    }

    #[test]
    fn globs_are_those_of_kubernetes() {
        for (glob, registry, fits) in [
            ("*.example.com", "eu.example.com", true),
            ("*.example.com", "a.eu.example.com", false),
            ("*.*.example.com", "a.eu.example.com", true),
            ("eu*.example.com", "eu-1.example.com", true),
            ("*.example.com:5000", "eu.example.com:5000", true),
            ("*.example.com", "eu.example.com:5000", false),
            ("*", "localhost", true),
        ] {
            assert_eq!(glob_fits(glob, registry), fits, "{glob} {registry}");
        }
    }

    #[test]
    fn docker_hub_has_several_names() {
        let auths = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "dW5iYWtlOmludmVudGVk"}}}"#;
        assert_eq!(users(auths, "docker.io", "library/alpine"), ["unbake"]);
        assert!(users(auths, "quay.io", "library/alpine").is_empty());
    }

    #[test]
    fn every_form_of_an_entry_is_read() {
        let cases = [
            (r#"{"auths": {"r.io": {"identitytoken": "unbake-invented", "auth": "eDp5"}}}"#, "(identity)"),
            (r#"{"auths": {"r.io": {"registrytoken": "unbake-invented"}}}"#, "(registry)"),
            (r#"{"auths": {"https://r.io/v2/": {"auth": "dW5iYWtlOmludmVudGVk"}}}"#, "unbake"),
            (r#"{"r.io": {"auth": "dW5iYWtlOmludmVudGVk"}}"#, "unbake"),
        ];
        for (document, user) in cases {
            assert_eq!(users(document, "r.io", "app"), [user], "{document}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_its_value() {
        let found = find(r#"{"auths": {"r.io": {"auth": "unbake*invented"}}}"#, "r.io", "app");
        assert!(found.logins.is_empty());
        assert_eq!(found.problems, ["test: the login for r.io is not base64"]);
        assert_eq!(find("nonsense", "r.io", "app").problems, ["test is no JSON of logins"]);
        let secret = r#"{"auths": {"r.io": {"username": "unbake", "password": "unbake-invented"}}}"#;
        assert!(!format!("{:?}", find(secret, "r.io", "app")).contains("invented"));
    }

    #[test]
    fn a_helper_that_is_not_there_is_told() {
        let found = find(r#"{"credHelpers": {"r.io": "unbake-absent"}, "auths": {}}"#, "r.io", "app");
        assert!(found.problems[0].starts_with("docker-credential-unbake-absent: "), "{:?}", found.problems);
        let found = find(r#"{"credsStore": "../evil", "auths": {}}"#, "r.io", "app");
        assert!(found.problems[0].contains("no name of a credential helper"), "{:?}", found.problems);
    }
}
