//! `unbake fix`: from what a scan found to a plan, and from a plan to the new text of a file.
//!
//! Files are read when they are needed, and not kept: once for what is in them, once to be rewritten, once to be shown
//! or written. So ten thousand of them take no more memory than their leaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::trees;
use crate::advise::plan::change::change;
use crate::advise::plan::draft::{Draft, Sheet};
use crate::advise::plan::facts::Facts;
use crate::advise::plan::item::{File, Item};
use crate::advise::plan::keep::Placed;
use crate::advise::plan::moves::{self, Move, Said};
use crate::advise::plan::programs;
use crate::advise::plan::{FileEdits, Leak, Options, Plan};
use crate::advise::replacement::replacements;
use crate::advise::rewrite::untracked::{self, Untracked};
use crate::finding::{FileFix, Fix, Report};
use crate::manifest::{self, Manifest, Role};
use crate::secret::Fingerprint;
use crate::yaml::parse::MAX_BYTES;
use crate::yaml::splice::{self, Refusal};

/// Makes the plan for what the report says of the targets' files.
pub fn plan(report: &Report, targets: &[String], scan: &super::Options, options: &Options) -> Plan {
    let files = files(targets, scan);
    let programs = programs::programs(report, files.iter().map(|(_, shown)| shown.as_str()));
    let (mut draft, moves) = draft(report, files, options);
    let changed: Vec<Edited> = draft
        .to_change(&moves)
        .into_par_iter()
        .map(|(facts, numbers)| edits(&draft, facts, &numbers, &moves, options))
        .collect();
    let mut plan = Plan::default();
    for Edited { edits, refused, untracked, notes } in changed {
        if let Some(edits) = edits {
            plan.commands.extend(untracked::commands(&edits.path, &untracked));
            plan.files.push(edits);
        }
        plan.notes.extend(notes);
        draft.refuse(refused);
    }
    draft.finish(plan, &programs, options)
}

/// The edits for each finding by itself, as if nothing else were to be fixed.
pub fn fixes(report: &Report, targets: &[String], scan: &super::Options) -> BTreeMap<Fingerprint, Fix> {
    let options = Options::default();
    let (draft, moves) = draft(report, files(targets, scan), &options);
    let of_file = |(facts, numbers): (&Facts, Vec<usize>)| {
        let file = open(&facts.path);
        let fixes = file.iter().flat_map(|(text, manifest)| {
            // A key that leaves a ConfigMap takes edits of other files with it.
            let alone =
                numbers.iter().filter(|number| draft.items[**number].field.role != Role::ConfigMapData);
            alone.filter_map(|&number| {
                let made = edits_of(&draft, facts, (text, manifest), &[number], &[], &options).edits?;
                let replacements = replacements(text, &made.edits);
                let fix = FileFix { path: facts.shown.clone(), replacements };
                Some((draft.items[number].leak.fingerprint, fix))
            })
        });
        fixes.collect::<Vec<_>>()
    };
    let made: Vec<(Fingerprint, FileFix)> =
        draft.to_change(&moves).into_par_iter().flat_map_iter(of_file).collect();
    let mut fixes = BTreeMap::new();
    for (fingerprint, file) in made {
        let description =
            "Refer to a secret store in place of the value. Create the Secret first.".to_owned();
        let fix = fixes.entry(fingerprint).or_insert(Fix { description, files: Vec::<FileFix>::new() });
        match fix.files.iter_mut().find(|known| known.path == file.path) {
            // Two edits of one file, each by itself, need not fit together.
            Some(_) => {}
            None => fix.files.push(file),
        }
    }
    fixes
}

/// What all files are to refer to, and the keys that leave ConfigMaps.
fn draft(report: &Report, files: Vec<(PathBuf, String)>, options: &Options) -> (Draft, Vec<Move>) {
    let mut leaks = leaks(report, &files);
    let dapr_run = |(path, _): &&(PathBuf, String)| path.file_name().is_some_and(|name| name == "dapr.yaml");
    let runs: BTreeSet<PathBuf> =
        files.iter().filter(dapr_run).filter_map(|(path, _)| path.parent().map(Path::to_owned)).collect();
    let with_leaks: Vec<(PathBuf, String, Vec<Leak>)> = files
        .into_iter()
        .map(|(path, shown)| {
            let own = leaks.remove(&path).unwrap_or_default();
            (path, shown, own)
        })
        .collect();
    let sheets: Vec<Sheet> = with_leaks
        .into_par_iter()
        .filter_map(|(path, shown, leaks)| sheet(path, shown, &leaks, options, &runs))
        .collect();
    let mut draft = Draft::new(sheets, options);
    let moves = moves::candidates(&draft.items, &draft.placed);
    let said: Vec<Said> = draft
        .readers(&moves)
        .into_par_iter()
        .filter_map(|path| open(path).map(|(text, manifest)| moves::ask(&text, &manifest, &moves)))
        .collect();
    let (moves, stay) = moves::decided(moves, &said);
    draft.refuse(stay);
    (draft, moves)
}

/// The text of a file before and after. An error, where the file is no longer what the plan was made for.
pub fn render(file: &FileEdits) -> Result<(Vec<u8>, Vec<u8>), String> {
    let before = read(&file.path).map_err(|e| e.to_string())?;
    if digest(&before) != file.digest {
        return Err("it was changed while the plan was made: run this again".to_owned());
    }
    // The same text and the same edits were held against each other when the plan was made.
    let after = splice::spliced(&before, &file.edits).map_err(|e: Refusal| e.to_string())?;
    Ok((before, after))
}

/// The files that a plan may look at or change: those of the targets that are paths. What is linked to is not.
fn files(targets: &[String], scan: &super::Options) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for target in targets {
        let path = Path::new(target.strip_prefix("dir:").unwrap_or(target));
        let found =
            if path.is_dir() { trees::list(path, scan, &mut Vec::new()).0 } else { vec![path.to_owned()] };
        files.extend(found.into_iter().map(|path| (path.clone(), trees::shown(&path))));
    }
    files.sort();
    files.dedup();
    files
}

/// The raised places that stand in a field of one of the files.
fn leaks(report: &Report, files: &[(PathBuf, String)]) -> BTreeMap<PathBuf, Vec<Leak>> {
    let by_name: BTreeMap<&str, &Path> =
        files.iter().map(|(path, shown)| (shown.as_str(), path.as_path())).collect();
    let mut leaks = BTreeMap::<PathBuf, Vec<Leak>>::new();
    for finding in report.raised() {
        for location in finding.locations.iter().filter(|location| location.image.is_none()) {
            let (Some(path), Some(region)) = (by_name.get(location.path.as_str()), location.region) else {
                continue;
            };
            let Some(document) = location.document.clone() else { continue };
            leaks.entry((*path).to_owned()).or_default().push(Leak {
                path: (*path).to_owned(),
                shown: location.path.clone(),
                region,
                document,
                rule: finding.rule.clone(),
                title: finding.title.clone(),
                fingerprint: finding.fingerprint,
            });
        }
    }
    leaks.values_mut().for_each(|of_file| of_file.sort_by_key(|leak| leak.region));
    leaks
}

/// What is in a file; none where it is no manifest, or can't be read, which the scan has told.
fn sheet(
    path: PathBuf,
    shown: String,
    leaks: &[Leak],
    options: &Options,
    runs: &BTreeSet<PathBuf>,
) -> Option<Sheet> {
    let (text, manifest) = open(&path)?;
    let facts = Facts::of(path, shown, &manifest);
    let file = File { facts: &facts, manifest: &manifest, text: &text, runs };
    let (items, refused) = file.items(leaks, options);
    Some(Sheet { facts, items, refused })
}

/// What came of a file.
#[derive(Default)]
struct Edited {
    edits: Option<FileEdits>,
    /// The leaks, by the numbers of the draft, that are left, and why.
    refused: Vec<(usize, String)>,
    untracked: Vec<Untracked>,
    notes: Vec<String>,
}

fn edits(draft: &Draft, facts: &Facts, numbers: &[usize], moves: &[Move], options: &Options) -> Edited {
    let Some((text, manifest)) = open(&facts.path) else {
        let reason = "it was changed while the plan was made: run this again";
        let refused = numbers.iter().map(|number| (*number, reason.to_owned())).collect();
        return Edited { refused, ..Edited::default() };
    };
    edits_of(draft, facts, (&text, &manifest), numbers, moves, options)
}

fn edits_of(
    draft: &Draft,
    facts: &Facts,
    (text, manifest): (&[u8], &Manifest),
    numbers: &[usize],
    moves: &[Move],
    options: &Options,
) -> Edited {
    let own: Vec<(&Item, &Placed)> =
        numbers.iter().map(|number| (&draft.items[*number], &draft.placed[*number])).collect();
    let moved: Vec<_> = moves.iter().map(Move::moved).collect();
    let change = change(text, manifest, &own, &moved, options);
    let refused: Vec<(usize, String)> =
        change.refused.into_iter().map(|(at, reason)| (numbers[at], reason)).collect();
    let done = numbers.iter().filter(|number| !refused.iter().any(|(refused, _)| refused == *number));
    let edits = (!change.rewrite.edits.is_empty()).then(|| FileEdits {
        path: facts.path.clone(),
        shown: facts.shown.clone(),
        digest: digest(text),
        edits: change.rewrite.edits,
        changed: change.rewrite.changed,
        uses: done.map(|number| draft.items[*number].use_of()).collect(),
    });
    Edited { edits, refused, untracked: change.untracked, notes: change.rewrite.notes }
}

fn open(path: &Path) -> Option<(Vec<u8>, Manifest)> {
    let text = read(path).ok()?;
    let manifest = manifest::read_file(&path.to_string_lossy(), &text)?;
    Some((text, manifest))
}

/// A file that is no larger than a manifest can be.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > MAX_BYTES as u64 {
        return Err(io::Error::other(format!("more than {MAX_BYTES} bytes")));
    }
    fs::read(path)
}

fn digest(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}
