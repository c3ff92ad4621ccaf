//! Floor 4: manifests. Takes YAML or JSON apart into the literals that a credential may stand in, and tells of any
//! byte which document and field it stands in.

mod command;
mod compose;
mod custom;
mod dapr;
mod dapr_run;
mod dockerfile;
mod embedded;
mod format;
mod helm;
mod instructions;
pub mod judgement;
mod kubernetes;
mod kustomize;
mod local_secrets;
mod object;
mod scope;
mod template;
mod tree;
mod variables;

use std::fmt;

use serde::Serialize;

use crate::finding::Confidence;
use crate::place;
use crate::span::Span;
use crate::yaml::parse::{self, parse};
use crate::yaml::route::{At, around, outside};
use format::Suspect;
use judgement::Judgement;
use object::Object;

pub use dapr::secret_store;
pub use dockerfile::copies_a_credential_file;
pub use format::Format;
pub(crate) use instructions::{Instruction, instructions};
pub use variables::{Origin, Variable};

/// A literal of a manifest which a credential may stand in. References (`valueFrom`, `secretKeyRef`) and empty
/// values are none.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The document, the object in it, and the route to the scalar.
    pub document: place::Document,
    /// The name that gives the value its meaning: of the variable, the metadata item, the data key, the header, the
    /// flag (without its dashes). Empty for an argument that has none.
    pub name: String,
    /// The effective text: unquoted and folded; base64-decoded where `decoded` says so. Bytes that are not UTF-8
    /// are replaced.
    pub value: String,
    /// The value's bytes in the file: the scalar without its quotes, or the part of it that is the value. Where a
    /// part has no bytes of its own, because the scalar is written with escapes or folded, the whole scalar.
    pub raw: Span,
    /// What kind of literal it is.
    pub role: Role,
    /// Whether `value` was decoded from base64, or stands in a text that was.
    pub decoded: bool,
    /// The type of the Dapr component that it is a setting of (`state.redis`), where it is one.
    pub component: Option<String>,
    /// Set where the format has a credential at this very place, whatever the name says.
    pub proof: Option<Proof>,
}

/// What the reader of a credential file says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// Id of its rule, of shape `file`.
    pub rule: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// What kind of literal a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A variable of a container.
    Env,
    /// A word of a container's or probe's command, or the value of a flag.
    Argument,
    /// An entry of a ConfigMap: a simple value, or a whole file.
    ConfigMapData,
    /// An entry of a Secret that is committed in clear or in base64.
    SecretData,
    /// A setting of a Dapr component or endpoint.
    DaprMetadata,
    /// An annotation.
    Annotation,
    /// An HTTP header of a probe or a Dapr resource.
    Header,
    /// A variable of a Dapr sidecar, in its pod's annotation `dapr.io/env`.
    DaprEnv,
    /// A driver's own setting: `parameters` of a StorageClass, `volumeAttributes` of CSI, a mount option.
    Parameter,
    /// A setting of a kind of object that is known by its name alone.
    Custom,
    /// A variable of a service of docker-compose, or of `dapr run`'s file of several applications.
    ComposeEnv,
    /// A word of a command of a service of docker-compose.
    ComposeArgument,
    /// A build argument of a service of docker-compose.
    BuildArgument,
    /// `ENV` of a Dockerfile.
    DockerEnv,
    /// `ARG` of a Dockerfile.
    DockerArg,
    /// A word of another instruction of a Dockerfile.
    DockerRun,
    /// A literal of a generator of kustomize, or a value of its patches.
    KustomizeLiteral,
    /// A value of a Helm chart's `values.yaml`.
    HelmValue,
    /// A line of a Helm template, which is no YAML.
    TemplateLine,
    /// An entry of the file that `secretstores.local.file` reads.
    LocalSecret,
}

/// A document that could not be read, of a file in which another one is an object. Text rules read it all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// Why.
    pub message: String,
}

/// A file that was read by its structure.
#[derive(Debug)]
pub struct Manifest {
    /// What it is.
    pub format: Format,
    /// Its literals, in the order of the file's documents.
    pub fields: Vec<Field>,
    /// What could not be read of it.
    pub problems: Vec<Problem>,
    stream: parse::Stream,
    /// Of a file that is no tree: what stands where, in its order.
    places: Vec<(Span, place::Document)>,
}

/// The value is left out: it may be a credential.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, name, value, raw, role, .. } = self;
        write!(f, "Field({role:?} {name:?} at {}, {} bytes, {raw:?})", document.field, value.len())
    }
}

impl Field {
    /// Whether the value is a credential, and why. A provider's format is not asked for here: that is the rules'.
    pub fn judgement(&self) -> Judgement {
        Judgement::of(self)
    }

    /// Whether the name, the place or the value itself says that the value is a credential: also a weak one
    /// (`postgres`), which runs all the same.
    pub fn is_credential(&self) -> bool {
        self.proof.is_some() || judgement::is_secret(self)
    }

    /// Of a value in a text that is written in a scalar (a file in a ConfigMap): the route of that scalar. Its own
    /// route, which goes on after a `!`, leads to no node of the document.
    pub fn inside(&self) -> Option<&str> {
        outside(&self.document.field)
    }

    /// Whether it stands in the text that another field is.
    pub fn stands_in(&self, other: &Self) -> bool {
        let (own, outer) = (&self.document, &other.document);
        own.index == outer.index
            && own.field.strip_prefix(&*outer.field).is_some_and(|rest| rest.starts_with('!'))
    }
}

/// Reads a text whose path is not known. See [`read_file`].
pub fn read(text: &[u8]) -> Option<Manifest> {
    read_file("", text)
}

/// Reads a file. `None` for what is no manifest, without a word: so it is for nearly all files, and a look at the name
/// and for a few words tells. `path` decides only where the content can't. A text of more than [`parse::MAX_BYTES`]
/// is not read.
pub fn read_file(path: &str, text: &[u8]) -> Option<Manifest> {
    if text.len() > parse::MAX_BYTES {
        return None;
    }
    match format::suspect(path, text)? {
        Suspect::Tree => read_tree(path, text),
        Suspect::Dockerfile => dockerfile::read(text)
            .map(|(fields, places)| Manifest { places, ..Manifest::new(Format::Dockerfile, fields) }),
        Suspect::Template => template::read(text).map(|fields| Manifest::new(Format::Template, fields)),
    }
}

/// Reads the file that a component of the type `secretstores.local.file` names.
pub fn read_local_secrets(text: &[u8]) -> Option<Manifest> {
    let stream = parse(text);
    let fields = of_document(Format::LocalSecrets, text, stream.documents.first()?);
    Some(Manifest { stream, ..Manifest::new(Format::LocalSecrets, fields) })
}

/// Whether the path and a few words say that [`read_file`] may have something to read that is no object; those have
/// an `apiVersion`, which the scanner looks for anyway.
pub fn may_be_one(path: &str, text: &[u8]) -> bool {
    format::by_name(path, text).is_some()
}

fn read_tree(path: &str, text: &[u8]) -> Option<Manifest> {
    let stream = parse(text);
    let (mut manifest, mut has_objects) = (Manifest::new(Format::Objects, Vec::new()), false);
    for document in &stream.documents {
        let Some(object) = Object::of_document(text, document) else { continue };
        if kustomize::is_object(&object) {
            manifest.format = Format::Kustomization;
            manifest.fields.extend(of_document(Format::Kustomization, text, document));
        } else {
            object.read(&mut manifest.fields);
        }
        has_objects = true;
    }
    if !has_objects {
        let whole = stream.documents.first().filter(|_| stream.errors.is_empty());
        if let Some(format) = whole.and_then(|document| Format::of_tree(path, &At::root(&document.root))) {
            manifest.format = format;
            manifest.fields = stream.documents.iter().flat_map(|d| of_document(format, text, d)).collect();
        } else if let Some(fields) = broken_template(text, &stream) {
            return Some(Manifest::new(Format::Template, fields));
        } else if !stream.errors.iter().any(|error| error.limit) {
            // A file that is beyond a limit may have objects in it that were not seen.
            return None;
        }
    }
    manifest.problems = stream.errors.iter().cloned().map(Problem::from).collect();
    manifest.stream = stream;
    Some(manifest)
}

/// A template outside of `templates/`, where its holes make it no YAML.
fn broken_template(text: &[u8], stream: &parse::Stream) -> Option<Vec<Field>> {
    let has_hole = !stream.errors.is_empty() && memchr::memmem::find(text, b"{{").is_some();
    has_hole.then(|| template::read(text)).flatten()
}

/// The literals of a document that is no object. One that SOPS has encrypted has none.
fn of_document(format: Format, text: &[u8], document: &parse::Document) -> Vec<Field> {
    let mut fields = Vec::new();
    let file = Object::of_file(text, document, format.kind(), "");
    if file.root.get("sops").is_some() {
        return fields;
    }
    match format {
        Format::Compose => compose::read(&file, &mut fields),
        Format::Kustomization => kustomize::read(&file, &mut fields),
        Format::HelmValues => helm::read(&file, &mut fields),
        Format::DaprRun => dapr_run::read(&file, &mut fields),
        Format::LocalSecrets => local_secrets::read(&file, &mut fields),
        // These are read otherwise.
        Format::Objects | Format::Dockerfile | Format::Template => {}
    }
    fields
}

impl Manifest {
    /// What was read of the text; nothing of a file that is no tree.
    pub fn stream(&self) -> &parse::Stream {
        &self.stream
    }

    fn new(format: Format, fields: Vec<Field>) -> Self {
        Self { format, fields, problems: Vec::new(), stream: parse::Stream::default(), places: Vec::new() }
    }

    /// The object and the innermost field that a byte of the file stands in; a key counts as its value. `None` for a
    /// byte outside of all objects.
    pub fn locate(&self, offset: usize) -> Option<place::Document> {
        if matches!(self.format, Format::Dockerfile | Format::Template) {
            return self.locate_by_line(offset);
        }
        let before = self.stream.documents.partition_point(|document| document.span.start <= offset);
        let document = self.stream.documents[..before].last()?;
        if document.span.end < offset {
            return None;
        }
        let chain = around(&document.root, offset);
        let field = chain.last().map(|at| at.route.to_string()).unwrap_or_default();
        if let Some(object) = Object::innermost(document, &chain).filter(|o| !kustomize::is_object(o)) {
            return Some(object.place(field));
        }
        let root = At::root(&document.root);
        let (format, name) = match self.format {
            // Of several objects in a file one may be a kustomization.
            Format::Objects if Object::of_document(&[], document).is_none() => return None,
            Format::Objects | Format::Kustomization => (Format::Kustomization, kustomize::name(&chain)),
            Format::Compose => (self.format, compose::name(&root, &chain)),
            Format::DaprRun => (self.format, dapr_run::name(&chain)),
            _ => (self.format, ""),
        };
        Some(Object::of_file(&[], document, format.kind(), "").called(name).place(field))
    }

    /// The field of a file that is no tree, else its instruction.
    fn locate_by_line(&self, offset: usize) -> Option<place::Document> {
        let before = self.fields.partition_point(|field| field.raw.start <= offset);
        let field = self.fields[..before].last().filter(|field| offset <= field.raw.end);
        let place = || {
            let before = self.places.partition_point(|(span, _)| span.start <= offset);
            self.places[..before].last().filter(|(span, _)| offset <= span.end).map(|(_, place)| place)
        };
        field.map(|field| &field.document).or_else(place).cloned()
    }
}

impl From<parse::Error> for Problem {
    fn from(error: parse::Error) -> Self {
        Self { line: error.at.line, column: error.at.column, message: error.message }
    }
}
