//! The job summary: Markdown, of which GitHub takes 1 MiB a step and shows nothing if it is more.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{failed, path_and_line, unread, verdict, word};
use crate::finding::{Finding, Report, Severity, Target, Verdict};
use crate::place::Location;
use crate::report::words::{count, main_place, short_digest, size, state, unraised, visible};
use crate::report::{Options, Render};

/// More rows than that nobody reads.
const ROWS: usize = 1_000;
/// No row begins beyond so many bytes. The lists are bounded by what follows here, so that the page stays below 1 MiB.
const ROOM: usize = 768 << 10;
/// So many targets, things that were not read and pieces of advice are listed.
const LISTED: usize = 20;
/// A text is cut after so many characters.
const LONGEST: usize = 300;

/// Targets and verdicts, a table of the findings, what was not read, what to do.
pub(in crate::report) struct Summary;

impl Render for Summary {
    fn render(&self, report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let mut page = format!("## unbake: {}\n\n", heading(report));
        targets(&mut page, report);
        findings(&mut page, report);
        not_read(&mut page, report);
        advice(&mut page, report);
        closing(&mut page, report);
        out.write_all(page.as_bytes())
    }
}

fn heading(report: &Report) -> String {
    let found = report.raised().count() as u64;
    match verdict(report) {
        Verdict::Clean => "clean".to_owned(),
        Verdict::Leak => count(found, "leak", "leaks"),
        _ if found > 0 => format!("{}, and not everything was read", count(found, "leak", "leaks")),
        _ => "not everything was read".to_owned(),
    }
}

fn targets(page: &mut String, report: &Report) {
    page.push_str("| Target | Verdict | Digest |\n|---|---|---|\n");
    for Target { target, verdict, digest, .. } in report.targets.iter().take(LISTED) {
        let digest = digest.as_deref().map(|digest| code(short_digest(digest))).unwrap_or_default();
        page.push_str(&format!("| {} | {} | {digest} |\n", code(target), word(*verdict)));
    }
    page.push('\n');
    more(page, report.targets.len(), LISTED);
}

fn findings(page: &mut String, report: &Report) {
    let all: Vec<_> = report.raised().collect();
    if all.is_empty() {
        return;
    }
    let numbers: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, all.iter().filter(|finding| finding.severity == severity).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| format!("{number} {severity}"))
        .collect();
    page.push_str(&format!("### Findings: {}\n\n", numbers.join(", ")));
    page.push_str("| Severity | What | Where | Confidence | Rule, fingerprint |\n|---|---|---|---|---|\n");
    let mut shown = 0;
    for finding in all.iter().take(ROWS) {
        if page.len() > ROOM {
            break;
        }
        page.push_str(&row(finding));
        shown += 1;
    }
    page.push('\n');
    more(page, all.len(), shown);
}

fn row(finding: &Finding) -> String {
    let secret =
        format!("{}, {}", finding.secret.redacted(), count(finding.secret.len() as u64, "byte", "bytes"));
    let place = finding.locations.get(main_place(finding)).map(whereabouts).unwrap_or_default();
    let others = match finding.locations.len().saturating_sub(1) {
        0 => String::new(),
        n => format!("<br>and {}", count(n as u64, "other place", "other places")),
    };
    format!(
        "| {} | {}<br>{} | {place}{others} | {} | {}<br>{} |\n",
        finding.severity,
        plain(&finding.title),
        code(&secret),
        finding.confidence,
        code(&finding.rule),
        code(&finding.fingerprint.to_string()),
    )
}

/// The path and line, and what they are part of.
fn whereabouts(place: &Location) -> String {
    let mut text = code(path_and_line(place).trim_start_matches("./"));
    if let Some(layer) = &place.layer {
        text.push_str(&format!("<br>layer {}, {}", layer.index, state(layer.state)));
    }
    if let Some(image) = &place.image {
        text.push_str(&format!("<br>image {} {}", code(short_digest(&image.digest)), plain(&image.platform)));
    }
    if let Some(document) = &place.document {
        let object = format!("{} {}", document.kind, document.name);
        text.push_str(&format!("<br>{}: {}", plain(object.trim_end()), plain(&document.field)));
    }
    if let Some(commit) = &place.commit {
        text.push_str(&format!("<br>commit {}", code(commit.get(..12).unwrap_or(commit))));
    }
    text
}

fn not_read(page: &mut String, report: &Report) {
    let failed =
        failed(report).map(|target| format!("- {}: {}\n", code(&target.target), word(target.verdict)));
    let unread =
        unread(report).map(|skipped| format!("- {}: {}\n", code(&skipped.path), plain(&skipped.reason)));
    let all: Vec<_> = failed.chain(unread).collect();
    if all.is_empty() {
        return;
    }
    page.push_str("### Not read\n\nNothing says that what was not read is clean.\n\n");
    page.extend(all.iter().take(LISTED).map(String::as_str));
    page.push('\n');
    more(page, all.len(), LISTED);
}

/// Once for each kind of finding: what to do is the same.
fn advice(page: &mut String, report: &Report) {
    let mut told = BTreeSet::new();
    let advice: Vec<_> = report
        .raised()
        .filter(|finding| !finding.advice.summary.is_empty())
        .map(|finding| (finding.title.as_str(), finding.advice.summary.as_str()))
        .filter(|said| told.insert(*said))
        .take(LISTED)
        .collect();
    if advice.is_empty() {
        return;
    }
    page.push_str("### What to do\n\n");
    for (title, summary) in advice {
        page.push_str(&format!("- **{}**: {}\n", plain(title), plain(summary)));
    }
    page.push_str("\nReplacing a line does not take the credential back: rotate it first.\n\n");
}

fn closing(page: &mut String, report: &Report) {
    let reasons: Vec<_> =
        unraised(&report.suppressed).into_iter().map(|(n, why)| format!("{n} {why}")).collect();
    if !reasons.is_empty() {
        page.push_str(&format!("Found and not raised: {}.\n\n", reasons.join(", ")));
    }
    let coverage = &report.coverage;
    page.push_str(&format!("Read {}, {}.\n", count(coverage.files, "file", "files"), size(coverage.bytes)));
}

fn more(page: &mut String, all: usize, shown: usize) {
    if let Some(n) = all.checked_sub(shown).filter(|n| *n > 0) {
        page.push_str(&format!("and {} (the JSON report has all)\n\n", count(n as u64, "more", "more")));
    }
}

/// What means nothing in Markdown, in HTML or to GitHub within a line, and is left readable.
const HARMLESS: &[char] = &[',', '/', ';', '(', ')', '-', '%', '\'', '"'];

/// A text of whoever wrote the files: all that means something in Markdown or HTML is escaped (CommonMark 2.4), and it is
/// one line.
fn plain(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    let mut escaped = String::with_capacity(cut.len());
    for c in visible(&cut).chars() {
        if c.is_ascii_punctuation() && !HARMLESS.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The same, as code. Not between backticks, in which nothing could be escaped.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_draws_no_markdown() {
        assert_eq!(plain("a|b`<img>\n[x](y) @me"), r"a\|b\`\<img\>\\x0a\[x\](y) \@me");
        assert_eq!(plain(&"é".repeat(400)), format!("{}…", "é".repeat(300)));
    }
}
