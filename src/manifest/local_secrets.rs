//! The file that Dapr's `secretstores.local.file` reads: a mapping of names to texts, or to such mappings.

use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Adds every text of it, named by the way to it, as `nestedSeparator` joins it by default.
pub(super) fn read(file: &Object<'_>, out: &mut Vec<Field>) {
    below(file, &file.root, "", out);
}

fn below(file: &Object<'_>, at: &At<'_>, name: &str, out: &mut Vec<Field>) {
    for (key, value) in at.entries() {
        let name = if name.is_empty() { key.to_owned() } else { format!("{name}:{key}") };
        file.field(&value, &name, Role::LocalSecret, out);
        below(file, &value, &name, out);
    }
}
