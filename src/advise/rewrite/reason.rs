//! Why a literal is left as it is, and what someone does instead.

use crate::yaml::splice::Refusal;

/// Why a literal is not rewritten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The text round it can't be edited.
    #[error(transparent)]
    Edit(#[from] Refusal),
    /// SOPS encrypts and signs the file.
    #[error("SOPS signs this file, an edit breaks its signature: decrypt it, fix it, and encrypt it again")]
    Sops,
    /// The object is encrypted, or only says where a value is.
    #[error("a {0} is made from its own source: change that, and make it again")]
    Sealed(String),
    /// A tool wrote the file.
    #[error("this file is generated: change what it is generated from")]
    Generated,
    /// The file is a template.
    #[error("this is a template, not YAML: take the value from a Secret by hand")]
    Template,
    /// The literal stands in a text that stands in a field.
    #[error("this stands in a text within a field: change it where that text comes from")]
    Nested,
    /// The object can't be changed once it is in the cluster.
    #[error("this {0} is immutable: make a new one without the key, and refer to that")]
    Immutable(String),
    /// `$(OTHER)`.
    #[error(
        "it is composed of another variable, $({0}): put what is secret of it into a variable of its own first"
    )]
    Composed(String),
    /// The part begins or ends within `$$` or the like.
    #[error("a `$` stands directly before it, which would change its meaning: rewrite it by hand")]
    Dollar,
    /// Not a text as it stands.
    #[error(
        "without quotes YAML reads it as a number, a boolean or a date, so what runs is not what stands here: put it in quotes as it has to be, and run this again"
    )]
    NotText,
    /// An explicit tag other than `!!str`.
    #[error("its tag makes it something other than a text: write it as a text, and run this again")]
    Tagged,
    /// A binary value.
    #[error("its bytes are not a text: make the Secret from the file that they came from")]
    Binary,
    /// A reference stands beside the literal.
    #[error("`{0}` stands beside the literal: decide which of both is meant, and take the other out")]
    ReferenceBeside(&'static str),
    /// A variable is set twice.
    #[error("{0} is set twice, and the last one wins: take the other out, and run this again")]
    TwiceSet(String),
    /// The part is not found in its scalar.
    #[error("it is written in a way in which it can't be told from its neighbours: rewrite it by hand")]
    Unclear,
    /// The shell would read the reference as something else.
    #[error("{0}: pass it to the script by hand, as \"$NAME\"")]
    Shell(&'static str),
    /// The kubelet does not expand `$(NAME)` there.
    #[error(
        "the kubelet does not put a Secret's value into the command of a probe or hook: run it as [sh, -c, …] with \"$NAME\""
    )]
    NotExpanded,
    /// A program that stands in the manifest.
    #[error(
        "it stands in a program: add a variable with `secretKeyRef` to its container, and read that in the program"
    )]
    Program,
    /// An HTTP header of a probe or hook.
    #[error(
        "the header of a probe or hook can't refer to a Secret: leave the path open to the kubelet, or use an `exec` probe that reads a variable"
    )]
    ProbeHeader,
    /// A Secret that is committed.
    #[error(
        "a Secret committed in clear or in base64 is not helped by a reference: keep it out of the repository (ExternalSecret, SealedSecret, SOPS, or a command that creates it), and rotate it"
    )]
    Committed,
    /// The copy that `kubectl apply` keeps.
    #[error("this is the copy that `kubectl apply` keeps: delete the annotation, it is written again")]
    LastApplied,
    /// Another annotation.
    #[error("an annotation can't refer to a Secret: see if its tool takes the name of one in its place")]
    Annotation,
    /// A driver's setting.
    #[error("this setting can't refer to a Secret: {0}")]
    Parameter(&'static str),
    /// A custom resource's field.
    #[error("not rewritten, since each kind has its own form of reference: {0}")]
    Custom(&'static str),
    /// A place of Dapr that takes no reference.
    #[error("{0}")]
    NoReference(&'static str),
    /// daprd takes the quotes off.
    #[error(
        "daprd takes the quotes off a secret that is quoted as a whole: create the key by hand with the quotes doubled, and refer to it"
    )]
    QuotedForDapr,
    /// `auth` stands in a form that can't be completed.
    #[error(
        "`{0}` is not read as written, and a correct `auth.secretStore` would change where other references look: correct it by hand"
    )]
    Store(String),
    /// A whole file of a ConfigMap.
    #[error(
        "it stands in a whole file of a ConfigMap: move the file to a Secret and mount that in place of the ConfigMap, or let the program read the value from a variable"
    )]
    WholeFile,
    /// A volume mounts the ConfigMap.
    #[error(
        "the volume {0} mounts it as a file: mount the Secret's key there too (`projected`), then take it out of the ConfigMap"
    )]
    Mounted(String),
    /// Two rewrites touch the same bytes.
    #[error("its rewrite touches another one: run this again after that one")]
    Overlap,
    /// A field of another kind of file.
    #[error("a field of this kind can't refer to a Secret of Kubernetes")]
    Elsewhere,
}
