//! What a manifest's structure says of candidates, and what only its structure gives away.

use crate::detect::{Candidate, Scanner, Text};
use crate::finding::Confidence;
use crate::manifest::{self, Field};
use crate::place::Document;

/// A candidate and the field that it stands in.
type Placed = (Candidate, Option<Document>);

/// Places what the text's rules found in the fields of the manifest, and adds the fields that hold a credential
/// which no rule of text can see: a name and its value on different lines, an encoded value.
pub(super) fn join(scanner: &mut Scanner<'_>, text: &Text<'_>, found: Vec<Candidate>) -> Vec<Placed> {
    let Some(manifest) = names_a_kind(text.bytes).then(|| manifest::read(text.bytes)).flatten() else {
        return found.into_iter().map(|candidate| (candidate, None)).collect();
    };
    let mut placed: Vec<Placed> = found
        .into_iter()
        .map(|candidate| {
            let document = manifest.locate(candidate.span.start);
            (candidate, document)
        })
        .collect();
    let guess = scanner.engine().assignment_rule();
    for field in &manifest.fields {
        let overlaps = |candidate: &Candidate| candidate.span.overlaps(field.raw);
        if placed.iter().any(|(candidate, _)| overlaps(candidate) && Some(candidate.rule) != guess) {
            if field.is_credential() {
                // A weak password of a login, which a text would only show, is used here.
                let inside = placed.iter_mut().map(|(candidate, _)| candidate).filter(|c| overlaps(c));
                inside.for_each(|candidate| {
                    candidate.confidence = candidate.confidence.max(Confidence::Medium)
                });
            }
            continue;
        }
        let own = candidates(scanner, text, field);
        if !own.is_empty() {
            // What the structure proves goes before what a line of text makes likely.
            placed.retain(|(candidate, _)| !overlaps(candidate));
        }
        placed.extend(own.into_iter().map(|candidate| (candidate, Some(field.document.clone()))));
    }
    placed
}

/// Whether the text has a key `kind`. Descriptions of APIs by the hundred have an `apiVersion` and none.
fn names_a_kind(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"kind").any(|at| {
        let after = text[at + 4..].trim_ascii_start();
        matches!(after, [b':', ..] | [b'"' | b'\'', b':' | b' ', ..])
    })
}

/// What the value of a field is: by the rules where it was encoded, else by its name.
fn candidates(scanner: &mut Scanner<'_>, text: &Text<'_>, field: &Field) -> Vec<Candidate> {
    let mut own = Vec::new();
    if field.decoded {
        for inner in scanner.scan(&Text::whole(field.value.as_bytes())) {
            let value = String::from_utf8_lossy(inner.secret.reveal());
            own.push(scanner.candidate(text, inner.rule, field.raw, &value, inner.confidence));
        }
    }
    if own.is_empty() && field.is_credential() {
        let rule = scanner.engine().assignment_rule();
        own.extend(
            rule.map(|rule| scanner.candidate(text, rule, field.raw, &field.value, Confidence::Medium)),
        );
    }
    own
}
