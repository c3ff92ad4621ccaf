//! One object of a manifest, and how its literals become fields.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Field, Role, dapr, kubernetes};
use crate::place;
use crate::span::Span;
use crate::yaml::node::{Node, Style};
use crate::yaml::parse::{self, parse};
use crate::yaml::route::{At, cut};

/// People write it with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest name that Kubernetes allows.
const MAX_NAME: usize = 253;

/// Objects whose values are encrypted or stand elsewhere.
const SEALED: &[&str] = &["SealedSecret", "ExternalSecret", "ClusterExternalSecret"];

/// A Kubernetes or Dapr object: a mapping with `apiVersion` and `kind`.
#[derive(Debug, Clone)]
pub(super) struct Object<'a> {
    /// `apiVersion`.
    pub(super) api: &'a str,
    /// `kind`.
    pub(super) kind: &'a str,
    /// Its root.
    pub(super) root: At<'a>,
    name: &'a str,
    document: usize,
    source: Source<'a>,
}

/// The text that the object's spans are of.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    text: &'a [u8],
    /// Where the text is that of a scalar of the file: that scalar's bytes, and whether they begin with the text.
    scalar: Option<(Span, bool)>,
}

impl<'a> Object<'a> {
    /// The object that a document of a file is.
    pub(super) fn of_document(text: &'a [u8], document: &'a parse::Document) -> Option<Self> {
        Self::new(At::root(&document.root), document.index, Source { text, scalar: None })
    }

    /// What stands for an object in a file that has none: `kind` and `name` are what the places of its fields say.
    pub(super) fn of_file(
        text: &'a [u8],
        document: &'a parse::Document,
        kind: &'a str,
        name: &'a str,
    ) -> Self {
        let source = Source { text, scalar: None };
        Self { api: "", kind, name, root: At::root(&document.root), document: document.index, source }
    }

    /// The same file under another name: that of a service, an application, a generator.
    pub(super) fn named(&self, name: &'a str) -> Self {
        Self { name: cut(name, MAX_NAME), ..self.clone() }
    }

    /// The documents that are written in a scalar, as the patches of a kustomization are. Their spans are exact
    /// where the scalar is a literal block, since that is YAML by itself.
    pub(super) fn embedded(&self, at: &At<'a>, mut read: impl FnMut(&Object<'_>)) {
        let (Some(scalar), None) = (at.node.scalar(), self.source.scalar) else { return };
        let span = at.node.inner_span();
        let start = memchr::memrchr(b'\n', &self.source.text[..span.start]).map_or(0, |line| line + 1);
        let whole_lines = Span { start, end: span.end };
        let (text, span, verbatim) = match scalar.style {
            Style::Literal => (&self.source.text[whole_lines.start..whole_lines.end], whole_lines, true),
            _ => (scalar.text.as_bytes(), span, self.is_verbatim(at.node)),
        };
        for document in &parse(text).documents {
            let root = At { node: &document.root, route: at.route.nested() };
            let source = Source { text, scalar: Some((span, verbatim)) };
            read(&Object {
                api: "",
                kind: self.kind,
                name: self.name,
                root,
                document: self.document,
                source,
            });
        }
    }

    /// The object that an embedded document is.
    pub(super) fn as_object(&self) -> Option<Self> {
        Self::new(self.root.clone(), self.document, self.source)
    }

    fn new(root: At<'a>, document: usize, source: Source<'a>) -> Option<Self> {
        let text =
            |keys: &[&str]| keys.iter().try_fold(root.node, |node, key| node.get(key)).and_then(Node::text);
        let (api, kind) = (text(&["apiVersion"])?, text(&["kind"])?);
        let name =
            text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"])).unwrap_or_default();
        // Each field repeats kind and name: a hostile file's could fill the memory.
        let is_word = kind.len() <= MAX_NAME && api.len() <= MAX_NAME;
        is_word.then_some(Self { api, kind, name: cut(name, MAX_NAME), root, document, source })
    }

    /// The object nearest to a byte, of the nodes round it: the document's, or an item of its list.
    pub(super) fn innermost(document: &'a parse::Document, chain: &[At<'a>]) -> Option<Self> {
        // No field is read of it, so it needs no text.
        let mut object = Self::of_document(&[], document)?;
        for pair in chain.get(1..).unwrap_or_default().chunks_exact(2) {
            let [list, item] = pair else { break };
            if !object.kind.ends_with("List") || list.route != object.root.route.key("items") {
                break;
            }
            let Some(item) = Self::new(item.clone(), object.document, object.source) else { break };
            object = item;
        }
        Some(object)
    }

    /// The objects of a `List`, or of a `ConfigMapList` and its like.
    fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let items = self.kind.ends_with("List").then(|| self.root.get("items")).flatten();
        let (document, source) = (self.document, self.source);
        items
            .into_iter()
            .flat_map(|items| items.items())
            .filter_map(move |at| Self::new(at, document, source))
    }

    /// Adds the fields of the object, or of those that it lists.
    pub(super) fn read(&self, out: &mut Vec<Field>) {
        // SOPS encrypts values in place and leaves the rest of the object as it was.
        if SEALED.contains(&self.kind) || self.root.get("sops").is_some() {
            return;
        }
        for item in self.items() {
            item.read(out);
        }
        kubernetes::read(self, out);
        if self.api.starts_with("dapr.io/") {
            dapr::read(self, out);
        }
    }

    /// The place of a field of the object.
    pub(super) fn place(&self, field: String) -> place::Document {
        place::Document {
            index: self.document,
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            field,
        }
    }

    /// The object that is written in a scalar, as `kubectl apply` leaves one in an annotation. One level: what is
    /// in it has no such annotation that matters.
    pub(super) fn read_nested(&self, at: &At<'a>, out: &mut Vec<Field>) -> bool {
        let (Some(text), None) = (at.node.text(), self.source.scalar) else { return false };
        let stream = parse(text.as_bytes());
        let scalar = Some((at.node.inner_span(), self.is_verbatim(at.node)));
        let source = Source { text: text.as_bytes(), scalar };
        let Some(document) = stream.documents.first() else { return false };
        let root = At { node: &document.root, route: at.route.nested() };
        let Some(object) = Object::new(root, self.document, source) else { return false };
        object.read(out);
        true
    }

    /// Adds a scalar as a field, unless there is nothing in it.
    pub(super) fn field(&self, at: &At<'_>, name: &str, role: Role, out: &mut Vec<Field>) {
        if let Some(text) = at.node.text() {
            self.part(at, 0..text.len(), name, role, out);
        }
    }

    /// Adds a part of a scalar's text as a field, unless there is nothing in it.
    pub(super) fn part(&self, at: &At<'_>, part: Range<usize>, name: &str, role: Role, out: &mut Vec<Field>) {
        let Some(text) = at.node.text() else { return };
        let value = text.get(part.clone()).unwrap_or_default();
        if value.is_empty() {
            return;
        }
        let whole = at.node.inner_span();
        let span = match part.len() == text.len() || !self.is_verbatim(at.node) {
            true => whole,
            false => Span { start: whole.start + part.start, end: (whole.start + part.end).min(whole.end) },
        };
        let document = self.place(at.route.to_string());
        let (name, value) = (name.to_owned(), value.to_owned());
        let raw = self.in_file(span);
        out.push(Field { document, name, value, raw, role, decoded: false, component: None });
    }

    /// Adds a scalar of base64 as a field; as it stands where it is none.
    pub(super) fn encoded(&self, at: &At<'_>, name: &str, role: Role, out: &mut Vec<Field>) {
        let before = out.len();
        self.field(at, name, role, out);
        let Some(field) = out.get_mut(before) else { return };
        let text: String = field.value.split_whitespace().collect();
        if let Ok(bytes) = BASE64.decode(text) {
            field.value = String::from_utf8_lossy(&bytes).into_owned();
            field.decoded = true;
        }
        if field.value.is_empty() {
            out.truncate(before);
        }
    }

    /// Whether a scalar's bytes begin with its very text, but for blanks and line breaks at its end: no escape, no
    /// fold, no line that was indented.
    fn is_verbatim(&self, node: &Node) -> bool {
        let Some(scalar) = node.scalar() else { return false };
        let span = node.inner_span();
        let bytes = self.source.text.get(span.start..span.end).unwrap_or_default();
        bytes.starts_with(scalar.text.trim_end().as_bytes())
    }

    /// The bytes of the file that a span of the object's text is.
    fn in_file(&self, span: Span) -> Span {
        let Some((outer, verbatim)) = self.source.scalar else { return span };
        let (start, end) = (outer.start + span.start, outer.start + span.end);
        if verbatim && end <= outer.end { Span { start, end } } else { outer }
    }
}
