//! Lists the objects of commits: `rev-list | diff-tree`, the oldest commit first.
//!
//! A commit brings the blobs in which it differs from all its parents (diff-tree -c); what it shares with one of them
//! that one brings, or the other side has it. `rev-list --objects` would tell no commits, and cut paths at a newline.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::command::{said, write_to};
use super::{Error, Git, Id, Kind, Listing, Object};
use crate::finding::{SkipKind, Skipped};
use crate::place::printable_path;
use crate::source::exclusions::{Exclusions, excluded};

/// Which objects: those that can be reached from the tips and not from what is hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Commits, annotated tags, and, rarely, trees and blobs.
    pub tips: Vec<Id>,
    /// What is not read: the other side has it. Those that this repository lacks hide nothing.
    pub hidden: Vec<Id>,
}

impl Selection {
    /// Lines for `rev-list --stdin`.
    pub(super) fn lines<'i>(&'i self, tips: impl IntoIterator<Item = &'i Id>) -> Vec<u8> {
        let mut lines = String::new();
        for tip in tips {
            lines.push_str(&format!("{tip}\n"));
        }
        for hidden in &self.hidden {
            lines.push_str(&format!("^{hidden}\n"));
        }
        lines.into_bytes()
    }
}

/// Lists what the selection holds. What could not be listed is in the answer: the rest is read all the same.
pub fn list(git: &Git, selection: Selection, excluded: &Exclusions) -> Result<Listing, Error> {
    let mut listing = Listing { selection: selection.clone(), ..Listing::default() };
    let mut seen = HashSet::new();
    let mut commits = Vec::new();
    let mut others = Vec::new();
    for (tip, kind) in kinds(git, &selection.tips)? {
        match kind.as_deref() {
            Some(b"commit") => commits.push(tip),
            Some(_) => others.push(tip),
            None => listing.skipped.push(unlisted(&tip, "it is not in this repository".to_owned())),
        }
    }
    if !others.is_empty() {
        commits.extend(list_others(git, &selection, &others, excluded, &mut seen, &mut listing)?);
    }
    if !commits.is_empty() {
        list_commits(git, &selection, &commits, excluded, &mut seen, &mut listing)?;
    }
    Ok(listing)
}

/// An object, and what it is; none where it is not there.
type Tip = (Id, Option<Vec<u8>>);

/// Each once.
fn kinds(git: &Git, ids: &[Id]) -> Result<Vec<Tip>, Error> {
    let mut once = HashSet::new();
    let ids: Vec<&Id> = ids.iter().filter(|id| once.insert(*id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let answer = git.ask(&["cat-file", "--batch-check=%(objectname) %(objecttype)"], input.into_bytes())?;
    let answer = answer.wait()?;
    let mut lines = answer.split(|b| *b == b'\n');
    ids.into_iter()
        .map(|id| {
            let line = lines.next().unwrap_or_default();
            let kind = line.rsplit(|b| *b == b' ').next().ok_or(Error::Answer("cat-file"))?;
            Ok((id.clone(), (kind != b"missing").then(|| kind.to_vec())))
        })
        .collect()
}

/// What a line begins with, and the rest from the blank on.
fn split_id(line: &[u8]) -> (&[u8], &[u8]) {
    line.split_at(memchr::memchr(b' ', line).unwrap_or(line.len()))
}

/// What tags, trees and blobs lead to: the objects themselves, and the commits, to be listed as such.
fn list_others(
    git: &Git,
    selection: &Selection,
    tips: &[Id],
    excluded: &Exclusions,
    seen: &mut HashSet<(Id, Box<str>)>,
    listing: &mut Listing,
) -> Result<Vec<Id>, Error> {
    let peel: String = tips.iter().map(|tip| format!("{tip}^{{}}\n")).collect();
    let peeled = git.ask(&["cat-file", "--batch-check=%(objectname) %(objecttype)"], peel.into_bytes())?;
    let peeled = peeled.wait()?;
    let mut commits = Vec::new();
    for (line, tip) in peeled.split(|b| *b == b'\n').zip(tips) {
        let (id, kind) = split_id(line);
        match (Id::parse(id), kind) {
            (Some(id), b" commit") => commits.push(id),
            (Some(_), _) if kind != b" missing" => {}
            _ => {
                listing.skipped.push(unlisted(tip, "what it points to is not in this repository".to_owned()))
            }
        }
    }
    let beside = Selection {
        hidden: selection.hidden.iter().chain(&commits).cloned().collect(),
        ..Selection::default()
    };
    let input = beside.lines(tips);
    let objects = git.ask(&["rev-list", "--objects", "--ignore-missing", "--stdin"], input)?.wait()?;
    let named: HashMap<Id, &[u8]> = objects
        .split(|b| *b == b'\n')
        .filter_map(|line| {
            let (id, name) = split_id(line);
            Some((Id::parse(id)?, name.get(1..).unwrap_or_default()))
        })
        .collect();
    let mut ids: Vec<Id> = named.keys().cloned().collect();
    ids.sort();
    for (id, kind) in kinds(git, &ids)? {
        let name = named.get(&id).copied().unwrap_or_default();
        match kind.as_deref() {
            Some(b"tag") => {
                let path = format!("tag:{}", printable_path(name)).into();
                listing.objects.push(Object { id: id.clone(), kind: Kind::Tag, path, commit: Some(id) });
            }
            Some(b"blob") => add_blob(Object::blob(id, name, None), name, excluded, seen, listing),
            _ => {}
        }
    }
    Ok(commits)
}

fn list_commits(
    git: &Git,
    selection: &Selection,
    tips: &[Id],
    excluded: &Exclusions,
    seen: &mut HashSet<(Id, Box<str>)>,
    listing: &mut Listing,
) -> Result<(), Error> {
    let mut walk = git
        .command(&["rev-list", "--reverse", "--ignore-missing", "--stdin"])
        .stdin(Stdio::piped())
        .spawn()?;
    let writer = write_to(&mut walk, selection.lines(tips));
    let commits = walk.stdout.take().map_or(Stdio::null(), Stdio::from);
    let mut differences = git
        .command(&[
            "diff-tree",
            "--stdin",
            "--always",
            "--root",
            "--raw",
            "-r",
            "-c",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-textconv",
        ])
        .stdin(commits)
        .spawn()?;
    let read = match differences.stdout.take() {
        Some(output) => read_differences(BufReader::with_capacity(64 << 10, output), excluded, seen, listing),
        None => Ok(()),
    };
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    for (name, child) in [("rev-list", walk), ("diff-tree", differences)] {
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let reason = format!("git {name}: {}", said(&output.stderr, output.status));
            let reason = format!("{reason}; the commits that it stands for were not all read");
            listing.skipped.push(Skipped {
                path: "(commits)".to_owned(),
                reason,
                bytes: 0,
                kind: SkipKind::Unread,
            });
        }
    }
    read
}

/// Reads `COMMIT NUL (:…MODE ID STATUS NUL PATH NUL)*` (git-diff-tree, "Raw output format"; with several parents a colon,
/// a mode and an id for each, and the result's last).
fn read_differences(
    mut output: impl BufRead,
    excluded: &Exclusions,
    seen: &mut HashSet<(Id, Box<str>)>,
    listing: &mut Listing,
) -> Result<(), Error> {
    let wrong = || Error::Answer("diff-tree");
    let mut token = Vec::new();
    while until_nul(&mut output, &mut token)? {
        if token.first() != Some(&b':') {
            let id = Id::parse(token.trim_ascii()).ok_or_else(wrong)?;
            listing.objects.push(Object {
                id: id.clone(),
                kind: Kind::Commit,
                path: "commit".into(),
                commit: Some(id.clone()),
            });
            listing.commits.push(id);
            continue;
        }
        let parents = token.iter().take_while(|b| **b == b':').count();
        let fields: Vec<&[u8]> = token[parents..].split(|b| *b == b' ').collect();
        let (Some(&mode), Some(&id)) = (fields.get(parents), fields.get(2 * parents + 1)) else {
            return Err(wrong());
        };
        let (is_file, id) = (is_file(mode), Id::parse(id).ok_or_else(wrong)?);
        if !until_nul(&mut output, &mut token)? {
            return Err(wrong());
        }
        // A deletion brings nothing, and a submodule's commit is in another repository.
        if is_file && !id.is_zero() {
            let commit = listing.commits.last().cloned();
            add_blob(Object::blob(id, &token, commit), &token, excluded, seen, listing);
        }
    }
    Ok(())
}

/// Regular files and links: what a link says leaves as well.
pub(super) fn is_file(mode: &[u8]) -> bool {
    mode.starts_with(b"10") || mode.starts_with(b"12")
}

/// Reads up to the next NUL, which is left out; false at the end.
pub(super) fn until_nul(input: &mut impl BufRead, token: &mut Vec<u8>) -> Result<bool, Error> {
    token.clear();
    // A path of 16 MiB is none, and would only fill the memory.
    let read = input.by_ref().take(16 << 20).read_until(0, token)?;
    if read > 0 && token.pop() != Some(0) {
        return Err(Error::Answer("diff"));
    }
    Ok(read > 0)
}

/// Adds a blob at a path, if it is new and not excluded.
pub(super) fn add_blob(
    object: Object,
    path: &[u8],
    exclusions: &Exclusions,
    seen: &mut HashSet<(Id, Box<str>)>,
    listing: &mut Listing,
) {
    use std::os::unix::ffi::OsStrExt;
    if !seen.insert((object.id.clone(), object.path.clone())) {
        return;
    }
    match exclusions.excluder(std::ffi::OsStr::from_bytes(path)) {
        Some(excluder) => listing.skipped.push(excluded(&object.place(&object.path), 0, excluder)),
        None => listing.objects.push(object),
    }
}

fn unlisted(tip: &Id, reason: String) -> Skipped {
    Skipped { path: format!("(object {})", tip.short()), reason, bytes: 0, kind: SkipKind::Unread }
}
