//! Scalars of the project's own manifests, and of every YAML or JSON file below the directory that `UNBAKE_CORPUS`
//! names: each is replaced, and another reader finds that change and no other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_yaml::Value as Read;
use unbake::yaml::node::{Node, Value};
use unbake::yaml::parse::parse;
use unbake::yaml::route::Route;
use unbake::yaml::splice::{Editor, Refusal, apply_to};

use super::cases::reference;

/// Of a larger file not all scalars are tried.
const TRIED: usize = 60;
const NEW: &str = "unbake-was-here";

/// The way to a scalar that is the value of a key.
type Way = Vec<Result<String, usize>>;

fn files(directory: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let kind = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() && !path.is_symlink() {
            files(&path, out);
        } else if matches!(kind, Some("yaml" | "yml" | "json")) {
            out.push(path);
        }
    }
    out.sort();
}

fn ways(node: &Node, way: &Way, out: &mut Vec<Way>) {
    let below = |step: Result<String, usize>| way.iter().cloned().chain([step]).collect::<Way>();
    match &node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                let Some(key) = entry.key.scalar() else { continue };
                let way = below(Ok(key.text.to_string()));
                if matches!(entry.value.value, Value::Scalar(_)) {
                    out.push(way.clone());
                }
                ways(&entry.value, &way, out);
            }
        }
        Value::Sequence(items) => {
            items.iter().enumerate().for_each(|(index, item)| ways(item, &below(Err(index)), out));
        }
        Value::Anchor(target) => ways(target, way, out),
        Value::Scalar(_) | Value::Alias(_) => {}
    }
}

fn route(way: &Way) -> String {
    let route = way.iter().fold(Route::default(), |route, step| match step {
        Ok(key) => route.key(key),
        Err(index) => route.index(*index),
    });
    route.to_string()
}

/// What an independent reader finds; none where it can't read the text.
fn read(text: &[u8]) -> Option<Vec<Read>> {
    let documents = serde_yaml::Deserializer::from_slice(text);
    documents.map(|one| serde::Deserialize::deserialize(one).ok()).collect()
}

/// The tree with the entry at the end of the way exchanged; none where the reader has other keys there.
fn exchanged(root: &Read, way: &[Result<String, usize>]) -> Option<Read> {
    match (way.split_first()?, root) {
        ((Ok(key), rest), Read::Mapping(map)) => {
            map.get(key.as_str())?;
            let entries = map.iter().map(|(own, value)| match own.as_str() == Some(key) {
                true if rest.is_empty() => Some((Read::from(NEW), serde_yaml::from_str(REFERENCE).ok()?)),
                true => Some((own.clone(), exchanged(value, rest)?)),
                false => Some((own.clone(), value.clone())),
            });
            entries.collect::<Option<_>>().map(Read::Mapping)
        }
        ((Err(index), rest), Read::Sequence(items)) => {
            let mut items = items.clone();
            let item = items.get_mut(*index)?;
            *item = exchanged(item, rest)?;
            Some(Read::Sequence(items))
        }
        ((_, _), Read::Tagged(tagged)) => {
            let value = exchanged(&tagged.value, way)?;
            Some(Read::Tagged(Box::new(serde_yaml::value::TaggedValue { tag: tagged.tag.clone(), value })))
        }
        _ => None,
    }
}

/// Equality by which the order of keys counts.
fn same(one: &Read, other: &Read) -> bool {
    match (one, other) {
        (Read::Mapping(one), Read::Mapping(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same(one.0, other.0) && same(one.1, other.1))
        }
        (Read::Sequence(one), Read::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Read::Tagged(one), Read::Tagged(other)) => one.tag == other.tag && same(&one.value, &other.value),
        _ => one == other,
    }
}

const REFERENCE: &str = "secretKeyRef: {name: db, key: password}";

/// Counts what came of the scalars of a file.
fn check(path: &Path, outcomes: &mut BTreeMap<&'static str, usize>) {
    let text = std::fs::read(path).unwrap();
    let stream = parse(&text);
    let before = read(&text).filter(|before| before.len() == stream.documents.len());
    for (position, document) in stream.documents.iter().enumerate() {
        let mut all = Vec::new();
        ways(&document.root, &Way::new(), &mut all);
        for way in all.iter().step_by(all.len().div_ceil(TRIED).max(1)) {
            let route = route(way);
            let place = || format!("{} {route}", path.display());
            let edit = Editor::new(&text, document).replace_entry(&route, NEW, &reference());
            let after =
                edit.and_then(|edit| apply_to(&text, &stream, &[edit], &[(document.index, route.clone())]));
            let outcome = match after {
                Ok(after) => match before.as_ref().and_then(|before| exchanged(&before[position], way)) {
                    None => "edited, unread by the second reader",
                    Some(wanted) => {
                        let found = read(&after).unwrap_or_else(|| panic!("{}: unreadable", place()));
                        for (index, document) in found.iter().enumerate() {
                            let other = before.as_ref().map(|before| &before[index]).unwrap();
                            let wanted = if index == position { &wanted } else { other };
                            assert!(same(document, wanted), "{}: document {index}", place());
                        }
                        "edited"
                    }
                },
                Err(Refusal::Shared(_)) => "refused: shared",
                Err(Refusal::NotScalar(_)) => "refused: no plain value",
                Err(Refusal::Twice(_)) => "refused: twice",
                Err(other) => panic!("{}: {other}", place()),
            };
            *outcomes.entry(outcome).or_default() += 1;
        }
    }
}

#[test]
fn scalars_of_real_files_are_replaced_alone() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&own.join("fixtures"), &mut paths);
    match std::env::var_os("UNBAKE_CORPUS") {
        Some(directory) => files(Path::new(&directory), &mut paths),
        None => eprintln!("UNBAKE_CORPUS IS NOT SET: only the project's own files were tried"),
    }
    let mut outcomes = BTreeMap::new();
    paths.iter().for_each(|path| check(path, &mut outcomes));
    eprintln!("{} files: {outcomes:?}", paths.len());
}
