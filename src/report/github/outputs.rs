//! Outputs: what the steps that follow can ask for.

use std::io::{self, Write};

use super::{verdict, word};
use crate::finding::Report;
use crate::report::words::visible;
use crate::report::{Options, Render};

/// `findings` (how many are raised), `verdict` (of all targets together) and `digest` (of the first image, or nothing).
pub(in crate::report) struct Outputs;

impl Render for Outputs {
    fn render(&self, report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let digest = report.targets.iter().find_map(|target| target.digest.as_deref()).unwrap_or_default();
        writeln!(out, "findings={}", report.raised().count())?;
        writeln!(out, "verdict={}", word(verdict(report)))?;
        // A digest comes from the image: a line end in it would be an output of its own.
        writeln!(out, "digest={}", visible(digest))
    }
}
