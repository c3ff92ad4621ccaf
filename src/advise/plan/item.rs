//! A leak together with the field that it stands in.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::facts::Facts;
use super::place::target;
use super::{Leak, Options, Refused, Target, Use};
use crate::advise::rewrite::{Original, effective, existing_store, narrowed};
use crate::manifest::{Field, Format, Manifest, Role};
use crate::secret::Secret;
use crate::span::{Region, Span};

/// A leak that can be planned for.
#[derive(Debug, Clone)]
pub struct Item {
    /// What was found.
    pub leak: Leak,
    /// The field.
    pub field: Field,
    /// What its file is.
    pub format: Format,
    /// What the store has to hold: the effective text.
    pub value: Secret,
    /// Where it runs.
    pub target: Target,
    /// The object's namespace.
    pub namespace: Option<String>,
    /// Whether Dapr resolves the reference, and not Kubernetes or docker-compose.
    pub of_dapr: bool,
    /// The store that the object names already.
    pub store: Option<String>,
    /// What one has to know of the value.
    pub notes: Vec<String>,
}

impl Item {
    /// The place, as a plan shows it.
    pub fn use_of(&self) -> Use {
        let Leak { shown, region, document, .. } = &self.leak;
        Use {
            shown: shown.clone(),
            line: region.start.line,
            document: document.clone(),
            name: self.field.name.clone(),
        }
    }
}

/// Says why nothing is done about a leak.
pub fn refused(leak: &Leak, reason: impl Into<String>) -> Refused {
    Refused {
        shown: leak.shown.clone(),
        line: leak.region.start.line,
        document: leak.document.clone(),
        reason: reason.into(),
    }
}

/// A file of manifests, and what is known beside it.
pub struct File<'a> {
    /// What is in it.
    pub facts: &'a Facts,
    /// The same, parsed.
    pub manifest: &'a Manifest,
    /// Its text.
    pub text: &'a [u8],
    /// Directories that have a `dapr.yaml`.
    pub runs: &'a BTreeSet<PathBuf>,
}

impl File<'_> {
    /// Plans for the leaks of the file, or says why not.
    pub fn items(&self, leaks: &[Leak], options: &Options) -> (Vec<Item>, Vec<Refused>) {
        let (mut items, mut refusals) = (Vec::<Item>::new(), Vec::new());
        for leak in leaks {
            match self.item(leak, options) {
                // Two rules may have found one value, or a password and the URL that it stands in.
                Ok(item) if items.iter().any(|known| known.field.raw == item.field.raw) => {}
                Ok(item) => items.push(item),
                Err(reason) => refusals.push(refused(leak, reason)),
            }
        }
        (items, refusals)
    }

    fn item(&self, leak: &Leak, options: &Options) -> Result<Item, String> {
        let mut field = self
            .field_of(leak)
            .ok_or("it stands in no field that can refer to a Secret: take it out by hand")?
            .clone();
        let object = self.facts.object(field.document.index, &field.document.field);
        let of_dapr = object.is_some_and(|object| object.api.starts_with("dapr.io/"));
        let format = self.manifest.format;
        let target = match (format, object) {
            (Format::Compose | Format::DaprRun | Format::Dockerfile, _) => Target::SelfHosted,
            (_, Some(object)) if of_dapr => {
                let told = options.target.or_else(|| target(self.facts, object, self.runs));
                told.ok_or(
                    "it is not clear whether this runs in a cluster or by `dapr run`: say so with --target \
                     kubernetes or --target self-hosted",
                )?
            }
            _ => Target::Kubernetes,
        };
        let namespace = object.and_then(|object| object.namespace.clone());
        let known = self.manifest.stream().documents.iter().find(|known| known.index == field.document.index);
        let original = known.map(|document| Original { text: self.text, document });
        let (value, store, notes) = match original {
            // A reference is no help to a Secret that is committed: the rewriter says so.
            Some(original) if format == Format::Objects && field.role != Role::SecretData => {
                if let Some(bytes) = bytes_of(self.text, &leak.region) {
                    field = narrowed(original, &field, bytes);
                }
                let found = effective(original, &field, &options.rewrite("")).map_err(|e| e.to_string())?;
                (found.value, existing_store(original, &field), found.notes)
            }
            _ => (Secret::new(field.value.as_bytes(), 0), None, Vec::new()),
        };
        Ok(Item { leak: leak.clone(), field, format, value, target, namespace, of_dapr, store, notes })
    }

    /// The innermost field that a leak stands in. What is in no field of its own (a comment, a line of a file in a
    /// ConfigMap) has none.
    fn field_of(&self, leak: &Leak) -> Option<&Field> {
        let bytes = bytes_of(self.text, &leak.region)?;
        let holds = |field: &&Field| field.raw.overlaps(bytes) || field.raw == bytes;
        self.manifest.fields.iter().filter(holds).min_by_key(|field| field.raw.end - field.raw.start)
    }
}

/// The bytes of a region.
fn bytes_of(text: &[u8], region: &Region) -> Option<Span> {
    let offset = |line: u64, column: u64| {
        let start = match usize::try_from(line).ok()?.checked_sub(2) {
            None => 0,
            Some(nth) => memchr::memchr_iter(b'\n', text).nth(nth)? + 1,
        };
        let columns = usize::try_from(column).ok()?.checked_sub(1)?;
        let letters = text[start..].iter().enumerate().filter(|(_, b)| **b & 0xc0 != 0x80);
        let ends = std::iter::once(text.len());
        letters.map(|(at, _)| start + at).chain(ends).nth(columns)
    };
    let (start, end) = (region.start, region.end);
    Some(Span { start: offset(start.line, start.column)?, end: offset(end.line, end.column)? })
}
