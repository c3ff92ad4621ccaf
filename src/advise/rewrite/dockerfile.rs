//! Dockerfile: what is given to a build or set in an image can't be made a reference; what to do is told.

use crate::advise::plan::Reference;
use crate::manifest::{Field, Instruction, Role, copies_a_credential_file, instructions};

/// A suggestion, with no value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Lines that it is about, from 1: that of the literal first.
    pub lines: Vec<u64>,
    /// What to do, in one or several lines.
    pub text: String,
}

/// How someone gets rid of a literal of a Dockerfile. `id` of the build's secret is the reference's name, its variable
/// that of the literal, or else the reference's key.
pub fn suggest(text: &str, field: &Field, reference: &Reference) -> Suggestion {
    let at = field.raw.start;
    let mut lines = vec![line_of(text, at)];
    let keyword = field.document.field.split('[').next().unwrap_or_default();
    let secret = Mount { id: &reference.name, variable: variable(field, reference) };
    if copies_a_credential_file(field) {
        return Suggestion { lines, text: copied(field, keyword) };
    }
    let text = match (keyword, field.role) {
        ("ENV" | "ARG", _) => {
            let users = users(text, at, &field.name);
            lines.extend(users.iter().map(|start| line_of(text, *start)));
            of_variable(keyword, field, &secret, &lines[1..])
        }
        ("LABEL", _) => "Take the label out: everyone who can pull the image reads it.".to_owned(),
        ("RUN" | "ADD", Role::DockerRun) => format!(
            "Put a variable in the place of the value, and give it to this instruction alone:\n{}{}",
            secret.instruction(),
            secret.build()
        ),
        _ => format!("Put a variable in the place of the value. {}", at_run_time(secret.variable)),
    };
    Suggestion { lines, text }
}

/// A secret of BuildKit (docs.docker.com/build/building/secrets).
struct Mount<'a> {
    id: &'a str,
    variable: &'a str,
}

impl Mount<'_> {
    fn instruction(&self) -> String {
        format!("  RUN --mount=type=secret,id={},env={} …\n", self.id, self.variable)
    }

    fn build(&self) -> String {
        format!(
            "  docker build --secret id={},env={} .\n`env=` needs `# syntax=docker/dockerfile:1.10` or later; before that, the value is in /run/secrets/{}.",
            self.id, self.variable, self.id
        )
    }
}

fn variable<'a>(field: &'a Field, reference: &'a Reference) -> &'a str {
    match field.role {
        Role::DockerEnv | Role::DockerArg => &field.name,
        _ => &reference.key,
    }
}

/// Of a variable: the instructions that use it, and the container.
fn of_variable(keyword: &str, field: &Field, secret: &Mount<'_>, users: &[u64]) -> String {
    let name = &field.name;
    let mut text =
        format!("Take {name} out of {keyword}: the image's history and its configuration show it.");
    if !users.is_empty() {
        let lines: Vec<String> = users.iter().map(u64::to_string).collect();
        let lines = lines.join(", ");
        text.push_str(&format!(" For the build (line {lines}):\n{}{}", secret.instruction(), secret.build()));
    }
    if keyword == "ENV" {
        let divider = if users.is_empty() { ' ' } else { '\n' };
        text.push(divider);
        text.push_str(&at_run_time(name));
    } else if users.is_empty() {
        text.push_str(" No RUN instruction uses it.");
    }
    text
}

fn at_run_time(name: &str) -> String {
    format!(
        "Set {name} where the container runs: `env[].valueFrom.secretKeyRef` of its pod, `secrets:` or .env of compose."
    )
}

fn copied(field: &Field, keyword: &str) -> String {
    let path = &field.value;
    let name = path.rsplit('/').next().unwrap_or(path);
    let id = name.trim_start_matches('.');
    format!(
        "Leave {path} out of the image: put it into .dockerignore, and take it out of {keyword}. For the build:\n  RUN --mount=type=secret,id={id},target=/run/secrets/{name} …\n  docker build --secret id={id},src={path} .\nFor the container, mount it where that runs."
    )
}

/// Where the RUN instructions of the same stage begin that use a variable.
fn users(text: &str, at: usize, name: &str) -> Vec<usize> {
    let all = instructions(text);
    let after = all.iter().skip_while(|it| it.span.end <= at).skip(1);
    let in_stage = after.take_while(|it| it.keyword != "FROM");
    let uses = |it: &&Instruction| it.keyword == "RUN" && mentions(&text[it.span.start..it.span.end], name);
    in_stage.filter(uses).map(|it| it.span.start).collect()
}

/// `$NAME` or `${NAME`.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        (text[..at].ends_with('$') || text[..at].ends_with("${"))
            && !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn line_of(text: &str, at: usize) -> u64 {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() as u64
}
