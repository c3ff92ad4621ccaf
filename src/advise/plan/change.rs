//! The edits of one file.

use super::Options;
use super::item::Item;
use super::keep::Placed;
use crate::advise::rewrite::{Moved, Original, Rewrite, consumers, rewrite_document};
use crate::manifest::Manifest;
use crate::yaml::parse::Document;
use crate::yaml::splice;

/// What becomes of a file.
#[derive(Debug, Default)]
pub struct Change {
    /// Edits, the nodes that they change, and what one has to know.
    pub rewrite: Rewrite,
    /// The leaks, by number, that are left, and why.
    pub refused: Vec<(usize, String)>,
}

/// Rewrites a file: its own leaks, and what reads keys that move out of ConfigMaps.
pub fn change(
    text: &[u8],
    manifest: &Manifest,
    leaks: &[(&Item, &Placed)],
    moved: &[Moved<'_>],
    options: &Options,
) -> Change {
    let mut change = Change::default();
    for document in manifest.documents() {
        let numbers: Vec<usize> = (0..leaks.len())
            .filter(|number| leaks[*number].0.field.document.index == document.index)
            .collect();
        let own: Vec<(&Item, &Placed)> = numbers.iter().map(|number| leaks[*number]).collect();
        let refused = change.document(text, document, &own, moved, options);
        change.refused.extend(refused.into_iter().map(|(number, reason)| (numbers[number], reason)));
    }
    change
}

impl Change {
    /// Adds the edits of a document, if they do what they are meant to. With the leaks that are left.
    fn document(
        &mut self,
        text: &[u8],
        document: &Document,
        leaks: &[(&Item, &Placed)],
        moved: &[Moved<'_>],
        options: &Options,
    ) -> Vec<(usize, String)> {
        let original = Original { text, document };
        let fields: Vec<_> = leaks.iter().map(|(item, placed)| (&item.field, &placed.reference)).collect();
        // One document has one store: that of its first setting.
        let store = leaks.iter().find(|(item, _)| item.of_dapr).map_or("", |(_, placed)| &placed.store);
        let (mut rewrite, refused) = rewrite_document(original, &fields, &options.rewrite(store));
        let refused = refused.into_iter().map(|(number, reason)| (number, reason.to_string())).collect();
        if !moved.is_empty() {
            // Whether they can be switched was asked before.
            let (switched, _) = consumers(original, moved);
            rewrite.edits.extend(switched.edits);
            rewrite.changed.extend(switched.changed);
            rewrite.notes.extend(switched.notes);
        }
        rewrite.edits.sort_by_key(|edit| edit.span);
        if let Err(broken) = splice::apply(text, &rewrite.edits, &rewrite.changed) {
            let all = 0..leaks.len();
            return all.map(|number| (number, broken.to_string())).collect();
        }
        self.rewrite.edits.extend(rewrite.edits);
        self.rewrite.changed.extend(rewrite.changed);
        self.rewrite.notes.extend(rewrite.notes);
        refused
    }
}
