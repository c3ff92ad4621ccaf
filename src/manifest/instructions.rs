//! Cuts a Dockerfile into instructions: continuation lines, comments between them, heredocs, another escape.
//! (docs.docker.com/reference/dockerfile, "Format", "Parser directives", "Here-documents")

use crate::span::Span;

/// One instruction.
#[derive(Debug)]
pub(crate) struct Instruction {
    /// `ENV`, in upper case; what stands after `ONBUILD` for that.
    pub(crate) keyword: String,
    /// What follows, with its lines joined.
    pub(crate) text: String,
    /// Where parts of `text` begin, and where they stand in the file.
    parts: Vec<(usize, usize)>,
    /// From its keyword to its last line's end, heredocs included.
    pub(crate) span: Span,
    /// The lines of its heredocs.
    pub(crate) heredocs: Vec<Span>,
}

impl Instruction {
    /// The bytes of the file that a part of the text is. It has to stand on one line, or takes in what divides its
    /// lines.
    pub(crate) fn in_file(&self, start: usize, end: usize) -> Span {
        Span {
            start: self.offset(start),
            end: self.offset(end.saturating_sub(1).max(start)) + usize::from(end > start),
        }
    }

    fn offset(&self, at: usize) -> usize {
        let index = self.parts.partition_point(|(logical, _)| *logical <= at).saturating_sub(1);
        self.parts.get(index).map_or(self.span.start, |(logical, file)| file + (at - logical))
    }
}

/// The instructions of a file, in their order.
pub(crate) fn instructions(text: &str) -> Vec<Instruction> {
    let mut lines = Lines { text, at: 0 };
    let escape = escape(text);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let body = text[line.start..line.end].trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        found.push(read(&mut lines, line, escape));
    }
    found
}

/// Lines without their ends.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let end =
            memchr::memchr(b'\n', &self.text.as_bytes()[start..]).map_or(self.text.len(), |end| start + end);
        self.at = end + 1;
        let body = self.text[start..end].trim_end_matches('\r');
        Some(Span { start, end: start + body.len() })
    }
}

/// The parser directive `# escape=`; directives stand before all else, and a comment ends them.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some((name, value)) = line.trim().strip_prefix('#').and_then(|line| line.split_once('=')) else {
            break;
        };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

fn read(lines: &mut Lines<'_>, first: Span, escape: char) -> Instruction {
    let text = lines.text;
    let indent = text[first.start..first.end].len() - text[first.start..first.end].trim_start().len();
    let (mut keyword, mut start) = word(text, first.start + indent, first.end);
    if keyword.eq_ignore_ascii_case("ONBUILD") {
        (keyword, start) = word(text, start, first.end);
    }
    let span = Span { start: first.start + indent, end: first.end };
    let mut it = Instruction {
        keyword: keyword.to_ascii_uppercase(),
        text: String::new(),
        parts: Vec::new(),
        span,
        heredocs: Vec::new(),
    };
    let mut goes_on = it.add(text, start, first.end, escape);
    while goes_on {
        let Some(line) = lines.next() else { break };
        let body = text[line.start..line.end].trim_start();
        // Comments and empty lines between do not end it.
        if !body.is_empty() && !body.starts_with('#') {
            it.span.end = line.end;
            goes_on = it.add(text, line.start, line.end, escape);
        }
    }
    if matches!(&*it.keyword, "RUN" | "COPY" | "ADD") {
        for (end_mark, dashed) in marks(&it.text) {
            let body = heredoc(lines, &end_mark, dashed);
            it.span.end = lines.at.saturating_sub(1).clamp(it.span.end, text.len());
            it.heredocs.push(body);
        }
    }
    it
}

/// The word that begins at `start`, and where what follows begins.
fn word(text: &str, start: usize, end: usize) -> (&str, usize) {
    let rest = &text[start..end];
    let word = rest.split(char::is_whitespace).next().unwrap_or(rest);
    let after = &rest[word.len()..];
    (word, start + word.len() + after.len() - after.trim_start().len())
}

impl Instruction {
    /// Adds a line; whether the next one belongs to it.
    fn add(&mut self, text: &str, start: usize, end: usize, escape: char) -> bool {
        let line = &text[start..end];
        let stripped = line.trim_end().strip_suffix(escape);
        self.parts.push((self.text.len(), start));
        self.text.push_str(stripped.unwrap_or(line));
        stripped.is_some()
    }
}

/// The marks of heredocs: `<<EOF`, `<<-EOF`, `<<"EOF"`; and whether leading tabs are taken off.
fn marks(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let rest = &text[at + 2..];
        // `<<<` gives a word to a command.
        if rest.starts_with('<') || text[..at].ends_with('<') {
            continue;
        }
        let (rest, dashed) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let rest = rest.trim_start_matches(['"', '\'']);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end > 0 {
            found.push((rest[..end].to_owned(), dashed));
        }
    }
    found
}

/// Takes the lines of a heredoc, and the one that ends it.
fn heredoc(lines: &mut Lines<'_>, mark: &str, dashed: bool) -> Span {
    let mut body = Span { start: lines.at.min(lines.text.len()), end: lines.at.min(lines.text.len()) };
    while let Some(line) = lines.next() {
        let text = &lines.text[line.start..line.end];
        if text == mark || dashed && text.trim_start_matches('\t') == mark {
            break;
        }
        body.end = line.end;
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        instructions(text).into_iter().map(|it| (it.keyword, it.text)).collect()
    }

    #[test]
    fn lines_are_joined_and_comments_between_left_out() {
        let text = "# syntax=x\nfrom a\nRUN one \\\n  # between\n\n  two\nOnbuild run three";
        let expected = [("FROM", "a"), ("RUN", "one   two"), ("RUN", "three")];
        assert_eq!(all(text), expected.map(|(k, t)| (k.to_owned(), t.to_owned())));
        let windows = "# escape=`\r\nRUN dir C:\\ `\r\n  /s\r\n";
        assert_eq!(all(windows), [("RUN".to_owned(), "dir C:\\   /s".to_owned())]);
    }

    #[test]
    fn offsets_lead_back_to_the_file() {
        let text = "ENV A=1 \\\n    # no\n    B=two\n";
        let it = &instructions(text)[0];
        let at = it.text.find("two").unwrap_or_default();
        let span = it.in_file(at, at + 3);
        assert_eq!(&text[span.start..span.end], "two");
    }

    #[test]
    fn heredocs_end_at_their_marks() {
        let text = "RUN <<EOF cat <<-\"B\"\none\nEOF\n\ttwo\n\tB\nCMD x <<< y\n";
        let found = instructions(text);
        let bodies: Vec<&str> = found[0].heredocs.iter().map(|s| &text[s.start..s.end]).collect();
        assert_eq!(bodies, ["one", "\ttwo"]);
        assert_eq!((&*found[1].keyword, found.len()), ("CMD", 2));
    }
}
