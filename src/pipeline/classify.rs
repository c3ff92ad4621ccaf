//! From paths to the literals of the manifests below them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::context;
use super::trees::shown;
use crate::advise::classify::{Found, Literal, literals};
use crate::detect::{Engine, Scanner, Text};
use crate::finding::{Confidence, SkipKind, Skipped};
use crate::manifest;
use crate::yaml::parse::MAX_BYTES;

/// A manifest and its literals.
#[derive(Debug)]
pub struct Classified {
    /// The file as it is shown.
    pub path: String,
    /// Its literals, in the order of the file.
    pub literals: Vec<Literal>,
}

/// What was read of the paths.
#[derive(Debug, Default)]
pub struct Listing {
    /// Manifests, in the order of the paths.
    pub files: Vec<Classified>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// Paths that are not there, one message each.
    pub unreachable: Vec<String>,
}

/// Reads the manifests at these paths and below them: every file whose content is that of one.
pub fn run(engine: &Engine, paths: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    let mut scanner = Scanner::new(engine);
    for path in paths {
        if let Err(error) = path.symlink_metadata() {
            listing.unreachable.push(format!("{}: {error}", shown(path)));
            continue;
        }
        // Links are not followed, but for one that was named itself; so none leads out of a directory.
        let root = if path.is_dir() { path.join("") } else { path.clone() };
        let walk =
            ignore::WalkBuilder::new(&root).standard_filters(false).sort_by_file_path(Path::cmp).build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.depth() == 0 && path.is_file() => file(&mut scanner, path, &mut listing),
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    file(&mut scanner, entry.path(), &mut listing);
                }
                Ok(_) => {}
                Err(error) => listing.skip(&shown(path), error.to_string(), 0),
            }
        }
    }
    listing
}

impl Listing {
    fn skip(&mut self, path: &str, reason: String, bytes: u64) {
        self.skipped.push(Skipped { path: path.to_owned(), reason, bytes, kind: SkipKind::Unread });
    }
}

fn file(scanner: &mut Scanner<'_>, path: &Path, listing: &mut Listing) {
    let name = shown(path);
    let text = match read(path) {
        Ok(Some(text)) => text,
        Ok(None) if is_yaml(path) => {
            let size = path.metadata().map_or(0, |meta| meta.len());
            return listing.skip(&name, format!("larger than {} MiB", MAX_BYTES >> 20), size);
        }
        Ok(None) => return,
        Err(error) => return listing.skip(&name, error.to_string(), 0),
    };
    let Some(manifest) = manifest::read_file(&name, &text) else { return };
    for problem in &manifest.problems {
        listing.skip(&format!("{name}:{}:{}", problem.line, problem.column), problem.message.clone(), 0);
    }
    let whole = Text { path: &name, ..Text::whole(&text) };
    let candidates = scanner.scan(&whole);
    let placed = context::join(scanner, &whole, &manifest, candidates);
    let guess = scanner.engine().assignment_rule();
    let found: Vec<Found> = placed
        .into_iter()
        .map(|(candidate, _)| {
            let rule = scanner.engine().rule(candidate.rule);
            Found {
                span: candidate.span,
                line: candidate.region.start.line,
                rule: rule.id.clone(),
                title: rule.title.clone(),
                raised: candidate.confidence >= Confidence::Medium,
                by_form: Some(candidate.rule) != guess,
                secret: candidate.secret,
            }
        })
        .collect();
    let literals = literals(&text, &manifest.fields, &found);
    listing.files.push(Classified { path: name, literals });
}

/// The content of a file; `None` for one that is too large to be a manifest.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut text)?;
    Ok((text.len() <= MAX_BYTES).then_some(text))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}
