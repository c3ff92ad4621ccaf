//! `--emit`: the Secrets of a plan in a form that goes another way than a command that asks for each value.

use std::env;
use std::path::PathBuf;

use super::outlet::Outlet;
use crate::advise::plan::{Plan, Target};
use crate::advise::store::emit::{
    Pipe, RemoteStore, ValueFile, dapr_local_file, external_secret, sealed_secret, sealed_secret_commands,
    secret, sops, sops_commands,
};
use crate::advise::store::{Store, StoreType};
use crate::cli::Emit;

/// Whether what is written can be read by whoever has it.
pub(super) fn holds_values(form: Emit) -> bool {
    matches!(form, Emit::Secret | Emit::DaprLocalFile)
}

/// Writes the Secrets of the plan, and gives the files. Where the program that encrypts is not installed, the plan gets
/// the commands that do the same. `kind` and `name` are those of the store that the values are kept in.
pub(super) fn write(
    outlet: &Outlet,
    form: Emit,
    plan: &mut Plan,
    kind: Option<StoreType>,
    name: Option<&str>,
) -> anyhow::Result<Vec<PathBuf>> {
    if plan.secrets.is_empty() {
        return Ok(Vec::new());
    }
    let secrets = plan.secrets.clone();
    let mut written = Vec::new();
    match form {
        Emit::Secret => {
            for file in secrets.iter().map(secret) {
                written.push(outlet.write_values(&file)?);
            }
        }
        Emit::DaprLocalFile => {
            let names = Store::new(StoreType::LocalFile, Target::SelfHosted).names(&secrets);
            let file = dapr_local_file(&secrets, &names).map_err(anyhow::Error::msg)?;
            written.push(outlet.write_values(&file)?);
        }
        Emit::ExternalSecret => {
            let names = Store::new(kind.unwrap_or(StoreType::Kubernetes), Target::Kubernetes).names(&secrets);
            let store = name.map(|name| RemoteStore { name: name.to_owned(), of_cluster: false });
            for file in secrets.iter().map(|secret| external_secret(secret, store.as_ref(), &names)) {
                written.push(outlet.write(&file.path, file.text.as_bytes())?);
            }
        }
        Emit::SealedSecret if is_installed("kubeseal") => {
            for pipe in secrets.iter().map(sealed_secret) {
                written.push(outlet.encrypt(&pipe)?);
            }
        }
        Emit::Sops if is_installed("sops") => {
            for pipe in secrets.iter().map(sops) {
                written.push(outlet.encrypt(&pipe)?);
            }
        }
        Emit::SealedSecret => plan.commands = secrets.iter().flat_map(sealed_secret_commands).collect(),
        Emit::Sops => plan.commands = secrets.iter().flat_map(sops_commands).collect(),
    }
    if !written.is_empty() && form != Emit::ExternalSecret {
        plan.notes.push(
            "What was emitted has the values that leaked. It keeps things running until they are rotated; then it \
             has to be made again."
                .to_owned(),
        );
    }
    Ok(written)
}

impl Outlet {
    fn write_values(&self, file: &ValueFile) -> anyhow::Result<PathBuf> {
        self.write(&file.path, file.text.reveal())
    }

    fn encrypt(&self, pipe: &Pipe) -> anyhow::Result<PathBuf> {
        self.pipe(pipe.program, &pipe.arguments, pipe.input.reveal(), &pipe.output)
    }
}

/// Whether a program is in `PATH`.
fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
