//! A file while it is read: its text, and what was found in it.

use super::Found;
use super::names::split;
use super::value::{encoded, go_password, is_encrypted, is_set, logins, settings};
use crate::detect::judge::names_credential;
use crate::finding::Confidence;
use crate::place::Document;
use crate::span::Span;
use crate::yaml::node::Node;
use crate::yaml::route::{At, cut};

/// Names are told up to this many letters: a hostile file's could fill the memory.
const MAX_NAME: usize = 253;

/// A file of a known kind. Values are given to it as parts of `text`, from which it knows their spans.
pub(super) struct File<'t> {
    /// Last part of the path.
    pub(super) name: &'t str,
    /// The part before it: its directory; empty where it has none.
    pub(super) parent: &'t str,
    /// The content.
    pub(super) bytes: &'t [u8],
    /// The content as text of the same length.
    pub(super) text: &'t str,
    kind: &'static str,
    found: Vec<Found>,
}

impl<'t> File<'t> {
    pub(super) fn new(path: &'t str, bytes: &'t [u8], text: &'t str, kind: &'static str) -> Self {
        let (parent, name) = split(path);
        Self { name, parent, bytes, text, kind, found: Vec::new() }
    }

    /// What was found, in the order of the file; of two that overlap the first.
    pub(super) fn finish(mut self) -> Vec<Found> {
        self.found.sort_by_key(|found| found.raw);
        self.found.dedup_by(|next, last| next.raw.overlaps(last.raw));
        self.found
    }

    /// The format has a credential here: it is one if it is set.
    pub(super) fn secret(&mut self, rule: &'static str, value: &'t str, name: &str, field: &str) {
        if is_set(value) {
            self.add(rule, value, value, name, field, Confidence::High);
        }
    }

    /// A setting that anyone may have named: its name must say that it is a credential, or its value hold a
    /// password.
    pub(super) fn named(&mut self, rule: &'static str, value: &'t str, name: &str, field: &str) {
        let before = self.found.len();
        self.passwords_in(rule, value, name, field);
        if self.found.len() == before && names_credential(field) && is_set(value) {
            self.add(rule, value, value, name, field, Confidence::Medium);
        }
    }

    /// The passwords of URLs and connection strings in a value.
    pub(super) fn passwords_in(&mut self, rule: &'static str, value: &'t str, name: &str, field: &str) {
        if is_encrypted(value) {
            return;
        }
        for login in logins(value) {
            self.add(rule, login.password, login.password, name, field, Confidence::Medium);
        }
        for password in settings(value).map(|(_, password)| password).chain(go_password(value)) {
            self.add(rule, password, password, name, field, Confidence::Medium);
        }
    }

    /// As [`File::secret`], for a scalar.
    pub(super) fn secret_at(&mut self, rule: &'static str, at: &At<'_>, name: &str) {
        if let Some(value) = at.node.text().filter(|value| is_set(value)) {
            self.add(rule, self.part_of(at.node), value, name, &at.route.to_string(), Confidence::High);
        }
    }

    /// As [`File::named`], for a scalar that `setting` names.
    pub(super) fn named_at(&mut self, rule: &'static str, at: &At<'_>, name: &str, setting: &str) {
        let Some(value) = at.node.text() else { return };
        let (part, field) = (self.part_of(at.node), at.route.to_string());
        let before = self.found.len();
        if part == value {
            self.passwords_in(rule, part, name, &field);
        }
        if self.found.len() == before && names_credential(setting) && is_set(value) {
            self.add(rule, part, value, name, &field, Confidence::Medium);
        }
    }

    /// The part of the text that a scalar stands in.
    pub(super) fn part_of(&self, node: &Node) -> &'t str {
        let span = node.inner_span();
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The file itself is the credential, or holds it beyond reading.
    pub(super) fn present(&mut self, rule: &'static str, content: &[u8], confidence: Confidence) {
        let value = encoded(content);
        self.add(rule, self.text, &value, self.name, "", confidence);
    }

    /// Adds what stands in `part` of the text. What has no bytes there is dropped.
    pub(super) fn add(
        &mut self,
        rule: &'static str,
        part: &str,
        value: &str,
        name: &str,
        field: &str,
        confidence: Confidence,
    ) {
        let Some(raw) = self.span_of(part).filter(|_| !part.is_empty() && !value.is_empty()) else { return };
        let owned = |text| cut(text, MAX_NAME).to_owned();
        let document =
            Document { index: 0, kind: self.kind.to_owned(), name: owned(name), field: owned(field) };
        self.found.push(Found { rule, value: value.to_owned(), raw, confidence, document });
    }

    /// Where a part of the text stands in it.
    fn span_of(&self, part: &str) -> Option<Span> {
        let start = part.as_ptr().addr().checked_sub(self.text.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        (end <= self.text.len()).then_some(Span { start, end })
    }
}
