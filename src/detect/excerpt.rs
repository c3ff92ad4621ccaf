//! The line round a value, with every value on it masked: what people are shown.

use super::scanner::Raw;
use crate::place::printable_path;
use crate::secret::Secret;
use crate::span::Span;

/// Bytes shown before and after the value.
const BEFORE: usize = 60;
const AFTER: usize = 30;

/// The line of `text` that `span` begins on. `all` are the text's values, sorted by where they begin.
pub(super) fn excerpt(text: &[u8], span: Span, all: &[(Raw, Secret)]) -> String {
    // No further than is shown: a line may be as long as the file.
    let (first, last) = (span.start.saturating_sub(BEFORE), text.len().min(span.end + AFTER));
    let start = memchr::memrchr(b'\n', &text[first..span.start]).map_or(first, |i| first + i + 1);
    let end = memchr::memchr(b'\n', &text[span.start..last]).map_or(last, |i| span.start + i);
    let mut shown = String::new();
    let mut at = start;
    for (raw, secret) in all.iter().filter(|(raw, _)| raw.span.start < end && raw.span.end > start) {
        if raw.span.end <= at {
            continue;
        }
        shown.push_str(&printable_path(&text[at..raw.span.start.max(at)]));
        shown.push_str(&secret.redacted().replace('…', "********"));
        at = raw.span.end;
    }
    if at < end {
        shown.push_str(&printable_path(&text[at..end]));
    }
    shown.replace("\\x09", " ").trim().to_owned()
}
