//! Comments that allow a value where it stands: `unbake:allow`, and what other scanners call the same.
//!
//! In: a text, where a value begins in it, and the rule that found it. Out: whether a comment on its line, or one that
//! has the line before to itself, allows it. Only the lines of values are looked at, and of those no more than
//! a piece of a file always has.

use super::{LOOK_AHEAD, LOOK_BEHIND};

/// Ours: rules may follow, and then it allows those only.
const OURS: &str = "unbake:allow";

/// Those of other scanners (their documentation of inline ignores): each allows whatever is found.
const OTHERS: [&str; 5] =
    ["gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "kingfisher:ignore", "ggignore"];

/// How lines begin that are nothing but a comment, and how it ends, where that is not with the line.
const COMMENTS: [(&str, &str); 12] = [
    ("#", ""),
    ("//", ""),
    ("--", ""),
    (";", ""),
    ("%", ""),
    ("::", ""),
    ("/*", "*/"),
    ("*", "*/"),
    ("<!--", "-->"),
    ("{#", "#}"),
    ("{{/*", "}}"),
    ("{{- /*", "}}"),
];

/// How far before the value a comment is looked for: one byte less than what every piece has before its own part, so
/// that the beginning of a window is the beginning of a line only where the file begins.
const BEFORE: usize = LOOK_BEHIND - 1;
/// How far after it. A minified file is one line, and a comment somewhere in it is not beside the value.
const AFTER: usize = 4 << 10;

/// Whether a comment allows what `rule` found from `start` to `end`. Of a value of several lines, the first counts.
pub(super) fn allowed(text: &[u8], start: usize, end: usize, rule: &str) -> bool {
    let window = start.saturating_sub(BEFORE);
    let before = &text[window..start];
    let line_start = memchr::memrchr(b'\n', before).map(|newline| window + newline + 1);
    // Of a long value, more is looked at, but not more than a piece always has.
    let reach = text.len().min(end.saturating_add(AFTER).min(start + LOOK_AHEAD)).max(start);
    let line_end = memchr::memchr(b'\n', &text[start..reach]).map_or(reach, |newline| start + newline);
    if allows(&text[line_start.unwrap_or(window)..line_end], rule) {
        return true;
    }
    let Some(line_start) = line_start else { return false };
    let above = &text[window..line_start - 1];
    let above = match memchr::memrchr(b'\n', above) {
        Some(newline) => &above[newline + 1..],
        None if window == 0 => above,
        // A line that begins further up than is looked.
        None => return false,
    };
    is_comment(above) && allows(above, rule)
}

/// Whether a marker on this line allows the rule.
fn allows(line: &[u8], rule: &str) -> bool {
    OTHERS.iter().any(|marker| after(line, marker).next().is_some())
        || after(line, OURS).any(|rest| {
            let rules = rules(rest);
            rules.is_empty() || rules.contains(&rule.as_bytes())
        })
}

/// What follows each marker that is a word of its own.
fn after<'l>(line: &'l [u8], marker: &'static str) -> impl Iterator<Item = &'l [u8]> {
    let in_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    memchr::memmem::find_iter(line, marker.as_bytes()).filter_map(move |at| {
        let rest = &line[at + marker.len()..];
        let glued = at > 0 && in_word(line[at - 1]) || rest.first().is_some_and(|b| in_word(*b));
        (!glued).then_some(rest)
    })
}

/// The rules' ids after the marker, joined by commas. A reason is kept apart from them by what is in no id:
/// `unbake:allow: a test key`, `unbake:allow github-pat (a test key)`.
fn rules(rest: &[u8]) -> Vec<&[u8]> {
    let mut ids = Vec::new();
    if !rest.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
        return ids;
    }
    let mut rest = rest.trim_ascii_start();
    loop {
        let in_id = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        let len = rest.iter().take_while(|b| in_id(b)).count();
        // `-->` ends a comment, and `--` begins a reason.
        if len == 0 || rest[0] == b'-' {
            return ids;
        }
        ids.push(&rest[..len]);
        match rest[len..].trim_ascii_start().strip_prefix(b",") {
            Some(more) => rest = more.trim_ascii_start(),
            None => return ids,
        }
    }
}

/// Whether the line is nothing but a comment.
fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    COMMENTS.iter().any(|(begin, end)| {
        line.starts_with(begin.as_bytes())
            && (end.is_empty()
                || memchr::memmem::find(line, end.as_bytes()).is_none_or(|at| at + end.len() == line.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `VALUE` is allowed for `github-pat`.
    fn is_allowed(text: &str) -> bool {
        let at = text.find("VALUE").unwrap();
        allowed(text.as_bytes(), at, at + 5, "github-pat")
    }

    #[test]
    fn each_marker_allows_on_the_line_of_the_value() {
        for marker in OTHERS.iter().chain([&OURS]) {
            assert!(is_allowed(&format!("token = VALUE # {marker}\n")), "{marker}");
            assert!(is_allowed(&format!("/* {marker} */ token = VALUE")), "{marker}");
            assert!(!is_allowed(&format!("token = VALUE\nother = x # {marker}")), "{marker}: the line after");
            assert!(!is_allowed(&format!("other = x # {marker}\ntoken = VALUE")), "{marker}: code before");
            assert!(!is_allowed(&format!("token = VALUE # no{marker}")), "{marker}");
            assert!(!is_allowed(&format!("token = VALUE # {marker}ed")), "{marker}");
            assert!(!is_allowed(&format!("token = VALUE # {marker}-list")), "{marker}");
        }
    }

    #[test]
    fn a_comment_on_the_line_before_allows() {
        for comment in [
            "# unbake:allow",
            "    // unbake:allow",
            "-- unbake:allow",
            "/* unbake:allow */",
            " * unbake:allow",
            "<!-- unbake:allow -->",
            "{{- /* unbake:allow */ -}}",
            "; gitleaks:allow\r",
        ] {
            assert!(is_allowed(&format!("{comment}\ntoken = VALUE")), "{comment}");
            assert!(is_allowed(&format!("first\n{comment}\ntoken = VALUE")), "{comment}");
            assert!(!is_allowed(&format!("{comment}\n\ntoken = VALUE")), "{comment}: two lines before");
        }
        assert!(!is_allowed("/* unbake:allow */ a = 1;\ntoken = VALUE"), "code after the comment");
    }

    #[test]
    fn rules_may_be_named_and_a_reason_given() {
        for yes in [
            "unbake:allow github-pat",
            "unbake:allow npm-token,github-pat",
            "unbake:allow npm-token, github-pat",
            "unbake:allow github-pat -->",
            "unbake:allow github-pat (a test key)",
            "unbake:allow: a test key",
            "unbake:allow -- a test key",
            "unbake:allow (a test key)",
            "unbake:allow -->",
            "unbake:allow */",
            "unbake:allow\"",
            "unbake:allow npm-token unbake:allow github-pat",
        ] {
            assert!(is_allowed(&format!("token = VALUE # {yes}")), "{yes}");
        }
        for no in ["unbake:allow npm-token", "unbake:allow github-pats", "unbake:allow npm-token, other"] {
            assert!(!is_allowed(&format!("token = VALUE # {no}")), "{no}");
        }
    }

    #[test]
    fn of_a_value_of_several_lines_the_first_counts() {
        let text = b"# unbake:allow\nkey: |\n";
        assert!(!allowed(text, text.len(), text.len(), "x"));
        let text = b"BEGIN\nbody # unbake:allow\nEND";
        assert!(!allowed(text, 0, text.len(), "x"));
        let text = b"BEGIN # unbake:allow\nbody\nEND";
        assert!(allowed(text, 0, text.len(), "x"));
    }

    /// What is seen must not depend on how a file is cut: neither before nor after what a piece always has.
    #[test]
    fn a_comment_far_away_on_the_same_line_is_not_beside_it() {
        let far = " ".repeat(AFTER);
        assert!(!is_allowed(&format!("token = VALUE{far}# unbake:allow")));
        assert!(!is_allowed(&format!("# unbake:allow{far}token = VALUE")));
        let near = " ".repeat(AFTER - 100);
        assert!(is_allowed(&format!("token = VALUE{near}# unbake:allow")));
    }
}
