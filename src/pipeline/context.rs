//! What the structure of a manifest or of a credential file says of candidates, and what only it gives away.

use std::ops::Range;

use crate::credentials::Kind;
use crate::detect::{Candidate, Scanner, Text};
use crate::finding::Confidence;
use crate::manifest::{Field, Manifest};
use crate::place::Document;
use crate::span::Span;

/// A candidate and the field that it stands in.
type Placed = (Candidate, Option<Document>);

/// Places what the text's rules found in the fields of the manifest, and adds the fields that hold a credential
/// which no rule of text can see: a name and its value on different lines, an encoded value.
pub(super) fn join(
    scanner: &mut Scanner<'_>,
    text: &Text<'_>,
    manifest: &Manifest,
    found: Vec<Candidate>,
) -> Vec<Placed> {
    let mut placed: Vec<Placed> = found
        .into_iter()
        .map(|candidate| {
            let document = manifest.locate(candidate.span.start);
            (candidate, document)
        })
        .collect();
    let guess = scanner.engine().assignment_rule();
    placed.retain(|(candidate, document)| Some(candidate.rule) != guess || !is_sealed(document.as_ref()));
    let mut own: Vec<Placed> = Vec::new();
    for (number, field) in manifest.fields.iter().enumerate() {
        let overlaps = |candidate: &Candidate| candidate.span.overlaps(field.raw);
        // Texts in an encoded scalar have all its bytes: there the value tells one from the other.
        let is_same = |candidate: &Candidate| {
            overlaps(candidate)
                && (!field.decoded || field.inside().is_none() || has(candidate, &field.value))
        };
        let known = |placed: &Placed| is_same(&placed.0) && Some(placed.0.rule) != guess;
        if placed.iter().any(known) {
            let is_credential = field.is_credential();
            for (candidate, document) in placed.iter_mut().filter(|placed| is_same(&placed.0)) {
                if is_credential {
                    // A weak password of a login, which a text would only show, is used here.
                    candidate.confidence = candidate.confidence.max(Confidence::Medium);
                }
                if field.inside().is_some() {
                    *document = Some(field.document.clone());
                }
            }
            continue;
        }
        let holds_fields = manifest.fields.get(number + 1).is_some_and(|next| next.stands_in(field));
        let mut proven = candidates(scanner, text, field, holds_fields);
        // What the rules saw in an encoded text has its own field in it.
        proven.retain(|new| {
            let known = own.iter_mut().find(|(old, _)| old.span == new.span && old.secret == new.secret);
            known.map(|(_, document)| *document = Some(field.document.clone())).is_none()
        });
        if !proven.is_empty() {
            // What the structure proves goes before what a line of text makes likely.
            placed.retain(|(candidate, _)| !overlaps(candidate) || Some(candidate.rule) != guess);
        }
        own.extend(proven.into_iter().map(|candidate| (candidate, Some(field.document.clone()))));
    }
    placed.extend(own);
    placed
}

/// Whether a candidate's value is this one, or a part of it.
fn has(candidate: &Candidate, value: &str) -> bool {
    let secret = candidate.secret.reveal();
    !secret.is_empty() && memchr::memmem::find(value.as_bytes(), secret).is_some()
}

/// Adds what a credential file holds. A provider's rule knows better what its value is, so its candidate stays, as
/// sure as the file makes it and with its place; a guess from a line gives way.
pub(super) fn join_file(
    scanner: &Scanner<'_>,
    text: &Text<'_>,
    kind: Kind,
    path: &str,
    mut placed: Vec<Placed>,
) -> Vec<Placed> {
    let (engine, guess) = (scanner.engine(), scanner.engine().assignment_rule());
    placed.sort_by_key(|(candidate, _)| candidate.span);
    let (mut own, mut gives_way): (Vec<Placed>, _) = (Vec::new(), vec![false; placed.len()]);
    let (mut at, mut position) = (text.own.start, text.start);
    for found in kind.read(path, text.bytes) {
        let Some(rule) = engine.number_of(found.rule) else { continue };
        let overlapping = overlapping(&placed, found.raw);
        let mut is_known = false;
        for (candidate, document) in &mut placed[overlapping.clone()] {
            if Some(candidate.rule) != guess {
                candidate.confidence = candidate.confidence.max(found.confidence);
                document.get_or_insert_with(|| found.document.clone());
                is_known = true;
            }
        }
        if !is_known {
            gives_way[overlapping].fill(true);
            position = position.after(&text.bytes[at..found.raw.start]);
            at = found.raw.start;
            let candidate =
                scanner.candidate_at(text, position, rule, found.raw, &found.value, found.confidence);
            own.push((candidate, Some(found.document)));
        }
    }
    if !own.is_empty() {
        let stays = placed.into_iter().zip(gives_way).filter(|(_, gives_way)| !gives_way).map(|(one, _)| one);
        placed = stays.chain(own).collect();
        scanner.mask(text, placed.iter_mut().map(|(candidate, _)| candidate).collect());
    }
    placed
}

/// Which of the candidates, which are sorted and stand apart, have a byte of `span`.
fn overlapping(placed: &[Placed], span: Span) -> Range<usize> {
    let first = placed.partition_point(|(candidate, _)| candidate.span.end <= span.start);
    let count = placed[first..].iter().take_while(|(candidate, _)| candidate.span.start < span.end).count();
    first..first + count
}

/// Whether it is what Sealed Secrets encrypted. A line of it has the name of a credential and a long random value.
fn is_sealed(document: Option<&Document>) -> bool {
    document.is_some_and(|d| d.kind == "SealedSecret" && d.field.starts_with("spec.encryptedData"))
}

/// What the value of a field is: by the rules where it was encoded, else by its place or its name. A text that
/// `holds_fields` is none itself.
fn candidates(
    scanner: &mut Scanner<'_>,
    text: &Text<'_>,
    field: &Field,
    holds_fields: bool,
) -> Vec<Candidate> {
    let mut own = Vec::new();
    if field.decoded {
        for inner in scanner.scan(&Text::whole(field.value.as_bytes())) {
            let value = String::from_utf8_lossy(inner.secret.reveal());
            let mut candidate = scanner.candidate(text, inner.rule, field.raw, &value, inner.confidence);
            candidate.allowed |= inner.allowed;
            own.push(candidate);
        }
    }
    if own.is_empty() && !holds_fields && field.is_credential() {
        let engine = scanner.engine();
        let proof = field.proof.and_then(|proof| Some((engine.number_of(proof.rule)?, proof.confidence)));
        let found = proof.or_else(|| Some((engine.assignment_rule()?, Confidence::Medium)));
        own.extend(found.map(|(rule, sure)| scanner.candidate(text, rule, field.raw, &field.value, sure)));
    }
    own
}
