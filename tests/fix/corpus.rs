//! Real manifests, of a directory that `UNBAKE_CORPUS` names: what is fixed stays fixed, and nothing else changes.

use std::fs;
use std::path::Path;

use unbake::advise::plan::Options;
use unbake::detect::judge;

use super::fixed;

#[test]
fn real_manifests_are_fixed_once_and_for_all() {
    let Some(corpus) = std::env::var_os("UNBAKE_CORPUS") else {
        // No such files come with the project: other tests have made ones.
        return;
    };
    let copy = tempfile::tempdir().unwrap();
    copy_tree(Path::new(&corpus), copy.path());
    let first = fixed(copy.path(), &Options::default());
    assert!(!first.after.is_empty(), "nothing to fix in {}", corpus.display());
    for (name, text) in &first.after {
        fs::write(copy.path().join(name), text).unwrap();
    }
    for secret in first.plan.secrets.iter().flat_map(|secret| &secret.keys) {
        let value = std::str::from_utf8(secret.value.reveal()).unwrap();
        if judge::is_weak(value) {
            continue;
        }
        for place in &secret.uses {
            let text = fs::read(&place.shown).unwrap();
            assert!(memchr::memmem::find(&text, value.as_bytes()).is_none(), "{} keeps a value", place.shown);
        }
    }
    let second = fixed(copy.path(), &Options::default());
    assert_eq!(
        second.after.keys().collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "a second run changes nothing"
    );
    assert_eq!(second.plan.refused.len(), first.plan.refused.len());
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
