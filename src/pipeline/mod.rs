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
mod repository;
mod scanners;
mod trees;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::credentials;
use crate::detect::{Engine, LOOK_AHEAD, LOOK_BEHIND};
use crate::finding::{Confidence, Report, SkipKind, Skipped, TargetKind};
use crate::secret::Fingerprinter;
use crate::source::exclusions::Exclusions;
use crate::source::feeder::{Overlap, Queue, Tally, queue};
use crate::source::git::{Git, Listing};
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
    /// The objects, of a git repository.
    pub(crate) git: Option<Listing>,
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

/// What a scan of git objects came to.
pub struct Objects {
    /// The report.
    pub report: Report,
    /// The objects that were to be read.
    pub listing: Listing,
    /// Numbers of those in which nothing was found at all, surely or not, and of which everything was read.
    pub clean: Vec<u32>,
}

/// How a target is opened.
enum Next {
    /// As its name says.
    Named,
    /// It is this path, whatever its name says.
    At(PathBuf),
    /// It is open.
    Open(Source),
}

/// What was read, and what became of it.
struct Ran {
    outcome: Outcome,
    reads: Vec<(String, usize, Read)>,
    /// Numbers of git objects that were found to hold something.
    spoke: HashSet<u32>,
}

/// Scans the targets.
pub fn run(engine: &Engine, targets: &[String], options: &Options, tally: &Arc<Tally>) -> Outcome {
    let targets = targets.iter().map(|target| (target.clone(), Next::Named)).collect();
    run_all(engine, targets, options, tally).outcome
}

/// Scans the objects of these numbers, under the name of `target`.
pub fn run_objects(
    engine: &Engine,
    target: &str,
    (git, listing, numbers): (Git, Listing, Vec<u32>),
    options: &Options,
    tally: &Arc<Tally>,
) -> Objects {
    let source = Source::Objects { git, listing, numbers: numbers.clone() };
    let ran = run_all(engine, VecDeque::from([(target.to_owned(), Next::Open(source))]), options, tally);
    let listing = ran.reads.into_iter().find_map(|(.., read)| read.git).unwrap_or_default();
    let is_clean = |number: &u32| !ran.spoke.contains(number) && !listing.unread.contains(number);
    let clean = numbers.into_iter().filter(is_clean).collect();
    Objects { report: ran.outcome.report, listing, clean }
}

fn run_all(
    engine: &Engine,
    mut left: VecDeque<(String, Next)>,
    options: &Options,
    tally: &Arc<Tally>,
) -> Ran {
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
        while let Some((target, next)) = left.pop_front() {
            let opened = match next {
                Next::At(path) => target::open_path(&path, &target),
                Next::Named => target::open(&target, &options.registry),
                Next::Open(source) => Ok(source),
            };
            match opened {
                Ok(source) => {
                    let number = reads.len();
                    let done = read(source, &target, number, &queue, options);
                    // Images in a directory are targets of their own: a layer is not a file of the directory.
                    for path in done.images.iter().rev() {
                        left.push_front((trees::shown(path), Next::At(path.clone())));
                    }
                    reads.push((target, number, done));
                }
                Err(e) => unreachable.push(e.to_string()),
            }
        }
        // The scanners end when the last reader's end of the queue is gone.
        drop(queue);
        scanners.into_iter().map(|scanner| scanner.join()).collect::<Vec<_>>()
    });
    if scanned.iter().any(Result::is_err) {
        reads.iter_mut().for_each(|(target, _, read)| read.skipped.push(crashed(target)));
    }
    let scanned: Vec<_> = scanned.into_iter().flatten().collect();
    let spoke =
        scanned.iter().flat_map(|s| s.hits.iter().filter_map(|hit| hit.object).chain(s.told.iter().copied()));
    let spoke = spoke.collect();
    let mut report = collect::report(engine, &reads, scanned, options);
    report.coverage.files = tally.files.load(Ordering::Relaxed);
    report.coverage.bytes = tally.bytes.load(Ordering::Relaxed);
    Ran { outcome: Outcome { report, unreachable }, reads, spoke }
}

/// What a thread had found or read when it crashed is lost.
fn crashed(target: &str) -> Skipped {
    Skipped {
        path: target.to_owned(),
        reason: "a part of the scan crashed, and what it had is lost: please report this".to_owned(),
        bytes: 0,
        kind: SkipKind::Unread,
    }
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
        Source::Repository { git, selection } => {
            repository::read(&git, selection, target, number, queue, options)
        }
        Source::Objects { git, listing, numbers } => {
            repository::read_objects(&git, listing, numbers, number, queue, options)
        }
    }
}
