//! `dapr.io/env` → `dapr.io/env-from-secret`: variables of a pod's sidecar.

use std::collections::BTreeSet;

use super::batch::{Batch, Made, Piece, Wish};
use super::effective::effective;
use super::original::{Original, below};
use super::reason::Reason;
use crate::advise::plan::Reference;
use crate::manifest::Field;
use crate::yaml::route::{Step, parent};
use crate::yaml::splice::{Shape, Where};

const ENV: &str = "dapr.io/env";
const FROM_SECRET: &str = "dapr.io/env-from-secret";

/// A variable of a sidecar.
pub(super) fn variable(batch: &Batch<'_>, field: &Field, reference: &Reference) -> Result<Piece, Reason> {
    let place = parent(&field.document.field);
    let Some((annotations, Step::Key(key))) = place else { return Err(Reason::Unclear) };
    if key != ENV {
        return Err(Reason::Annotation);
    }
    let mut piece =
        Piece { notes: effective(batch.original, field, &batch.options)?.notes, ..Piece::default() };
    piece.wishes.push(Wish::Sidecar {
        annotations: annotations.to_owned(),
        name: field.name.clone(),
        reference: reference.clone(),
    });
    Ok(piece)
}

/// The value of a variable in the annotation's text.
pub(super) fn value<'t>(text: &'t str, name: &str) -> Result<&'t str, Reason> {
    let mut found = pairs(text).filter(|(own, ..)| *own == name).map(|(_, value, _)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Ok(value),
        (Some(_), Some(_)) => Err(Reason::TwiceSet(name.to_owned())),
        (None, _) => Err(Reason::Unclear),
    }
}

/// Name, value and whole text of each pair.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.split(',').map(|pair| {
        let (name, value) = pair.trim().split_once('=').unwrap_or((pair.trim(), ""));
        (name, value, pair)
    })
}

/// Moves variables from one annotation to the other.
pub(super) fn sidecar(original: &Original<'_>, annotations: &str, wishes: &[&Wish]) -> Result<Made, Reason> {
    let moved: Vec<(&str, &Reference)> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Wish::Sidecar { name, reference, .. } => Some((&**name, reference)),
            _ => None,
        })
        .collect();
    let names: BTreeSet<&str> = moved.iter().map(|(name, _)| *name).collect();
    let (editor, env, secret) = (original.editor(), below(annotations, ENV), below(annotations, FROM_SECRET));
    let text = |route: &str| original.node(route).and_then(|node| node.text());
    let rest: Vec<&str> = pairs(text(&env).unwrap_or_default())
        .filter(|(name, _, pair)| !names.contains(name) && !pair.trim().is_empty())
        .map(|(.., pair)| pair)
        .collect();
    let rest = rest.join(",").trim().to_owned();
    let existing = text(&secret).unwrap_or_default();
    if let Some((name, ..)) = pairs(existing).find(|(name, ..)| names.contains(name)) {
        return Err(Reason::TwiceSet(name.to_owned()));
    }
    let mut refers: Vec<String> = Vec::new();
    refers.extend((!existing.trim().is_empty()).then(|| existing.to_owned()));
    refers.extend(moved.iter().map(|(name, to)| format!("{name}={}:{}", to.name, to.key)));
    let refers = refers.join(",");
    let is_there = original.node(&secret).is_some();
    let mut made = Made { changed: vec![env.clone(), secret.clone()], ..Made::default() };
    made.edits = match (rest.is_empty(), is_there) {
        (true, false) => vec![editor.replace_entry(&env, FROM_SECRET, &Shape::Text(refers))?],
        (true, true) => vec![editor.remove(&env)?, editor.replace_text(&secret, &refers)?],
        (false, true) => vec![editor.replace_text(&env, &rest)?, editor.replace_text(&secret, &refers)?],
        (false, false) => {
            let after = Where::AfterKey(ENV);
            vec![
                editor.replace_text(&env, &rest)?,
                editor.insert_entry(annotations, &after, FROM_SECRET, &Shape::Text(refers))?,
            ]
        }
    };
    Ok(made)
}
