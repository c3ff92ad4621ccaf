//! `docker://`: images that are read from a registry, and registries that do what they should not.
//!
//! The binary itself runs against a server on loopback. Every credential is invented.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "registry/faults.rs"]
mod faults;
#[path = "registry/login.rs"]
mod login;
#[path = "bad_input/make.rs"]
#[allow(dead_code, reason = "shared with bad_input, which uses all of it")]
mod make;
#[path = "registry/read.rs"]
mod read;
#[path = "bad_input/run.rs"]
#[allow(dead_code, reason = "shared with bad_input, which uses all of it")]
mod run;
#[path = "registry/server.rs"]
mod server;

use std::ffi::OsStr;
use std::path::Path;

use assert_cmd::Command;
use run::Outcome;

/// Scans without a login, but for those in `home`.
fn scan_from(home: &Path, target: &str, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("unbake"));
    command.env("HOME", home).current_dir(home).args(arguments);
    for variable in [
        "DOCKER_CONFIG",
        "REGISTRY_AUTH_FILE",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "UNBAKE_CA",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(variable);
    }
    run::run(command, OsStr::new(target))
}

/// Scans without any login.
fn scan(target: &str) -> Outcome {
    let home = tempfile::TempDir::new().unwrap();
    scan_from(home.path(), target, &[])
}
