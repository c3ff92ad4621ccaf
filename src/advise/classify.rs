//! Every literal of a manifest as Secret, Configuration or neither, with the reason.
//!
//! In: the fields of a file and what a scan of the same file found. Out: literals that can be shown. A Secret's value
//! never leaves; a setting's does where nothing speaks against it.

use std::collections::HashSet;

use crate::detect::judge::names_credential;
use crate::manifest::judgement::{Class, Reason, is_kept_as_secret};
use crate::manifest::{Field, Role};
use crate::place::Document;
use crate::secret::Secret;
use crate::span::{Position, Span};

/// A longer value is not shown.
const MAX_SHOWN: usize = 200;

/// With more credentials than this in a file no value of it is shown: each would have to be looked for in each.
const MAX_SECRETS: usize = 1000;

/// What a scan found in the file.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub span: Span,
    /// Line, from 1.
    pub line: u64,
    /// Id of the rule.
    pub rule: String,
    /// What the rule finds, in words.
    pub title: String,
    /// Whether a scan raises it.
    pub raised: bool,
    /// Whether the rule knows the value by its own form, and not by the name beside it.
    pub by_form: bool,
    /// The value.
    pub secret: Secret,
}

/// A literal, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Where its value begins.
    pub at: Position,
    /// The object and the route.
    pub document: Document,
    /// The name that gives the value its meaning; empty where it has none.
    pub name: String,
    /// What kind of literal it is.
    pub role: Role,
    /// What it is.
    pub class: Class,
    /// Why, in a word that does not change: a reason's, or `format` for what a rule knows.
    pub reason: &'static str,
    /// Why, in words.
    pub explanation: String,
    /// The rule that knows the value, where one does.
    pub rule: Option<String>,
    /// Whether it is a Secret that a guess would find.
    pub weak: bool,
    /// Whether Dapr's Configuration API is for it.
    pub tunable: bool,
    /// Length of the value in bytes.
    pub length: usize,
    /// The value, if it is Configuration and nothing speaks against showing it.
    pub value: Option<String>,
}

/// The literals of a file, in the order of its bytes.
pub fn literals(text: &[u8], fields: &[Field], found: &[Found]) -> Vec<Literal> {
    let mut fields: Vec<&Field> = fields.iter().collect();
    fields.sort_by_key(|field| field.raw);
    let (mut at, mut position) = (0, Position::START);
    let mut literals: Vec<Literal> = Vec::with_capacity(fields.len());
    let mut found: Vec<&Found> = found.iter().collect();
    found.sort_by_key(|one| one.span);
    for (number, field) in fields.iter().enumerate() {
        position = position.after(text.get(at..field.raw.start).unwrap_or_default());
        at = field.raw.start;
        let mut near = fields[number + 1..].iter().take_while(|next| next.raw.start < field.raw.end);
        // A file that is written in a scalar is told by its own settings.
        if near.any(|next| next.stands_in(field)) {
            continue;
        }
        literals.push(literal(field, position, &inside(&found, field)));
    }
    hide_secrets(&mut literals, &fields, &found);
    literals
}

/// What was found in a field. Findings of a text stand apart and in order, so the search is short.
fn inside<'f>(found: &[&'f Found], field: &Field) -> Vec<&'f Found> {
    let first = found.partition_point(|one| one.span.end <= field.raw.start);
    let near = found[first..].iter().take_while(|one| one.span.start < field.raw.end);
    // Fields of an escaped text have all of its bytes; each has what its own value holds.
    let is_own = |one: &&&Found| {
        field.decoded
            || field.raw.end - field.raw.start == field.value.len()
            || memchr::memmem::find(field.value.as_bytes(), one.secret.reveal()).is_some()
    };
    near.filter(is_own).copied().collect()
}

fn literal(field: &Field, at: Position, found: &[&Found]) -> Literal {
    let judgement = field.judgement();
    let is_surer = |one: &&&Found| one.by_form || judgement.class != Class::Secret;
    // A password in a URL and a setting of a component say more than a rule does.
    let is_known = matches!(judgement.reason, Reason::Login | Reason::Setting);
    let known = found.iter().filter(|one| one.raised && !is_known).find(is_surer);
    let shown =
        found.is_empty() && judgement.class == Class::Configuration && can_be_shown(field, judgement.reason);
    Literal {
        at,
        document: field.document.clone(),
        name: field.name.clone(),
        role: field.role,
        class: if known.is_some() { Class::Secret } else { judgement.class },
        reason: if known.is_some() { "format" } else { judgement.reason.id() },
        explanation: known.map_or_else(|| judgement.reason.explain(field), |one| described(one, at)),
        rule: known.map(|one| one.rule.clone()),
        weak: judgement.weak && known.is_none(),
        tunable: judgement.tunable && known.is_none(),
        length: field.value.len(),
        value: shown.then(|| field.value.clone()),
    }
}

fn described(found: &Found, field: Position) -> String {
    let line = if found.line == field.line { String::new() } else { format!(", line {}", found.line) };
    format!("a rule knows it: {}{line}", found.title)
}

/// Not where name or place are those of a credential, though the value can be none.
fn can_be_shown(field: &Field, reason: Reason) -> bool {
    field.value.len() <= MAX_SHOWN
        && !field.value.contains('\n')
        && !names_credential(&field.name)
        && !is_kept_as_secret(field)
        && reason != Reason::Identifier
}

/// A setting that has a Secret of the same file in it is not shown: the user that is its own password.
fn hide_secrets(literals: &mut [Literal], fields: &[&Field], found: &[&Found]) {
    let of_fields = literals.iter().zip(fields).filter(|(literal, _)| literal.class == Class::Secret);
    let mut secrets: HashSet<Vec<u8>> =
        of_fields.map(|(_, field)| field.value.clone().into_bytes()).collect();
    secrets.extend(found.iter().map(|one| one.secret.reveal().to_vec()));
    let holds_one = |value: &String| {
        secrets.len() > MAX_SECRETS
            || secrets.iter().any(|secret| match secret.len() {
                // Too short to be told from chance.
                0..4 => value.as_bytes() == secret,
                _ => memchr::memmem::find(value.as_bytes(), secret).is_some(),
            })
    };
    for literal in literals {
        literal.value = literal.value.take().filter(|value| !holds_one(value));
    }
}
