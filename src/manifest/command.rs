//! Command lines in manifests: which of their words are credentials, and which flags give a meaning to words.

use super::kubernetes::arguments;
use super::object::Object;
use super::{Field, Role};
use crate::credentials::in_commands;
use crate::detect::judge::names_credential;
use crate::yaml::route::At;

/// Adds the words of a list.
pub(super) fn in_words(file: &Object<'_>, words: &At<'_>, role: Role, out: &mut Vec<Field>) {
    let before = out.len();
    arguments(file, words, "", out);
    out[before..].iter_mut().for_each(|field| field.role = role);
}

/// Adds the credentials of command lines that stand in a scalar. Its other words say nothing by themselves.
pub(super) fn in_line(file: &Object<'_>, at: &At<'_>, role: Role, out: &mut Vec<Field>) {
    let text = at.node.text().unwrap_or_default();
    for found in in_commands(text) {
        file.part(at, found.raw.start..found.raw.end, meaning(&found.document.field), role, out);
    }
}

/// What a flag says of its value; `-p` of `mysql` is a password by the command, not by its name.
pub(super) fn meaning(flag: &str) -> &str {
    let name = flag.trim_start_matches('-');
    if names_credential(name) { name } else { "password" }
}
