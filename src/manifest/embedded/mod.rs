//! Texts that are written in a scalar: files in a ConfigMap or a Secret, JSON in an annotation, values for a chart, a
//! manifest in a manifest. What is found in them keeps its own bytes in the file.

mod lines;

use super::object::Object;
use super::scope::{Literal, Scope};
use super::{Field, Proof, Role, tree};
use crate::credentials;
use crate::span::Span;
use crate::yaml::node::Value;
use crate::yaml::parse::parse;
use crate::yaml::route::{At, Route};
use lines::Form;

/// A text and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Content<'t> {
    text: &'t str,
    /// Name of its file, or of the key under which it stands.
    name: &'t str,
    /// Role of the scalar; what is found in it has the same.
    role: Role,
    /// Whether it was encoded in the scalar.
    decoded: bool,
    /// Whether it is a text by its place, though it may have one line.
    always: bool,
}

impl<'t> Content<'t> {
    /// What a scalar says.
    pub(super) fn written(at: &At<'t>, name: &'t str, role: Role) -> Self {
        let text = at.node.text().unwrap_or_default();
        Self { text, name, role, decoded: false, always: false }
    }

    /// What was decoded from a scalar.
    pub(super) fn decoded(text: &'t str, name: &'t str, role: Role) -> Self {
        Self { text, name, role, decoded: true, always: false }
    }

    /// The same, as a text even where it has one line.
    pub(super) fn of_any_length(self) -> Self {
        Self { always: true, ..self }
    }

    /// Whether it is more than a value, and may have a credential in it.
    fn is_worth_reading(&self) -> bool {
        let is_text = self.always || self.text.trim_end().contains('\n') || self.text.starts_with(['{', '[']);
        is_text && !self.text.contains('\u{fffd}') && (tree::names_any(self.text) || self.text.contains('@'))
    }
}

/// Adds the credentials of a text that stands in the scalar `at`, unless it is a simple value.
pub(super) fn read(scope: &Scope<'_>, at: &At<'_>, content: Content<'_>, out: &mut Vec<Field>) {
    if !content.is_worth_reading() {
        return;
    }
    scope.within(at, content.text, content.decoded, |scope, root| {
        let before = out.len();
        known_file(scope, root, content, out);
        if out.len() > before {
            return;
        }
        match Form::of(content.name, content.text) {
            Some(Form::Tree) if tree(scope, root, content, out) => {}
            Some(Form::Tree) => lines::read(scope, root, content, Form::Settings, out),
            Some(form) => lines::read(scope, root, content, form, out),
            None => {}
        }
    });
}

/// Adds the fields of the objects that are written in a scalar. `false` where there is none.
pub(super) fn objects(scope: &Scope<'_>, at: &At<'_>, out: &mut Vec<Field>) -> bool {
    let mut found = false;
    let text = at.node.text().unwrap_or_default();
    scope.within(at, text, false, |scope, root| {
        for document in &parse(text.as_bytes()).documents {
            let root = At { node: &document.root, route: root.clone() };
            if let Some(object) = Object::inside(root, *scope) {
                object.read(out);
                found = true;
            }
        }
    });
    found
}

/// A file of a kind that is known by its name: `.dockerconfigjson`, `redis.conf`, `application.properties`.
fn known_file(scope: &Scope<'_>, root: &Route, content: Content<'_>, out: &mut Vec<Field>) {
    let Content { text, name, role, .. } = content;
    let Some(kind) = credentials::kind_of(name) else { return };
    for found in kind.read(name, text.as_bytes()) {
        let proof = Some(Proof { rule: found.rule, confidence: found.confidence });
        let field = &found.document.field;
        let literal = Literal { name: field, value: &found.value, role, proof };
        scope.add(format!("{root}{field}"), found.raw, literal, out);
    }
}

/// YAML or JSON, also several documents of it. `false` where it is neither.
fn tree(scope: &Scope<'_>, root: &Route, content: Content<'_>, out: &mut Vec<Field>) -> bool {
    let stream = parse(content.text.as_bytes());
    let is_tree = |value: &Value| matches!(value, Value::Mapping(_) | Value::Sequence(_));
    let trees = stream.documents.iter().filter(|document| is_tree(&document.root.resolved().value));
    let mut found = false;
    for document in trees {
        found = true;
        let at = At { node: &document.root, route: root.clone() };
        match Object::inside(at.clone(), *scope) {
            Some(object) => object.read(out),
            None if at.get("sops").is_some() => {}
            None => tree::walk(scope, &at, content.role, false, out),
        }
    }
    found
}

/// Where a part of a text stands in it.
fn span_in(text: &str, part: &str) -> Option<Span> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= text.len()).then_some(Span { start, end })
}
