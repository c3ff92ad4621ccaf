//! The text that is rewritten.

use crate::manifest::Field;
use crate::yaml::node::Node;
use crate::yaml::parse::Document;
use crate::yaml::route::{self, At, Route, Step};
use crate::yaml::splice::Editor;

/// A file, and one of its documents.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// The text of the whole file.
    pub text: &'a [u8],
    /// The document, read of it.
    pub document: &'a Document,
}

impl<'a> Original<'a> {
    /// What makes edits of it.
    pub(super) fn editor(&self) -> Editor<'a> {
        Editor::new(self.text, self.document)
    }

    /// The node at a route.
    pub(super) fn node(&self, route: &str) -> Option<&'a Node> {
        route::lookup(&self.document.root, route)
    }

    /// The object that a route leads into: the document's, or an item of its list.
    pub(super) fn object(&self, route: &str) -> At<'a> {
        let mut object = At::root(&self.document.root);
        let mut steps = route::steps(route).unwrap_or_default().into_iter();
        while text(object.node, "kind").ends_with("List") {
            let (Some(Step::Key(key)), Some(Step::Index(index))) = (steps.next(), steps.next()) else {
                break;
            };
            let item = (key == "items").then(|| object.get("items")).flatten();
            let Some(item) = item.and_then(|items| items.items().nth(index)) else { break };
            object = item;
        }
        object
    }

    /// The object that a field belongs to.
    pub(super) fn object_of(&self, field: &Field) -> At<'a> {
        self.object(&field.document.field)
    }
}

/// The text at a key; empty where there is none.
pub(super) fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get(key).and_then(Node::text).unwrap_or_default()
}

/// The route of a key's value below a route.
pub(super) fn below(route: &str, key: &str) -> String {
    Route::from(route).key(key).to_string()
}

/// The route of an item below a route.
pub(super) fn item(route: &str, index: usize) -> String {
    Route::from(route).index(index).to_string()
}
