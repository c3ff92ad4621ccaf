//! Routes: where a node stands in its document, written as people write it:
//! `spec.template.spec.containers[0].env[2].value`, `data["app.properties"]`.

use std::fmt;

use super::node::{Entry, Node, Value};
use crate::span::Span;

/// The longest key of a route.
const MAX_KEY: usize = 1024;

/// A way from a document's root to a node. The root's own route is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route(String);

impl Route {
    /// The route of a key's value. A key that is more than letters, digits, `_` and `-` is written as JSON has it.
    /// One that is longer than any real one is cut, so that a hostile file's routes don't fill the memory.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let key = cut(key, MAX_KEY);
        let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        match plain {
            true if self.0.is_empty() || self.0.ends_with('!') => Self(format!("{}{key}", self.0)),
            true => Self(format!("{}.{key}", self.0)),
            false => Self(format!("{}[{}]", self.0, serde_json::Value::from(key))),
        }
    }

    /// The route of an item.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The root of a document that is written in this scalar.
    #[must_use]
    pub fn nested(&self) -> Self {
        Self(format!("{}!", self.0))
    }
}

/// A route as it was written.
impl From<&str> for Route {
    fn from(route: &str) -> Self {
        Self(route.to_owned())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A node and the route that led to it.
#[derive(Debug, Clone)]
pub struct At<'a> {
    /// The node.
    pub node: &'a Node,
    /// Its route.
    pub route: Route,
}

impl<'a> At<'a> {
    /// The root of a document.
    pub fn root(node: &'a Node) -> Self {
        Self { node, route: Route::default() }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { node: self.node.get(key)?, route: self.route.key(key) })
    }

    /// The value at the end of a row of keys.
    pub fn follow(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |at, key| at.get(key))
    }

    /// Items of a sequence.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let route = self.route.clone();
        let items = self.node.items().iter().enumerate();
        items.map(move |(index, node)| Self { node, route: route.index(index) })
    }

    /// Keys that are scalars, and their values.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let route = self.route.clone();
        self.node.entries().iter().filter_map(move |entry| {
            let key = &*entry.key.scalar()?.text;
            Some((key, Self { node: &entry.value, route: route.key(key) }))
        })
    }
}

/// A text's first `letters`.
pub fn cut(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end])
}

/// The nodes round a byte of the file, from the root to the innermost. A key, and what stands between it and its
/// value, counts as the value. Empty where the root does not hold the byte.
pub fn around(root: &Node, offset: usize) -> Vec<At<'_>> {
    let mut found = Vec::new();
    let mut next = holds(root.span, offset).then(|| At::root(root));
    while let Some(at) = next {
        next = child_at(&at, offset);
        found.push(at);
    }
    found
}

/// Spans of siblings stand in the order of the file, so the one that holds the byte is the last that begins before
/// it. An alias has no children here: those of its anchor stand elsewhere.
fn child_at<'a>(at: &At<'a>, offset: usize) -> Option<At<'a>> {
    let mut node = at.node;
    while let Value::Anchor(target) = &node.value {
        node = target;
    }
    match &node.value {
        Value::Mapping(entries) => {
            let index = last_before(entries, offset, |entry| entry.key.span.start)?;
            let Entry { key: name, value } = &entries[index];
            let entry = Span { start: name.span.start, end: name.span.end.max(value.span.end) };
            let key = &*name.scalar()?.text;
            holds(entry, offset).then(|| At { node: value, route: at.route.key(key) })
        }
        Value::Sequence(items) => {
            let index = last_before(items, offset, |item| item.span.start)?;
            let node = &items[index];
            holds(node.span, offset).then(|| At { node, route: at.route.index(index) })
        }
        _ => None,
    }
}

fn last_before<T>(nodes: &[T], offset: usize, start: impl Fn(&T) -> usize) -> Option<usize> {
    nodes.partition_point(|node| start(node) <= offset).checked_sub(1)
}

/// The byte after a span still belongs to it: an empty scalar has no other.
fn holds(span: Span, offset: usize) -> bool {
    span.start <= offset && offset <= span.end
}

/// The node that a route leads to.
pub fn lookup<'a>(root: &'a Node, route: &str) -> Option<&'a Node> {
    let mut node = root;
    let mut rest = route;
    while !rest.is_empty() {
        let step;
        (step, rest) = Step::first(rest)?;
        node = match step {
            Step::Key(key) => node.get(&key)?,
            Step::Index(index) => node.items().get(index)?,
        };
    }
    Some(node)
}

/// Of a route that leads into a text which is written in a scalar (`data["app.ini"]!db.password`), the route of that
/// scalar; of texts in each other, the outermost. `None` where it leads to a node of the document itself.
pub fn outside(route: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let end = route.bytes().position(|b| {
        let divides = b == b'!' && !quoted;
        quoted ^= b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        divides
    });
    end.map(|end| &route[..end])
}

/// One step of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item.
    Index(usize),
}

/// The steps of a route from the root. `None` for what is no route, or goes into a text (`!`).
pub fn steps(route: &str) -> Option<Vec<Step>> {
    let (mut steps, mut rest) = (Vec::new(), route);
    while !rest.is_empty() {
        let step;
        (step, rest) = Step::in_document(rest)?;
        steps.push(step);
    }
    Some(steps)
}

/// The route of the collection that holds the node at this route, and the step from it to the node. `None` for the
/// root, and for what is no route.
pub fn parent(route: &str) -> Option<(&str, Step)> {
    let (mut found, mut rest) = (None, route);
    while !rest.is_empty() {
        let holder = &route[..route.len() - rest.len()];
        let step;
        (step, rest) = Step::in_document(rest)?;
        found = Some((holder, step));
    }
    found
}

impl Step {
    /// Takes the first step, unless it goes into the text of a scalar.
    fn in_document(route: &str) -> Option<(Self, &str)> {
        let taken = Self::first(route)?;
        let nested = !route.starts_with('[') && matches!(&taken.0, Self::Key(key) if key.contains('!'));
        (!nested).then_some(taken)
    }

    /// Takes the first step of a route that is not empty.
    pub(super) fn first(route: &str) -> Option<(Self, &str)> {
        let Some(bracket) = route.strip_prefix('[') else {
            let name = route.strip_prefix('.').unwrap_or(route);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            return (end > 0).then(|| (Self::Key(name[..end].to_owned()), &name[end..]));
        };
        if bracket.starts_with('"') {
            let mut keys = serde_json::Deserializer::from_str(bracket).into_iter::<String>();
            let key = keys.next()?.ok()?;
            let rest = bracket[keys.byte_offset()..].strip_prefix(']')?;
            return Some((Self::Key(key), rest));
        }
        let (index, rest) = bracket.split_once(']')?;
        Some((Self::Index(index.parse().ok()?), rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse::parse;

    fn text<'a>(root: &'a Node, route: &str) -> Option<&'a str> {
        lookup(root, route).and_then(Node::text)
    }

    #[test]
    fn a_route_into_a_text_has_an_outside() {
        let cases = [
            ("data.a!b", Some("data.a")),
            ("data[\"a!\\\"!\"]!b!c", Some("data[\"a!\\\"!\"]")),
            ("data[\"a!b\"]", None),
            ("", None),
        ];
        for (route, expected) in cases {
            assert_eq!(outside(route), expected, "{route}");
        }
    }

    #[test]
    fn routes_lead_to_nodes_and_back() {
        let yaml = "spec:\n  list: [a, {b.c: d, \"e\\\"]\": f}]\n  x-y: g\n'': h\n";
        let stream = parse(yaml.as_bytes());
        let root = &stream.documents[0].root;
        let routes = [
            ("spec.list[0]", "a"),
            ("spec.list[1][\"b.c\"]", "d"),
            ("spec.list[1][\"e\\\"]\"]", "f"),
            ("spec.x-y", "g"),
            ("[\"\"]", "h"),
        ];
        for (route, value) in routes {
            assert_eq!(text(root, route), Some(value), "{route}");
            let chain = around(root, yaml.find(value).unwrap_or_default());
            assert_eq!(chain.last().map(|at| at.route.to_string()).as_deref(), Some(route));
        }
        let holder = parent("spec.list[1][\"b.c\"]");
        assert_eq!(holder, Some(("spec.list[1]", Step::Key("b.c".to_owned()))));
        assert_eq!(parent("spec.list[1]"), Some(("spec.list", Step::Index(1))));
        assert_eq!(parent(""), None);
        assert_eq!(steps("a[\"b!c\"]").map(|steps| steps.len()), Some(2));
        for nested in ["a[\"b\"]!c", "a.b!c.d", "a[0]!c"] {
            assert_eq!(steps(nested), None, "{nested}");
        }
        for route in ["spec.none", "spec.list[9]", "spec.list[x]", "spec[", "spec..x-y", ".", "[\"spec"] {
            assert_eq!(text(root, route), None, "{route}");
        }
    }
}
