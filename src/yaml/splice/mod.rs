//! Edits of a YAML or JSON text that leave every other byte as it was.
//!
//! An [`Editor`] writes what is new in the style of what stands round it: indentation, quotes, flow or block, line
//! ends. [`apply`] puts edits into the text, reads the result again, and gives it out only if nothing but the nodes
//! that were to change has changed.

use crate::span::Span;
use crate::yaml::parse::Document;

/// Bytes of a text, and what stands in their place afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go; empty where something is put in.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// What a new node says. How it is written, the text round it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text; quoted where it would otherwise be read as something else.
    Text(String),
    /// Keys and values.
    Mapping(Vec<(String, Shape)>),
    /// Items.
    Sequence(Vec<Shape>),
}

/// Where a new entry or item stands among its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where<'a> {
    /// After the last.
    Last,
    /// Before the entry of this key.
    BeforeKey(&'a str),
    /// After the entry of this key.
    AfterKey(&'a str),
    /// Before the item of this index.
    BeforeItem(usize),
}

/// Why an edit can't be made, or was made and is not good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No node at this route.
    #[error("{0} is not in the document")]
    Missing(String),
    /// It has an anchor that aliases use, is an alias, or came by a merge key.
    #[error("{0} is shared by an anchor, an alias or a merge key: change it by hand")]
    Shared(String),
    /// It is no scalar, or a template.
    #[error("{0} is not a plain value: change it by hand")]
    NotScalar(String),
    /// The key stands twice.
    #[error("{0} stands twice in its mapping")]
    Twice(String),
    /// The edited text says something else than was meant.
    #[error("the edit would change more than was meant ({0}): it was dropped")]
    Broken(String),
}

/// Makes edits of one document.
#[derive(Clone, Copy)]
pub struct Editor<'a> {
    text: &'a [u8],
    document: &'a Document,
}

impl<'a> Editor<'a> {
    /// `text` is that of the whole file, of which `document` was read.
    pub fn new(text: &'a [u8], document: &'a Document) -> Self {
        Self { text, document }
    }

    /// Puts `key: shape` in the place of the entry whose value is at `route`. A comment behind it stays.
    pub fn replace_entry(&self, route: &str, key: &str, shape: &Shape) -> Result<Edit, Refusal> {
        let _ = (self.text, self.document, key, shape);
        Err(Refusal::Missing(route.to_owned()))
    }

    /// Gives the scalar at `route` another text, in its own style where that can hold it.
    pub fn replace_text(&self, route: &str, text: &str) -> Result<Edit, Refusal> {
        let _ = text;
        Err(Refusal::Missing(route.to_owned()))
    }

    /// Adds an entry to the mapping at `route` (empty: the root).
    pub fn insert_entry(
        &self,
        route: &str,
        at: &Where<'_>,
        key: &str,
        shape: &Shape,
    ) -> Result<Edit, Refusal> {
        let _ = (at, key, shape);
        Err(Refusal::Missing(route.to_owned()))
    }

    /// Adds an item to the sequence at `route`.
    pub fn insert_item(&self, route: &str, at: &Where<'_>, shape: &Shape) -> Result<Edit, Refusal> {
        let _ = (at, shape);
        Err(Refusal::Missing(route.to_owned()))
    }

    /// Takes the entry or item at `route` out, with the comment behind it on its line.
    pub fn remove(&self, route: &str) -> Result<Edit, Refusal> {
        Err(Refusal::Missing(route.to_owned()))
    }
}

/// Puts the edits into the text, and reads both. All nodes but those at or below `changed` (document index, route)
/// have to be equal, and all bytes outside of the edits.
pub fn apply(text: &[u8], edits: &[Edit], changed: &[(usize, String)]) -> Result<Vec<u8>, Refusal> {
    let _ = (text, edits, changed);
    Err(Refusal::Broken("not written yet".to_owned()))
}

/// The text is left out: what goes may be a credential's neighbour.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({:?}, {} bytes)", self.span, self.text.len())
    }
}
