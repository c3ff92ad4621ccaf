//! Reads objects: `cat-file --batch`, as a stream, so that a blob of any size takes no memory.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{ChildStdout, Stdio};
use std::sync::OnceLock;

use super::command::{said, write_to};
use super::{Git, Id, Kind, Listing, Object};
use crate::archive::walk::{Visit, walk};
use crate::finding::{SkipKind, Skipped};
use crate::source::feeder::{Feeder, Origin, Queue};

/// What is split into headers and message; a larger one is read as it stands.
const LONGEST_MESSAGE: u64 = 1 << 20;
/// So many objects are worth a second git: it takes one core to unpack 100 MB a second.
const WORTH_ANOTHER: usize = 64;
/// A git that ends over an object is started again behind it, but not for ever.
const RESTARTS: usize = 64;

/// Reads the objects of these numbers into the queue, with as many readers as are worth it. What could not be read is
/// added to the listing.
pub(crate) fn read(
    git: &Git,
    listing: &mut Listing,
    mut numbers: Vec<u32>,
    target: usize,
    queue: &Queue,
    workers: usize,
) {
    // Versions of a file lie near each other in a pack, each as the difference to another.
    numbers.sort_by_key(|number| (&listing.objects[*number as usize].path, *number));
    let readers = (numbers.len() / WORTH_ANOTHER).clamp(1, workers.max(1));
    let share = numbers.len().div_ceil(readers).max(1);
    let missing = OnceLock::new();
    let (objects, selection) = (&listing.objects, &listing.selection);
    let done: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = numbers
            .chunks(share)
            .map(|share| {
                let missing = &missing;
                scope.spawn(move || {
                    let feeder = Feeder::new(queue, Origin { target, layer: None });
                    let mut reader = Reader { objects, feeder, unread: Vec::new() };
                    reader.read(git, share, || missing.get_or_init(|| missing_of(git, selection)));
                    (reader.feeder.finish(), reader.unread)
                })
            })
            .collect();
        running.into_iter().map(|reader| reader.join().ok()).collect()
    });
    for (done, share) in done.into_iter().zip(numbers.chunks(share)) {
        let (skipped, unread) = done.unwrap_or_else(|| (vec![broken()], share.to_vec()));
        listing.skipped.extend(skipped);
        listing.unread.extend(unread);
    }
}

/// What a reader that panicked leaves.
fn broken() -> Skipped {
    let reason = "a reader broke down; what it had to read was not all read".to_owned();
    Skipped { path: "(objects)".to_owned(), reason, bytes: 0, kind: SkipKind::Unread }
}

/// What is not here, of a partial clone: asked without fetching it.
fn missing_of(git: &Git, selection: &super::Selection) -> HashSet<Id> {
    let input = selection.lines(&selection.tips);
    let arguments = ["rev-list", "--objects", "--missing=print", "--ignore-missing", "--stdin"];
    let output = git.ask(&arguments, input).and_then(super::Answer::wait).unwrap_or_default();
    output.split(|b| *b == b'\n').filter_map(|line| Id::parse(line.strip_prefix(b"?")?)).collect()
}

const NOT_HERE: &str = "it is not in this clone, and nothing is fetched while scanning: `git fetch` it first (a partial \
                        clone lacks what nobody asked for)";

struct Reader<'r> {
    objects: &'r [Object],
    feeder: Feeder<'r>,
    unread: Vec<u32>,
}

/// How far a git came.
enum Came {
    /// To the end of what it was asked.
    ToTheEnd,
    /// It answered so many, and then no more, for this reason.
    Only(usize, String),
}

impl Reader<'_> {
    fn read<'m>(&mut self, git: &Git, numbers: &[u32], missing: impl Fn() -> &'m HashSet<Id>) {
        let mut left = numbers.to_vec();
        for _ in 0..RESTARTS {
            match self.read_some(git, &left) {
                Came::ToTheEnd => return,
                Came::Only(answered, reason) => {
                    left.drain(..answered);
                    let missing = missing();
                    let (gone, here): (Vec<u32>, Vec<u32>) =
                        left.iter().partition(|number| missing.contains(&self.objects[**number as usize].id));
                    gone.iter().for_each(|number| self.fail(*number, NOT_HERE));
                    left = here;
                    // It went no further, and not for what is known to be missing: this one is the reason.
                    if answered == 0 && gone.is_empty() && !left.is_empty() {
                        self.fail(left.remove(0), &reason);
                    }
                }
            }
        }
        left.iter().for_each(|number| self.fail(*number, "git ended over too many objects before it"));
    }

    fn read_some(&mut self, git: &Git, numbers: &[u32]) -> Came {
        if numbers.is_empty() {
            return Came::ToTheEnd;
        }
        let input: String = numbers.iter().map(|n| format!("{}\n", self.objects[*n as usize].id)).collect();
        let started = git.command(&["cat-file", "--batch", "--buffer"]).stdin(Stdio::piped()).spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(e) => return Came::Only(0, e.to_string()),
        };
        let writer = write_to(&mut child, input.into_bytes());
        let mut answered = 0;
        if let Some(output) = child.stdout.take() {
            let mut output = BufReader::with_capacity(64 << 10, output);
            for number in numbers {
                match self.answer(*number, &mut output) {
                    Ok(()) => answered += 1,
                    Err(_) => break,
                }
            }
        }
        if answered < numbers.len() {
            // It may still be writing what nobody reads.
            let _ = child.kill();
        }
        if let Some(writer) = writer {
            let _ = writer.join();
        }
        match child.wait_with_output() {
            _ if answered == numbers.len() => Came::ToTheEnd,
            Ok(output) => {
                Came::Only(answered, format!("git cat-file: {}", said(&output.stderr, output.status)))
            }
            Err(e) => Came::Only(answered, e.to_string()),
        }
    }

    /// Reads one answer: `ID TYPE SIZE LF CONTENT LF`, or `ID missing` (git-cat-file, "Batch output"). An error where it is
    /// none.
    fn answer(&mut self, number: u32, output: &mut BufReader<ChildStdout>) -> io::Result<()> {
        let object = &self.objects[number as usize];
        let mut line = Vec::new();
        output.by_ref().take(256).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        let mut words = line.trim_ascii_end().split(' ');
        if words.next() != Some(object.id.as_str()) || !line.ends_with('\n') {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let size = match (words.next(), words.next().and_then(|size| size.parse::<u64>().ok())) {
            (Some("missing"), _) => {
                self.fail(number, NOT_HERE);
                return Ok(());
            }
            (Some(_), Some(size)) => size,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let before = self.feeder.skipped.len();
        self.feeder.set_object(Some(number));
        let mut content = output.by_ref().take(size);
        match object.kind {
            Kind::Blob => walk(&object.path, &mut content, &mut self.feeder),
            Kind::Commit | Kind::Tag => self.words(object, &mut content)?,
        }
        io::copy(&mut content, &mut io::sink())?;
        if content.limit() > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut newline = [0];
        output.read_exact(&mut newline)?;
        let skipped = &mut self.feeder.skipped[before..];
        skipped.iter_mut().for_each(|skipped| skipped.path = object.place(&skipped.path));
        if !skipped.is_empty() {
            self.unread.push(number);
        }
        Ok(())
    }

    /// A commit or a tag: its message, and its headers without the ids and signatures, which are no text.
    fn words(&mut self, object: &Object, content: &mut dyn Read) -> io::Result<()> {
        let mut text = Vec::new();
        content.take(LONGEST_MESSAGE).read_to_end(&mut text)?;
        if text.len() as u64 == LONGEST_MESSAGE {
            return self.feeder.file(&object.path, &mut text.as_slice().chain(content));
        }
        let end = memchr::memmem::find(&text, b"\n\n").map_or(text.len(), |at| at + 1);
        let (headers, message) = text.split_at(end);
        let headers = spoken(headers);
        self.feeder.file(&format!("{}:header", object.path), &mut headers.as_slice())?;
        self.feeder.file(&format!("{}:message", object.path), &mut message.get(1..).unwrap_or_default())
    }

    fn fail(&mut self, number: u32, reason: &str) {
        let object = &self.objects[number as usize];
        self.feeder.set_object(None);
        self.feeder.unread(&object.place(&object.path), reason.to_owned());
        self.unread.push(number);
    }
}

/// The headers that someone wrote. A header goes on in lines that begin with a space.
fn spoken(headers: &[u8]) -> Vec<u8> {
    const UNSPOKEN: [&[u8]; 6] = [b"tree ", b"parent ", b"object ", b"type ", b"gpgsig ", b"gpgsig-sha256 "];
    let (mut kept, mut keeps) = (Vec::new(), true);
    for line in headers.split_inclusive(|b| *b == b'\n') {
        if line.first() != Some(&b' ') {
            keeps = !UNSPOKEN.iter().any(|name| line.starts_with(name));
        }
        if keeps {
            kept.extend_from_slice(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_signatures_are_no_text() {
        let headers = b"tree 1\nparent 2\nauthor A <a> 1 +0\ngpgsig -----BEGIN\n wsB\n -----END\nmergetag object 3\n type x\n";
        assert_eq!(spoken(headers), b"author A <a> 1 +0\nmergetag object 3\n type x\n");
    }
}
