//! Annotations: lines that the runner takes for commands, and shows at the lines of files.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{failed, path_and_line, unread, word};
use crate::finding::{Finding, Report, Severity};
use crate::place::Location;
use crate::report::words::{count, explain, main_place, short_digest, visible};
use crate::report::{Options, Render};

/// GitHub shows so many of a level for each step, the first ones; what comes later is lost without a word.
const SHOWN: usize = 10;

/// So many things that were not read are named.
const NAMED: usize = 3;

/// The worst findings, one annotation each, and before them that not everything was read.
pub(in crate::report) struct Annotations;

/// How an annotation looks, in the words of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Notice,
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl Render for Annotations {
    fn render(&self, report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let incomplete = incomplete(report);
        if let Some(text) = &incomplete {
            command(out, Level::Error, &[("title", "unbake: not everything was read".to_owned())], text)?;
        }
        for level in [Level::Error, Level::Warning, Level::Notice] {
            let taken = usize::from(level == Level::Error && incomplete.is_some());
            findings(out, level, report, SHOWN - taken)?;
        }
        Ok(())
    }
}

/// The report has the worst first, so what there is no room for is the least. The last line says how many they are.
fn findings(out: &mut dyn Write, level: Level, report: &Report, room: usize) -> io::Result<()> {
    let all: Vec<_> = report.raised().filter(|finding| Level::of(finding.severity) == level).collect();
    let shown = if all.len() > room { room - 1 } else { all.len() };
    for finding in &all[..shown] {
        annotation(out, level, finding)?;
    }
    let more = all.len() - shown;
    if more > 0 {
        let findings = count(more as u64, "finding", "findings");
        let text =
            format!("{findings} more of this level: see the summary of the run, or the log of this step.");
        command(out, level, &[("title", "unbake: more findings".to_owned())], &text)?;
    }
    Ok(())
}

fn annotation(out: &mut dyn Write, level: Level, finding: &Finding) -> io::Result<()> {
    let place = finding.locations.get(main_place(finding));
    let mut properties = place.map(at).unwrap_or_default();
    properties.push(("title", format!("unbake: {} ({})", finding.title, finding.severity)));
    let wherein = place.and_then(wherein);
    let text = format!(
        "{}{} Rule {}, confidence {}, fingerprint {}.",
        wherein.unwrap_or_default(),
        explain(finding),
        finding.rule,
        finding.confidence,
        finding.fingerprint
    );
    command(out, level, &properties, &text)
}

/// What the place is part of, where the file at its path may be another one or none.
fn wherein(place: &Location) -> Option<String> {
    let at = path_and_line(place);
    if let Some(image) = &place.image {
        let digest = short_digest(&image.digest);
        return Some(format!("{at} of the image {digest} ({}): ", image.platform));
    }
    let commit = place.commit.as_ref()?;
    Some(format!("{at} of the commit {}: ", commit.get(..12).unwrap_or(commit)))
}

/// A path in an image is no file of the repository, though one may have the same name: it gets no line. Columns count
/// only within one line.
fn at(place: &Location) -> Vec<(&'static str, String)> {
    if place.image.is_some() {
        return Vec::new();
    }
    let path = place.path.trim_start_matches("./");
    // The member of an archive can't be shown; the archive can.
    let mut properties = vec![("file", path.split('!').next().unwrap_or(path).to_owned())];
    let Some(region) = place.region.filter(|_| !path.contains('!')) else { return properties };
    properties.push(("line", region.start.line.to_string()));
    properties.push(("endLine", region.end.line.to_string()));
    if region.start.line == region.end.line {
        properties.push(("col", region.start.column.to_string()));
        properties.push(("endColumn", region.end.column.to_string()));
    }
    properties
}

/// What was not read, in a sentence or two; none where everything was.
fn incomplete(report: &Report) -> Option<String> {
    let failed: Vec<_> =
        failed(report).map(|target| format!("{}: {}", target.target, word(target.verdict))).collect();
    let unread: Vec<_> =
        unread(report).map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    let all: Vec<_> = failed.into_iter().chain(unread).collect();
    if all.is_empty() {
        return None;
    }
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!("\nand {}", count(n as u64, "more", "more")),
    };
    let named = all[..all.len().min(NAMED)].join("\n");
    Some(format!("Nothing says that what was not read is clean.\n{named}{more}"))
}

fn command(out: &mut dyn Write, level: Level, properties: &[(&str, String)], text: &str) -> io::Result<()> {
    let mut line = format!("::{}", level.command());
    for (i, (name, value)) in properties.iter().enumerate() {
        // Writing to a String can't fail.
        let _ = write!(line, "{}{name}={}", if i == 0 { ' ' } else { ',' }, property(value));
    }
    writeln!(out, "{line}::{}", data(text))
}

/// Lines stay lines; all else that draws or hides is written out.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property ends at a comma or a colon, and is one line.
fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        assert_eq!(data("50%\n::error::x\r\x1b[2J"), "50%25%0A::error::x\\x0d\\x1b[2J");
        assert_eq!(property("a,b: 1%\n::stop"), "a%2Cb%3A 1%25\\x0a%3A%3Astop");
    }
}
