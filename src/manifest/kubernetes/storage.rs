//! Storage: what drivers are told as free text. The names of Secrets beside it are names.

use crate::manifest::object::Object;
use crate::manifest::scope::Scope;
use crate::manifest::{Field, Role};
use crate::yaml::route::At;

/// Where a volume has free settings for its driver.
const SETTINGS: &[&[&str]] = &[&["csi", "volumeAttributes"], &["flexVolume", "options"]];

/// StorageClass, VolumeAttributesClass.
pub(super) fn class(object: &Object<'_>, out: &mut Vec<Field>) {
    if let Some(parameters) = object.root.get("parameters") {
        settings(object, &parameters, out);
    }
    mount_options(object, object.root.get("mountOptions").as_ref(), out);
}

/// PersistentVolume.
pub(super) fn volume(object: &Object<'_>, out: &mut Vec<Field>) {
    let Some(spec) = object.root.get("spec") else { return };
    for map in SETTINGS.iter().filter_map(|keys| spec.follow(keys)) {
        settings(object, &map, out);
    }
    mount_options(object, spec.get("mountOptions").as_ref(), out);
}

/// `volumes` of a pod.
pub(in crate::manifest) fn volumes(scope: &Scope<'_>, volumes: &At<'_>, out: &mut Vec<Field>) {
    for volume in volumes.items() {
        for map in SETTINGS.iter().filter_map(|keys| volume.follow(keys)) {
            settings(scope, &map, out);
        }
        if let Some(repository) = volume.follow(&["gitRepo", "repository"]) {
            scope.field(&repository, "repository", Role::Parameter, out);
        }
    }
}

fn settings(scope: &Scope<'_>, map: &At<'_>, out: &mut Vec<Field>) {
    for (key, at) in map.entries() {
        if key.to_ascii_lowercase().contains("mountoptions") {
            options(scope, &at, out);
        } else {
            scope.field(&at, key, Role::Parameter, out);
        }
    }
}

fn mount_options(scope: &Scope<'_>, list: Option<&At<'_>>, out: &mut Vec<Field>) {
    for at in list.iter().flat_map(|list| list.items()) {
        options(scope, &at, out);
    }
}

/// `name=value`, or several with commas between them, as mount(8) takes them.
fn options(scope: &Scope<'_>, at: &At<'_>, out: &mut Vec<Field>) {
    let mut start = 0;
    for option in at.node.text().unwrap_or_default().split(',') {
        let end = start + option.len();
        if let Some((name, value)) = option.split_once('=') {
            scope.part(at, end - value.len()..end, name.trim(), Role::Parameter, out);
        }
        start = end + 1;
    }
}
