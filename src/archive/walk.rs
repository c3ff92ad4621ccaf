//! Walks into a file: if it is a container, its members are visited, and theirs, to [`limits::DEPTH`].
//!
//! A member's path is joined to its container's by `!`. Whatever can't be opened is told to the visitor, and what
//! comes after it is still read where the format allows.

use std::io::{self, Read};

use super::compression::Compression;
use super::limits::{self, Budget};
use super::links::Members;
use super::sniff::{Format, Peeked, sniff};
use super::tar::{Entry, Kind, Reader, Stream, is_unsound};
use super::{ar, git, zip};

/// Gets what a walk comes upon.
pub trait Visit {
    /// A file that is no container: its path and its content, which may fail midway.
    fn file(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()>;

    /// Something that could not be read to its end.
    fn unread(&mut self, path: &str, reason: String);

    /// What all files that it visits may unpack to together.
    fn budget(&self) -> Budget {
        Budget::default()
    }
}

/// Visits the file `path` and, if it is a container, what is in it.
pub fn walk(path: &str, content: impl Read, visit: &mut dyn Visit) {
    let budget = visit.budget().of_file();
    let mut source = budget.source(content);
    Walk { budget, visit, depth: 0 }.enter(path, &mut source);
}

/// A walk under way.
pub(super) struct Walk<'v> {
    budget: Budget,
    visit: &'v mut dyn Visit,
    depth: usize,
}

impl Walk<'_> {
    /// A file, whatever it is.
    pub(super) fn enter(&mut self, path: &str, content: &mut dyn Read) {
        let done = Peeked::new(content).and_then(|peeked| match sniff(peeked.head()) {
            None => self.file(path, peeked),
            Some(_) if self.depth == limits::DEPTH => {
                let reason =
                    format!("archives are opened to a depth of {}; unpack it and scan that", limits::DEPTH);
                self.visit.unread(path, reason);
                self.file(path, peeked)
            }
            Some(format) => self.open(path, format, peeked),
        });
        if let Err(e) = done {
            self.visit.unread(path, reason(&e));
        }
    }

    fn file(&mut self, path: &str, mut content: impl Read) -> io::Result<()> {
        self.visit.file(path, &mut content)
    }

    fn open(&mut self, path: &str, format: Format, mut content: Peeked<&mut dyn Read>) -> io::Result<()> {
        self.depth += 1;
        let done = match format {
            Format::Compressed(compression) => self.compressed(path, compression, &mut content),
            Format::Tar => self.tar(path, &mut content),
            Format::Zip => zip::walk(self, path, &mut content),
            Format::Ar => ar::walk(self, path, &mut content),
            Format::GitPack => git::walk_pack(self, path, &mut content),
            Format::GitObject => git::walk_object(self, path, &mut content),
        };
        self.depth -= 1;
        // What a broken container still has is read as it stands.
        if let Err(e) = done {
            self.visit.unread(path, reason(&e));
            self.rest(path, content)?;
        }
        Ok(())
    }

    /// What is compressed has the compressed file's name if it is a container, else one of its own.
    fn compressed(&mut self, path: &str, how: Compression, content: &mut dyn Read) -> io::Result<()> {
        let mut inner = Peeked::new(self.budget.clone().unpacked(how.decoder(content)?))?;
        if sniff(inner.head()).is_some() {
            self.enter(path, &mut inner);
        } else {
            self.file(&format!("{path}!{}", inner_name(path)), inner)?;
        }
        Ok(())
    }

    fn tar(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let mut reader = Reader::new(Stream(content));
        let mut members = Members::default();
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => self.tar_member(path, &entry, &mut members, &mut reader)?,
                Ok(None) => break,
                Err(e) => {
                    if is_unsound(&e) {
                        self.rest(&format!("{path}!(after the fault)"), reader.into_rest())?;
                    }
                    return Err(e);
                }
            }
        }
        for (link, reason) in members.finish().reasons("in this archive") {
            self.unread(&format!("{path}!{link}"), reason);
        }
        // What follows the end marker: a hiding place, and where a broken stream tells that it is.
        self.rest(&format!("{path}!(after the end)"), reader.into_rest())
    }

    fn tar_member(
        &mut self,
        path: &str,
        entry: &Entry,
        members: &mut Members,
        content: &mut impl Read,
    ) -> io::Result<()> {
        let member = format!("{path}!{}", crate::place::printable_path(&entry.path));
        if entry.kind != Kind::Directory {
            members.add(&entry.path, (entry.kind == Kind::HardLink).then_some(&entry.target));
        }
        if entry.path_cut {
            self.unread(&member, limits::PATH_CUT.to_owned());
        }
        for (name, value) in &entry.attributes {
            self.file(&format!("{member}#{name}"), value.as_slice())?;
        }
        if entry.kind == Kind::File {
            self.enter(&member, content);
        }
        Ok(())
    }

    fn rest(&mut self, path: &str, rest: impl Read) -> io::Result<()> {
        let mut peeked = Peeked::new(SkipZeros { inner: rest, done: false })?;
        if peeked.head().is_empty() { Ok(()) } else { self.visit.file(path, &mut peeked) }
    }

    /// What was unpacked counts against the file that it came of.
    pub(super) fn budget(&self) -> Budget {
        self.budget.clone()
    }

    /// See [`Visit::unread`].
    pub(super) fn unread(&mut self, path: &str, reason: String) {
        self.visit.unread(path, reason);
    }
}

/// What an error says; the standard library's words for an early end say nothing to people.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof if error.get_ref().is_none() => "it is cut short".to_owned(),
        _ => error.to_string(),
    }
}

/// `dump.sql` for `dump.sql.gz`; the whole name where the ending tells nothing.
fn inner_name(path: &str) -> &str {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let endings = [".gz", ".bz2", ".xz", ".zst", ".tgz"];
    endings.iter().find_map(|e| name.strip_suffix(e)).filter(|n| !n.is_empty()).unwrap_or(name)
}

/// Passes over the zeros that fill a tar up to its record size.
pub(crate) struct SkipZeros<R> {
    pub(crate) inner: R,
    pub(crate) done: bool,
}

impl<R: Read> Read for SkipZeros<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.inner.read(buf)?;
            if self.done || n == 0 {
                return Ok(n);
            }
            if let Some(first) = buf[..n].iter().position(|b| *b != 0) {
                self.done = true;
                buf.copy_within(first..n, 0);
                return Ok(n - first);
            }
        }
    }
}
