//! Goes through a tree of which nothing is known but the names in it, and takes the scalars that these, or the values
//! themselves, say to be credentials.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::embedded::{self, Content};
use super::kubernetes::{self, CONTAINERS};
use super::object::Object;
use super::scope::Scope;
use super::{Field, Role};
use crate::detect::judge::{self, Strength};
use crate::yaml::node::{Entry, Node, Scalar, Style, Value};
use crate::yaml::route::{At, Route};

/// Below these keys nothing runs, all is public, or it is encrypted.
#[rustfmt::skip]
const QUIET: &[&str] = &[
    "annotations", "caBundle", "description", "encryptedData", "example", "examples", "jwks", "labels",
    "managedFields", "matchLabels", "openAPIV3Schema", "sops", "valueFrom",
];

/// Ends of keys below which there are names of other objects, or of variables.
const REFERENCES: &[&str] = &["Ref", "Refs", "Selector", "FromEnv", "_ref", "_from_env"];

/// Keys of a value that another key, beside it or above it, names.
const VALUES: &[&str] = &["value", "default", "content", "contents", "data", "stringData", "string", "text"];

/// Keys that name the value beside them.
const NAMES: &[&str] = &["name", "key", "path", "filename"];

/// Lists of containers in custom resources, and single ones: Tekton, Argo Workflows, operators.
const MORE_CONTAINERS: &[&str] = &["sidecars", "sidecarContainers", "steps"];
const SINGLE_CONTAINERS: &[&str] = &["container", "script", "sidecar", "stepTemplate"];

/// What is read of a container, by [`kubernetes::container`].
#[rustfmt::skip]
const READ: &[&str] = &[
    "env", "command", "args", "script", "source", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
];

/// Words of which one stands in each name of a credential. Names are taken apart only where one of them is met.
static WORDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)pass|pwd|psw|pw|secret|token|cred|auth|dsn|key|connection").ok());

/// Whether a text may name a credential.
pub(super) fn names_any(text: &str) -> bool {
    WORDS.as_ref().is_none_or(|words| words.is_match(text.as_bytes()))
}

/// Whether a name says that a value is a credential which stands there itself, or the value has a password in it.
pub(super) fn is_credential(name: &str, value: &str) -> bool {
    let named = || {
        names_any(name)
            && judge::names_credential(name)
            && judge::looks_like_credential_value(value)
            && !names_another(name, value)
    };
    memchr::memchr2(b':', b'=', value.as_bytes()).is_some() && judge::holds_password(value) || named()
}

/// Whether the value is the name of a Secret or of a key in it: `authSecret: mail-login`, `passwordKey: password`,
/// `auth.existingSecret`.
fn names_another(name: &str, value: &str) -> bool {
    const ENDS: [&str; 8] =
        ["secret", "secrets", "credential", "credentials", "creds", "passwordkey", "tokenkey", "secretkey"];
    /// Of these, the value is meant.
    const VALUES: [&str; 7] = ["client", "app", "consumer", "shared", "api", "jwt", "signing"];
    let name = name.to_ascii_lowercase().replace(['_', '-', '.'], "");
    let is_name = ENDS.iter().any(|end| name.ends_with(end));
    let is_value = VALUES.iter().any(|word| name.ends_with(&format!("{word}secret")));
    name.contains("existing") || is_name && !is_value && is_object_name(value)
}

/// Whether a value is as people name objects: words in lower case with dashes or dots between them. Chance makes no
/// such name of any length.
fn is_object_name(value: &str) -> bool {
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_plain = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase());
        is_plain || part.len() < 6 && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    value.split(['-', '.']).all(is_word)
}

/// Goes through all below `at`. `objects` is whether there may be pods and other objects in it, as in a custom
/// resource: those are read as such.
pub(super) fn walk(scope: &Scope<'_>, at: &At<'_>, role: Role, objects: bool, out: &mut Vec<Field>) {
    Walk { scope, role, objects, out }.node(at.node, &Trail::Root(&at.route), "");
}

struct Walk<'s, 'o> {
    scope: &'s Scope<'s>,
    role: Role,
    objects: bool,
    out: &'o mut Vec<Field>,
}

/// The way to a node, which becomes a route where something is found.
#[derive(Clone, Copy)]
enum Trail<'t> {
    Root(&'t Route),
    Key(&'t Trail<'t>, &'t str),
    Item(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    fn route(&self) -> Route {
        match self {
            Self::Root(route) => (*route).clone(),
            Self::Key(parent, key) => parent.route().key(key),
            Self::Item(parent, index) => parent.route().index(*index),
        }
    }

    fn at<'n>(&self, node: &'n Node) -> At<'n> {
        At { node, route: self.route() }
    }
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Node, trail: &Trail<'_>, name: &str) {
        match &node.resolved().value {
            Value::Scalar(scalar) => self.scalar(node, scalar, trail, name),
            Value::Mapping(entries) => self.mapping(node, entries, trail, name),
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &Trail::Item(trail, index), name);
                }
            }
            Value::Anchor(_) | Value::Alias(_) => {}
        }
    }

    fn mapping(&mut self, node: &Node, entries: &[Entry], trail: &Trail<'_>, name: &str) {
        if self.objects && !matches!(trail, Trail::Root(_)) && node.get("apiVersion").is_some() {
            let object = Object::inside(trail.at(node), *self.scope);
            if let Some(object) = object {
                return object.read(self.out);
            }
        }
        let own = NAMES.iter().find_map(|key| node.get(key)?.text());
        for entry in entries {
            let Some(key) = entry.key.scalar() else { continue };
            let key = &*key.text;
            if QUIET.contains(&key) || is_reference(key, &entry.value) {
                continue;
            }
            // What a merge key brings stands on the same way.
            if key == "<<" {
                self.node(&entry.value, trail, name);
                continue;
            }
            let below = Trail::Key(trail, key);
            if self.objects && self.is_read(node, key, &entry.value, &below, trail) {
                continue;
            }
            let name = match VALUES.contains(&key) {
                true => own.unwrap_or(if name.is_empty() { key } else { name }),
                false => key,
            };
            self.node(&entry.value, &below, name);
        }
    }

    /// Reads what Kubernetes itself has in custom resources: containers, volumes, annotations.
    fn is_read(&mut self, owner: &Node, key: &str, value: &Node, at: &Trail<'_>, parent: &Trail<'_>) -> bool {
        if key == "metadata" {
            kubernetes::metadata(self.scope, &parent.at(owner), self.out);
            return false;
        }
        let items = value.items();
        if key == "volumes" && !items.is_empty() {
            kubernetes::volumes(self.scope, &at.at(value), self.out);
            return true;
        }
        if (CONTAINERS.contains(&key) || MORE_CONTAINERS.contains(&key))
            && items.iter().any(kubernetes::is_container)
        {
            for (index, item) in items.iter().enumerate() {
                self.container(item, &Trail::Item(at, index));
            }
            return true;
        }
        let is_single = SINGLE_CONTAINERS.contains(&key) && kubernetes::is_container(value);
        if is_single {
            self.container(value, at);
        }
        is_single
    }

    /// A container, and what an operator adds to one.
    fn container(&mut self, node: &Node, trail: &Trail<'_>) {
        kubernetes::container(self.scope, &trail.at(node), self.out);
        for Entry { key, value } in node.entries() {
            let Some(key) = key.scalar() else { continue };
            if !READ.contains(&&*key.text) && value.scalar().is_none() {
                self.node(value, &Trail::Key(trail, &key.text), &key.text);
            }
        }
    }

    fn scalar(&mut self, node: &Node, scalar: &Scalar, trail: &Trail<'_>, name: &str) {
        let Some(text) = node.text() else { return };
        let value = text.trim_end();
        if value.contains('\n') || value.starts_with(['{', '[']) {
            let at = trail.at(node);
            embedded::read(self.scope, &at, Content::written(&at, name, self.role), self.out);
        } else if is_credential(name, text) && !is_count(name, scalar) {
            self.scope.field(&trail.at(node), name, self.role, self.out);
        }
    }
}

/// `secretKeyRef: {name: …, key: …}`, `passwordFromEnv: …`; not KEDA's `jobTargetRef`, which has a pod in it.
fn is_reference(key: &str, value: &Node) -> bool {
    REFERENCES.iter().any(|end| key.ends_with(end))
        && value.entries().iter().all(|entry| entry.value.scalar().is_some())
}

/// `tokens: 5000`: a number, under a name that has other meanings.
fn is_count(name: &str, scalar: &Scalar) -> bool {
    scalar.style == Style::Plain
        && scalar.text.bytes().all(|b| b.is_ascii_digit())
        && judge::strength(name) != Some(Strength::Specific)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_none() {
        let quiet = [
            ("authSecret", "mail-login"),
            ("credentials", "gcp-creds-2"),
            ("passwordKey", "password"),
            ("auth.existingSecret", "Any1thing"),
            ("webhookSecret", "github.webhook"),
            ("password", "${PASSWORD}"),
            ("secretName", "unbake-invented"),
            ("replicas", "three"),
        ];
        for (name, value) in quiet {
            assert!(!is_credential(name, value), "{name}");
        }
        let credentials = [
            ("password", "unbake-invented"),
            ("clientSecret", "unbake-invented"),
            ("authSecret", "unbakeInvented7Qw3Zr"),
            ("secret", "7f3c9a1be5d04428"),
            ("repoURL", "https://unbake:invented@git.unbake.example/x"),
        ];
        for (name, value) in credentials {
            assert!(is_credential(name, value), "{name}");
        }
    }
}
