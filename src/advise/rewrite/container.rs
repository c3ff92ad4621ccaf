//! A container's variables: which it has, and what a new one is called.

use std::collections::{BTreeMap, BTreeSet};

use super::original::{Original, below, item, text};
use crate::advise::plan::Reference;
use crate::yaml::node::Node;
use crate::yaml::splice::Shape;

/// The variables of the containers that a batch of rewrites meets.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// By container: variables that come from a Secret, or are going to.
    known: BTreeMap<String, Vec<Known>>,
    /// By container: names that are new.
    new: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug)]
struct Known {
    name: String,
    reference: Reference,
    /// The item of `env` that it is, or stands before.
    position: usize,
}

/// A variable to use, and whether it has to be made.
pub(super) struct Variable {
    /// Its name.
    pub(super) name: String,
    /// Whether it is new.
    pub(super) new: bool,
}

impl Variables {
    /// Takes note that an item is going to come from a Secret.
    pub(super) fn note(&mut self, container: &str, name: &str, reference: &Reference, position: usize) {
        let known = Known { name: name.to_owned(), reference: reference.clone(), position };
        self.known.entry(container.to_owned()).or_default().push(known);
    }

    /// A variable of a container that comes from this key: one that is there, or a new one with a name like `wanted`.
    /// `before`: the item of `env` that uses it, since only those before it can be used.
    pub(super) fn get(
        &mut self,
        original: &Original<'_>,
        container: &str,
        wanted: &str,
        reference: &Reference,
        before: Option<usize>,
    ) -> Variable {
        if let Some(name) = self.existing(original, container, reference, before) {
            return Variable { name, new: false };
        }
        let new = self.new.entry(container.to_owned()).or_default();
        let taken: BTreeSet<&str> = env(original, container).iter().map(|node| text(node, "name")).collect();
        let base = as_name(wanted);
        let names = std::iter::once(base.clone()).chain((2_usize..).map(|n| format!("{base}_{n}")));
        let name =
            names.into_iter().find(|name| !taken.contains(&**name) && !new.contains(name)).unwrap_or(base);
        new.insert(name.clone());
        self.note(container, &name, reference, before.unwrap_or(usize::MAX));
        Variable { name, new: true }
    }

    fn existing(
        &self,
        original: &Original<'_>,
        container: &str,
        reference: &Reference,
        before: Option<usize>,
    ) -> Option<String> {
        let in_time = |position: usize| before.is_none_or(|before| position < before);
        let known = self.known.get(container).into_iter().flatten();
        let known = known
            .filter(|k| k.reference == *reference)
            // A new variable stands before the item of its position.
            .find(|k| in_time(k.position) || before == Some(k.position))
            .map(|k| k.name.clone());
        known.or_else(|| {
            let items = env(original, container).iter().enumerate();
            items
                .filter(|(index, node)| in_time(*index) && is_from(node, reference))
                .map(|(_, node)| text(node, "name").to_owned())
                .find(|name| !name.is_empty())
        })
    }
}

/// The items of a container's `env`.
pub(super) fn env<'a>(original: &Original<'a>, container: &str) -> &'a [Node] {
    original.node(&below(container, "env")).map(Node::items).unwrap_or_default()
}

/// The routes of a container's variables of this name.
pub(super) fn named(original: &Original<'_>, container: &str, name: &str) -> Vec<String> {
    let list = below(container, "env");
    let items = env(original, container).iter().enumerate();
    items.filter(|(_, node)| text(node, "name") == name).map(|(index, _)| item(&list, index)).collect()
}

/// Whether an item comes from this key, and has to.
fn is_from(item: &Node, reference: &Reference) -> bool {
    let key = item.get("valueFrom").and_then(|from| from.get("secretKeyRef"));
    key.is_some_and(|key| {
        text(key, "name") == reference.name
            && text(key, "key") == reference.key
            && key.get("optional").is_none()
    })
}

/// An item of `env` that comes from a key of a Secret.
pub(super) fn variable_shape(name: &str, reference: &Reference) -> Shape {
    let from = Shape::Mapping(vec![("secretKeyRef".to_owned(), key_shape(reference))]);
    Shape::Mapping(vec![("name".to_owned(), Shape::Text(name.to_owned())), ("valueFrom".to_owned(), from)])
}

/// `{name, key}` of a reference.
pub(super) fn key_shape(reference: &Reference) -> Shape {
    let text = |text: &str| Shape::Text(text.to_owned());
    Shape::Mapping(vec![("name".to_owned(), text(&reference.name)), ("key".to_owned(), text(&reference.key))])
}

/// A text as the name of a variable: `redis-password` → `REDIS_PASSWORD`.
fn as_name(text: &str) -> String {
    let name: String = text
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    match name.chars().next() {
        None => "SECRET".to_owned(),
        Some('0'..='9') => format!("_{name}"),
        Some(_) => name,
    }
}
