//! What a hook tells: what would leave, in which commits, and how it gets out of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Options;
use super::mask;
use super::page::{self, BOLD, CYAN, DIM, PLAIN, Page, RED, YELLOW};
use super::words::count;
use crate::finding::{Finding, Report, SkipKind};
use crate::place::Location;

/// More places, or more of what was not read, than this are counted and not shown.
const SHOWN: usize = 8;

/// A commit that a finding stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its place among those that leave, the oldest first.
    pub order: usize,
    /// Its id as git abbreviates it.
    pub short: String,
    /// The first line of its message; values are masked when it is written.
    pub subject: String,
    /// Whether it has no parent.
    pub is_root: bool,
}

/// What the hook knows besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// What would become of it: `would leave with this push to origin`.
    pub sends: &'a str,
    /// The commits of the findings, by their ids.
    pub commits: &'a BTreeMap<String, Commit>,
    /// What to do, line by line; one that begins with a space is to be copied.
    pub advice: &'a [String],
    /// What the hook does.
    pub outcome: &'a str,
}

/// Writes it. No value is shown.
pub fn write(report: &Report, told: &Outgoing<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mask = mask::of_report(report);
    let report = mask::masked(report);
    let subject = |commit: &Commit| {
        let mut subject = commit.subject.clone();
        mask.text(&mut subject);
        subject
    };
    let mut page = Page::new(out, options);
    let raised: Vec<&Finding> = report.raised().collect();
    if !raised.is_empty() {
        let number = count(raised.len() as u64, "credential", "credentials");
        page.line(0, RED.effects(BOLD), &format!("unbake: {number} {}", told.sends))?;
        page.blank()?;
    }
    for finding in raised {
        page.line(2, page::of_severity(finding.severity).effects(BOLD), &finding.title)?;
        let (redacted, length) = (finding.secret.redacted(), finding.secret.len() as u64);
        let length = count(length, "byte", "bytes");
        page.line(
            4,
            PLAIN,
            &format!("{redacted} ({length}), {}, confidence {}", finding.severity, finding.confidence),
        )?;
        page.line(4, DIM, &format!("rule {}, fingerprint {}", finding.rule, finding.fingerprint))?;
        for location in finding.locations.iter().take(SHOWN) {
            let commit = location.commit.as_ref().and_then(|id| told.commits.get(id));
            place(&mut page, location, &redacted, commit.map(|commit| (commit, subject(commit))))?;
        }
        more(&mut page, finding.locations.len(), "more place", "more places")?;
        page.blank()?;
    }
    unread(&mut page, &report)?;
    for line in told.advice {
        page.prose(0, PLAIN, "", line)?;
    }
    page.line(0, PLAIN.effects(BOLD), told.outcome)
}

fn place(
    page: &mut Page<'_>,
    location: &Location,
    redacted: &str,
    commit: Option<(&Commit, String)>,
) -> io::Result<()> {
    let line = location.region.map(|region| format!(":{}", region.start.line)).unwrap_or_default();
    page.line(4, CYAN, &format!("{}{line}", location.path))?;
    match (commit, &location.commit) {
        (Some((commit, subject)), _) => page.cut(6, PLAIN, &format!("commit {} {subject}", commit.short))?,
        (None, Some(object)) => page.line(6, DIM, &format!("object {object}"))?,
        (None, None) => {}
    }
    if location.excerpt.is_empty() { Ok(()) } else { page.window(6, PLAIN, &location.excerpt, redacted) }
}

fn unread(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let unread: Vec<_> = report.coverage.skipped.iter().filter(|s| s.kind == SkipKind::Unread).collect();
    if unread.is_empty() {
        return Ok(());
    }
    page.line(0, YELLOW.effects(BOLD), "unbake: this could not be read, so it is not known to be clean")?;
    for skipped in unread.iter().take(SHOWN) {
        page.line(2, PLAIN, &format!("{}: {}", skipped.path, skipped.reason))?;
    }
    more(page, unread.len(), "more", "more")?;
    page.blank()
}

fn more(page: &mut Page<'_>, all: usize, one: &str, many: &str) -> io::Result<()> {
    match all.saturating_sub(SHOWN) {
        0 => Ok(()),
        left => page.line(4, DIM, &format!("and {}", count(left as u64, one, many))),
    }
}
