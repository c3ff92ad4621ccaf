//! Where all the words meet: targets in, a report out.
//!
//! Readers (one a layer, at most as many as there are cores) unpack and cut; scanners (one a core) scan; the queue
//! between them is bounded. So one big layer keeps two cores busy: one inflates while the other scans.

pub mod classify;
mod collect;
mod context;
pub mod fix;
mod image;
mod merge;
mod outcome;
mod ownership;
mod quiet;
mod scanners;
mod trees;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::credentials;
use crate::detect::{Engine, LOOK_AHEAD, LOOK_BEHIND};
use crate::finding::{Confidence, Report, Skipped, TargetKind};
use crate::secret::Fingerprinter;
use crate::source::exclusions::Exclusions;
use crate::source::feeder::{Overlap, Queue, Tally, queue};
use crate::source::registry::Access;
use crate::source::target::{self, Source};

pub use quiet::Quiet;

/// What the user asked for besides targets.
pub struct Options {
    /// Paths not to read.
    pub excluded: Exclusions,
    /// Platforms to read; empty for all.
    pub platforms: Vec<String>,
    /// What is surer than this is raised, the rest counted.
    pub min_confidence: Confidence,
    /// What is known, or not to be raised.
    pub quiet: Quiet,
    /// Whether findings in unmodified files of public packages are shown, marked as such, and not counted alone.
    pub show_public: bool,
    /// Makes fingerprints.
    pub fingerprinter: Fingerprinter,
    /// How registries are reached.
    pub registry: Access,
    /// Scanners, and readers at most.
    pub workers: usize,
}

/// What a target came to.
pub(crate) struct Read {
    pub(crate) kind: TargetKind,
    pub(crate) image: Option<image::Resolved>,
    pub(crate) skipped: Vec<Skipped>,
    /// Paths of images that were come upon, to be read as such.
    pub(crate) images: Vec<PathBuf>,
}

/// A report, and the targets that could not be reached.
pub struct Outcome {
    /// What was found in those that could.
    pub report: Report,
    /// One message each.
    pub unreachable: Vec<String>,
}

/// Scans the targets.
pub fn run(engine: &Engine, targets: &[String], options: &Options, tally: &Arc<Tally>) -> Outcome {
    let overlap = Overlap { before: LOOK_BEHIND, after: LOOK_AHEAD };
    // Two readers and two scanners hold one buffer each; two more wait on either side.
    let (queue, drain) = queue(2 * options.workers + 4, overlap, tally.clone());
    let queue = queue.keeping_whole(|path| credentials::kind_of(path).is_some());
    let mut unreachable = Vec::new();
    let mut reads = Vec::new();
    let scanned = std::thread::scope(|scope| {
        let scanners: Vec<_> = (0..options.workers)
            .map(|_| scope.spawn(|| scanners::scan(engine, drain.clone(), options.min_confidence)))
            .collect();
        let mut left: VecDeque<(String, Option<PathBuf>)> =
            targets.iter().map(|target| (target.clone(), None)).collect();
        while let Some((target, found)) = left.pop_front() {
            let opened = match &found {
                Some(path) => target::open_path(path, &target),
                None => target::open(&target, &options.registry),
            };
            match opened {
                Ok(source) => {
                    let number = reads.len();
                    let done = read(source, &target, number, &queue, options);
                    // Images in a directory are targets of their own: a layer is not a file of the directory.
                    for path in done.images.iter().rev() {
                        left.push_front((trees::shown(path), Some(path.clone())));
                    }
                    reads.push((target, number, done));
                }
                Err(e) => unreachable.push(e.to_string()),
            }
        }
        // The scanners end when the last reader's end of the queue is gone.
        drop(queue);
        scanners.into_iter().flat_map(|s| s.join().ok()).collect::<Vec<_>>()
    });
    let mut report = collect::report(engine, &reads, scanned, options);
    report.coverage.files = tally.files.load(Ordering::Relaxed);
    report.coverage.bytes = tally.bytes.load(Ordering::Relaxed);
    Outcome { report, unreachable }
}

fn read(source: Source, target: &str, number: usize, queue: &Queue, options: &Options) -> Read {
    match source {
        Source::Image { store, reference, damage } => {
            image::read(&*store, target, reference.as_deref(), damage, number, queue, options)
        }
        Source::Stream { mut content, image } => {
            image::read_stream(&mut *content, target, image, number, queue, options)
        }
        Source::Tree(root) => trees::read_tree(&root, number, queue, options),
        Source::File(path) => trees::read_file(&path, number, queue),
    }
}
