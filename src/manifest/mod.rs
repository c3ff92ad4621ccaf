//! Floor 4: manifests. Takes YAML or JSON apart into the literals that a credential may stand in, and tells of any
//! byte which document and field it stands in.

mod custom;
mod dapr;
mod embedded;
mod kubernetes;
mod object;
mod scope;
mod tree;

use crate::detect::judge;
use std::fmt;

use crate::finding::Confidence;
use crate::place;
use crate::span::Span;
use crate::yaml::parse::{self, parse};
use crate::yaml::route::{around, outside};
use object::Object;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A file in which at least one document is a Kubernetes or Dapr object.
#[derive(Debug)]
pub struct Manifest {
    /// Its literals, in the order of the file's documents.
    pub fields: Vec<Field>,
    /// What could not be read of it.
    pub problems: Vec<Problem>,
    documents: Vec<parse::Document>,
}

/// The value is left out: it may be a credential.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, name, value, raw, role, .. } = self;
        write!(f, "Field({role:?} {name:?} at {}, {} bytes, {raw:?})", document.field, value.len())
    }
}

impl Field {
    /// Whether the name, the place or the value itself says that the value is a credential: also a weak one
    /// (`postgres`), which runs all the same.
    pub fn is_credential(&self) -> bool {
        if self.proof.is_some() {
            return true;
        }
        let named = match self.role {
            // Who made it a Secret has said so. What goes with a credential stands there as well.
            Role::SecretData => !judge::names_plain(&self.name),
            // There, `…-secret` is the name of a Secret: `nginx.ingress.kubernetes.io/auth-secret`.
            Role::Annotation => judge::names_credential(&self.name) && !self.name.ends_with("secret"),
            _ => judge::names_credential(&self.name),
        };
        named && judge::looks_like_credential_value(&self.value) || judge::holds_password(&self.value)
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

/// Reads a file. `None` where no document of it is an object: so it is for what is no YAML at all, without a word.
/// A text of more than [`parse::MAX_BYTES`] is not read.
pub fn read(text: &[u8]) -> Option<Manifest> {
    if text.len() > parse::MAX_BYTES
        || !names_a_version(text)
        || memchr::memmem::find(text, b"kind").is_none()
    {
        return None;
    }
    let stream = parse(text);
    let objects: Vec<Object<'_>> =
        stream.documents.iter().filter_map(|d| Object::of_document(text, d)).collect();
    // A file that is beyond a limit may have objects in it that were not seen.
    if objects.is_empty() && !stream.errors.iter().any(|error| error.limit) {
        return None;
    }
    let mut fields = Vec::new();
    for object in &objects {
        object.read(&mut fields);
    }
    let problems = stream.errors.into_iter().map(Problem::from).collect();
    Some(Manifest { fields, problems, documents: stream.documents })
}

/// Whether an `apiVersion` of the form `v1` or `group/v1` stands in the text. Descriptions of cloud APIs have the word
/// by the hundred, with a date or a schema after it; to parse them took a tenth of a scan.
fn names_a_version(text: &[u8]) -> bool {
    const KEY: &[u8] = b"apiVersion";
    memchr::memmem::find_iter(text, KEY).any(|at| {
        let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b':' | b'\\');
        let after = &text[at + KEY.len()..];
        let value = &after[after.iter().take_while(|b| blank(b)).count()..];
        let end = value.iter().position(|b| !is_of_version(*b)).unwrap_or(value.len());
        let version = value[..end].rsplit(|b| *b == b'/').next();
        matches!(version, Some([b'v', b'0'..=b'9', ..]))
    })
}

/// A letter of a group's name or a version's.
fn is_of_version(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/')
}

impl Manifest {
    /// The object and the innermost field that a byte of the file stands in; a key counts as its value. `None` for a
    /// byte outside of all objects.
    pub fn locate(&self, offset: usize) -> Option<place::Document> {
        let before = self.documents.partition_point(|document| document.span.start <= offset);
        let document = self.documents[..before].last()?;
        if document.span.end < offset {
            return None;
        }
        let chain = around(&document.root, offset);
        let field = chain.last().map(|at| at.route.to_string()).unwrap_or_default();
        Object::innermost(document, &chain).map(|object| object.place(field))
    }
}

impl From<parse::Error> for Problem {
    fn from(error: parse::Error) -> Self {
        Self { line: error.at.line, column: error.at.column, message: error.message }
    }
}
