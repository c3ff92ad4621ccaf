//! docker-compose (compose-spec): what its services are given.
//!
//! `$$` is a dollar; `${NAME:-text}` is that text where nobody sets the variable.

use std::ops::Range;

use super::command::{in_line, in_words};
use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Whether a document is a compose file: services, one of which has an image or builds one. A file that is laid over
/// another may have neither, and then sets variables.
pub(super) fn is_one(root: &At<'_>) -> bool {
    const KEYS: [&str; 5] = ["image", "build", "environment", "env_file", "extends"];
    let services = root.get("services");
    services
        .iter()
        .flat_map(At::entries)
        .any(|(_, service)| KEYS.iter().any(|key| service.get(key).is_some()))
}

/// The name of the service that a place is in.
pub(super) fn name<'a>(root: &At<'a>, chain: &[At<'a>]) -> &'a str {
    let (Some(services), Some(inner)) = (root.get("services"), chain.get(2)) else { return "" };
    let found = services.entries().find(|(_, service)| std::ptr::eq(service.node, inner.node));
    found.map_or("", |(name, _)| name)
}

/// Adds the literals of a compose file.
pub(super) fn read<'a>(file: &Object<'a>, out: &mut Vec<Field>) {
    for (name, service) in file.root.get("services").iter().flat_map(At::entries) {
        read_service(&file.called(name), &service, out);
    }
    for (list, role) in [("configs", Role::ConfigMapData), ("secrets", Role::SecretData)] {
        for (name, entry) in file.root.get(list).iter().flat_map(At::entries) {
            if let Some(content) = entry.get("content") {
                literal(&file.called(name), &content, 0, name, role, out);
            }
        }
    }
    for field in out.iter_mut().filter(|field| field.role == Role::ComposeArgument) {
        field.value = field.value.replace("$$", "$");
    }
    // What several services share by an anchor stands once.
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|field| seen.insert((field.raw, field.name.clone())));
}

fn read_service<'a>(file: &Object<'a>, service: &At<'a>, out: &mut Vec<Field>) {
    if let Some(environment) = service.get("environment") {
        variables(file, &environment, Role::ComposeEnv, out);
    }
    if let Some(args) = service.follow(&["build", "args"]) {
        variables(file, &args, Role::BuildArgument, out);
    }
    if let Some(labels) = service.get("labels") {
        variables(file, &labels, Role::Annotation, out);
    }
    let commands: [&[&str]; 3] = [&["command"], &["entrypoint"], &["healthcheck", "test"]];
    for words in commands.iter().filter_map(|keys| service.follow(keys)) {
        match words.node.scalar() {
            Some(_) => in_line(file, &words, Role::ComposeArgument, out),
            None => in_words(file, &words, Role::ComposeArgument, out),
        }
    }
}

/// A mapping of names to values, or a list of `NAME=value`. A name alone is taken from where compose runs.
pub(super) fn variables<'a>(file: &Object<'a>, at: &At<'a>, role: Role, out: &mut Vec<Field>) {
    for item in at.items() {
        if let Some((name, _)) = item.node.text().and_then(|text| text.split_once('=')) {
            literal(file, &item, name.len() + 1, name, role, out);
        }
    }
    for (name, value) in at.entries() {
        match name {
            "<<" => merged(file, &value, role, out),
            _ => literal(file, &value, 0, name, role, out),
        }
    }
}

/// What a merge key brings: a mapping, or a list of them.
fn merged<'a>(file: &Object<'a>, at: &At<'a>, role: Role, out: &mut Vec<Field>) {
    variables(file, at, role, out);
    at.items().for_each(|item| variables(file, &item, role, out));
}

/// Adds the part of a scalar from `start` on, or the default in it, as compose reads it.
fn literal(file: &Object<'_>, at: &At<'_>, start: usize, name: &str, role: Role, out: &mut Vec<Field>) {
    let Some(text) = at.node.text() else { return };
    let value = &text[start..];
    let part = default_of(value).unwrap_or(0..value.len());
    let before = out.len();
    file.part(at, start + part.start..start + part.end, name, role, out);
    if let Some(field) = out.get_mut(before) {
        field.value = field.value.replace("$$", "$");
    }
}

/// Where the text stands in a value that is `${NAME:-text}` or `${NAME-text}` and nothing else.
pub(super) fn default_of(value: &str) -> Option<Range<usize>> {
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|end| *end > 0)?;
    let mark = [":-", "-"].iter().find(|mark| inner[end..].starts_with(**mark))?;
    let start = 2 + end + mark.len();
    // What is in another variable's braces is that one's.
    (!value[start..].contains("${")).then_some(start..value.len() - 1)
}
