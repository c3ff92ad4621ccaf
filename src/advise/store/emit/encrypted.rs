//! A Secret that is encrypted before it is a file: `kubeseal` makes a SealedSecret of it for the controller of a
//! cluster, `sops` encrypts its values with the keys that `.sops.yaml` names. Both take the manifest on standard input.

use super::{Pipe, file_name};
use crate::advise::plan::{Command, PlannedKey, PlannedSecret};
use crate::advise::store::{kubernetes, shell};
use crate::secret::Secret;

const SEALED: &str = ".sealed.yaml";
const SOPS: &str = ".sops.yaml";
const SOPS_ARGUMENTS: [&str; 8] = [
    "--encrypt",
    "--input-type",
    "yaml",
    "--output-type",
    "yaml",
    "--encrypted-regex",
    "^(data|stringData)$",
    "/dev/stdin",
];

/// `kubeseal`, with the values of the plan.
pub fn sealed_secret(secret: &PlannedSecret) -> Pipe {
    Pipe {
        program: "kubeseal",
        arguments: vec!["--format", "yaml"],
        input: Secret::new(super::manifest::manifest(secret).as_bytes(), 0),
        output: file_name(secret, SEALED),
    }
}

/// `sops`, with the values of the plan.
pub fn sops(secret: &PlannedSecret) -> Pipe {
    Pipe {
        program: "sops",
        arguments: SOPS_ARGUMENTS.to_vec(),
        input: Secret::new(super::manifest::manifest(secret).as_bytes(), 0),
        output: file_name(secret, SOPS),
    }
}

/// The same for a person, who is asked for each value: the first key makes the file, the others are merged into it.
pub fn sealed_secret_commands(secret: &PlannedSecret) -> Vec<Command> {
    let file = shell::word(&file_name(secret, SEALED).to_string_lossy());
    let missing = secret.keys.iter().filter(|key| !key.present);
    missing
        .enumerate()
        .map(|(number, key)| {
            let seal = if number == 0 {
                format!("kubeseal --format yaml >{file}")
            } else {
                format!("kubeseal --merge-into {file}")
            };
            command(secret, key, "Seal", &seal)
        })
        .collect()
}

/// The same for a person, who is asked for each value. `sops` can't add to a file from standard input, so each key
/// after the first is set in the file that is there.
pub fn sops_commands(secret: &PlannedSecret) -> Vec<Command> {
    let file = shell::word(&file_name(secret, SOPS).to_string_lossy());
    let arguments: Vec<_> = SOPS_ARGUMENTS.iter().map(|argument| shell::word(argument)).collect();
    let encrypt = format!("sops {} >{file}", arguments.join(" "));
    let missing: Vec<_> = secret.keys.iter().filter(|key| !key.present).collect();
    let mut commands: Vec<_> =
        missing.first().map(|key| command(secret, key, "Encrypt", &encrypt)).into_iter().collect();
    if missing.len() > 1 {
        let others: Vec<_> = missing[1..].iter().map(|key| key.key.as_str()).collect();
        commands.push(Command {
            what: format!("Add {} under `data`, in base64, in the editor that sops opens", others.join(", ")),
            line: format!("sops {file}"),
        });
    }
    commands
}

fn command(secret: &PlannedSecret, key: &PlannedKey, verb: &str, program: &str) -> Command {
    let create = kubernetes::create_line(secret, key);
    Command {
        what: format!("{verb} the key {} of the Secret {}", key.key, secret.name),
        line: shell::asking(&secret.name, key, |value| {
            format!("{value} | {create} --dry-run=client -o yaml | {program}")
        }),
    }
}
