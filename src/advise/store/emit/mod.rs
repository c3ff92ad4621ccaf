//! Other ways to bring the Secrets of a plan into a cluster or onto a machine: `--emit`. One file a form.
//!
//! Some texts hold values, since that is what they are for. Those are [`Secret`]s: who writes them reveals them, and
//! nobody else.

mod dapr_local_file;
mod encrypted;
mod external_secret;
mod manifest;

use std::path::PathBuf;

pub use dapr_local_file::dapr_local_file;
pub use encrypted::{sealed_secret, sealed_secret_commands, sops, sops_commands};
pub use external_secret::{RemoteStore, external_secret};
pub use manifest::secret;

use super::secret_name;
use crate::advise::plan::PlannedSecret;
use crate::secret::Secret;

/// A file that holds values. It is written with mode 0600, outside of the work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFile {
    /// Suggested name.
    pub path: PathBuf,
    /// Its text.
    pub text: Secret,
}

/// A program that makes of values on its standard input a file that can be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipe {
    /// The program, as it is found in `PATH`.
    pub program: &'static str,
    /// Its arguments, none with a value.
    pub arguments: Vec<&'static str>,
    /// What it gets on standard input.
    pub input: Secret,
    /// Suggested name of the file for what it writes to standard output.
    pub output: PathBuf,
}

/// The file of a Secret: two of one name in two namespaces do not overwrite each other.
fn file_name(secret: &PlannedSecret, ending: &str) -> PathBuf {
    let name = secret_name(&secret.name);
    PathBuf::from(match &secret.namespace {
        Some(namespace) => format!("{}.{name}{ending}", secret_name(namespace)),
        None => format!("{name}{ending}"),
    })
}
