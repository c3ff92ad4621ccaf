//! New entries and items.

use super::find::{Spot, entries, has};
use super::source::{Source, behind_anchor, is_nothing};
use super::style::Style;
use super::{Edit, Editor, Refusal, Shape, Where};
use crate::span::Span;
use crate::yaml::node::{Node, Style as Written, Value};

/// What is put in: an entry, or without a key an item.
struct New<'a> {
    key: Option<&'a str>,
    shape: &'a Shape,
}

/// Between which of the children: after one, or before the first.
enum Gap {
    After(usize),
    First,
}

impl Editor<'_> {
    /// Adds an entry to the mapping at `route` (empty: the root). `key:` without a value counts as an empty one.
    pub fn insert_entry(
        &self,
        route: &str,
        at: &Where<'_>,
        key: &str,
        shape: &Shape,
    ) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        let mapping = behind_anchor(spot.node);
        if has(mapping, key) {
            let there = entries(mapping).iter().any(|entry| entry.is(key));
            let place =
                format!("{key}, which would be new in {}", if route.is_empty() { "the root" } else { route });
            return Err(if there { Refusal::Twice(place) } else { Refusal::Shared(place) });
        }
        self.insert(&spot, route, at, &New { key: Some(key), shape })
    }

    /// Adds an item to the sequence at `route`. `key:` without a value counts as an empty one.
    pub fn insert_item(&self, route: &str, at: &Where<'_>, shape: &Shape) -> Result<Edit, Refusal> {
        let spot = self.find(route)?;
        self.insert(&spot, route, at, &New { key: None, shape })
    }

    fn insert(&self, spot: &Spot<'_>, route: &str, at: &Where<'_>, new: &New<'_>) -> Result<Edit, Refusal> {
        let node = behind_anchor(spot.node);
        let children = match (&node.value, new.key) {
            (Value::Mapping(entries), Some(_)) => entries.len(),
            (Value::Sequence(items), None) => items.len(),
            (Value::Scalar(scalar), _) if scalar.is_null() && spot.entry.is_some() => {
                return self.insert_below(spot, route, new);
            }
            _ => return Err(Refusal::NotScalar(route.to_owned())),
        };
        let gap = gap(node, at, children, route)?;
        let index = if let Gap::After(index) = gap { index } else { 0 };
        let flow = spot.in_flow(self.source) || self.source.is_flow(node);
        if self.source.near_explicit(entries(node), index, flow) {
            return Err(Refusal::NotScalar(format!("a neighbour of what is to be new in {route}")));
        }
        let mut above = spot.above.clone();
        above.push(node);
        let style = Style::of(self.source, self.document, &above);
        if style.flow.is_some() {
            if !self.source.is_flow(node) {
                return Err(Refusal::NotScalar(route.to_owned()));
            }
            return Ok(self.insert_flow(node, &gap, children, new, &style));
        }
        if let Gap::After(index) = gap
            && ends_file(self.source, node, index)
        {
            let why = "the file ends in a block scalar without a line end: add one".to_owned();
            return Err(Refusal::Broken(why));
        }
        Ok(self.insert_block(node, &gap, new, &style))
    }

    fn insert_block(&self, node: &Node, gap: &Gap, new: &New<'_>, style: &Style<'_>) -> Edit {
        let source = self.source;
        let column = source.column(node.span.start);
        let mut text = String::new();
        match *gap {
            Gap::After(index) => {
                style.break_line(&mut text, column);
                self.write_block(&mut text, node, new, style, column);
                let at = source.line_end(end_with_blank_lines(source, node, index));
                Edit { span: Span { start: at, end: at }, text }
            }
            Gap::First => {
                self.write_block(&mut text, node, new, style, column);
                style.break_line(&mut text, column);
                Edit { span: Span { start: node.span.start, end: node.span.start }, text }
            }
        }
    }

    /// The new child, of which the first line begins in this column already. Behind a dash stands what stands behind
    /// those of its siblings.
    fn write_block(&self, text: &mut String, node: &Node, new: &New<'_>, style: &Style<'_>, column: usize) {
        let Some(key) = new.key else {
            let (on_new_line, inner) = self.after_dash(node, column);
            let nested = match new.shape {
                Shape::Text(_) => false,
                Shape::Mapping(entries) => !entries.is_empty(),
                Shape::Sequence(items) => !items.is_empty(),
            };
            text.push('-');
            if nested && on_new_line {
                style.break_line(text, inner);
            } else {
                let blanks = if nested { inner - column - 1 } else { 1 };
                text.extend(std::iter::repeat_n(' ', blanks));
            }
            return style.block_item(text, new.shape, inner);
        };
        style.block_entry(text, key, new.shape, column, "");
    }

    /// Whether the items of a block sequence begin on a line after their dash, and in which column they do.
    fn after_dash(&self, sequence: &Node, column: usize) -> (bool, usize) {
        let source = self.source;
        let nested = sequence.items().iter().enumerate().find(|(_, item)| {
            matches!(behind_anchor(item).value, Value::Mapping(_)) && !source.is_flow(behind_anchor(item))
        });
        let Some((index, item)) = nested else { return (false, column + 2) };
        let dash = source.dash(sequence, index);
        let inner = source.column(item.span.start);
        if inner <= column + 1 {
            return (false, column + 2);
        }
        (source.line_end(dash) < item.span.start, inner)
    }

    fn insert_flow(&self, node: &Node, gap: &Gap, children: usize, new: &New<'_>, style: &Style<'_>) -> Edit {
        let source = self.source;
        let Some(flow) = &style.flow else { return Edit { span: node.span, text: String::new() } };
        let mut child = String::new();
        match new.key {
            Some(key) => style.flow_entry(&mut child, flow, key, new.shape, 0),
            None => style.flow_shape(&mut child, flow, new.shape, 0),
        }
        let mut separator = String::from(",");
        match &flow.lines {
            Some(_) => style.flow_line(&mut separator, flow, 0),
            None => separator = flow.comma.to_owned(),
        }
        if children == 0 {
            let span = Span { start: node.span.start + 1, end: node.span.end - 1 };
            let Some(lines) = &flow.lines else {
                let pad = if new.key.is_some() { flow.pad } else { "" };
                return Edit { span, text: format!("{pad}{child}{pad}") };
            };
            let outer = lines.base.strip_suffix(lines.unit.as_str()).unwrap_or_default();
            let newline = style.newline;
            return Edit { span, text: format!("{newline}{}{child}{newline}{outer}", lines.base) };
        }
        match *gap {
            Gap::First => {
                let start = source.content(node.span.start + 1);
                Edit { span: Span { start, end: start }, text: child + &separator }
            }
            Gap::After(index) => {
                let at = end_of_child(source, node, index);
                let last = index + 1 == children && flow.lines.is_some();
                match super::comments::trailing(source, at, false) {
                    // The comment stays on its line, behind the comma that is new there.
                    Some(behind) if last && !behind.comment.is_empty() => {
                        let comment = source.slice(at, behind.end);
                        let text = separator.replacen(',', &format!(",{comment}"), 1) + &child;
                        Edit { span: Span { start: at, end: behind.end }, text }
                    }
                    _ => Edit { span: Span { start: at, end: at }, text: separator + &child },
                }
            }
        }
    }

    /// The first child of `key:`, which has no value yet.
    fn insert_below(&self, spot: &Spot<'_>, route: &str, new: &New<'_>) -> Result<Edit, Refusal> {
        let source = self.source;
        let (Some(entry), Some(parent)) = (spot.entry, spot.parent()) else {
            return Err(Refusal::NotScalar(route.to_owned()));
        };
        let end = source.end_of_entry(entry);
        let written = if is_nothing(spot.node) { end } else { spot.node.span.start };
        if !source.has_colon(entry) {
            return Err(Refusal::NotScalar(route.to_owned()));
        }
        let style = Style::of(source, self.document, &spot.above);
        let shape = match new.key {
            Some(key) => Shape::Mapping(vec![(key.to_owned(), new.shape.clone())]),
            None => Shape::Sequence(vec![new.shape.clone()]),
        };
        let mut text = String::new();
        if let Some(flow) = &style.flow {
            text.push_str(if written == end { " " } else { "" });
            style.flow_shape(&mut text, flow, &shape, 0);
            return Ok(Edit { span: Span { start: written, end }, text });
        }
        let column = source.column(parent.span.start);
        // The comment of the line stays on it, before what is new.
        let start = source.slice(0, written).trim_end_matches([' ', '\t']).len();
        let start = if written == end { end } else { start };
        let line = source.line_end(end);
        text.push_str(source.slice(end, line).trim_end());
        match (new.key, &shape) {
            (Some(key), _) => {
                style.break_line(&mut text, column + style.step);
                style.block_entry(&mut text, key, new.shape, column + style.step, "");
            }
            (None, _) => {
                style.break_line(&mut text, column + style.dash);
                text.push_str("- ");
                style.block_item(&mut text, new.shape, column + style.dash + 2);
            }
        }
        Ok(Edit { span: Span { start, end: line }, text })
    }
}

fn gap(node: &Node, at: &Where<'_>, children: usize, route: &str) -> Result<Gap, Refusal> {
    let missing = || Refusal::Missing(format!("the neighbour of what is to be new in {route}"));
    let position = |key: &str| entries(node).iter().position(|entry| entry.is(key)).ok_or_else(missing);
    let before = match *at {
        Where::Last => children,
        Where::BeforeKey(key) => position(key)?,
        Where::AfterKey(key) => position(key)? + 1,
        Where::BeforeItem(index) if index <= children => index,
        Where::BeforeItem(_) => return Err(missing()),
    };
    Ok(before.checked_sub(1).map_or(Gap::First, Gap::After))
}

/// The byte after an entry or item.
pub(super) fn end_of_child(source: Source<'_>, node: &Node, index: usize) -> usize {
    match &node.value {
        Value::Mapping(entries) => source.end_of_entry(&entries[index]),
        Value::Sequence(items) if is_nothing(&items[index]) && !source.is_flow(node) => {
            source.end_of_nothing(node, index)
        }
        _ => node.items().get(index).map_or(node.span.end, |item| source.end_of(item)),
    }
}

/// The same, and the blank lines with which a block scalar there ends, where they are part of its text.
pub(super) fn end_with_blank_lines(source: Source<'_>, node: &Node, index: usize) -> usize {
    let mut end = end_of_child(source, node, index);
    if !ends_in_block(node, index) {
        return end;
    }
    if let Some(scalar) = last_leaf(node, index).scalar() {
        let lines = scalar.text.len() - scalar.text.trim_end_matches('\n').len();
        for _ in 1..lines {
            end = source.next_line(end);
        }
    }
    end
}

/// Whether a child ends with a block scalar, whose text depends on the line end after it.
pub(super) fn ends_in_block(node: &Node, index: usize) -> bool {
    let leaf = last_leaf(node, index).scalar();
    leaf.is_some_and(|scalar| matches!(scalar.style, Written::Literal | Written::Folded))
}

/// Whether it does so at the end of a text without a final line end: there, readers don't agree on what it says.
fn ends_file(source: Source<'_>, node: &Node, index: usize) -> bool {
    let end = source.line_end(end_of_child(source, node, index));
    let open = last_leaf(node, index).scalar().is_some_and(|scalar| scalar.text.ends_with('\n'));
    end == source.text.len() && open && ends_in_block(node, index)
}

fn last_leaf(node: &Node, index: usize) -> &Node {
    let mut leaf = match &node.value {
        Value::Mapping(entries) => &entries[index].value,
        _ => &node.items()[index],
    };
    loop {
        leaf = match &leaf.value {
            Value::Anchor(target) => target,
            Value::Mapping(entries) if !entries.is_empty() => &entries[entries.len() - 1].value,
            Value::Sequence(items) if !items.is_empty() => &items[items.len() - 1],
            _ => return leaf,
        };
    }
}
