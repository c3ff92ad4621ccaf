//! Dockerfile: variables, build arguments, commands, labels, and credential files that are copied into the image.

use super::command::meaning;
use super::format::Format;
use super::instructions::{Instruction, instructions};
use super::object::Object;
use super::{Field, Role, command};
use crate::credentials::{in_commands, kind_of};
use crate::place::Document;
use crate::span::Span;
use crate::yaml::parse::parse;
use crate::yaml::route::{At, cut};

/// Names are told up to this many letters, and so many fields are read: a hostile file could fill the memory.
const MAX_NAME: usize = 253;
const MAX_FIELDS: usize = 20_000;

/// Kinds of files that hold nothing else than a credential, or as a rule hold one. (`kind_of` knows more of them:
/// settings, which an image may well need.)
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "AWS credentials", "Cargo credentials", "Google default credentials", "NuGet configuration", "RubyGems credentials",
    "Terraform state", "Terraform variables", "Vault token", "docker configuration", "environment file",
    "git credentials", "key file", "key store", "kubeconfig", "netrc", "npm configuration", "pgpass", "pypirc",
];

/// Private keys of OpenSSH, as `ssh-keygen` calls them.
const SSH_KEYS: &[&str] = &["id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_rsa"];

/// An instruction's bytes, and their place.
type Placed = (Span, Document);

/// The literals of a file, and the place of each instruction. `None` where there is no `FROM`.
pub(super) fn read(bytes: &[u8]) -> Option<(Vec<Field>, Vec<Placed>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let instructions = instructions(text);
    let is_from = |it: &Instruction| it.keyword == "FROM";
    instructions.iter().any(is_from).then(|| {
        let mut reading = Reading { text, stage: "", fields: Vec::new() };
        let mut places = Vec::new();
        for it in &instructions {
            if is_from(it) {
                reading.stage = stage(it);
            }
            places.push((it.span, reading.place(&it.keyword, "")));
            if reading.fields.len() < MAX_FIELDS {
                reading.instruction(it);
            }
        }
        reading.fields.sort_by_key(|field| field.raw);
        (reading.fields, places)
    })
}

/// The name in `FROM image AS name`.
fn stage(it: &Instruction) -> &str {
    let mut words = it.text.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("AS")).and(words.next()).unwrap_or_default()
}

struct Reading<'t> {
    text: &'t str,
    stage: &'t str,
    fields: Vec<Field>,
}

impl<'t> Reading<'t> {
    /// `ENV[API_KEY]` of a stage.
    fn place(&self, keyword: &str, name: &str) -> Document {
        let name = cut(name, MAX_NAME);
        let field =
            if name.is_empty() { cut(keyword, MAX_NAME).to_owned() } else { format!("{keyword}[{name}]") };
        let kind = Format::Dockerfile.kind().to_owned();
        Document { index: 0, kind, name: cut(self.stage, MAX_NAME).to_owned(), field }
    }

    fn add(&mut self, keyword: &str, name: &str, value: String, raw: Span, role: Role) {
        if !value.is_empty() {
            let document = self.place(keyword, name);
            let name = cut(name, MAX_NAME).to_owned();
            self.fields.push(Field {
                document,
                name,
                value,
                raw,
                role,
                decoded: false,
                component: None,
                proof: None,
            });
        }
    }

    fn instruction(&mut self, it: &'t Instruction) {
        match &*it.keyword {
            "ENV" => self.pairs(it, Role::DockerEnv),
            "ARG" => self.pairs(it, Role::DockerArg),
            "LABEL" => self.pairs(it, Role::DockerRun),
            "RUN" | "CMD" | "ENTRYPOINT" => self.command(it, 0),
            "HEALTHCHECK" => {
                if let Some(at) = it.text.find("CMD") {
                    self.command(it, at + 3);
                }
            }
            "COPY" | "ADD" => self.copied(it),
            _ => {}
        }
        for body in &it.heredocs {
            let inner = &self.text[body.start..body.end];
            let is_script = it.keyword == "RUN";
            self.commands(&it.keyword, if is_script { inner } else { "" }, |raw| Span {
                start: body.start + raw.start,
                end: body.start + raw.end,
            });
        }
    }

    /// `NAME=value NAME="value"`, or the old form of `ENV` and `LABEL`: `NAME value`.
    fn pairs(&mut self, it: &'t Instruction, role: Role) {
        let text = &it.text;
        let first = text.split_whitespace().next().unwrap_or_default();
        if !first.contains('=') && role != Role::DockerArg {
            let start = text.find(first).unwrap_or_default() + first.len();
            let value = text[start..].trim();
            let start = start + text[start..].find(value).unwrap_or_default();
            return self.pair(it, first, start..start + value.len(), role);
        }
        for word in words(text) {
            if let Some((name, value)) = text[word.clone()].split_once('=') {
                self.pair(it, name.trim_matches('"'), word.end - value.len()..word.end, role);
            }
        }
    }

    fn pair(&mut self, it: &Instruction, name: &str, value: std::ops::Range<usize>, role: Role) {
        let written = &it.text[value.clone()];
        let inner = inside_quotes(written);
        let is_literal = !inner.contains(['"', '\'', '\\']);
        let quote = if is_literal { (written.len() - inner.len()) / 2 } else { 0 };
        let effective = if is_literal { inner.to_owned() } else { unquoted(written) };
        let raw = it.in_file(value.start + quote, value.end - quote);
        self.add(&it.keyword, name, effective, raw, role);
    }

    /// A command in the form of a shell or of JSON.
    fn command(&mut self, it: &Instruction, start: usize) {
        let text = &it.text[start..];
        if !text.trim_start().starts_with('[') {
            return self.commands(&it.keyword, text, |raw| it.in_file(start + raw.start, start + raw.end));
        }
        let stream = parse(text.as_bytes());
        let Some(document) = stream.documents.first() else { return };
        let file = Object::of_file(text.as_bytes(), document, "", "");
        let mut found = Vec::new();
        command::in_words(&file, &At::root(&document.root), Role::DockerRun, &mut found);
        for field in found {
            let raw = it.in_file(start + field.raw.start, start + field.raw.end);
            self.add(&it.keyword, &field.name, field.value, raw, Role::DockerRun);
        }
    }

    /// The credentials of command lines. Other words of them say nothing by themselves.
    fn commands(&mut self, keyword: &str, text: &str, in_file: impl Fn(Span) -> Span) {
        for found in in_commands(text) {
            let raw = in_file(found.raw);
            self.add(keyword, meaning(&found.document.field), found.value, raw, Role::DockerRun);
        }
    }

    /// Sources that are credential files by their names; passwords in the URLs of `ADD`.
    fn copied(&mut self, it: &Instruction) {
        let words: Vec<_> = words(&it.text).collect();
        let is_flag = |word: &str| word.starts_with("--");
        let is_from_a_stage = words.iter().any(|word| it.text[word.clone()].starts_with("--from="));
        let (_, sources) = words.split_last().unwrap_or((&(0..0), &[]));
        for word in sources {
            let path = it.text[word.clone()].trim_matches(['[', ']', ',', '"']);
            if !is_flag(path) && !is_from_a_stage && is_credential_file(path) {
                let raw = it.in_file(word.start, word.end);
                let document = self.place(&it.keyword, path);
                let (name, value) = (String::new(), path.to_owned());
                self.fields.push(Field {
                    document,
                    name,
                    value,
                    raw,
                    role: Role::DockerRun,
                    decoded: false,
                    component: None,
                    proof: None,
                });
            }
        }
        self.commands(&it.keyword, &it.text, |raw| it.in_file(raw.start, raw.end));
    }
}

/// Whether a field is not a literal but a credential file that is copied into the image.
pub fn copies_a_credential_file(field: &Field) -> bool {
    field.role == Role::DockerRun && field.name.is_empty() && is_credential_file(&field.value)
}

/// Whether a path is that of a file which holds a credential, by its name.
fn is_credential_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    SSH_KEYS.contains(&name) || kind_of(path).is_some_and(|kind| KINDS.contains(&kind.name))
}

/// Where the words are; blanks in quotes or after a backslash divide none.
fn words(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let (mut start, mut quote, mut escaped) = (None, None, false);
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        let ends = c.is_whitespace() && quote.is_none() && !escaped;
        match quote {
            _ if escaped => escaped = false,
            _ if c == '\\' && quote != Some('\'') => escaped = true,
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        if ends {
            found.extend(start.take().map(|start| start..at));
        } else if start.is_none() {
            start = Some(at);
        }
    }
    found.extend(start.map(|start| start..text.len()));
    found.into_iter()
}

fn inside_quotes(value: &str) -> &str {
    let quoted = |quote| value.strip_prefix(quote).and_then(|inner: &str| inner.strip_suffix(quote));
    quoted('\'').or_else(|| quoted('"')).unwrap_or(value)
}

/// The text without its quotes and escapes.
fn unquoted(value: &str) -> String {
    let (mut text, mut quote, mut escaped) = (String::new(), None, false);
    for c in value.chars() {
        match quote {
            _ if escaped => {
                escaped = false;
                text.push(c);
            }
            _ if c == '\\' && quote != Some('\'') => escaped = true,
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => text.push(c),
        }
    }
    text
}
