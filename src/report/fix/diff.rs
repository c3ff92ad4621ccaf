//! Edits as the hunks of a unified diff. The edits are known, so nothing is searched for: a hunk is the lines that an
//! edit touches, without those at its ends that stay as they were.
//!
//! What a scan found is hidden by its place, and wherever else it stands by its text.

use super::Change;
use crate::report::mask::{HIDDEN, Mask};
use crate::span::{Region, Span};
use crate::yaml::splice::Edit;

/// Lines shown before and after a change.
const CONTEXT: usize = 3;

/// A part of a file that changes, with the lines round it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    /// First line in the old file, from 1, and how many; the line before, where there are none.
    pub(super) old: (usize, usize),
    /// The same in the new file.
    pub(super) new: (usize, usize),
    /// The lines.
    pub(super) lines: Vec<Line>,
}

/// A line of a hunk, without its line end, values masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Whether it goes, comes or stays.
    pub(super) sign: Sign,
    /// What it says.
    pub(super) text: String,
    /// Whether the file ends with it, and without a line end.
    pub(super) unended: bool,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It is as it was.
    Stays,
    /// It is no longer there.
    Goes,
    /// It is new.
    Comes,
}

/// The hunks of a file.
pub(super) fn hunks(change: &Change<'_>, mask: &Mask) -> Vec<Hunk> {
    let text = Text::new(change.before, change.hidden, mask);
    let changed: Vec<Changed> =
        text.groups(&change.file.edits).into_iter().filter_map(|g| text.changed(g)).collect();
    let mut hunks = Vec::new();
    let (mut left, mut moved) = (changed.as_slice(), 0_isize);
    while !left.is_empty() {
        let near = |pair: &[Changed]| pair[1].first <= pair[0].end() + 2 * CONTEXT;
        let count = 1 + left.windows(2).take_while(|pair| near(pair)).count();
        let (these, rest) = left.split_at(count);
        hunks.push(text.hunk(these, &mut moved));
        left = rest;
    }
    hunks
}

/// Lines that are replaced.
struct Changed {
    /// The first one that goes, from 0; where none does, the one before which the new ones come.
    first: usize,
    goes: Vec<Line>,
    comes: Vec<Line>,
}

impl Changed {
    fn end(&self) -> usize {
        self.first + self.goes.len()
    }
}

/// Edits that touch the same lines.
struct Group<'e> {
    first: usize,
    last: usize,
    edits: Vec<&'e Edit>,
}

/// The old text.
struct Text<'a> {
    bytes: &'a [u8],
    /// Where each line begins; the last one is empty where the text ends with a line end.
    starts: Vec<usize>,
    hidden: Vec<Span>,
    mask: &'a Mask,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8], hidden: &[Region], mask: &'a Mask) -> Self {
        let after_newlines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(after_newlines).collect();
        let mut text = Self { bytes, starts, hidden: Vec::new(), mask };
        text.hidden = hidden.iter().map(|region| text.span(region)).collect();
        text.hidden.sort();
        text
    }

    /// Lines and columns as bytes. A byte that is no continuation of a character is a column.
    fn span(&self, region: &Region) -> Span {
        let offset = |at: crate::span::Position| {
            let line = usize::try_from(at.line - 1).unwrap_or(usize::MAX);
            let start = self.starts.get(line).copied().unwrap_or(self.bytes.len());
            let mut left = at.column;
            let columns = self.bytes[start..].iter().position(|b| {
                left -= u64::from(b & 0xc0 != 0x80);
                left == 0
            });
            columns.map_or(self.bytes.len(), |n| start + n)
        };
        Span { start: offset(region.start), end: offset(region.end) }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    fn line(&self, number: usize) -> Span {
        let end = self.starts.get(number + 1).copied().unwrap_or(self.bytes.len());
        Span { start: self.starts[number], end }
    }

    fn groups<'e>(&self, edits: &'e [Edit]) -> Vec<Group<'e>> {
        let mut groups: Vec<Group<'e>> = Vec::new();
        for edit in edits {
            // The line that an edit ends before is among them: the edit may join it to what stands before.
            let (first, last) = (self.line_of(edit.span.start), self.line_of(edit.span.end));
            match groups.last_mut() {
                Some(group) if group.last >= first => {
                    group.last = group.last.max(last);
                    group.edits.push(edit);
                }
                _ => groups.push(Group { first, last, edits: vec![edit] }),
            }
        }
        groups
    }

    /// The lines of a group before and after, without those at both ends that are the same.
    fn changed(&self, group: Group<'_>) -> Option<Changed> {
        let Group { first, last, edits } = group;
        let whole = Span { start: self.line(first).start, end: self.line(last).end };
        let mut after = (String::new(), String::new());
        let mut at = whole.start;
        for edit in edits {
            let kept = Span { start: at, end: edit.span.start };
            after.0.push_str(&self.text(kept, &[]));
            after.1.push_str(&self.shown(kept));
            after.0.push_str(&edit.text);
            after.1.push_str(&named(&edit.text, self.mask));
            at = edit.span.end;
        }
        let kept = Span { start: at, end: whole.end };
        after.0.push_str(&self.text(kept, &[]));
        after.1.push_str(&self.shown(kept));
        let before = self.text(whole, &[]);
        let (old, new): (Vec<&str>, Vec<&str>) =
            (before.split_inclusive('\n').collect(), after.0.split_inclusive('\n').collect());
        let same =
            |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
        let head = same(&mut old.iter().zip(&new));
        let tail = same(&mut old[head..].iter().rev().zip(new[head..].iter().rev()));
        let lines = |text: &str, sign| -> Vec<Line> {
            let all: Vec<&str> = text.split_inclusive('\n').collect();
            all[head..all.len() - tail].iter().map(|line| Line::new(line, sign)).collect()
        };
        let goes = lines(&self.shown(whole), Sign::Goes);
        let comes = lines(&after.1, Sign::Comes);
        (!goes.is_empty() || !comes.is_empty()).then_some(Changed { first: first + head, goes, comes })
    }

    /// Changes that are near each other, with the lines between and round them. `moved` is by how many lines the new
    /// file is ahead of the old one.
    fn hunk(&self, changes: &[Changed], moved: &mut isize) -> Hunk {
        // The empty line after the last line end is none.
        let count = self.starts.len() - usize::from(self.starts.last() == Some(&self.bytes.len()));
        let (first, end) = changes.first().zip(changes.last()).map_or((0, 0), |(a, z)| (a.first, z.end()));
        let (from, to) = (first.saturating_sub(CONTEXT), (end + CONTEXT).min(count));
        let (mut lines, mut at) = (Vec::new(), from);
        let context =
            |range: std::ops::Range<usize>| range.map(|n| Line::new(&self.shown(self.line(n)), Sign::Stays));
        for change in changes {
            lines.extend(context(at..change.first));
            at = change.end();
            lines.extend(change.goes.iter().chain(&change.comes).cloned());
        }
        lines.extend(context(at..to));
        let number = |without: Sign| lines.iter().filter(|line| line.sign != without).count();
        let (old, new) = (number(Sign::Comes), number(Sign::Goes));
        let begins = from.saturating_add_signed(*moved);
        *moved += new as isize - old as isize;
        // A side without lines is after the line before.
        let side = |begins: usize, count: usize| (begins + usize::from(count > 0), count);
        Hunk { old: side(from, old), new: side(begins, new), lines }
    }

    /// The bytes as text, with nothing in it that must not be seen: of each line of a hidden part that has anything but
    /// blanks, stars.
    fn shown(&self, span: Span) -> String {
        let mut text = self.text(span, &self.hidden);
        self.mask.line(&mut text);
        text
    }

    fn text(&self, span: Span, hidden: &[Span]) -> String {
        let mut text = String::new();
        let mut at = span.start;
        for part in hidden.iter().filter(|part| part.overlaps(span)) {
            let (start, end) = (part.start.max(at), part.end.min(span.end));
            if start >= end {
                continue;
            }
            text.push_str(&String::from_utf8_lossy(&self.bytes[at..start]));
            for line in String::from_utf8_lossy(&self.bytes[start..end]).split_inclusive('\n') {
                let inner = line.trim();
                let before = line.len() - line.trim_start().len();
                text.push_str(if inner.is_empty() { line } else { &line[..before] });
                text.push_str(if inner.is_empty() { "" } else { HIDDEN });
                text.push_str(if inner.is_empty() { "" } else { &line[before + inner.len()..] });
            }
            at = end;
        }
        if at < span.end {
            text.push_str(&String::from_utf8_lossy(&self.bytes[at..span.end]));
        }
        text
    }
}

/// What an edit puts in: names that it was given, which may be like a short value.
fn named(text: &str, mask: &Mask) -> String {
    let mut text = text.to_owned();
    mask.name(&mut text);
    text
}

impl Line {
    fn new(line: &str, sign: Sign) -> Self {
        let text = line.trim_end_matches(['\r', '\n']).to_owned();
        Self { sign, text, unended: !line.ends_with('\n') }
    }
}
