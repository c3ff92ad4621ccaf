//! `--emit`: the Secrets of a plan in a form that goes another way than a command that asks for each value.

use std::env;
use std::path::{Path, PathBuf};

use super::outlet::Outlet;
use crate::advise::plan::{Command, Plan, Target};
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
    if !written.is_empty() {
        // What was emitted brings the Secrets; the commands that ask for each value would only clash with it. Those
        // that fill the store behind an ExternalSecret stay.
        if form != Emit::ExternalSecret || kind.is_none_or(|kind| kind == StoreType::Kubernetes) {
            plan.commands.clear();
        }
        plan.commands.extend(written.iter().filter_map(|path| applying(form, path)));
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

/// The command that brings an emitted file into the cluster; none for one that is read where it stands.
fn applying(form: Emit, path: &Path) -> Option<Command> {
    let file = quoted(&path.to_string_lossy());
    let line = match form {
        Emit::DaprLocalFile => return None,
        Emit::Sops => format!("sops --decrypt {file} | kubectl apply -f -"),
        Emit::Secret | Emit::SealedSecret | Emit::ExternalSecret => format!("kubectl apply -f {file}"),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Some(Command { what: format!("Bring {name} into the cluster"), line })
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
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
