//! Compares the trees of a text before and after edits. Since it is known which bytes went and came, it is known
//! which node of one tree is which of the other.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::source::is_nothing;
use super::{Edit, Refusal};
use crate::span::Span;
use crate::yaml::node::{Node, Value};
use crate::yaml::parse::Document;
use crate::yaml::route::Route;

/// What two texts may differ in.
pub(super) struct Comparison<'a> {
    /// Where bytes went, in order, and how far what stands behind them has moved.
    edits: Vec<(Span, isize)>,
    /// Routes that may change, by document.
    changed: HashMap<usize, HashSet<&'a str>>,
}

/// A document's comparison.
struct Walk<'a> {
    comparison: &'a Comparison<'a>,
    changed: &'a HashSet<&'a str>,
}

/// An entry or item.
#[derive(Clone, Copy)]
struct Child<'a> {
    key: Option<&'a Node>,
    node: &'a Node,
    index: usize,
    /// Where the next one begins: what stands before that belongs to this one.
    next: usize,
}

/// The route of what differs and must not.
type Differs = String;

impl<'a> Comparison<'a> {
    /// `edits` are sorted and don't overlap.
    pub(super) fn new(edits: &[&Edit], changed: &'a [(usize, String)]) -> Self {
        let mut routes: HashMap<usize, HashSet<&str>> = HashMap::new();
        for (document, route) in changed {
            routes.entry(*document).or_default().insert(route);
        }
        let mut shift = 0;
        let spans = edits.iter().map(|edit| {
            shift += edit.text.len() as isize - (edit.span.end - edit.span.start) as isize;
            (edit.span, shift)
        });
        Self { edits: spans.collect(), changed: routes }
    }

    /// Compares two documents of the same place in their files.
    pub(super) fn documents(&self, old: &Document, new: &Document) -> Result<(), Refusal> {
        let broken = |why: &str| Err(Refusal::Broken(why.to_owned()));
        if old.index != new.index {
            return broken("another document would stand in its place");
        }
        if !self.touches(old.span) {
            let moved = self.moved(old.span.start) == Some(new.span.start);
            let same = moved && old.span.end - old.span.start == new.span.end - new.span.start;
            return if same { Ok(()) } else { broken("another document would change") };
        }
        let none = HashSet::new();
        let changed = self.changed.get(&old.index).unwrap_or(&none);
        let walk = Walk { comparison: self, changed };
        walk.nodes(&old.root, &new.root, &Route::default()).map_err(|route| {
            let place = if route.is_empty() { "the root of the document".to_owned() } else { route };
            Refusal::Broken(format!("{place} would change as well"))
        })
    }

    /// Whether an edit has to do with these bytes, or the place right after them.
    fn touches(&self, span: Span) -> bool {
        let first = self.edits.partition_point(|(edit, _)| edit.end < span.start);
        self.edits.get(first).is_some_and(|(edit, _)| edit.start <= span.end)
    }

    /// Where a byte of the old text stands in the new one; none if it went.
    fn moved(&self, at: usize) -> Option<usize> {
        let before = self.edits.partition_point(|(edit, _)| edit.start <= at);
        let Some((edit, shift)) = before.checked_sub(1).map(|index| self.edits[index]) else {
            return Some(at);
        };
        if at < edit.end { None } else { at.checked_add_signed(shift) }
    }
}

impl Walk<'_> {
    fn may_change(&self, route: &Route) -> bool {
        self.changed.contains(route.to_string().as_str())
    }

    fn nodes(&self, old: &Node, new: &Node, route: &Route) -> Result<(), Differs> {
        if self.may_change(route) {
            return Ok(());
        }
        match (&old.value, &new.value) {
            (Value::Anchor(old), Value::Anchor(new)) => self.nodes(old, new, route),
            (Value::Mapping(_), Value::Mapping(_)) | (Value::Sequence(_), Value::Sequence(_)) => {
                self.collections(&children(old), &children(new), route)
            }
            // `key:` gets its first child.
            (Value::Scalar(empty), Value::Mapping(_) | Value::Sequence(_)) if empty.is_null() => {
                self.collections(&[], &children(new), route)
            }
            _ if same(old, new) => Ok(()),
            _ => Err(route.to_string()),
        }
    }

    /// Children that stand where they stood are the same ones; what is between them is matched by order.
    fn collections(&self, old: &[Child<'_>], new: &[Child<'_>], route: &Route) -> Result<(), Differs> {
        let (mut olds, mut news) = (0, 0);
        for (index, child) in old.iter().enumerate() {
            // An item without a text stands nowhere: the parser has it at the end of a line, or on a later one.
            if child.key.is_none() && is_nothing(child.node) {
                continue;
            }
            let Some(start) = self.comparison.moved(child.start()) else { continue };
            let Ok(there) = new[news..].binary_search_by_key(&start, Child::start) else { continue };
            let there = news + there;
            self.loose(&old[olds..index], &new[news..there], new, route)?;
            self.pair(child, &new[there], new, route)?;
            (olds, news) = (index + 1, there + 1);
        }
        self.loose(&old[olds..], &new[news..], new, route)
    }

    /// Children of which either side may have more than the other: those stand together somewhere.
    fn loose(
        &self,
        old: &[Child<'_>],
        new: &[Child<'_>],
        all: &[Child<'_>],
        route: &Route,
    ) -> Result<(), Differs> {
        let pairs = old.len().min(new.len());
        let mut outcome = Ok(());
        for before in 0..=pairs {
            let behind = pairs - before;
            let more = |length: usize| Range { start: before, end: length - behind };
            outcome = self.loose_at(old, new, &(more(old.len()), more(new.len())), all, route);
            if outcome.is_ok() || old.len() == new.len() {
                break;
            }
        }
        outcome
    }

    fn loose_at(
        &self,
        old: &[Child<'_>],
        new: &[Child<'_>],
        more: &(Range<usize>, Range<usize>),
        all: &[Child<'_>],
        route: &Route,
    ) -> Result<(), Differs> {
        // With as many on both sides all are pairs, and `more` is empty.
        let rest = |children: usize, more: &Range<usize>| {
            (0..children).filter({
                let more = more.clone();
                move |index| !more.contains(index)
            })
        };
        for (one, other) in rest(old.len(), &more.0).zip(rest(new.len(), &more.1)) {
            self.pair(&old[one], &new[other], all, route)?;
        }
        for gone in &old[more.0.clone()] {
            let gone = gone.route(route);
            if !self.may_change(&gone) {
                return Err(gone.to_string());
            }
        }
        new[more.1.clone()].iter().try_for_each(|came| self.came(came, all, route))
    }

    fn pair(
        &self,
        old: &Child<'_>,
        new: &Child<'_>,
        all: &[Child<'_>],
        route: &Route,
    ) -> Result<(), Differs> {
        let own = old.route(route);
        match (old.key, new.key) {
            (Some(before), Some(after)) if !same(before, after) => {
                let allowed = self.may_change(&own) || self.may_change(&new.route(route));
                if allowed && !new.is_double(all) { Ok(()) } else { Err(own.to_string()) }
            }
            _ if self.comparison.touches(old.span()) => self.nodes(old.node, new.node, &own),
            _ if same(old.node, new.node) => Ok(()),
            _ => Err(own.to_string()),
        }
    }

    /// Whether a child that was not there may be there now. An item has a route as soon as one of its sequence has:
    /// its index depends on what else came and went.
    fn came(&self, new: &Child<'_>, all: &[Child<'_>], route: &Route) -> Result<(), Differs> {
        let own = new.route(route);
        let named = self.may_change(&own) || (new.key.is_none() && self.has_item(route));
        if named && !new.is_double(all) { Ok(()) } else { Err(own.to_string()) }
    }

    fn has_item(&self, sequence: &Route) -> bool {
        let sequence = sequence.to_string();
        let index = |route: &str| -> Option<usize> {
            route.strip_prefix(&sequence)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
        };
        self.changed.iter().any(|route| index(route).is_some())
    }
}

impl Child<'_> {
    fn start(&self) -> usize {
        self.key.unwrap_or(self.node).span.start
    }

    fn span(&self) -> Span {
        Span { start: self.start(), end: self.next }
    }

    /// Its route; a key that is no scalar has none that may change.
    fn route(&self, parent: &Route) -> Route {
        match self.key.map(Node::scalar) {
            None => parent.index(self.index),
            Some(Some(key)) => parent.key(&key.text),
            Some(None) => parent.nested().index(self.index),
        }
    }

    /// Whether its key stands twice.
    fn is_double(&self, all: &[Child<'_>]) -> bool {
        let Some(key) = self.key.and_then(Node::scalar) else { return false };
        let others = all.iter().filter_map(|child| child.key.and_then(Node::scalar));
        others.filter(|other| other.text == key.text).count() > 1
    }
}

fn children(node: &Node) -> Vec<Child<'_>> {
    let child = |(index, key, node)| Child { key, node, index, next: usize::MAX };
    let mut children: Vec<_> = match &node.value {
        Value::Mapping(entries) => {
            let entries = entries.iter().enumerate();
            entries.map(|(index, entry)| child((index, Some(&entry.key), &entry.value))).collect()
        }
        Value::Sequence(items) => {
            items.iter().enumerate().map(|(index, node)| child((index, None, node))).collect()
        }
        _ => Vec::new(),
    };
    for index in 1..children.len() {
        children[index - 1].next = children[index].start();
    }
    children
}

/// Whether two nodes say the same in the same way.
fn same(old: &Node, new: &Node) -> bool {
    match (&old.value, &new.value) {
        (Value::Scalar(one), Value::Scalar(other)) => one == other && is_nothing(old) == is_nothing(new),
        (Value::Anchor(one), Value::Anchor(other)) | (Value::Alias(one), Value::Alias(other)) => {
            same(one, other)
        }
        (Value::Sequence(one), Value::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Mapping(one), Value::Mapping(other)) => {
            let pairs = || one.iter().zip(other);
            one.len() == other.len()
                && pairs().all(|(one, other)| same(&one.key, &other.key) && same(&one.value, &other.value))
        }
        _ => false,
    }
}
