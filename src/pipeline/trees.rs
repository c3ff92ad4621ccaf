//! Directories and single files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Options, Read};
use crate::archive::sniff::{Format, Peeked, sniff};
use crate::archive::walk::{Visit, walk};
use crate::finding::{SkipKind, Skipped, TargetKind};
use crate::oci::images::is_image;
use crate::oci::store::{Archive, Directory, Store};
use crate::place::printable_path;
use crate::source::exclusions;
use crate::source::feeder::{Feeder, Origin, Queue};

/// Every file below `root`, hidden ones too; links are not followed, so none leads out of it.
pub(super) fn read_tree(root: &Path, number: usize, queue: &Queue, options: &Options) -> Read {
    let mut skipped = Vec::new();
    let (files, images) = list(root, options, &mut skipped);
    let images = Mutex::new(images);
    let next = AtomicUsize::new(0);
    let readers = options.workers.min(files.len()).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..readers)
            .map(|_| {
                scope.spawn(|| {
                    let mut feeder = Feeder::new(queue, Origin { target: number, layer: None });
                    while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if is_archive_of_image(path) {
                            // A reader that panicked ends the scan; its lock is not asked for again.
                            images.lock().map(|mut images| images.push(path.clone())).unwrap_or_default();
                        } else {
                            feed(path, &mut feeder);
                        }
                    }
                    feeder.finish()
                })
            })
            .collect();
        let crashed = || vec![super::crashed(&shown(root))];
        skipped.extend(running.into_iter().flat_map(|reader| reader.join().unwrap_or_else(|_| crashed())));
    });
    let mut images = images.into_inner().unwrap_or_default();
    images.sort();
    Read { kind: TargetKind::Directory, image: None, git: None, skipped, images }
}

/// One file.
pub(super) fn read_file(path: &Path, number: usize, queue: &Queue) -> Read {
    let mut feeder = Feeder::new(queue, Origin { target: number, layer: None });
    feed(path, &mut feeder);
    Read { kind: TargetKind::File, image: None, git: None, skipped: feeder.finish(), images: Vec::new() }
}

fn feed(path: &Path, feeder: &mut Feeder<'_>) {
    let shown = shown(path);
    match File::open(path) {
        Ok(file) => walk(&shown, file, feeder),
        Err(e) => feeder.unread(&shown, e.to_string()),
    }
}

/// A tar that holds an image: `docker save`, an OCI archive.
fn is_archive_of_image(path: &Path) -> bool {
    let head = File::open(path).and_then(Peeked::new);
    head.is_ok_and(|head| sniff(head.head()) == Some(Format::Tar))
        && Archive::new(path).is_ok_and(|archive| is_image(|name| archive.size(name).is_some()))
}

/// Files to read, and directories that hold an image.
pub(super) fn list(
    root: &Path,
    options: &Options,
    skipped: &mut Vec<Skipped>,
) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut files = Vec::new();
    let (image_sender, images) = crossbeam_channel::unbounded();
    let excluded = options.excluded.clone();
    let below = root.to_owned();
    let (sender, receiver) = crossbeam_channel::unbounded();
    let walker = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .sort_by_file_path(Path::cmp)
        .filter_entry(move |entry| {
            let relative = entry.path().strip_prefix(&below).unwrap_or(entry.path());
            let excluder = (entry.depth() > 0)
                .then(|| excluded.excluder(relative).or_else(|| excluded.excluder(entry.path())))
                .flatten();
            let out = excluder.is_some();
            if let Some(excluder) = excluder {
                let size = entry.metadata().map_or(0, |m| m.len());
                // The receiver lives as long as the walk.
                let _ = sender.send(exclusions::excluded(&shown(entry.path()), size, excluder));
            }
            let image = !out && entry.depth() > 0 && entry.file_type().is_some_and(|t| t.is_dir()) && {
                let directory = Directory::new(entry.path());
                is_image(|name| directory.size(name).is_some())
            };
            if image {
                let _ = image_sender.send(entry.path().to_owned());
            }
            !out && !image
        })
        .build();
    for entry in walker {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => files.push(entry.into_path()),
            Ok(_) => {}
            Err(e) => skipped.push(Skipped {
                path: error_path(&e).map_or_else(|| shown(root), |p| shown(&p)),
                reason: e.to_string(),
                bytes: 0,
                kind: SkipKind::Unread,
            }),
        }
    }
    skipped.extend(receiver.try_iter());
    (files, images.try_iter().collect())
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

/// A path as a report shows it.
pub(super) fn shown(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let text = printable_path(path.as_os_str().as_bytes());
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}
