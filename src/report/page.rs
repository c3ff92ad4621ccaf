//! Lines of text: indented, escaped, cut or wrapped to the width, coloured where that is wanted.
//!
//! All that reaches the terminal passes here, so this is where nothing hostile gets through.

use std::io::{self, Write};

use anstyle::{AnsiColor, Effects, Style};

use crate::finding::Severity;
use crate::report::Options;
use crate::report::words::visible;

/// No style at all.
pub(super) const PLAIN: Style = Style::new();
/// What is less important.
pub(super) const DIM: Style = Style::new().dimmed();
/// For headings.
pub(super) const BOLD: Effects = Effects::BOLD;
/// A leak, an error.
pub(super) const RED: Style = AnsiColor::Red.on_default();
/// Not everything was read.
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// Clean.
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
/// Where something is.
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();

/// The colour of a severity.
pub(super) fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => RED,
        Severity::Medium => YELLOW,
        Severity::Low => PLAIN,
    }
}

/// Prose is not set wider than this: long lines are hard to read.
const WIDEST: usize = 120;
/// Narrower than this nothing fits.
const NARROWEST: usize = 40;

/// Where lines go.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    color: bool,
    width: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, options: &Options) -> Self {
        Self { out, color: options.color, width: options.width.clamp(NARROWEST, WIDEST) }
    }

    /// An empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// The whole text, however long: a path is for copying.
    pub(super) fn line(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        self.put(indent, style, &visible(text))
    }

    /// The text on one line, as much as fits from its beginning.
    pub(super) fn cut(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        self.window(indent, style, text, "")
    }

    /// The text on one line, as much as fits round `mark`.
    pub(super) fn window(&mut self, indent: usize, style: Style, text: &str, mark: &str) -> io::Result<()> {
        let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let room = self.width.saturating_sub(indent);
        self.put(indent, style, &fit(&visible(&one_line), &visible(mark), room))
    }

    /// The text, wrapped; `mark` stands before its first line and the others are set under that line.
    pub(super) fn prose(&mut self, indent: usize, style: Style, mark: &str, text: &str) -> io::Result<()> {
        let hang = indent + mark.chars().count();
        let mut lead = mark.to_owned();
        for paragraph in text.lines() {
            for line in wrap(&visible(paragraph), self.width.saturating_sub(hang)) {
                self.put(indent, style, &format!("{lead}{line}"))?;
                lead = " ".repeat(mark.chars().count());
            }
        }
        Ok(())
    }

    fn put(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        if self.color {
            writeln!(self.out, "{:indent$}{style}{text}{style:#}", "")
        } else {
            writeln!(self.out, "{:indent$}{text}", "")
        }
    }
}

/// At most `room` characters of `text`: round the first `mark` if it would not be seen otherwise.
fn fit(text: &str, mark: &str, room: usize) -> String {
    let length = text.chars().count();
    if length <= room {
        return text.to_owned();
    }
    let at = text.find(mark).map_or(0, |byte| text[..byte].chars().count());
    let from = if at + mark.chars().count() < room { 0 } else { at.saturating_sub(room / 3) };
    let lead = if from > 0 { "…" } else { "" };
    let room = room.saturating_sub(lead.chars().count());
    let rest: String = text.chars().skip(from).collect();
    if length - from <= room {
        return format!("{lead}{rest}");
    }
    let kept: String = rest.chars().take(room.saturating_sub(1)).collect();
    format!("{lead}{}…", kept.trim_end())
}

/// Breaks a paragraph at its spaces. One that begins with a space is an example to copy, and stays as it is.
fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    if paragraph.starts_with(' ') {
        return vec![paragraph.to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in paragraph.split(' ') {
        let length = word.chars().count();
        if taken > 0 && taken + 1 + length > width {
            lines.push(String::new());
            taken = 0;
        }
        if let Some(line) = lines.last_mut() {
            if taken > 0 {
                line.push(' ');
                taken += 1;
            }
            line.push_str(word);
            taken += length;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_so_that_the_mark_is_seen() {
        assert_eq!(fit("short", "", 10), "short");
        assert_eq!(fit("0123456789abcdef", "", 10), "012345678…");
        let line = format!("{}KEY=…{}", "a".repeat(100), "b".repeat(100));
        let seen = fit(&line, "KEY=…", 30);
        assert_eq!(seen, format!("…{}KEY=…{}…", "a".repeat(10), "b".repeat(13)));
        assert_eq!(fit(&format!("{}KEY=…", "a".repeat(100)), "KEY=…", 30).chars().count(), 16);
    }

    #[test]
    fn prose_is_wrapped_and_an_example_is_not() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("aWordThatIsTooLong x", 7), ["aWordThatIsTooLong", "x"]);
        assert_eq!(wrap("  kubectl create secret generic", 7), ["  kubectl create secret generic"]);
    }
}
