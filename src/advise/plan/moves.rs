//! Keys that go from a ConfigMap to a Secret. One goes only if what reads it is among the files and can be switched:
//! otherwise a pod would miss it.

use super::item::Item;
use super::keep::Placed;
use crate::advise::rewrite::{Moved, Original, consumers};
use crate::manifest::{Manifest, Role};

/// A key that may go.
#[derive(Debug, Clone)]
pub struct Move {
    /// Number of its item.
    pub item: usize,
    namespace: Option<String>,
    config_map: String,
    key: String,
    placed: Placed,
}

/// What a file says of the keys, by their numbers.
#[derive(Debug, Default)]
pub struct Said {
    /// Read here, and can be switched.
    pub read: Vec<usize>,
    /// Read here, and can't be switched; and why.
    pub kept: Vec<(usize, String)>,
}

/// The keys that may go.
pub fn candidates(items: &[Item], placed: &[Placed]) -> Vec<Move> {
    let of_config_map = |item: &Item| item.field.role == Role::ConfigMapData;
    let both = items.iter().zip(placed).enumerate();
    both.filter(|(_, (item, _))| of_config_map(item))
        .map(|(number, (item, placed))| Move {
            item: number,
            namespace: item.namespace.clone(),
            config_map: item.leak.document.name.clone(),
            key: item.field.name.clone(),
            placed: placed.clone(),
        })
        .collect()
}

impl Move {
    /// As the rewriter takes it.
    pub fn moved(&self) -> Moved<'_> {
        Moved {
            namespace: self.namespace.as_deref(),
            config_map: &self.config_map,
            key: &self.key,
            reference: &self.placed.reference,
        }
    }

    /// Whether it is a key of this ConfigMap.
    pub fn is_of(&self, config_map: &str) -> bool {
        self.config_map == config_map
    }
}

/// Asks a file about each key.
pub fn ask(text: &[u8], manifest: &Manifest, moves: &[Move]) -> Said {
    let mut said = Said::default();
    for document in &manifest.stream().documents {
        for (number, one) in moves.iter().enumerate() {
            let (rewrite, kept) = consumers(Original { text, document }, &[one.moved()]);
            said.kept.extend(kept.into_iter().map(|(_, reason)| (number, reason.to_string())));
            if !rewrite.edits.is_empty() {
                said.read.push(number);
            }
        }
    }
    said
}

/// Those that may go after all files were asked, and why the others may not, by the numbers of their items.
pub fn decided(moves: Vec<Move>, said: &[Said]) -> (Vec<Move>, Vec<(usize, String)>) {
    let (mut go, mut stay) = (Vec::new(), Vec::new());
    for (number, one) in moves.into_iter().enumerate() {
        let kept = said.iter().flat_map(|said| &said.kept).find(|(kept, _)| *kept == number);
        let is_read = said.iter().any(|said| said.read.contains(&number));
        match kept {
            Some((_, reason)) => stay.push((one.item, reason.clone())),
            None if is_read => go.push(one),
            None => stay.push((
                one.item,
                format!(
                    "nothing among these files reads it from the ConfigMap {}: give the manifests of its \
                     consumers as well, or move it to a Secret by hand",
                    one.config_map
                ),
            )),
        }
    }
    (go, stay)
}
