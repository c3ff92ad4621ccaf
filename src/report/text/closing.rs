//! What comes after the findings: what was not read, what was counted and not raised, and the verdicts.

use std::io;

use anstyle::Style;

use crate::finding::{Coverage, Report, Severity, SkipKind, Skipped, Target, TargetKind, Verdict};
use crate::report::page::{BOLD, CYAN, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::report::words::{count, short_digest, size, unraised};

/// So many things that were not read are shown with their reasons.
const UNREAD_SHOWN: usize = 20;
/// So many of the others, by their paths.
const OTHERS_SHOWN: usize = 5;

pub(super) fn write(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    unread(page, &of_kind(&report.coverage, SkipKind::Unread))?;
    let raw = of_kind(&report.coverage, SkipKind::Raw);
    let number = count(raw.len() as u64, "file", "files");
    others(page, &format!("Archives that can't be opened, searched as plain bytes: {number}"), &raw)?;
    let excluded = of_kind(&report.coverage, SkipKind::Excluded);
    let number = count(excluded.len() as u64, "path", "paths");
    others(page, &format!("Excluded, as asked: {number}"), &excluded)?;
    suppressed(page, report)?;
    let Coverage { files, bytes, .. } = report.coverage;
    page.line(0, PLAIN, &format!("Read {}, {}.", count(files, "file", "files"), size(bytes)))?;
    found(page, report)?;
    for target in &report.targets {
        page.blank()?;
        page.line(0, PLAIN.effects(BOLD), &describe(target))?;
        let quieted = report.suppressed.baseline + report.suppressed.inline + report.suppressed.disabled > 0;
        let (style, verdict) = verdict(target.verdict, report.coverage.is_incomplete(), quieted);
        page.prose(2, style, "", verdict)?;
    }
    Ok(())
}

fn of_kind(coverage: &Coverage, kind: SkipKind) -> Vec<&Skipped> {
    coverage.skipped.iter().filter(|skipped| skipped.kind == kind).collect()
}

fn unread(page: &mut Page<'_>, skipped: &[&Skipped]) -> io::Result<()> {
    if skipped.is_empty() {
        return Ok(());
    }
    page.line(0, YELLOW.effects(BOLD), &format!("NOT READ · {}", skipped.len()))?;
    page.blank()?;
    for skipped in skipped.iter().take(UNREAD_SHOWN) {
        page.line(2, CYAN, &skipped.path)?;
        let bytes = match skipped.bytes {
            0 => String::new(),
            bytes => format!(" ({} not read)", size(bytes)),
        };
        page.prose(4, PLAIN, "", &format!("{}{bytes}", skipped.reason))?;
    }
    more(page, skipped.len(), UNREAD_SHOWN)?;
    page.blank()
}

fn others(page: &mut Page<'_>, heading: &str, skipped: &[&Skipped]) -> io::Result<()> {
    if skipped.is_empty() {
        return Ok(());
    }
    page.prose(0, PLAIN, "", heading)?;
    for skipped in skipped.iter().take(OTHERS_SHOWN) {
        page.line(2, DIM, &skipped.path)?;
    }
    more(page, skipped.len(), OTHERS_SHOWN)?;
    page.blank()
}

fn more(page: &mut Page<'_>, all: usize, shown: usize) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        n => page.line(2, DIM, &format!("and {} (JSON has them all)", count(n as u64, "more", "more"))),
    }
}

fn suppressed(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if !report.disabled.is_empty() {
        let rules = count(report.disabled.len() as u64, "rule is", "rules are");
        page.prose(0, PLAIN, "", &format!("{rules} switched off: {}.", report.disabled.join(", ")))?;
    }
    let counted: Vec<_> =
        unraised(&report.suppressed).into_iter().map(|(n, why)| count(n, why, why)).collect();
    if counted.is_empty() {
        return Ok(());
    }
    page.prose(0, PLAIN, "", &format!("Found and not raised: {}.", counted.join(", ")))
}

fn found(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let numbers: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, report.raised().filter(|f| f.severity == severity).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| count(n as u64, severity.as_str(), severity.as_str()))
        .collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let all = count(report.raised().count() as u64, "finding", "findings");
    page.line(0, PLAIN, &format!("{all}: {}.", numbers.join(", ")))
}

/// `oci:app (image sha256:0123456789ab, linux/amd64)`
fn describe(target: &Target) -> String {
    let kind = match target.kind {
        TargetKind::Image => "image",
        TargetKind::Directory => "directory",
        TargetKind::File => "file",
        TargetKind::Stream => "standard input",
        TargetKind::Repository => "git repository",
    };
    let digest = target.digest.as_deref().map(|digest| format!(" {}", short_digest(digest)));
    let platforms: String = target.platforms.iter().map(|platform| format!(", {platform}")).collect();
    format!("{} ({kind}{}{platforms})", target.target, digest.unwrap_or_default())
}

/// The verdict in words. `incomplete` and `quieted` are of the whole scan: while something in it was not read, nothing
/// in it is called clean, and what was found and quieted was found.
fn verdict(verdict: Verdict, incomplete: bool, quieted: bool) -> (Style, &'static str) {
    let (style, words) = match (verdict, incomplete) {
        (Verdict::Clean, false) if quieted => (GREEN, "clean: no credential found but what is quieted"),
        (Verdict::Clean, false) => (GREEN, "clean: no credential found"),
        (Verdict::Clean, true) => (YELLOW, "incomplete: no credential found, but not everything was read"),
        (Verdict::Leak, false) => (RED, "leak: credentials found"),
        (Verdict::Leak, true) => (RED, "leak, incomplete: credentials found, and not everything was read"),
        (Verdict::Pending, _) => (YELLOW, "pending: not scanned yet"),
        (Verdict::Unscannable, _) => {
            (YELLOW, "incomplete: not everything could be read, so it is not known to be clean")
        }
        (Verdict::Error, _) => (RED, "error: the scan failed, so it is not known to be clean"),
    };
    (style.effects(BOLD), words)
}
