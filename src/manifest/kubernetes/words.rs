//! The words of a command.

use super::{Field, Role};
use crate::credentials::password_flag;
use crate::manifest::scope::Scope;
use crate::yaml::route::At;

/// The words of a command, of which `program` is run where they don't name one. A flag gives the word after it, or the
/// rest of its own, a name; so does the `NAME=` of a word such as `PASSWORD=…`, after a flag (`--set
/// auth.password=…`) or alone.
pub(in crate::manifest) fn arguments(scope: &Scope<'_>, words: &At<'_>, program: &str, out: &mut Vec<Field>) {
    let mut program = file_name(program);
    let mut flag = "";
    for at in words.items() {
        let text = at.node.text().unwrap_or_default();
        if program.is_empty() {
            program = file_name(text);
        }
        let (mut name, mut start) = (std::mem::take(&mut flag), 0);
        if text.bytes().all(|b| b == b'-') {
            continue;
        }
        match (password_flag(program, text), split_flag(text)) {
            (Some(0), _) => {
                flag = "password";
                continue;
            }
            (Some(value), _) => (name, start) = ("password", value),
            (None, Some((own, Some(value)))) => (name, start) = (own, value),
            (None, Some((own, None))) => {
                flag = own;
                continue;
            }
            (None, None) => {}
        }
        if let Some(own) = variable_name(&text[start..]) {
            (name, start) = (own, start + own.len() + 1);
        }
        scope.part(&at, start..text.len(), name, Role::Argument, out);
    }
}

/// The first word of a command, if it is written.
pub(super) fn program<'a>(words: Option<&At<'a>>) -> &'a str {
    words.and_then(|words| words.node.items().first()?.text()).unwrap_or_default()
}

fn file_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The name of a flag, and where its value begins if that stands in the same word: `--name=value`, `--name value`,
/// `-n`. A script is no flag, even where it begins with a dash.
fn split_flag(word: &str) -> Option<(&str, Option<usize>)> {
    let name = word.trim_start_matches('-');
    let dashes = word.len() - name.len();
    if !(1..=2).contains(&dashes) || name.is_empty() || name.contains('\n') {
        return None;
    }
    let end = name.find(|c: char| c == '=' || c.is_ascii_whitespace());
    Some((&name[..end.unwrap_or(name.len())], end.map(|end| dashes + end + 1)))
}

/// The name in `NAME=value`. What has blanks is a text or a connection string.
fn variable_name(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    (is_name && !word.contains(char::is_whitespace) && !word.contains(';')).then_some(name)
}
