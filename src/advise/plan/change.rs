//! The edits of one file.

use super::item::Item;
use super::keep::Placed;
use super::{Options, Reference};
use crate::advise::rewrite::untracked::Untracked;
use crate::advise::rewrite::{
    Moved, Original, Rewrite, compose, consumers, dapr_run, dockerfile, helm, kustomize, rewrite_document,
};
use crate::detect::judge;
use crate::manifest::{Field, Format, Manifest};
use crate::yaml::splice;

/// What becomes of a file.
#[derive(Debug, Default)]
pub struct Change {
    /// Edits, the nodes that they change, and what one has to know.
    pub rewrite: Rewrite,
    /// The leaks, by number, that are left, and why.
    pub refused: Vec<(usize, String)>,
    /// Where the values go of a file that refers to no store; the leaks by their numbers.
    pub untracked: Vec<Untracked>,
}

/// Rewrites a file: its own leaks, and what reads keys that move out of ConfigMaps.
pub fn change(
    text: &[u8],
    manifest: &Manifest,
    leaks: &[(&Item, &Placed)],
    moved: &[Moved<'_>],
    options: &Options,
) -> Change {
    let change = Change::of(text, manifest, &|_| true, leaks, moved, options);
    let broken = match change.check(text, manifest) {
        Ok(after) => return change.without_comments(text, manifest, leaks, after),
        Err(broken) => broken,
    };
    // Which document is it? The others need not wait for it.
    let documents = &manifest.stream().documents;
    let good: Vec<usize> = documents
        .iter()
        .map(|document| document.index)
        .filter(|index| {
            let one = Change::of(text, manifest, &|of| of == *index, leaks, moved, options);
            one.check(text, manifest).is_ok()
        })
        .collect();
    let mut change = Change::of(text, manifest, &|index| good.contains(&index), leaks, moved, options);
    let of_bad = |item: &Item| !good.contains(&item.field.document.index);
    let bad = leaks.iter().enumerate().filter(|(_, (item, _))| of_bad(item));
    change.refused.extend(bad.map(|(number, _)| (number, broken.to_string())));
    match change.check(text, manifest) {
        Ok(after) => change.without_comments(text, manifest, leaks, after),
        // Each was good alone: what the documents have in common is not known to be good.
        Err(broken) => Change {
            refused: (0..leaks.len()).map(|number| (number, broken.to_string())).collect(),
            ..Change::default()
        },
    }
}

impl Change {
    /// The change of some of the documents.
    fn of(
        text: &[u8],
        manifest: &Manifest,
        wanted: &dyn Fn(usize) -> bool,
        leaks: &[(&Item, &Placed)],
        moved: &[Moved<'_>],
        options: &Options,
    ) -> Self {
        let mut change = Self::default();
        for document in manifest.stream().documents.iter().filter(|document| wanted(document.index)) {
            let is_here = |item: &Item| item.field.document.index == document.index;
            let numbers: Vec<usize> = (0..leaks.len()).filter(|number| is_here(leaks[*number].0)).collect();
            let own: Vec<(&Item, &Placed)> = numbers.iter().map(|number| leaks[*number]).collect();
            let untracked = change.untracked.len();
            let refused = change.document(manifest.format, Original { text, document }, &own, moved, options);
            change.untracked[untracked..].iter_mut().for_each(|one| one.leak = numbers[one.leak]);
            change.refused.extend(refused.into_iter().map(|(number, reason)| (numbers[number], reason)));
        }
        change.rewrite.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        change.refused.extend(without_tree(text, manifest.format, leaks));
        change
    }

    /// Adds the edits of a document. With the leaks that are left.
    fn document(
        &mut self,
        format: Format,
        original: Original<'_>,
        leaks: &[(&Item, &Placed)],
        moved: &[Moved<'_>],
        options: &Options,
    ) -> Vec<(usize, String)> {
        let fields: Vec<_> = leaks.iter().map(|(item, placed)| (&item.field, &placed.reference)).collect();
        // One document has one store: that of its first setting.
        let store = leaks.iter().find(|(item, _)| item.of_dapr).map_or("", |(_, placed)| &placed.store);
        let Original { text, document } = original;
        let mut rewrites = Vec::new();
        let mut refused = Vec::new();
        match format {
            _ if fields.is_empty() => {}
            Format::Compose => {
                let made = compose::rewrite(text, document, &fields);
                rewrites.push(made.rewrite);
                self.untracked.extend(made.untracked);
                refused = told(made.refused);
            }
            Format::Kustomization => {
                let made = kustomize::rewrite(text, document, &fields);
                rewrites.push(made.rewrite);
                self.untracked.extend(made.untracked);
                refused = told(made.refused);
            }
            Format::HelmValues => refused = each(&fields, |field| helm::of_values(document, field)),
            Format::DaprRun => refused = each(&fields, dapr_run::advice),
            _ => {
                let (rewrite, left) = rewrite_document(original, &fields, &options.rewrite(store));
                rewrites.push(rewrite);
                refused = told(left);
            }
        }
        if !moved.is_empty() {
            // Whether they can be switched was asked before.
            rewrites.push(consumers(original, moved).0);
        }
        for Rewrite { edits, changed, notes } in rewrites {
            self.rewrite.edits.extend(edits);
            self.rewrite.changed.extend(changed);
            self.rewrite.notes.extend(notes);
        }
        refused
    }

    /// Whether the edits do what they are meant to, and nothing else.
    fn check(&self, text: &[u8], manifest: &Manifest) -> Result<Vec<u8>, splice::Refusal> {
        let Rewrite { edits, changed, .. } = &self.rewrite;
        if edits.is_empty() {
            return Ok(text.to_vec());
        }
        splice::apply_to(text, manifest.stream(), edits, changed)
    }

    /// Takes comments out that repeat a value, and says where else one stands in what came out, `after`. Weak values are
    /// not looked for: `postgres` is a word of many comments.
    fn without_comments(
        mut self,
        text: &[u8],
        manifest: &Manifest,
        leaks: &[(&Item, &Placed)],
        mut after: Vec<u8>,
    ) -> Self {
        let is_gone = |number: usize| !self.refused.iter().any(|(refused, _)| *refused == number);
        let gone = leaks.iter().enumerate().filter(|(number, _)| is_gone(*number)).map(|(_, (item, _))| item);
        let values: Vec<String> = gone
            .map(|item| String::from_utf8_lossy(item.value.reveal()).into_owned())
            .filter(|value| !judge::is_weak(value))
            .collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if values.iter().all(|value| splice::mentions(&after, value).is_none()) {
            return self;
        }
        let before = self.rewrite.edits.clone();
        splice::purge_comments(text, manifest.stream(), &values, &mut self.rewrite.edits);
        match self.check(text, manifest) {
            Ok(purged) => after = purged,
            Err(_) => self.rewrite.edits = before,
        }
        let file = leaks.first().map_or("", |(item, _)| &item.leak.shown);
        self.rewrite.notes.extend(values.iter().filter_map(|value| splice::mentions(&after, value)).map(
            |at| {
                let line = 1 + memchr::memchr_iter(b'\n', &after[..at]).count();
                format!("A value that is replaced still stands in line {line} of the new {file}.")
            },
        ));
        self
    }
}

/// What is told of leaks in files that are no trees, and are not rewritten.
fn without_tree(text: &[u8], format: Format, leaks: &[(&Item, &Placed)]) -> Vec<(usize, String)> {
    let fields: Vec<_> = leaks.iter().map(|(item, placed)| (&item.field, &placed.reference)).collect();
    match format {
        Format::Dockerfile => {
            let text = String::from_utf8_lossy(text);
            let told = fields.iter().map(|(field, at)| dockerfile::suggest(&text, field, at).text);
            told.enumerate().collect()
        }
        Format::Template => each(&fields, helm::of_template),
        _ => Vec::new(),
    }
}

fn each(fields: &[(&Field, &Reference)], advice: impl Fn(&Field) -> String) -> Vec<(usize, String)> {
    fields.iter().map(|(field, _)| advice(field)).enumerate().collect()
}

fn told(refused: Vec<(usize, impl ToString)>) -> Vec<(usize, String)> {
    refused.into_iter().map(|(number, reason)| (number, reason.to_string())).collect()
}
