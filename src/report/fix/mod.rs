//! The faces of a fix: what changes in which file, and the plan round it; text for people, JSON for programs.
//!
//! Files come one at a time, so that ten thousand of them are never held at once. No value is shown: a diff that
//! prints one would bring it to the next log. So the diff is to be read and can't be applied; `--write` applies.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::Options;
use super::mask::Mask;
use crate::advise::plan::{FileEdits, Plan};
use crate::secret::Secret;
use crate::span::Region;

mod diff;
mod json;
mod order;
mod plan;
mod text;

/// How a fix is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Format {
    /// For people: a unified diff with its values masked, and the plan.
    Text,
    /// For programs: version 1 of `docs/fix.schema.json`.
    Json,
}

/// What is done with the edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// They are shown.
    Show,
    /// They are shown, and the exit code tells whether there are any.
    Check,
    /// They are written.
    Write,
}

/// A file and what changes in it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Its edits.
    pub file: &'a FileEdits,
    /// Its text as it was.
    pub before: &'a [u8],
    /// Where the scan found credentials in it: those that are not mended are in the lines round an edit.
    pub hidden: &'a [Region],
}

/// What could not be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failed {
    /// The file as the report shows it.
    pub shown: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What came of a plan, besides its changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Files that are as they were although the plan has edits for them, or are not there although it has a text.
    pub failed: Vec<Failed>,
    /// What `--emit` wrote.
    pub emitted: Vec<PathBuf>,
}

/// A face of a fix.
pub trait Face {
    /// Tells of one file's edits: of those that can be made, or were.
    fn change(&mut self, change: &Change<'_>) -> io::Result<()>;

    /// Tells the rest of the plan.
    fn finish(&mut self, plan: &Plan, done: &Done) -> io::Result<()>;
}

/// A face that writes to `out`. `secrets` are masked wherever they stand in the files.
pub fn face<'o, 's>(
    format: Format,
    mode: Mode,
    options: &Options,
    secrets: impl Iterator<Item = &'s Secret>,
    out: &'o mut dyn Write,
) -> Box<dyn Face + 'o> {
    let mask = Mask::of_lines(secrets);
    match format {
        Format::Text => Box::new(text::Text::new(mode, options, mask, out)),
        Format::Json => Box::new(json::Json::new(mode, mask, out)),
    }
}
