//! Names in files that refer to no store: docker-compose and kustomize keep values in files beside them.

use std::collections::BTreeMap;

use super::Reference;
use super::item::Item;
use super::keep::Placed;
use crate::advise::names::{joined, secret_name, unique, variable};
use crate::manifest::Format;

/// Gives a name to each item of such a file, by the numbers of the items. The same value under the same name is one.
pub(super) fn placed(items: &[Item]) -> BTreeMap<usize, Placed> {
    let mut known = Vec::<(&Item, Reference)>::new();
    let of_file = items.iter().enumerate().filter(|(_, item)| item.format != Format::Objects);
    of_file
        .map(|(number, item)| {
            let reference = reference(item, &known);
            known.push((item, reference.clone()));
            (number, Placed { planned: reference.clone(), reference, store: String::new() })
        })
        .collect()
}

/// `name` is that of a file, `key` that of a variable.
fn reference(item: &Item, known: &[(&Item, Reference)]) -> Reference {
    let here = || known.iter().filter(|(other, _)| other.leak.path == item.leak.path);
    let same =
        |(other, _): &&(&Item, Reference)| other.field.name == item.field.name && other.value == item.value;
    if let Some((_, reference)) = here().find(same) {
        return reference.clone();
    }
    // A service's name tells its password from another's.
    let hint = match item.field.name.as_str() {
        "" => joined(&item.leak.document.name, "secret"),
        name if here().any(|(_, other)| other.key == variable(name)) => {
            joined(&item.leak.document.name, name)
        }
        name => name.to_owned(),
    };
    let name = unique(&secret_name(&hint), |name| here().any(|(_, other)| other.name == name));
    Reference { key: variable(&name), name }
}
