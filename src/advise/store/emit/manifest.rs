//! A Secret as a manifest, with its values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{ValueFile, file_name};
use crate::advise::plan::{PlannedKey, PlannedSecret};
use crate::advise::store::head;
use crate::advise::store::yaml::{self, entry, text};
use crate::secret::Secret;
use crate::yaml::splice::Shape;

/// The manifest: a text stands in `stringData`, other bytes in base64 in `data`. Keys that the existing Secret has
/// already are left out, so that it is for `kubectl apply` and not for `replace`.
pub fn secret(secret: &PlannedSecret) -> ValueFile {
    ValueFile { path: file_name(secret, ".yaml"), text: Secret::new(manifest(secret).as_bytes(), 0) }
}

pub(super) fn manifest(secret: &PlannedSecret) -> String {
    let (mut texts, mut bytes) = (Vec::new(), Vec::new());
    for PlannedKey { key, value, .. } in secret.keys.iter().filter(|key| !key.present) {
        match readable(value.reveal()) {
            Some(value) => texts.push(entry(key, text(value))),
            None => bytes.push(entry(key, text(&STANDARD.encode(value.reveal())))),
        }
    }
    let mut document = head("v1", "Secret", &secret.name, secret.namespace.as_deref());
    document.push(entry("type", text("Opaque")));
    for (field, entries) in [("data", bytes), ("stringData", texts)] {
        if !entries.is_empty() {
            document.push(entry(field, Shape::Mapping(entries)));
        }
    }
    yaml::document(&Shape::Mapping(document))
}

/// A text of UTF-8 that has no control characters but tabs and line ends.
fn readable(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).then_some(text)
}
