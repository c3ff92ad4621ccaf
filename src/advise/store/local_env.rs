//! Variables of the sidecar's environment: `secretstores.local.env`.

use super::{Names, shell};
use crate::advise::plan::{Command, PlannedSecret, Reference};

/// Each sets a variable of the shell that then calls `dapr run`, so there is no shell round it.
pub(super) fn commands(secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    let mut commands = Vec::new();
    for secret in secrets {
        for key in &secret.keys {
            let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
            let Some(entry) = names.get(secret.namespace.as_deref(), &planned) else { continue };
            commands.push(Command {
                what: format!("Set {} in the shell that calls `dapr run`", entry.name),
                line: shell::asking_variable(&entry.name, key),
            });
        }
    }
    commands
}

pub(super) fn notes() -> Vec<String> {
    vec!["The variables are the sidecar's, and the program's if `dapr run` starts both: a child process of either has them, too.".to_owned()]
}
