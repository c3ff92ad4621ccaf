//! `dapr run -f`: its file has no references, and takes no variables from outside.

use crate::manifest::Field;

/// What to do about a literal of the file.
pub fn advice(field: &Field) -> String {
    format!(
        "`dapr run -f` has no references: take {} out of the file and set it in the shell that runs it, from which the applications inherit it; or let the application ask a secret store of its resources (`secretstores.local.file`, `secretstores.local.env`)",
        if field.name.is_empty() { "the value" } else { &field.name }
    )
}
