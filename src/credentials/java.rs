//! Java's world: Maven, Gradle, Spring, Jenkins.

use super::file::File;
use super::lines::settings;
use super::markup::{Element, unescaped, walk};
use super::tree::{documents, is_sops, scalars};
use super::value::is_set;
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `servers/server` and `proxies/proxy`, with `password` and `passphrase`. `{…}` is encrypted with the master password
/// (Maven, "Password Encryption").
pub(super) fn maven(file: &mut File<'_>) {
    let mut id = "";
    walk(file.text, |open, text| {
        let [.., owner, field] = open else { return };
        match (owner.name, field.name) {
            ("server" | "proxy", "id") => id = text,
            ("server" | "proxy", "password" | "passphrase") if !is_braced(text) => {
                let value = unescaped(text);
                if is_set(&value) {
                    file.add("maven-settings-password", text, &value, id, field.name, Confidence::High);
                }
            }
            _ => {}
        }
    });
}

/// The master password is encrypted with a word that stands in Maven's documentation.
pub(super) fn maven_master(file: &mut File<'_>) {
    walk(file.text, |open, text| {
        if open.last().is_some_and(|element| element.name == "master") && is_braced(text) {
            file.add("maven-settings-password", text, text, "", "master", Confidence::High);
        }
    });
}

fn is_braced(value: &str) -> bool {
    value.starts_with('{') && value.ends_with('}') && value.len() > 20
}

/// `name=value`, for all builds of a user.
pub(super) fn gradle(file: &mut File<'_>) {
    for setting in settings(file.text, &['=', ':']) {
        file.named("gradle-property-credential", setting.value, "", setting.name);
    }
}

/// Spring Boot's `application*.properties`.
pub(super) fn properties(file: &mut File<'_>) {
    for setting in settings(file.text, &['=', ':']) {
        file.named("spring-setting-credential", setting.value, "", setting.name);
    }
}

/// Spring Boot's `application*.yml`.
pub(super) fn spring_yaml(file: &mut File<'_>) {
    for document in &documents(file.text) {
        let root = At::root(&document.root);
        if !is_sops(&root) {
            scalars(&root, &mut |at, key| file.named_at("spring-setting-credential", at, "", key));
        }
    }
}

/// Elements of the credentials plugins that hold a secret.
const JENKINS: &[&str] = &[
    "apiToken",
    "clientSecret",
    "passphrase",
    "password",
    "privateKey",
    "secret",
    "secretBytes",
    "secretKey",
    "token",
];

/// Jenkins' credentials. `{AQAA…}` is encrypted with `hudson.util.Secret`, which stands in the same home.
pub(super) fn jenkins(file: &mut File<'_>) {
    let mut id = "";
    walk(file.text, |open, text| {
        let Some(field) = open.last() else { return };
        if field.name == "id" {
            id = text;
        }
        if !JENKINS.contains(&field.name) || text.is_empty() {
            return;
        }
        let value = unescaped(text);
        if value.starts_with("{AQAA") && value.ends_with('}') {
            file.add("jenkins-credential", text, &value, id, field.name, Confidence::Low);
        } else if is_set(&value) || value.contains("PRIVATE KEY-----") {
            file.add("jenkins-credential", text, &value, id, field.name, Confidence::High);
        }
    });
}

/// `secrets/hudson.util.Secret`: the key of all the others, encrypted with `master.key` beside it.
pub(super) fn jenkins_secret(file: &mut File<'_>) {
    if (128..4096).contains(&file.bytes.len()) {
        file.present("jenkins-master-key", file.bytes, Confidence::High);
    }
}

/// Whether an element is one of these, in any case.
pub(super) fn is_one(element: &Element<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| element.name.eq_ignore_ascii_case(name))
}
