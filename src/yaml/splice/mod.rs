//! Edits of a YAML or JSON text that leave every other byte as it was.
//!
//! An [`Editor`] writes what is new in the style of what stands round it: indentation, quotes, flow or block, line
//! ends. [`apply`] puts edits into the text, reads the result again, and gives it out only if nothing but the nodes
//! that were to change has changed.

mod apply;
mod comments;
mod compare;
mod find;
mod insert;
mod quote;
mod remove;
mod replace;
mod source;
mod style;
mod write;

pub use apply::{apply, apply_to, spliced};
pub use comments::{ensure_gone, mentions, purge_comments};

use crate::span::Span;
use crate::yaml::parse::Document;
use find::Spot;
use source::Source;

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
    /// It stands in a document that is itself the text of a scalar.
    #[error("{0} stands inside of a text: change it by hand")]
    Nested(String),
    /// A value that was to go is still in the text, in this line.
    #[error("the value would still stand in line {0}: take it out there as well")]
    Remains(u64),
    /// The edited text says something else than was meant.
    #[error("the edit would change more than was meant ({0}): it was dropped")]
    Broken(String),
}

/// Makes edits of one document.
///
/// A trailing comment stays with what it stands behind, unless it repeats the value that goes, or one of those
/// named by [`Editor::purging`].
#[derive(Clone, Copy)]
pub struct Editor<'a> {
    source: Source<'a>,
    document: &'a Document,
    purged: &'a [&'a str],
    /// Whether lines end as they are counted here.
    lines: bool,
}

impl<'a> Editor<'a> {
    /// `text` is that of the whole file, of which `document` was read.
    pub fn new(text: &'a [u8], document: &'a Document) -> Self {
        let source = Source::new(text);
        Self { source, document, purged: &[], lines: !source.has_lone_returns() }
    }

    /// What is at a route, if it may be edited.
    fn find(&self, route: &str) -> Result<Spot<'a>, Refusal> {
        if !self.lines {
            return Err(lone_returns());
        }
        find::find(self.document, route)
    }

    /// Values besides the replaced one whose mention takes a trailing comment out: the password of a URL.
    #[must_use]
    pub fn purging(self, values: &'a [&'a str]) -> Self {
        Self { purged: values, ..self }
    }
}

/// For YAML a carriage return ends a line; for editors and other readers of a file it does not.
fn lone_returns() -> Refusal {
    Refusal::Broken("some lines end in a carriage return alone".to_owned())
}

/// The text is left out: what goes may be a credential's neighbour.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({:?}, {} bytes)", self.span, self.text.len())
    }
}
