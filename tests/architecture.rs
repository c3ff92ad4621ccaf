//! A floor imports its own and lower floors only.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [(&str, u8); 21] = [
    ("secret", 0),
    ("span", 0),
    ("place", 0),
    ("finding", 0),
    ("archive", 1),
    ("oci", 1),
    ("yaml", 1),
    ("source", 2),
    ("rules", 3),
    ("detect", 3),
    ("credentials", 4),
    ("manifest", 4),
    ("packages", 4),
    ("advise", 5),
    ("report", 6),
    ("gate", 6),
    ("serve", 6),
    ("pipeline", 7),
    ("cli", 7),
    ("commands", 7),
    ("config", 7),
];

/// Imports that the floors allow and the design does not: (importer, imported).
const FORBIDDEN: [(&str, &str); 8] = [
    ("detect", "source"),
    ("detect", "oci"),
    ("detect", "yaml"),
    ("yaml", "archive"),
    ("yaml", "oci"),
    ("archive", "oci"),
    ("archive", "yaml"),
    ("report", "detect"),
];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// A file without the lines that are comments: those may name what they like.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_floor_imports_a_higher_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let (mut wrong, mut imports) = (Vec::new(), 0);
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let own = floor(&module).unwrap_or_else(|| panic!("{} stands on no floor", relative.display()));
        let text = code(&fs::read_to_string(&file).unwrap());
        for rest in text.split("crate::").skip(1) {
            if rest.starts_with(['{', '*']) {
                wrong.push(format!("{} imports a group of crate: one `use` a module", relative.display()));
            }
            let name = word(rest);
            let Some(imported) = floor(name) else { continue };
            imports += 1;
            if imported > own || FORBIDDEN.contains(&(module.as_str(), name)) {
                wrong.push(format!("{} imports {name}", relative.display()));
            }
        }
        for (at, _) in text.match_indices("super::super::") {
            let rest = text[at..].trim_start_matches("super::");
            if floor(word(rest)).is_some_and(|_| word(rest) != module) {
                wrong.push(format!("{} goes to {} by super", relative.display(), word(rest)));
            }
        }
    }
    assert!(imports > 50, "only {imports} imports were seen: does this test still read them?");
    assert!(wrong.is_empty(), "upward imports:\n{}", wrong.join("\n"));
}
