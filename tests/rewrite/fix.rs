//! A whole file fixed as a plan does it, with names that only depend on the field.

use std::fmt;

use unbake::advise::plan::Reference;
use unbake::advise::rewrite::{Options, Original, Reason, effective, rewrite_document};
use unbake::manifest::{self, Field, Role};
use unbake::yaml::parse::parse;
use unbake::yaml::splice::apply;

/// A file after its rewrite.
pub(super) struct Fixed {
    /// Its text.
    pub(super) text: String,
    /// What the Secrets have to hold: reference and value.
    pub(super) secrets: Vec<(String, String)>,
    /// What was not rewritten: field and reason.
    pub(super) refused: Vec<(String, Reason)>,
    /// What one has to know.
    pub(super) notes: Vec<String>,
}

pub(super) fn fix(text: &str) -> Fixed {
    fix_with(text, &Options::default())
}

pub(super) fn fix_with(text: &str, options: &Options<'_>) -> Fixed {
    let fields = leaks(text);
    let mut fixed = Fixed { text: String::new(), secrets: vec![], refused: vec![], notes: vec![] };
    let (mut edits, mut changed) = (Vec::new(), Vec::new());
    for document in &parse(text.as_bytes()).documents {
        let original = Original { text: text.as_bytes(), document };
        let own: Vec<(&Field, Reference)> = fields
            .iter()
            .filter(|field| field.document.index == document.index)
            .map(|field| (field, reference(field)))
            .collect();
        let own = once(own);
        let own: Vec<(&Field, &Reference)> =
            own.iter().map(|(field, reference)| (*field, reference)).collect();
        let (rewrite, refused) = rewrite_document(original, &own, options);
        for (number, (field, reference)) in own.iter().enumerate() {
            let reason = refused.iter().find(|(refused, _)| *refused == number);
            if let Some((_, reason)) = reason {
                fixed.refused.push((format!("{} {}", field.document.field, field.name), reason.clone()));
                continue;
            }
            let effective = effective(original, field, options).unwrap();
            let value = String::from_utf8_lossy(effective.value.reveal()).into_owned();
            fixed.secrets.push((format!("{}/{}", reference.name, reference.key), value));
        }
        fixed.notes.extend(rewrite.notes);
        edits.extend(rewrite.edits);
        changed.extend(rewrite.changed);
    }
    let after = apply(text.as_bytes(), &edits, &changed);
    fixed.text = String::from_utf8(after.unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))).unwrap();
    fixed
}

/// One key for what is equal in one object.
fn once(mut leaks: Vec<(&Field, Reference)>) -> Vec<(&Field, Reference)> {
    for at in 1..leaks.len() {
        let (before, own) = leaks.split_at_mut(at);
        let (field, reference) = &mut own[0];
        let same = before.iter().find(|(other, to)| {
            // The password of a URL, and a word with another escape, are not what the other one is.
            (other.value == field.value && other.role == field.role) && to.name == reference.name
        });
        if let Some((_, to)) = same {
            *reference = to.clone();
        } else if before.iter().any(|(_, to)| to == reference) {
            reference.key = format!("{}-{at}", reference.key);
        }
    }
    leaks
}

/// The fields of a file that hold a credential.
pub(super) fn leaks(text: &str) -> Vec<Field> {
    let fields = manifest::read(text.as_bytes()).unwrap().fields;
    let mut fields: Vec<Field> = fields.into_iter().filter(Field::is_credential).collect();
    for field in fields.iter_mut().filter(|field| field.document.field.ends_with("[\"dapr.io/env\"]")) {
        field.role = Role::DaprEnv;
    }
    fields
}

pub(super) fn reference(field: &Field) -> Reference {
    let key = if field.name.is_empty() { "value".to_owned() } else { field.name.to_lowercase() };
    let key = key.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    Reference { name: format!("{}-secrets", field.document.name), key }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)?;
        for (key, value) in &self.secrets {
            write!(f, "\n==== {key} = {value:?}")?;
        }
        for note in &self.notes {
            write!(f, "\n---- {note}")?;
        }
        for (field, reason) in &self.refused {
            write!(f, "\n!!!! {field}: {reason}")?;
        }
        Ok(())
    }
}
