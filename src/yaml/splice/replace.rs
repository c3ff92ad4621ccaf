//! Another entry, text or key in the place of one.

use super::comments::{between, mentions, trailing};
use super::find::{Spot, entries, merges};
use super::quote::{Quotes, is_printable, scalar};
use super::source::{behind_anchor, is_nothing};
use super::style::{Style, colon_of, quotes};
use super::{Edit, Editor, Refusal, Shape};
use crate::span::Span;
use crate::yaml::node::{Entry, Node, Scalar, Style as Written, Value};

impl Editor<'_> {
    /// Puts `key: shape` in the place of the entry whose value is at `route`. A comment behind it stays.
    pub fn replace_entry(&self, route: &str, key: &str, shape: &Shape) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        let (entry, parent) = entry_of(&spot, route)?;
        let old = self.plain_value(spot.node, route)?;
        self.no_template(entry.key.span.start, self.source.end_of_entry(entry), route)?;
        if self.source.is_explicit(entry, spot.in_flow(self.source)) {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        self.free(parent, entry, key, route)?;
        let style = Style::of(self.source, self.document, &spot.above);
        let style = style.quoted_as(quotes(&entry.key).unwrap_or(Quotes::None));
        match &style.flow {
            Some(_) => self.in_flow(entry, key, shape, &style, &old.text, route),
            None => Ok(self.in_block(parent, entry, key, shape, &style, &old.text)),
        }
    }

    /// Gives the scalar at `route` another text, in its own style where that can hold it.
    pub fn replace_text(&self, route: &str, text: &str) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        let old = self.plain_value(spot.node, route)?;
        let end = match spot.entry {
            Some(entry) if !is_nothing(spot.node) || self.source.has_colon(entry) => {
                self.source.end_of_entry(entry)
            }
            _ if is_nothing(spot.node) => return Err(Refusal::NotScalar(route.to_owned())),
            _ => self.source.end_of(spot.node),
        };
        let start = if is_nothing(spot.node) { end } else { spot.node.span.start };
        self.no_template(start, end, route)?;
        let block = matches!(old.style, Written::Literal | Written::Folded);
        if block {
            let column = self.source.column(start);
            // Readers don't agree on the text of one that ends with a file that has no final line end.
            // Blanks that its last line ends with would become a part of what is new.
            let ended = self.source.line_end(end) == end && end < self.source.text.len();
            let body = block_body(column, old, text, self.source.newline(start)).filter(|_| ended);
            return match body {
                Some(body) => Ok(Edit { span: spot.node.span, text: body }),
                None => self.unblock(&spot, text, &old.text, route),
            };
        }
        let blank = if is_nothing(spot.node) { " " } else { "" };
        let flow = spot.in_flow(self.source);
        let mut wanted = quotes(spot.node).unwrap_or(Quotes::None);
        if flow && wanted == Quotes::None {
            // What has no quotes in JSON is a number.
            wanted = Style::of(self.source, self.document, &spot.above).values;
        }
        let written = format!("{blank}{}", scalar(text, wanted, flow));
        Ok(self.with_comment(Span { start, end }, written, &old.text, flow))
    }

    /// Gives the entry whose value is at `route` another key. The value, which may be a collection, stays.
    pub fn rename(&self, route: &str, key: &str) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        let (entry, parent) = entry_of(&spot, route)?;
        let Value::Scalar(_) = &behind_anchor(&entry.key).value else {
            return Err(Refusal::Shared(route.to_owned()));
        };
        self.no_template(entry.key.span.start, entry.key.span.end, route)?;
        self.free(parent, entry, key, route)?;
        if self.source.is_explicit(entry, spot.in_flow(self.source)) {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        let wanted = quotes(&entry.key).unwrap_or(Quotes::None);
        Ok(Edit { span: entry.key.span, text: scalar(key, wanted, spot.in_flow(self.source)) })
    }

    /// The scalar of a node that is no alias.
    fn plain_value<'n>(&self, node: &'n Node, route: &str) -> Result<&'n Scalar, Refusal> {
        match &behind_anchor(node).value {
            Value::Scalar(scalar) => Ok(scalar),
            _ => Err(Refusal::NotScalar(route.to_owned())),
        }
    }

    /// What a template engine is going to change is not what it seems to be; nor is what is no UTF-8.
    pub(super) fn no_template(&self, start: usize, end: usize, route: &str) -> Result<(), Refusal> {
        let bytes = self.source.text.get(start..end).unwrap_or_default();
        if memchr::memmem::find(bytes, b"{{").is_some() || std::str::from_utf8(bytes).is_err() {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        Ok(())
    }

    /// Whether the new key stands nowhere else, and the old one does not come back by a merge key.
    fn free(&self, parent: &Node, entry: &Entry, key: &str, route: &str) -> Result<(), Refusal> {
        let old = entry.key.scalar().map_or("", |scalar| &*scalar.text);
        if old != key && entries(parent).iter().any(|other| other.is(key)) {
            return Err(Refusal::Twice(format!("{key}, which would take the place of {route},")));
        }
        if merges(parent, old) || merges(parent, key) {
            return Err(Refusal::Shared(route.to_owned()));
        }
        Ok(())
    }

    fn in_block(
        &self,
        parent: &Node,
        entry: &Entry,
        key: &str,
        shape: &Shape,
        style: &Style<'_>,
        old: &str,
    ) -> Edit {
        let source = self.source;
        let end = source.end_of_entry(entry);
        let mut span = Span { start: entry.key.span.start, end };
        let mut comments =
            between(source, entry.key.span.end, entry.value.span.start.min(end).max(entry.key.span.end));
        if let Some(behind) = trailing(source, end, false) {
            span.end = behind.end;
            if !behind.comment.is_empty() {
                comments.push(source.slice(end, behind.end).trim_end());
            }
        }
        comments.retain(|comment| !self.is_purged(comment, old));
        let column = source.column(parent.span.start);
        let nested = match shape {
            Shape::Mapping(entries) if !entries.is_empty() => Some(column + style.step),
            Shape::Sequence(items) if !items.is_empty() => Some(column + style.dash),
            _ => None,
        };
        let mut behind = String::new();
        for (index, comment) in comments.iter().enumerate() {
            match nested {
                Some(column) if index > 0 => {
                    style.break_line(&mut behind, column);
                    behind.push_str(comment.trim_start());
                }
                _ if !comment.starts_with([' ', '\t']) => behind.extend([" ", comment]),
                _ => behind.push_str(comment),
            }
        }
        let mut text = String::new();
        style.block_entry(&mut text, key, shape, column, &behind);
        Edit { span, text }
    }

    fn in_flow(
        &self,
        entry: &Entry,
        key: &str,
        shape: &Shape,
        style: &Style<'_>,
        old: &str,
        route: &str,
    ) -> Result<Edit, Refusal> {
        let source = self.source;
        let Some(flow) = &style.flow else { return Err(Refusal::Missing(route.to_owned())) };
        let end = source.end_of_entry(entry);
        if !between(source, entry.key.span.end, entry.value.span.start.max(entry.key.span.end)).is_empty() {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        let own_line = source.begins_line(entry.key.span.start);
        let flow = super::style::Flow {
            colon: colon_of(source, entry).unwrap_or(flow.colon),
            comma: flow.comma,
            pad: flow.pad,
            lines: flow.lines.as_ref().filter(|_| own_line).cloned(),
        };
        let mut text = String::new();
        style.flow_entry(&mut text, &flow, key, shape, 0);
        Ok(self.with_comment(Span { start: entry.key.span.start, end }, text, old, true))
    }

    /// An edit that takes the comment behind it along if that repeats the value.
    fn with_comment(&self, span: Span, text: String, old: &str, flow: bool) -> Edit {
        match trailing(self.source, span.end, flow) {
            Some(behind) if self.is_purged(behind.comment, old) => {
                Edit { span: Span { end: behind.end, ..span }, text: text + behind.between.trim_end() }
            }
            _ => Edit { span, text },
        }
    }

    fn is_purged(&self, comment: &str, old: &str) -> bool {
        let mut values = self.purged.iter().copied().chain([old]);
        !comment.is_empty() && values.any(|value| mentions(comment.as_bytes(), value).is_some())
    }

    /// A block scalar becomes a quoted one; comments of its header stay behind it.
    fn unblock(&self, spot: &Spot<'_>, text: &str, old: &str, route: &str) -> Result<Edit, Refusal> {
        let source = self.source;
        let node = behind_anchor(spot.node);
        let before = match (spot.entry, spot.parent()) {
            (Some(entry), _) => entry.key.span.end,
            (None, Some(parent)) => source.dash(parent, spot.index) + 1,
            (None, None) => self.document.span.start,
        };
        let gap = source.slice(before, node.span.start);
        let header = gap.lines().rev().find_map(|line| {
            let code = line.split(" #").next().unwrap_or(line);
            let at = code.rfind(['|', '>'])?;
            Some(line.as_ptr() as usize - gap.as_ptr() as usize + at)
        });
        let Some(header) = header else { return Err(Refusal::NotScalar(route.to_owned())) };
        let start = before + header;
        let comments = between(source, start, node.span.start);
        let kept: String = comments.into_iter().filter(|comment| !self.is_purged(comment, old)).collect();
        let written = scalar(text, Quotes::Double, false);
        Ok(Edit { span: Span { start, end: node.span.end }, text: written + &kept })
    }
}

/// The entry that a route ends at, and its mapping.
pub(super) fn entry_of<'a>(spot: &Spot<'a>, route: &str) -> Result<(&'a Entry, &'a Node), Refusal> {
    match (spot.entry, spot.parent()) {
        (Some(entry), Some(parent)) => Ok((entry, parent)),
        _ => Err(Refusal::Missing(route.to_owned())),
    }
}

/// The lines of a block scalar with another text; none where its header does not fit the text.
fn block_body(column: usize, old: &Scalar, text: &str, newline: &str) -> Option<String> {
    let tail = |text: &str| text.len() - text.trim_end_matches('\n').len();
    let body = text.trim_end_matches('\n');
    let fits = |line: &str| {
        !line.starts_with([' ', '\t']) && !line.ends_with([' ', '\t']) && line.chars().all(is_printable)
    };
    if column == 0
        || old.text.trim_end_matches('\n').ends_with([' ', '\t'])
        || old.text.trim_end_matches('\n').is_empty()
        || body.is_empty()
        || body.starts_with('\n')
        || old.text.starts_with('\n')
        || tail(text) != tail(&old.text)
        || !body.split('\n').all(fits)
    {
        return None;
    }
    // A folded line end is written as a blank line.
    let between = if old.style == Written::Folded { 2 } else { 1 };
    if old.style == Written::Folded && body.contains("\n\n") {
        return None;
    }
    let indent = " ".repeat(column);
    let mut out = String::new();
    for (index, line) in body.split('\n').enumerate() {
        if index > 0 {
            out.extend(std::iter::repeat_n(newline, between));
            if !line.is_empty() {
                out.push_str(&indent);
            }
        }
        out.push_str(line);
    }
    Some(out)
}
