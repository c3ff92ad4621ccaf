//! Puts edits into a text, and makes sure that nothing else has changed by them.

use super::compare::Comparison;
use super::source::Source;
use super::{Edit, Refusal, lone_returns};
use crate::yaml::parse::{Stream, parse};

/// Puts the edits into the text, and reads both. All nodes but those at or below `changed` (document index, route)
/// have to be equal, and all bytes outside of the edits.
///
/// A route of `changed` that was there before is that of the text before; one that is new, of the text after it. An
/// entry in whose place another came needs no route of its own for the new one.
pub fn apply(text: &[u8], edits: &[Edit], changed: &[(usize, String)]) -> Result<Vec<u8>, Refusal> {
    apply_to(text, &parse(text), edits, changed)
}

/// The same for a text that has been read already.
pub fn apply_to(
    text: &[u8],
    before: &Stream,
    edits: &[Edit],
    changed: &[(usize, String)],
) -> Result<Vec<u8>, Refusal> {
    if Source::new(text).has_lone_returns() {
        return Err(lone_returns());
    }
    let after = spliced(text, edits)?;
    let read = parse(&after);
    if before.errors.len() < read.errors.len()
        || before.errors.iter().zip(&read.errors).any(|(old, new)| old.message != new.message)
    {
        return Err(broken("the result can't be read"));
    }
    if before.documents.len() != read.documents.len() || before.errors.len() != read.errors.len() {
        return Err(broken("the result has another number of documents"));
    }
    let comparison = Comparison::new(&in_order(edits), changed);
    for (old, new) in before.documents.iter().zip(&read.documents) {
        comparison.documents(old, new)?;
    }
    Ok(after)
}

fn broken(why: &str) -> Refusal {
    Refusal::Broken(why.to_owned())
}

/// Those at one place stay in the order in which they came.
fn in_order(edits: &[Edit]) -> Vec<&Edit> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits
}

/// The text with the edits in it, of which nothing is known but that they don't overlap.
///
/// # Errors
/// Where two edits overlap, or one is not in the text.
pub fn spliced(text: &[u8], edits: &[Edit]) -> Result<Vec<u8>, Refusal> {
    let edits = in_order(edits);
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = Vec::with_capacity(text.len() + added);
    let mut from = 0;
    for edit in &edits {
        let span = edit.span;
        if span.start < from || span.end < span.start {
            return Err(broken("two edits of it overlap"));
        }
        out.extend_from_slice(
            text.get(from..span.start).ok_or_else(|| broken("an edit is not in the text"))?,
        );
        out.extend_from_slice(edit.text.as_bytes());
        from = span.end;
    }
    out.extend_from_slice(text.get(from..).ok_or_else(|| broken("an edit is not in the text"))?);
    Ok(out)
}
