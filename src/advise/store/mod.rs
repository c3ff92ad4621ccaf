//! Secret stores: the component that makes each known to Dapr, what an entry is called in it, and the commands that
//! put the values there. One file a store.
//!
//! In: a plan's Secrets. Out: texts, none with a value. The types of components, and what their settings mean, are
//! Dapr's (`components-contrib/secretstores`).

pub mod emit;
pub mod local_file;
pub mod role;
pub mod scopes;

mod aws_secretmanager;
mod azure_keyvault;
mod kubernetes;
mod local_env;
mod names;
mod shell;
mod vault;
mod yaml;

use std::path::PathBuf;

pub use names::Names;
pub(super) use shell::word;
use yaml::{entry, mapping, text};

use super::names::secret_name;
use super::plan::{Command, NewFile, PlannedSecret, Reference, Target};
use crate::yaml::splice::Shape;

/// A kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreType {
    /// Secrets of the cluster: built into Dapr under the name `kubernetes`, or a component of another name.
    Kubernetes,
    /// A JSON file on the machine, in clear.
    LocalFile,
    /// Variables of the sidecar's environment.
    LocalEnv,
    /// HashiCorp Vault, version 2 of its key-value engine.
    Vault,
    /// Azure Key Vault: one value an entry.
    AzureKeyVault,
    /// AWS Secrets Manager: one value an entry.
    AwsSecretManager,
}

impl StoreType {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Kubernetes,
        Self::LocalFile,
        Self::LocalEnv,
        Self::Vault,
        Self::AzureKeyVault,
        Self::AwsSecretManager,
    ];

    /// As `--store-type` names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::LocalFile => "local-file",
            Self::LocalEnv => "local-env",
            Self::Vault => "vault",
            Self::AzureKeyVault => "azure",
            Self::AwsSecretManager => "aws",
        }
    }

    /// `spec.type` of its component.
    pub fn component_type(self) -> &'static str {
        match self {
            Self::Kubernetes => "secretstores.kubernetes",
            Self::LocalFile => "secretstores.local.file",
            Self::LocalEnv => "secretstores.local.env",
            Self::Vault => "secretstores.hashicorp.vault",
            Self::AzureKeyVault => "secretstores.azure.keyvault",
            Self::AwsSecretManager => "secretstores.aws.secretmanager",
        }
    }

    /// The store whose component has this `spec.type`; case does not count.
    pub fn of_component(component_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.component_type().eq_ignore_ascii_case(component_type))
    }

    /// The name that a store gets where nobody gives it one.
    pub fn default_name(self) -> &'static str {
        match self {
            Self::Kubernetes => kubernetes::BUILT_IN,
            Self::LocalFile => "local-secrets",
            Self::LocalEnv => "env-secrets",
            Self::Vault => "vault",
            Self::AzureKeyVault => "azure-keyvault",
            Self::AwsSecretManager => "aws-secretmanager",
        }
    }

    /// Whether an entry has one value alone, under its own name: the `key` of a reference is then its `name`.
    pub fn is_single_valued(self) -> bool {
        matches!(self, Self::LocalEnv | Self::AzureKeyVault | Self::AwsSecretManager)
    }
}

/// A store that manifests and programs refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// What it is.
    pub kind: StoreType,
    /// Name of its component: `auth.secretStore`, and the store's name in the Secrets API.
    pub name: String,
    /// The component's namespace; none where the manifests name none.
    pub namespace: Option<String>,
    /// Where the sidecars run that read it.
    pub target: Target,
    /// What is the place in the store's own terms: path of the JSON file, address of Vault, name of the key vault,
    /// region of AWS. Where it is not known, a word to be replaced stands in the component, and commands ask for it
    /// by a variable.
    pub place: Option<String>,
}

impl Store {
    /// The store of this type under its default name.
    pub fn new(kind: StoreType, target: Target) -> Self {
        Self { kind, name: kind.default_name().to_owned(), namespace: None, target, place: None }
    }

    /// Whether Dapr has it without a component.
    pub fn is_built_in(&self) -> bool {
        self.kind == StoreType::Kubernetes && self.name == kubernetes::BUILT_IN
    }

    /// The component that makes it known to Dapr; none for the built-in one.
    pub fn component(&self) -> Option<NewFile> {
        if self.is_built_in() {
            return None;
        }
        let metadata = match self.kind {
            StoreType::Kubernetes | StoreType::LocalEnv => Vec::new(),
            StoreType::LocalFile => local_file::metadata(self),
            StoreType::Vault => vault::metadata(self),
            StoreType::AzureKeyVault => azure_keyvault::metadata(self),
            StoreType::AwsSecretManager => aws_secretmanager::metadata(self),
        };
        let refers = metadata.iter().any(|item| matches!(item, Setting::Reference(..)));
        let mut document = head("dapr.io/v1alpha1", "Component", &self.name, self.namespace.as_deref());
        document.push((
            "spec".to_owned(),
            mapping([
                entry("type", text(self.kind.component_type())),
                entry("version", text("v1")),
                entry("metadata", Shape::Sequence(metadata.into_iter().map(Setting::shape).collect())),
            ]),
        ));
        if refers {
            document.push(entry("auth", mapping([entry("secretStore", text(kubernetes::BUILT_IN))])));
        }
        Some(NewFile {
            path: file_name(&self.name),
            text: yaml::document(&Shape::Mapping(document)),
            why: format!("Dapr knows the store `{}` by this component.", self.name),
        })
    }

    /// What the entries are called in this store. All Secrets of the plan go in at once: where the store has no
    /// namespaces or no keys, names are told apart among them.
    pub fn names(&self, secrets: &[PlannedSecret]) -> Names {
        Names::of(self.kind, secrets)
    }

    /// The commands that put the values there, in order. Values that the store has already are left out.
    ///
    /// Each asks for its value on the terminal and does not show it, or takes it from standard input; it stands in
    /// no argument and no history.
    pub fn commands(&self, secrets: &[PlannedSecret]) -> Vec<Command> {
        let names = self.names(secrets);
        match self.kind {
            StoreType::Kubernetes => secrets.iter().flat_map(kubernetes::commands).collect(),
            StoreType::LocalFile => local_file::commands(self, secrets, &names),
            StoreType::LocalEnv => local_env::commands(secrets, &names),
            StoreType::Vault => vault::commands(self, secrets, &names),
            StoreType::AzureKeyVault => azure_keyvault::commands(self, secrets, &names),
            StoreType::AwsSecretManager => aws_secretmanager::commands(self, secrets, &names),
        }
    }

    /// What one has to know about the store.
    pub fn notes(&self) -> Vec<String> {
        match self.kind {
            StoreType::Kubernetes => kubernetes::notes(self),
            StoreType::LocalFile => local_file::notes(self),
            StoreType::LocalEnv => local_env::notes(),
            StoreType::Vault => vault::notes(self),
            StoreType::AzureKeyVault => azure_keyvault::notes(self),
            StoreType::AwsSecretManager => aws_secretmanager::notes(self),
        }
    }
}

/// A setting of a component.
enum Setting {
    /// Name and value.
    Value(&'static str, String),
    /// Name, and the entry of the store `kubernetes` that has the value.
    Reference(&'static str, Reference),
}

impl Setting {
    fn shape(self) -> Shape {
        match self {
            Self::Value(name, value) => mapping([entry("name", text(name)), entry("value", text(&value))]),
            Self::Reference(name, at) => mapping([
                entry("name", text(name)),
                entry("secretKeyRef", mapping([entry("name", text(&at.name)), entry("key", text(&at.key))])),
            ]),
        }
    }
}

/// The `env` of a container: variables that come out of Secrets, each given as variable, Secret and key.
pub(crate) fn environment<'a>(variables: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let item = |(variable, name, key): (&str, &str, &str)| {
        let reference = mapping([entry("name", text(name)), entry("key", text(key))]);
        mapping([
            entry("name", text(variable)),
            entry("valueFrom", mapping([entry("secretKeyRef", reference)])),
        ])
    };
    yaml::document(&mapping([entry("env", Shape::Sequence(variables.map(item).collect()))]))
}

/// The first entries of an object.
fn head(version: &str, kind: &str, name: &str, namespace: Option<&str>) -> Vec<(String, Shape)> {
    let mut metadata = vec![entry("name", text(name))];
    metadata.extend(namespace.map(|namespace| entry("namespace", text(namespace))));
    vec![
        entry("apiVersion", text(version)),
        entry("kind", text(kind)),
        entry("metadata", Shape::Mapping(metadata)),
    ]
}

/// The file of an object of this name: a name that comes out of a manifest leads to no other directory.
fn file_name(name: &str) -> PathBuf {
    PathBuf::from(format!("{}.yaml", secret_name(name)))
}
