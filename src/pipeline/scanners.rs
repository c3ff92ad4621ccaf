//! The scanners' side of the queue.

use std::sync::Arc;

use super::context;
use crate::credentials;
use crate::detect::{Candidate, Engine, Scanner, Text};
use crate::finding::Confidence;
use crate::manifest::{self, Variable};
use crate::packages::{Digests, Inventory};
use crate::place::Document;
use crate::source::feeder::{Drain, Origin};

/// A candidate with the file that it is in.
pub(crate) struct Hit {
    pub(crate) origin: Arc<Origin>,
    pub(crate) path: Box<str>,
    pub(crate) candidate: Candidate,
    pub(crate) document: Option<Document>,
    /// The number of the git object that it is in.
    pub(crate) object: Option<u32>,
    /// Of the file's content, where a piece held all of it and the candidate is sure enough to be raised.
    pub(crate) digests: Option<Arc<Digests>>,
}

/// What a scanner comes to.
#[derive(Default)]
pub(crate) struct Scanned {
    pub(crate) hits: Vec<Hit>,
    /// What the package databases say that it saw.
    pub(crate) inventory: Inventory,
    /// What manifests outside of images set, by file.
    pub(crate) variables: Vec<(String, Variable)>,
    /// Numbers of git objects that say something of other files: databases of packages.
    pub(crate) told: Vec<u32>,
}

/// Scans batches until there are no more. Nothing is raised that is less sure than `least`.
pub(super) fn scan(engine: &Engine, drain: Drain, least: Confidence) -> Scanned {
    let mut scanner = Scanner::new(engine);
    let Scanned { mut hits, mut inventory, mut variables, mut told } = Scanned::default();
    for batch in &drain.full {
        for piece in batch.pieces {
            let bytes = &batch.bytes[piece.bytes.clone()];
            if inventory.see(&batch.origin, &piece, &batch.bytes[piece.own.clone()]) {
                told.extend(piece.object);
            }
            let own = piece.own.start - piece.bytes.start..piece.own.end - piece.bytes.start;
            let text = Text { bytes, own, start: piece.start, path: &piece.path };
            let found = scanner.scan(&text);
            let is_manifest =
                piece.whole && (scanner.saw_manifest() || manifest::may_be_one(&piece.path, bytes));
            let manifest = is_manifest.then(|| manifest::read_file(&piece.path, bytes)).flatten();
            if let Some(manifest) = manifest.as_ref().filter(|_| batch.origin.layer.is_none()) {
                let set = manifest.variables().into_iter();
                variables.extend(set.map(|variable| (piece.path.to_string(), variable)));
            }
            let found = match &manifest {
                Some(manifest) => context::join(&mut scanner, &text, manifest, found),
                None => found.into_iter().map(|candidate| (candidate, None)).collect(),
            };
            let found = match credentials::kind_of(&piece.path).filter(|_| piece.whole) {
                Some(kind) => context::join_file(&scanner, &text, kind, &piece.path, found),
                None => found,
            };
            // Hashing all files would cost more than to scan them; few have something to hide.
            let raised = piece.whole && found.iter().any(|(candidate, _)| candidate.confidence >= least);
            let digests = raised.then(|| Arc::new(Digests::of(bytes)));
            hits.extend(found.into_iter().map(|(candidate, document)| Hit {
                origin: batch.origin.clone(),
                path: piece.path.clone(),
                candidate,
                document,
                object: piece.object,
                digests: digests.clone(),
            }));
        }
        // There is room for every buffer that exists.
        let _ = drain.empty.send(batch.bytes);
    }
    Scanned { hits, inventory, variables, told }
}
