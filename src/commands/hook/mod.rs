//! `unbake hook`: what git runs before a push or a commit, and its place in a repository.

mod advice;
mod check;
mod commit;
mod install;
mod outgoing;
mod protocol;
mod push;
mod skip;

use super::setup::{Known, Setup};
use super::{Exit, complain};
use crate::cli::{Hook, HookScan, Scanning};

pub(super) fn run(hook: &Hook) -> anyhow::Result<Exit> {
    match hook {
        Hook::PrePush(arguments) => push::run(arguments),
        Hook::PreCommit(arguments) => commit::run(arguments),
        Hook::Install(choice) => install::install(choice.pre_commit),
        Hook::Uninstall => install::uninstall(),
        Hook::Status => install::status(),
    }
}

fn setup(arguments: &HookScan) -> anyhow::Result<Setup> {
    let scanning = Scanning {
        targets: Vec::new(),
        min_confidence: None,
        platform: Vec::new(),
        exclude: Vec::new(),
        config: arguments.config.clone(),
        no_config: arguments.no_config,
        rules: Vec::new(),
        fingerprint_key: arguments.fingerprint_key.clone(),
    };
    Setup::new(&scanning, Known::Baseline(arguments.baseline.as_deref()))
}
