//! The scanners' side of the queue.

use std::sync::Arc;

use super::context;
use crate::credentials;
use crate::detect::{Candidate, Engine, Scanner, Text};
use crate::place::Document;
use crate::source::feeder::{Drain, Origin};

/// A candidate with the file that it is in.
pub(crate) struct Hit {
    pub(crate) origin: Arc<Origin>,
    pub(crate) path: Box<str>,
    pub(crate) candidate: Candidate,
    pub(crate) document: Option<Document>,
}

/// Scans batches until there are no more.
pub(super) fn scan(engine: &Engine, drain: Drain) -> Vec<Hit> {
    let mut scanner = Scanner::new(engine);
    let mut hits = Vec::new();
    for batch in &drain.full {
        for piece in batch.pieces {
            let bytes = &batch.bytes[piece.bytes.clone()];
            let own = piece.own.start - piece.bytes.start..piece.own.end - piece.bytes.start;
            let text = Text { bytes, own, start: piece.start };
            let found = scanner.scan(&text);
            let found = if piece.whole && scanner.saw_manifest() {
                context::join(&mut scanner, &text, found)
            } else {
                found.into_iter().map(|candidate| (candidate, None)).collect()
            };
            let found = match credentials::kind_of(&piece.path).filter(|_| piece.whole) {
                Some(kind) => context::join_file(&scanner, &text, kind, &piece.path, found),
                None => found,
            };
            hits.extend(found.into_iter().map(|(candidate, document)| Hit {
                origin: batch.origin.clone(),
                path: piece.path.clone(),
                candidate,
                document,
            }));
        }
        // There is room for every buffer that exists.
        let _ = drain.empty.send(batch.bytes);
    }
    hits
}
