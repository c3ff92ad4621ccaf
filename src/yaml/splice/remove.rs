//! What goes.

use super::find::{Spot, entries, merges};
use super::insert::{end_of_child, end_with_blank_lines, ends_in_block};
use super::source::{Source, behind_anchor};
use super::{Edit, Editor, Refusal};
use crate::span::Span;
use crate::yaml::node::{Node, Value};

impl Editor<'_> {
    /// Takes the entry or item at `route` out, with the comment behind it on its line. A collection that has nothing
    /// else becomes `{}` or `[]`.
    pub fn remove(&self, route: &str) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        let parent = spot.parent().ok_or_else(|| Refusal::Missing("the root's parent".to_owned()))?;
        let children = match &parent.value {
            Value::Mapping(entries) => entries.len(),
            _ => parent.items().len(),
        };
        if let Some(entry) = spot.entry {
            let key = entry.key.scalar().map_or("", |scalar| &*scalar.text);
            if merges(parent, key) {
                return Err(Refusal::Shared(route.to_owned()));
            }
            if self.source.near_explicit(entries(parent), spot.index, spot.in_flow(self.source)) {
                return Err(Refusal::NotScalar(route.to_owned()));
            }
        }
        let start = start_of_child(self.source, parent, spot.index);
        let end = end_of_child(self.source, parent, spot.index);
        self.no_template(start, end, route)?;
        if self.source.is_flow(parent) {
            return Ok(self.remove_flow(parent, spot.index, children, Span { start, end }));
        }
        // `[key: value]` has a mapping without brackets.
        if spot.in_flow(self.source) {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        if children == 1 {
            return Ok(self.empty(&spot, parent, start));
        }
        Ok(self.remove_block(parent, &spot, Span { start, end }))
    }

    fn remove_block(&self, parent: &Node, spot: &Spot<'_>, own: Span) -> Edit {
        let source = self.source;
        let end = end_with_blank_lines(source, parent, spot.index);
        let mut next = source.next_line(end);
        let before_block = spot.index > 0 && ends_in_block(parent, spot.index - 1);
        // Blank lines would become a part of the block scalar before.
        while before_block && next < source.text.len() && source.blanks(next) == source.line_end(next) {
            next = source.next_line(next);
        }
        let text = String::new();
        if !source.begins_line(own.start) {
            // What comes next takes its place behind the dash.
            return Edit { span: Span { start: own.start, end: source.blanks(next) }, text };
        }
        let line = source.line_start(own.start);
        if source.line_end(end) == source.text.len() && !before_block {
            // The last line of a text without a final line end.
            let before = source.slice(0, line);
            let start = before.strip_suffix('\n').map_or(line, |before| before.trim_end_matches('\r').len());
            return Edit { span: Span { start, end: source.text.len() }, text };
        }
        Edit { span: Span { start: line, end: next }, text }
    }

    /// A block collection without its only child.
    fn empty(&self, spot: &Spot<'_>, parent: &Node, start: usize) -> Edit {
        let source = self.source;
        let end = end_with_blank_lines(source, parent, 0);
        let end = source.line_end(end);
        let brackets = if matches!(parent.value, Value::Mapping(_)) { "{}" } else { "[]" };
        let outer = spot.above.len().checked_sub(2).and_then(|index| spot.above.get(index));
        let key = outer.and_then(|outer| {
            entries(outer).iter().find(|entry| std::ptr::eq(behind_anchor(&entry.value), parent))
        });
        let colon = key.map(|entry| source.blanks(entry.key.span.end) + 1);
        match colon {
            Some(colon) if source.begins_line(start) => {
                // Brackets stand on the line of the key: at the column of a dash they would end the mapping.
                let between = source.slice(colon, source.line_start(start)).trim_end();
                let (same, below) = between.split_at(between.find('#').unwrap_or(between.len()));
                let own = same.trim_end();
                let blank = if below.is_empty() { "" } else { &same[own.len()..] };
                Edit { span: Span { start: colon, end }, text: format!("{own} {brackets}{blank}{below}") }
            }
            _ => Edit { span: Span { start, end }, text: brackets.to_owned() },
        }
    }

    fn remove_flow(&self, parent: &Node, index: usize, children: usize, own: Span) -> Edit {
        let source = self.source;
        let text = String::new();
        if children == 1 {
            let span = Span { start: parent.span.start + 1, end: parent.span.end - 1 };
            return Edit { span, text };
        }
        if index + 1 < children {
            let next = start_of_child(source, parent, index + 1);
            let comma = source.content(own.end) + 1;
            let alone = source.begins_line(own.start) && source.content(comma) >= source.next_line(comma);
            if alone {
                let span = Span { start: source.line_start(own.start), end: source.next_line(comma) };
                return Edit { span, text };
            }
            return Edit { span: Span { start: own.start, end: next }, text };
        }
        let before = end_of_child(source, parent, index - 1);
        // Comments before it stay.
        let between = source.slice(before, own.start);
        let kept = between.replacen(',', "", 1);
        let end = own.end;
        Edit { span: Span { start: before, end }, text: kept.trim_end().to_owned() }
    }
}

/// The first byte of an entry or item, its dash included.
fn start_of_child(source: Source<'_>, parent: &Node, index: usize) -> usize {
    match &parent.value {
        _ if source.is_flow(parent) && index == 0 => source.content(parent.span.start + 1),
        _ if source.is_flow(parent) => {
            let comma = source.content(end_of_child(source, parent, index - 1));
            source.content(comma + 1)
        }
        Value::Mapping(_) if index == 0 => parent.span.start,
        Value::Mapping(_) => source.content(end_of_child(source, parent, index - 1)),
        _ => source.dash(parent, index),
    }
}
