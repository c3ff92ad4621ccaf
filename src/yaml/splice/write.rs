//! Writes a shape in a style.

use super::Shape;
use super::quote::{Quotes, scalar};
use super::style::{Flow, Style};

impl Style<'_> {
    /// `key: shape` with its key in this column. What `comment` holds, its blanks with it, stands behind the first
    /// line.
    pub(super) fn block_entry(
        &self,
        out: &mut String,
        key: &str,
        shape: &Shape,
        column: usize,
        comment: &str,
    ) {
        out.push_str(&scalar(key, self.keys, false));
        out.push(':');
        match shape {
            Shape::Mapping(entries) if !entries.is_empty() => {
                out.push_str(comment);
                for (key, shape) in entries {
                    self.break_line(out, column + self.step);
                    self.block_entry(out, key, shape, column + self.step, "");
                }
            }
            Shape::Sequence(items) if !items.is_empty() => {
                out.push_str(comment);
                for item in items {
                    self.break_line(out, column + self.dash);
                    out.push_str("- ");
                    self.block_item(out, item, column + self.dash + 2);
                }
            }
            shape => {
                out.push(' ');
                out.push_str(&self.short(shape));
                out.push_str(comment);
            }
        }
    }

    /// What stands behind a dash and its blanks; `column` is the one after them.
    pub(super) fn block_item(&self, out: &mut String, shape: &Shape, column: usize) {
        match shape {
            Shape::Mapping(entries) if !entries.is_empty() => {
                for (index, (key, shape)) in entries.iter().enumerate() {
                    if index > 0 {
                        self.break_line(out, column);
                    }
                    self.block_entry(out, key, shape, column, "");
                }
            }
            Shape::Sequence(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.break_line(out, column);
                    }
                    out.push_str("- ");
                    self.block_item(out, item, column + 2);
                }
            }
            shape => out.push_str(&self.short(shape)),
        }
    }

    /// A shape that needs one line only.
    fn short(&self, shape: &Shape) -> String {
        match shape {
            Shape::Text(text) => scalar(text, self.values, false),
            Shape::Mapping(_) => "{}".to_owned(),
            Shape::Sequence(_) => "[]".to_owned(),
        }
    }

    /// A line end and blanks.
    pub(super) fn break_line(&self, out: &mut String, column: usize) {
        out.push_str(self.newline);
        out.extend(std::iter::repeat_n(' ', column));
    }

    /// `key: shape` within brackets.
    pub(super) fn flow_entry(
        &self,
        out: &mut String,
        flow: &Flow<'_>,
        key: &str,
        shape: &Shape,
        depth: usize,
    ) {
        let key = scalar(key, self.keys, true);
        out.push_str(&key);
        // Without a blank, only a quoted key ends at its colon.
        let tight = flow.colon.ends_with(':') && !key.ends_with(['"', '\'']);
        out.push_str(if tight { ": " } else { flow.colon });
        self.flow_shape(out, flow, shape, depth);
    }

    /// A shape within brackets, `depth` levels below the siblings of the new node.
    pub(super) fn flow_shape(&self, out: &mut String, flow: &Flow<'_>, shape: &Shape, depth: usize) {
        match shape {
            Shape::Text(text) => out.push_str(&scalar(text, self.values, true)),
            Shape::Mapping(entries) if entries.is_empty() => out.push_str("{}"),
            Shape::Sequence(items) if items.is_empty() => out.push_str("[]"),
            Shape::Mapping(entries) => {
                out.push('{');
                self.flow_edge(out, flow, flow.pad, depth + 1);
                for (index, (key, shape)) in entries.iter().enumerate() {
                    self.flow_comma(out, flow, index, depth + 1);
                    self.flow_entry(out, flow, key, shape, depth + 1);
                }
                self.flow_edge(out, flow, flow.pad, depth);
                out.push('}');
            }
            Shape::Sequence(items) => {
                out.push('[');
                self.flow_edge(out, flow, "", depth + 1);
                for (index, item) in items.iter().enumerate() {
                    self.flow_comma(out, flow, index, depth + 1);
                    self.flow_shape(out, flow, item, depth + 1);
                }
                self.flow_edge(out, flow, "", depth);
                out.push(']');
            }
        }
    }

    /// What stands after an opening bracket or before a closing one.
    fn flow_edge(&self, out: &mut String, flow: &Flow<'_>, pad: &str, depth: usize) {
        if flow.lines.is_some() { self.flow_line(out, flow, depth) } else { out.push_str(pad) }
    }

    /// What stands between two children.
    fn flow_comma(&self, out: &mut String, flow: &Flow<'_>, index: usize, depth: usize) {
        match &flow.lines {
            _ if index == 0 => {}
            Some(_) => {
                out.push(',');
                self.flow_line(out, flow, depth);
            }
            None => out.push_str(flow.comma),
        }
    }

    /// A line end and the blanks of a level.
    pub(super) fn flow_line(&self, out: &mut String, flow: &Flow<'_>, depth: usize) {
        let Some(lines) = &flow.lines else { return };
        out.push_str(self.newline);
        out.push_str(&lines.base);
        out.extend(std::iter::repeat_n(lines.unit.as_str(), depth));
    }

    /// The same style with other quotes round keys; those of JSON go round values as well.
    pub(super) fn quoted_as(self, keys: Quotes) -> Self {
        let json = self.flow.is_some() && keys == Quotes::Double;
        Self { keys, values: if json { Quotes::Double } else { self.values }, ..self }
    }
}
