//! Comments: those that belong to a value, and those that repeat one.

use memchr::memmem;

use super::source::Source;
use super::{Edit, Refusal};
use crate::span::{Position, Span};
use crate::yaml::node::{Node, Value};
use crate::yaml::parse::Stream;

/// A shorter value counts as mentioned only where letters and digits do not go on before or after it.
const LONG: usize = 8;
/// A shorter value is not looked for: it says too little.
const SHORTEST: usize = 3;

/// Where the text mentions the value: as it is, as it stands in double or in single quotes, or if it has several
/// lines, one of these. None for a value of less than three bytes.
pub fn mentions(text: &[u8], value: &str) -> Option<usize> {
    forms(value).iter().filter_map(|form| occurrences(text, form).next()).min()
}

/// Refuses a text in which one of the values still stands, whether by a comment or by another field.
pub fn ensure_gone(text: &[u8], values: &[&str]) -> Result<(), Refusal> {
    match values.iter().filter_map(|value| mentions(text, value)).min() {
        Some(at) => Err(Refusal::Remains(Position::START.after(&text[..at]).line)),
        None => Ok(()),
    }
}

/// Adds edits that take out the comments of a text that mention one of the values. A comment that the edits made
/// so far have to do with stays to them. `stream` is what was read of the text. The edits are sorted afterwards.
pub fn purge_comments(text: &[u8], stream: &Stream, values: &[&str], edits: &mut Vec<Edit>) {
    let found: Vec<usize> = values
        .iter()
        .flat_map(|value| forms(value))
        .flat_map(|form| occurrences(text, &form).collect::<Vec<_>>())
        .filter(|&at| !edits.iter().any(|edit| edit.span.start <= at && at < edit.span.end))
        .collect();
    if found.is_empty() {
        return;
    }
    let mut leaves = Vec::new();
    stream.documents.iter().for_each(|document| collect(&document.root, &mut leaves));
    leaves.sort_unstable();
    for at in found {
        let Some(span) = comment_at(Source::new(text), &leaves, at) else { continue };
        if !edits.iter().any(|edit| edit.span.overlaps(span) || edit.span == span) {
            edits.push(Edit { span, text: String::new() });
        }
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
}

/// The ways in which a value may be written.
fn forms(value: &str) -> Vec<String> {
    let lines = value.lines().map(str::trim).filter(|line| line.len() >= LONG && line.len() < value.len());
    let doubled = value.replace('\\', "\\\\").replace('"', "\\\"");
    let mut forms = vec![value.trim().to_owned(), doubled, value.replace('\'', "''")];
    if value.trim().contains('\n') {
        // The armour of keys and certificates is that of others as well.
        forms.extend(lines.filter(|line| !line.starts_with("-----")).map(str::to_owned));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn occurrences<'a>(text: &'a [u8], form: &'a str) -> impl Iterator<Item = usize> + 'a {
    let alone = |at: usize| {
        let (before, after) = (text[..at].last(), text.get(at + form.len()));
        let goes_on = |next: Option<&u8>, own: Option<u8>| {
            next.is_some_and(u8::is_ascii_alphanumeric) && own.is_some_and(|own| own.is_ascii_alphanumeric())
        };
        form.len() >= LONG
            || !(goes_on(before, form.bytes().next()) || goes_on(after, form.bytes().next_back()))
    };
    memmem::find_iter(text, form).filter(move |&at| alone(at))
}

/// Bytes of all scalars, and of aliases.
fn collect(node: &Node, leaves: &mut Vec<Span>) {
    match &node.value {
        Value::Scalar(_) | Value::Alias(_) => leaves.push(node.span),
        Value::Anchor(target) => collect(target, leaves),
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, leaves)),
        Value::Mapping(entries) => {
            for entry in entries {
                collect(&entry.key, leaves);
                collect(&entry.value, leaves);
            }
        }
    }
}

/// The comment round a byte with the blanks before it, or the whole line where nothing else stands in it.
fn comment_at(source: Source<'_>, leaves: &[Span], at: usize) -> Option<Span> {
    let line = source.line_start(at);
    let before = leaves.partition_point(|leaf| leaf.start <= at);
    let ended = before.checked_sub(1).map_or(line, |index| leaves[index].end);
    let from = line.max(ended);
    let start = from
        + memmem::find_iter(source.text.get(from..=at)?, "#")
            .find(|&hash| from + hash == line || matches!(source.text[from + hash - 1], b' ' | b'\t'))?;
    if source.begins_line(start) {
        return Some(Span { start: line, end: source.next_line(start) });
    }
    let blanks = source.slice(line, start);
    Some(Span { start: line + blanks.trim_end().len(), end: source.line_end(start) })
}

/// What stands behind a node on its line.
pub(super) struct Trailing<'a> {
    /// Blanks, and within brackets commas and closing brackets.
    pub(super) between: &'a str,
    /// From its `#` on; empty where there is none.
    pub(super) comment: &'a str,
    /// The end of the line.
    pub(super) end: usize,
}

/// What stands behind `end` on its line; none where that is more than a comment.
pub(super) fn trailing(source: Source<'_>, end: usize, flow: bool) -> Option<Trailing<'_>> {
    let rest = source.slice(end, source.line_end(end));
    let own = |letter: char| matches!(letter, ' ' | '\t') || (flow && ",]}".contains(letter));
    let comment = rest.trim_start_matches(own);
    let between = &rest[..rest.len() - comment.len()];
    let fits = comment.is_empty() || (comment.starts_with('#') && between.ends_with([' ', '\t']));
    fits.then_some(Trailing { between, comment, end: end + rest.len() })
}

/// Comments between a key and its value, each with the blanks before it.
pub(super) fn between(source: Source<'_>, start: usize, end: usize) -> Vec<&str> {
    let gap = source.slice(start, end);
    gap.lines()
        .filter_map(|line| {
            let hash = line.find('#')?;
            let hash =
                if hash == 0 || line[..hash].ends_with([' ', '\t']) { hash } else { line.find(" #")? + 1 };
            let head = line[..hash].trim_end().len();
            Some(line[head..].trim_end())
        })
        .collect()
}
