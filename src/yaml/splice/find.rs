//! Follows a route to what is to be changed, and refuses what can't be changed right.

use std::sync::Arc;

use super::Refusal;
use super::source::{Source, behind_anchor};
use crate::yaml::node::{Entry, Node, Value};
use crate::yaml::parse::Document;
use crate::yaml::route::Step;

/// A node and the collections round it.
pub(super) struct Spot<'a> {
    /// The node as it stands in its collection; an anchor or alias is not followed.
    pub(super) node: &'a Node,
    /// Collections from the root to the one it stands in, anchors left out.
    pub(super) above: Vec<&'a Node>,
    /// Its entry, where it is the value of a key.
    pub(super) entry: Option<&'a Entry>,
    /// Its position among the entries or items.
    pub(super) index: usize,
}

impl<'a> Spot<'a> {
    /// The collection that the node stands in.
    pub(super) fn parent(&self) -> Option<&'a Node> {
        self.above.last().copied()
    }

    /// Whether brackets are round it, near or far.
    pub(super) fn in_flow(&self, source: Source<'_>) -> bool {
        self.above.iter().any(|node| source.is_flow(node))
    }
}

/// Follows a route. Nothing on the way, nor at its end, may be used by an alias, nor stand twice.
pub(super) fn find<'a>(document: &'a Document, route: &str) -> Result<Spot<'a>, Refusal> {
    let missing = || Refusal::Missing(route.to_owned());
    let mut spot = Spot { node: &document.root, above: Vec::new(), entry: None, index: 0 };
    let mut anchored = Vec::new();
    let mut rest = route;
    while !rest.is_empty() {
        let bare = !rest.starts_with('[');
        let step;
        (step, rest) = Step::first(rest).ok_or_else(missing)?;
        let node = open(spot.node, route, &mut anchored)?;
        spot.above.push(node);
        match step {
            Step::Key(key) if bare && key.contains('!') => {
                return Err(Refusal::Nested(route.to_owned()));
            }
            Step::Key(key) => {
                let index = only(node, &key, route)?;
                let entry = &entries(node)[index];
                (spot.node, spot.entry, spot.index) = (&entry.value, Some(entry), index);
            }
            Step::Index(index) => {
                let item = node.items().get(index).ok_or_else(missing)?;
                (spot.node, spot.entry, spot.index) = (item, None, index);
            }
        }
    }
    open(spot.node, route, &mut anchored)?;
    if !anchored.is_empty() && uses(&document.root, &anchored) {
        return Err(Refusal::Shared(route.to_owned()));
    }
    Ok(spot)
}

/// The node behind an anchor, which is noted.
fn open<'a>(node: &'a Node, route: &str, anchored: &mut Vec<&'a Arc<Node>>) -> Result<&'a Node, Refusal> {
    let mut node = node;
    loop {
        match &node.value {
            Value::Anchor(target) => {
                anchored.push(target);
                node = target;
            }
            Value::Alias(_) => return Err(Refusal::Shared(route.to_owned())),
            _ => return Ok(node),
        }
    }
}

/// The position of the only entry of a key.
fn only(mapping: &Node, key: &str, route: &str) -> Result<usize, Refusal> {
    let mut positions =
        entries(mapping).iter().enumerate().filter(|(_, entry)| entry.is(key)).map(|(index, _)| index);
    match (positions.next(), positions.next()) {
        (Some(index), None) => Ok(index),
        (Some(_), Some(_)) => Err(Refusal::Twice(route.to_owned())),
        (None, _) if mapping.get(key).is_some() => Err(Refusal::Shared(route.to_owned())),
        (None, _) => Err(Refusal::Missing(route.to_owned())),
    }
}

/// Whether the mapping has the key, by itself or by a merge.
pub(super) fn has(mapping: &Node, key: &str) -> bool {
    mapping.get(key).is_some()
}

/// Whether a merge key brings an entry of this key.
pub(super) fn merges(mapping: &Node, key: &str) -> bool {
    entries(mapping)
        .iter()
        .filter(|entry| entry.is("<<"))
        .any(|merge| has(&merge.value, key) || merge.value.items().iter().any(|one| has(one, key)))
}

/// Entries of a mapping, behind an anchor but not behind an alias.
pub(super) fn entries(node: &Node) -> &[Entry] {
    match &behind_anchor(node).value {
        Value::Mapping(entries) => entries,
        _ => &[],
    }
}

/// Whether an alias below the node stands for one of the anchors.
fn uses(node: &Node, anchored: &[&Arc<Node>]) -> bool {
    match &node.value {
        Value::Scalar(_) => false,
        Value::Alias(target) => anchored.iter().any(|anchor| Arc::ptr_eq(anchor, target)),
        Value::Anchor(target) => uses(target, anchored),
        Value::Mapping(entries) => {
            entries.iter().any(|entry| uses(&entry.key, anchored) || uses(&entry.value, anchored))
        }
        Value::Sequence(items) => items.iter().any(|item| uses(item, anchored)),
    }
}
