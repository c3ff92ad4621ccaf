//! How the text round a new node is written: steps of indentation, quotes, blanks within brackets.

use super::find::entries;
use super::quote::Quotes;
use super::source::{Source, behind_anchor};
use crate::yaml::node::{Entry, Node, Style as Written, Value};
use crate::yaml::parse::Document;

/// How to write what is new in one place.
pub(super) struct Style<'a> {
    pub(super) newline: &'static str,
    /// Columns from a key to the keys below it.
    pub(super) step: usize,
    /// Columns from a key to the dashes below it.
    pub(super) dash: usize,
    pub(super) keys: Quotes,
    pub(super) values: Quotes,
    /// Set within brackets.
    pub(super) flow: Option<Flow<'a>>,
}

/// How to write within brackets.
#[derive(Clone)]
pub(super) struct Flow<'a> {
    /// `:` and what stands between it and a value.
    pub(super) colon: &'a str,
    /// `,` and what stands between it and the next sibling of the line.
    pub(super) comma: &'a str,
    /// What stands between `{` and the first key, and before the `}`.
    pub(super) pad: &'a str,
    /// Set where each entry has its own line.
    pub(super) lines: Option<Lines>,
}

/// The blanks at the beginning of lines.
#[derive(Clone)]
pub(super) struct Lines {
    /// Of the siblings of the new node.
    pub(super) base: String,
    /// What each level adds.
    pub(super) unit: String,
}

impl<'a> Style<'a> {
    /// The style of a new child of the last of `above`: the collections from the root on.
    pub(super) fn of(source: Source<'a>, document: &Document, above: &[&Node]) -> Self {
        let inner = above.last().copied().unwrap_or(&document.root);
        let in_flow = above.iter().any(|node| source.is_flow(node));
        let keys = if in_flow { flow_keys(source, above) } else { Quotes::None };
        let values = match &inner.value {
            _ if !in_flow => Quotes::None,
            _ if keys == Quotes::Double => Quotes::Double,
            Value::Sequence(items) => items.iter().find_map(quotes).unwrap_or(Quotes::None),
            _ => Quotes::None,
        };
        let step = step(source, document, above);
        Self {
            newline: source.newline(inner.span.start),
            step,
            dash: dash(source, document, above).unwrap_or(step),
            keys,
            values,
            flow: in_flow.then(|| Flow::of(source, above)),
        }
    }
}

impl<'a> Flow<'a> {
    fn of(source: Source<'a>, above: &[&Node]) -> Self {
        let near = || above.iter().rev().filter(|node| source.is_flow(node));
        let colon = near().find_map(|node| sample(node, |node| colon(source, node))).unwrap_or(": ");
        let comma = near().find_map(|node| sample(node, |node| comma(source, node)));
        let comma = comma.unwrap_or(if colon == ":" { "," } else { ", " });
        let pad = near().find_map(|node| sample(node, |node| pad(source, node))).unwrap_or("");
        Self { colon, comma, pad, lines: lines(source, above) }
    }
}

/// How lines begin in the innermost collection, if each of its children has its own.
fn lines(source: Source<'_>, above: &[&Node]) -> Option<Lines> {
    let (inner, outer) = above.split_last()?;
    let opens_line = source.line_end(inner.span.start) == source.blanks(inner.span.start + 1);
    let Some(first) = first_child(inner) else {
        let Lines { base, unit } = lines(source, outer)?;
        return Some(Lines { base: format!("{base}{unit}"), unit });
    };
    if !source.is_flow(inner) || !opens_line || !source.begins_line(first) {
        return None;
    }
    let base = source.indent(first).to_owned();
    let unit = base.strip_prefix(source.indent(inner.span.start)).filter(|unit| !unit.is_empty());
    Some(Lines { unit: unit.unwrap_or("  ").to_owned(), base })
}

fn first_child(node: &Node) -> Option<usize> {
    let entry = entries(node).first().map(|entry| entry.key.span.start);
    entry.or_else(|| behind_anchor(node).items().first().map(|item| item.span.start))
}

/// The quotes of the keys here, or else of the nearest keys round it.
fn flow_keys(source: Source<'_>, above: &[&Node]) -> Quotes {
    let near = above.iter().rev().filter(|node| source.is_flow(node));
    let of_keys = |node: &Node| entries(node).iter().find_map(|entry| quotes(&entry.key));
    let found = near.clone().find_map(|node| sample(node, |node| of_keys(node)));
    let bare_json = || above.first().is_some_and(|root| source.is_flow(root) && first_child(root).is_none());
    found.unwrap_or(if bare_json() { Quotes::Double } else { Quotes::None })
}

/// The quotes of a scalar.
pub(super) fn quotes(node: &Node) -> Option<Quotes> {
    match &behind_anchor(node).value {
        Value::Scalar(scalar) => Some(match scalar.style {
            Written::SingleQuoted => Quotes::Single,
            Written::DoubleQuoted => Quotes::Double,
            _ => Quotes::None,
        }),
        _ => None,
    }
}

/// Asks the collection, then its first children.
fn sample<T>(node: &Node, ask: impl Fn(&Node) -> Option<T>) -> Option<T> {
    let children = entries(node).iter().map(|entry| &entry.value).chain(items(node)).take(8);
    ask(node).or_else(|| children.map(behind_anchor).find_map(ask))
}

fn items(node: &Node) -> &[Node] {
    match &behind_anchor(node).value {
        Value::Sequence(items) => items,
        _ => &[],
    }
}

/// `: ` as an entry of the flow mapping has it.
fn colon<'a>(source: Source<'a>, node: &Node) -> Option<&'a str> {
    entries(node).iter().find_map(|entry| colon_of(source, entry))
}

/// `: ` as this entry has it, if nothing else stands between its key and its value.
pub(super) fn colon_of<'a>(source: Source<'a>, entry: &Entry) -> Option<&'a str> {
    let between = source.slice(entry.key.span.end, entry.value.span.start);
    (between.contains(':') && between.trim_matches(' ') == ":").then_some(between)
}

/// `, ` as it stands between two children of a flow collection.
fn comma<'a>(source: Source<'a>, node: &Node) -> Option<&'a str> {
    if !source.is_flow(node) {
        return None;
    }
    let starts = entries(node).iter().map(|entry| entry.key.span.start);
    let ends = entries(node).iter().map(|entry| source.end_of_entry(entry));
    let of_entries = ends.zip(starts.skip(1)).map(|(end, start)| source.slice(end, start));
    let of_items = items(node).windows(2).map(|pair| source.slice(pair[0].span.end, pair[1].span.start));
    let mut between = of_entries.chain(of_items);
    between.find(|between| between.trim_end_matches(' ') == ",")
}

/// What stands between `{` and the first key.
fn pad<'a>(source: Source<'a>, node: &Node) -> Option<&'a str> {
    let first = entries(node).first()?;
    let between = source.slice(node.span.start + 1, first.key.span.start);
    (source.is_flow(node) && between.bytes().all(|byte| byte == b' ')).then_some(between)
}

/// Columns from a mapping to the mapping below it: that of the nearest pair, or else the document's first.
fn step(source: Source<'_>, document: &Document, above: &[&Node]) -> usize {
    let below = |outer: &Node, inner: &Node| match (&outer.value, &inner.value) {
        (Value::Mapping(_), Value::Mapping(_)) => difference(source, outer, inner).filter(|&step| step > 0),
        _ => None,
    };
    nearest(document, above, &below).unwrap_or(2)
}

/// Columns from a mapping to the dashes below it.
fn dash(source: Source<'_>, document: &Document, above: &[&Node]) -> Option<usize> {
    let below = |outer: &Node, inner: &Node| match (&outer.value, &inner.value) {
        (Value::Mapping(_), Value::Sequence(_)) => difference(source, outer, inner),
        _ => None,
    };
    nearest(document, above, &below)
}

fn difference(source: Source<'_>, outer: &Node, inner: &Node) -> Option<usize> {
    if source.is_flow(outer) || source.is_flow(inner) {
        return None;
    }
    source.column(inner.span.start).checked_sub(source.column(outer.span.start))
}

fn nearest(
    document: &Document,
    above: &[&Node],
    measure: &impl Fn(&Node, &Node) -> Option<usize>,
) -> Option<usize> {
    let pairs = above.windows(2).rev();
    let near = pairs.map(|pair| measure(behind_anchor(pair[0]), behind_anchor(pair[1])));
    near.flatten().next().or_else(|| first(&document.root, measure))
}

fn first(node: &Node, measure: &impl Fn(&Node, &Node) -> Option<usize>) -> Option<usize> {
    let node = behind_anchor(node);
    let values = entries(node).iter().map(|entry| &entry.value);
    let own = values.clone().find_map(|value| measure(node, behind_anchor(value)));
    own.or_else(|| values.chain(items(node)).find_map(|child| first(child, measure)))
}
