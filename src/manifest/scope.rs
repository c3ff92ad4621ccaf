//! Whose literals are read, out of which text, and how they become fields.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Field, Proof, Role};
use crate::place;
use crate::span::Span;
use crate::yaml::origin::Origin;
use crate::yaml::route::{At, Route};

/// People write it with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// So many texts may be written in each other: a manifest in a ConfigMap, a file in that.
const MAX_TEXTS: usize = 3;

/// The object whose literals they are, and the text that they stand in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    document: usize,
    kind: &'a str,
    name: &'a str,
    source: Source<'a>,
}

/// The text that spans are of.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    text: &'a [u8],
    depth: usize,
    /// Whether this text, or one that it is written in, was encoded.
    decoded: bool,
    /// Of a text that is written in a scalar: the scalar's bytes in the text round it, and the way back to them.
    outer: Option<(&'a Source<'a>, Span, Option<&'a Origin>)>,
}

/// A value with what is known of it, on its way to become a field.
pub(super) struct Literal<'v> {
    pub(super) name: &'v str,
    pub(super) value: &'v str,
    pub(super) role: Role,
    pub(super) proof: Option<Proof>,
}

impl<'a> Scope<'a> {
    /// A document of a file.
    pub(super) fn of_file(text: &'a [u8], document: usize) -> Self {
        let source = Source { text, depth: 0, decoded: false, outer: None };
        Self { document, kind: "", name: "", source }
    }

    /// The same for an object of this kind and name.
    pub(super) fn told_as(self, kind: &'a str, name: &'a str) -> Self {
        Self { kind, name, ..self }
    }

    /// The place of a field.
    pub(super) fn place(&self, field: String) -> place::Document {
        place::Document {
            index: self.document,
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            field,
        }
    }

    /// Adds a scalar as a field, unless there is nothing in it.
    pub(super) fn field(&self, at: &At<'_>, name: &str, role: Role, out: &mut Vec<Field>) {
        if let Some(value) = at.node.text() {
            self.whole(at, Literal { name, value, role, proof: None }, out);
        }
    }

    /// Adds what a scalar says, or stands for, as a field, unless there is nothing in it.
    pub(super) fn whole(&self, at: &At<'_>, literal: Literal<'_>, out: &mut Vec<Field>) {
        self.add(at.route.to_string(), at.node.inner_span(), literal, out);
    }

    /// Adds a part of a scalar's text as a field, unless there is nothing in it.
    pub(super) fn part(&self, at: &At<'_>, part: Range<usize>, name: &str, role: Role, out: &mut Vec<Field>) {
        let Some(text) = at.node.text() else { return };
        let value = text.get(part.clone()).unwrap_or_default();
        let span = Span { start: part.start, end: part.end };
        let origin = (value.len() < text.len()).then(|| Origin::of(self.source.text, at.node)).flatten();
        let span = origin.map_or_else(|| at.node.inner_span(), |origin| origin.span(span));
        self.add(at.route.to_string(), span, Literal { name, value, role, proof: None }, out);
    }

    /// Adds a scalar of base64 as a field, decoded; as it stands where it is none. Gives the text of the first.
    pub(super) fn encoded(
        &self,
        at: &At<'_>,
        name: &str,
        role: Role,
        out: &mut Vec<Field>,
    ) -> Option<String> {
        let Some(value) = decoded(at.node.text()?) else {
            self.field(at, name, role, out);
            return None;
        };
        let before = out.len();
        self.whole(at, Literal { name, value: &value, role, proof: None }, out);
        out[before..].iter_mut().for_each(|field| field.decoded = true);
        Some(value)
    }

    /// Adds a value that stands at `span` of the scope's text.
    pub(super) fn add(&self, route: String, span: Span, literal: Literal<'_>, out: &mut Vec<Field>) {
        let Literal { name, value, role, proof } = literal;
        if value.is_empty() {
            return;
        }
        out.push(Field {
            document: self.place(route),
            name: name.to_owned(),
            value: value.to_owned(),
            raw: self.source.in_file(span),
            role,
            decoded: self.source.decoded,
            proof,
            component: None,
        });
    }

    /// Reads a text that is written in a scalar: as it stands there, or `decoded` from what stands there.
    pub(super) fn within(
        &self,
        at: &At<'_>,
        text: &str,
        decoded: bool,
        read: impl FnOnce(&Scope<'_>, &Route),
    ) {
        if self.source.depth >= MAX_TEXTS {
            return;
        }
        let origin = (!decoded).then(|| Origin::of(self.source.text, at.node)).flatten();
        let source = Source {
            text: text.as_bytes(),
            depth: self.source.depth + 1,
            decoded: decoded || self.source.decoded,
            outer: Some((&self.source, at.node.inner_span(), origin.as_ref())),
        };
        read(&Scope { source, ..*self }, &at.route.nested());
    }
}

impl Source<'_> {
    /// The bytes of the file that a span of the text is.
    fn in_file(&self, span: Span) -> Span {
        let Some((source, scalar, origin)) = self.outer else { return span };
        source.in_file(origin.map_or(scalar, |origin| origin.span(span)))
    }
}

/// What base64 says; bytes that are not UTF-8 are replaced. `None` for what is none.
fn decoded(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    let bytes = BASE64.decode(text).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
