//! Edits of bytes as edits of lines and columns, which is how reports and editors know a text.

use crate::finding::Replacement;
use crate::span::{Position, Region};
use crate::yaml::splice::Edit;

/// The edits, which are in order and don't overlap, in lines and columns of `text`.
pub fn replacements(text: &[u8], edits: &[Edit]) -> Vec<Replacement> {
    let (mut at, mut position) = (0, Position::START);
    let mut position_of = |offset: usize| {
        let offset = offset.clamp(at, text.len());
        position = position.after(&text[at..offset]);
        at = offset;
        position
    };
    let replacement = |edit: &Edit| Replacement {
        region: Region { start: position_of(edit.span.start), end: position_of(edit.span.end) },
        text: edit.text.clone(),
    };
    edits.iter().map(replacement).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    #[test]
    fn bytes_become_lines_and_columns() {
        let text = "é: 1\nb: zwei\nc: 3\n".as_bytes();
        let edit = |start, end, text: &str| Edit { span: Span { start, end }, text: text.to_owned() };
        let edits = [edit(4, 5, "eins"), edit(9, 13, "2"), edit(14, 14, "x: y\n")];
        let regions: Vec<_> = replacements(text, &edits)
            .iter()
            .map(|r| [r.region.start, r.region.end].map(|p| (p.line, p.column)))
            .collect();
        assert_eq!(regions, [[(1, 4), (1, 5)], [(2, 4), (2, 8)], [(3, 1), (3, 1)]]);
    }
}
