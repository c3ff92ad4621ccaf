//! kustomize: literals of its generators, and patches that are written into the kustomization.

use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Who makes a Secret says that what is in it is one.
const GENERATORS: [(&str, Role); 2] =
    [("secretGenerator", Role::SecretData), ("configMapGenerator", Role::KustomizeLiteral)];

/// Lists of patches: items with a `patch`, or in the older list texts.
const PATCHES: [&str; 3] = ["patches", "patchesJson6902", "patchesStrategicMerge"];

/// Names at the end of a path that say nothing of what stands there.
const UNNAMED: [&str; 2] = ["value", "-"];

/// The group of kustomize's own objects.
const GROUP: &str = "kustomize.config.k8s.io/";

/// Whether a document of that name is one, which need not say so.
pub(super) fn is_one(root: &At<'_>) -> bool {
    let keys = ["resources", "components", "namespace", "images", "generatorOptions"];
    let own = GENERATORS.iter().map(|(key, _)| *key).chain(PATCHES);
    own.chain(keys).any(|key| root.get(key).is_some())
}

/// Whether an object is a kustomization or a component of one.
pub(super) fn is_object(object: &Object<'_>) -> bool {
    object.api.starts_with(GROUP) && matches!(object.kind, "Kustomization" | "Component")
}

/// The name of the generator that a place is in.
pub(super) fn name<'a>(chain: &[At<'a>]) -> &'a str {
    chain.get(2).and_then(|item| item.node.get("name")).and_then(|name| name.text()).unwrap_or_default()
}

/// Adds its literals.
pub(super) fn read<'a>(file: &Object<'a>, out: &mut Vec<Field>) {
    for (list, role) in GENERATORS {
        for generator in file.root.get(list).iter().flat_map(|list| list.items()) {
            let name = generator.node.get("name").and_then(|name| name.text()).unwrap_or_default();
            let file = file.called(name);
            for literal in generator.get("literals").iter().flat_map(|literals| literals.items()) {
                read_literal(&file, &literal, role, out);
            }
        }
    }
    for item in PATCHES.iter().filter_map(|list| file.root.get(list)).flat_map(|list| list.items()) {
        let patch = item.get("patch").unwrap_or(item);
        file.embedded(&patch, |inner| read_patch(inner, out));
    }
}

/// `name=value`; quotes round the value are none of it.
fn read_literal(file: &Object<'_>, at: &At<'_>, role: Role, out: &mut Vec<Field>) {
    let text = at.node.text().unwrap_or_default();
    let Some((name, value)) = text.split_once('=') else { return };
    let is_quoted = value.len() > 1
        && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
    let quote = usize::from(is_quoted);
    file.part(at, name.len() + 1 + quote..text.len() - quote, name, role, out);
}

/// A strategic patch is an object, of which most is missing; one of JSON (RFC 6902) a list of operations.
fn read_patch(inner: &Object<'_>, out: &mut Vec<Field>) {
    if let Some(object) = inner.as_object() {
        return object.read(out);
    }
    for operation in inner.root.items() {
        let path = operation.node.get("path").and_then(|path| path.text()).unwrap_or_default();
        let last = path.rsplit('/').find(|part| !part.bytes().all(|b| b.is_ascii_digit()));
        let name = last.filter(|name| !UNNAMED.contains(name)).unwrap_or_default();
        if let Some(value) = operation.get("value") {
            // `/` is written `~1` in a path.
            patched(inner, &value, &name.replace("~1", "/"), out);
        }
    }
}

/// The scalars of a value, a pair of `name` and `value` as one.
fn patched(inner: &Object<'_>, at: &At<'_>, name: &str, out: &mut Vec<Field>) {
    inner.field(at, name, Role::KustomizeLiteral, out);
    let named = at.node.get("name").and_then(|name| name.text());
    for (key, value) in at.entries() {
        let name = if key == "value" { named.unwrap_or(name) } else { key };
        patched(inner, &value, name, out);
    }
    at.items().for_each(|item| patched(inner, &item, name, out));
}
