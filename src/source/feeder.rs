//! Cuts files into pieces and hands them over in batches: the one bounded queue between readers and scanners.
//!
//! A batch holds many small files or a part of a large one. Buffers are used again, so memory is their number times
//! their size, whatever is read.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::archive::limits::Budget;
use crate::archive::walk::Visit;
use crate::finding::{SkipKind, Skipped};
use crate::span::Position;

/// Bytes of a file that one piece answers for.
const CHUNK: usize = 1 << 20;
/// A document is read by structure, and so whole, up to this size.
const WHOLE: usize = 8 << 20;
/// Pieces of one batch: a million empty files fill no buffer.
const PIECES: usize = 4_096;

/// How far pieces overlap: what a scanner may look at before and after the part that a piece answers for.
#[derive(Debug, Clone, Copy)]
pub struct Overlap {
    /// Bytes before it.
    pub before: usize,
    /// Bytes after it.
    pub after: usize,
}

/// Part of a file.
#[derive(Debug)]
pub struct Piece {
    /// Path of the file, nested ones joined by `!`.
    pub path: Box<str>,
    /// Where the piece stands in the batch's bytes, with its overlap.
    pub bytes: std::ops::Range<usize>,
    /// The part that it answers for, in the batch's bytes.
    pub own: std::ops::Range<usize>,
    /// Line and column of that part's beginning.
    pub start: Position,
    /// Whether it is the whole file.
    pub whole: bool,
    /// The number of the git object that the file is, or is in.
    pub object: Option<u32>,
}

/// Pieces of files that came from one place.
#[derive(Debug)]
pub struct Batch {
    /// What they came from: a target and, in an image, a blob of it.
    pub origin: Arc<Origin>,
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The pieces.
    pub pieces: Vec<Piece>,
}

/// What files came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Position of the target on the command line.
    pub target: usize,
    /// The layer's blob, for a file of an image.
    pub layer: Option<String>,
}

/// What readers tell besides bytes; shared by all of them.
#[derive(Debug, Default)]
pub struct Tally {
    /// Files read.
    pub files: AtomicU64,
    /// Their bytes.
    pub bytes: AtomicU64,
    /// Layers to read, as far as they are known.
    pub layers: AtomicU64,
    /// Layers read.
    pub layers_done: AtomicU64,
}

/// The queue.
#[derive(Clone)]
pub struct Queue {
    full: Sender<Batch>,
    empty: Receiver<Vec<u8>>,
    tally: Arc<Tally>,
    overlap: Overlap,
    whole: fn(&str) -> bool,
}

impl Queue {
    /// Files whose path `is_structured` knows are kept whole up to 8 MiB, as documents are.
    #[must_use]
    pub fn keeping_whole(self, is_structured: fn(&str) -> bool) -> Self {
        Self { whole: is_structured, ..self }
    }

    /// What was read so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

/// The scanners' end of the queue.
#[derive(Clone)]
pub struct Drain {
    /// Batches to scan.
    pub full: Receiver<Batch>,
    /// Buffers to give back.
    pub empty: Sender<Vec<u8>>,
}

/// A queue with this many buffers.
pub fn queue(buffers: usize, overlap: Overlap, tally: Arc<Tally>) -> (Queue, Drain) {
    let (full, full_out) = bounded(buffers);
    let (empty_in, empty) = bounded(buffers);
    for _ in 0..buffers {
        // The channel has room for all of them, so this can't block or fail.
        let _ = empty_in.send(Vec::new());
    }
    (Queue { full, empty, tally, overlap, whole: |_| false }, Drain { full: full_out, empty: empty_in })
}

/// Cuts the files of one origin.
pub struct Feeder<'q> {
    queue: &'q Queue,
    origin: Arc<Origin>,
    buffer: Vec<u8>,
    used: usize,
    pieces: Vec<Piece>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    budget: Budget,
    object: Option<u32>,
}

impl<'q> Feeder<'q> {
    /// A feeder for files that come from `origin`.
    pub fn new(queue: &'q Queue, origin: Origin) -> Self {
        let mut feeder = Self {
            queue,
            origin: Arc::new(origin),
            buffer: Vec::new(),
            used: 0,
            pieces: Vec::new(),
            skipped: Vec::new(),
            budget: Budget::default(),
            object: None,
        };
        feeder.take_buffer();
        feeder
    }

    /// Hands over what is left, and gives what could not be read.
    pub fn finish(mut self) -> Vec<Skipped> {
        self.flush();
        let _ = self.queue.full.send(Batch {
            origin: self.origin.clone(),
            bytes: std::mem::take(&mut self.buffer),
            pieces: Vec::new(),
        });
        std::mem::take(&mut self.skipped)
    }

    /// What follows is this object of a git repository, or in it.
    pub fn set_object(&mut self, number: Option<u32>) {
        self.object = number;
    }

    fn take_buffer(&mut self) {
        // The scanners only go when every queue is gone.
        self.buffer = self.queue.empty.recv().unwrap_or_default();
        let size = 2 * CHUNK + self.queue.overlap.before + self.queue.overlap.after;
        // Never shrunk below its size and never cleared: clearing would write every byte twice.
        self.buffer.resize(size, 0);
        self.used = 0;
    }

    fn flush(&mut self) {
        if self.pieces.is_empty() {
            return;
        }
        let batch = Batch {
            origin: self.origin.clone(),
            bytes: std::mem::take(&mut self.buffer),
            pieces: std::mem::take(&mut self.pieces),
        };
        let _ = self.queue.full.send(batch);
        self.take_buffer();
    }

    /// Reads until the buffer holds `upto` bytes from `start`, or the file ends; whether it ended.
    fn fill(&mut self, start: usize, upto: usize, content: &mut dyn Read) -> io::Result<bool> {
        if self.buffer.len() < start + upto {
            self.buffer.resize(start + upto, 0);
        }
        while self.used < start + upto {
            match content.read(&mut self.buffer[self.used..start + upto]) {
                Ok(0) => return Ok(true),
                Ok(n) => self.used += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(false)
    }

    /// Cuts a file; a fault midway leaves what was read before it to be scanned.
    fn cut(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let Overlap { before, after } = self.queue.overlap;
        let mut first = self.used;
        let mut own = first;
        let mut position = Position::START;
        let mut whole = true;
        loop {
            let mut ended = self.fill(first, own - first + CHUNK + after, content);
            let is_structured = || (self.queue.whole)(path) || is_document(&self.buffer[first..self.used]);
            if whole && matches!(ended, Ok(false)) && is_structured() {
                ended = self.fill(first, WHOLE, content);
            }
            let last = !matches!(ended, Ok(false));
            let end = if last { self.used } else { self.used - after };
            let next = if last { position } else { position.after(&self.buffer[own..end]) };
            self.queue.tally.bytes.fetch_add((end - own) as u64, Ordering::Relaxed);
            self.pieces.push(Piece {
                path: path.into(),
                bytes: first..self.used,
                own: own..end,
                start: position,
                whole: whole && last,
                object: self.object,
            });
            if last {
                if self.used > CHUNK || self.pieces.len() >= PIECES {
                    self.flush();
                }
                return ended.map(drop);
            }
            // The next piece begins with what this one looked ahead at, and a little before that.
            let keep = end.saturating_sub(before).max(first);
            let carried = self.buffer[keep..self.used].to_vec();
            self.flush();
            self.buffer[..carried.len()].copy_from_slice(&carried);
            (first, own, self.used) = (0, end - keep, carried.len());
            (position, whole) = (next, false);
        }
    }
}

impl Visit for Feeder<'_> {
    fn file(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        self.queue.tally.files.fetch_add(1, Ordering::Relaxed);
        self.cut(path, content)
    }

    fn budget(&self) -> Budget {
        self.budget.clone()
    }

    fn unread(&mut self, path: &str, reason: String) {
        let path = match &self.origin.layer {
            Some(blob) if path.is_empty() => blob.clone(),
            Some(blob) => format!("{blob}!{path}"),
            None => path.to_owned(),
        };
        self.skipped.push(Skipped { path, reason, bytes: 0, kind: SkipKind::Unread });
    }
}

/// Whether it looks like a manifest: such a file is read by structure.
fn is_document(head: &[u8]) -> bool {
    memchr::memmem::find(&head[..head.len().min(4096)], b"apiVersion").is_some()
}
