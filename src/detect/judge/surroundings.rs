//! What stands round an assignment: a comment, a text for people, an example, a test, packed code; or the user and the
//! host that go with a password in use.

use crate::span::Span;

/// How much is looked at, in bytes.
const BEFORE: usize = 1500;
const AFTER: usize = 800;

/// Last words of the names that stand beside a password which is used.
#[rustfmt::skip]
const COMPANIONS: &[&str] = &[
    "user", "username", "login", "host", "hostname", "database", "db", "dbname", "schema", "port", "url", "server",
];

/// What only tests write.
#[rustfmt::skip]
const TESTS: &[&str] = &[
    "assert", "expect(", "describe(", "it('", "it(\"", "@Test", "def test", "func Test", "#[test]", "mock", "Mock",
    "fixture", "unittest", "pytest", "should be", "self.client.", "t.Run(",
];

/// Words that say the text shows how a thing would look.
const EXAMPLES: &[&str] =
    &["example", "e.g.", "for instance", "sample", "dummy", "::\n\n", ">>> ", "<pre>", "```"];

/// What was seen round a place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Surroundings {
    is_comment: bool,
    is_prose: bool,
    is_example: bool,
    is_test: bool,
    is_packed: bool,
    /// Long hexadecimal texts by the handful, as the vectors of a cipher's tests are.
    pub(super) has_vectors: bool,
    /// Names of a user or a host beside it, in the same form.
    pub(super) has_companions: bool,
    /// Whether the line begins as that of a variable: `NAME=`, `- NAME=`, `NAME: `.
    pub(super) is_environment: bool,
}

impl Surroundings {
    /// The most that they can add.
    pub(super) const MOST: i32 = 2;

    /// Looks round `at`.
    pub(super) fn of(text: &[u8], at: Span) -> Self {
        let (from, to) = (at.start.saturating_sub(BEFORE), text.len().min(at.end + AFTER));
        let line_start = memchr::memrchr(b'\n', &text[from..at.start]).map(|i| from + i + 1);
        let line_end = memchr::memchr(b'\n', &text[at.end..to]).map(|i| at.end + i);
        let line = &text[line_start.unwrap_or(from)..line_end.unwrap_or(to)];
        let window = String::from_utf8_lossy(&text[from..to]);
        let is_comment = is_comment(line) && (line_start.is_some() || from == 0);
        let has = |marks: &[&str]| {
            marks.iter().any(|mark| memchr::memmem::find(window.as_bytes(), mark.as_bytes()).is_some())
        };
        Self {
            is_comment,
            is_prose: prose_lines(&window, is_comment) > 1,
            is_example: shows_examples(&window),
            is_test: has(TESTS),
            is_packed: line_start.is_none() && from > 0 && line_end.is_none() && to < text.len(),
            has_vectors: hexadecimal_texts(&text[from..to]) > 4,
            has_companions: has_companions(text, line, at, from, to),
            is_environment: is_variable(line),
        }
    }

    /// What they add to the evidence. Sentences are no reason to doubt a setting, but for one whose value is a word as
    /// well.
    pub(super) fn weight(&self, setting: bool, wordy: bool) -> i32 {
        let cost = |seen: bool, points: i32| if seen { -points } else { 0 };
        cost(self.is_comment, 1)
            + cost(self.is_prose && (wordy || !setting), 2)
            + cost(self.is_example && !self.is_environment, 3)
            + cost(self.is_test && !self.is_environment, 3)
            + cost(self.is_packed, 1)
            + i32::from(self.has_companions && setting) * Self::MOST
    }
}

/// Whether a line is a comment, a line of a documentation block, or a prompt.
fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let marks: [&[u8]; 9] = [b"#", b"//", b"*", b"/*", b"--", b";", b"<!--", b">>>", b".. "];
    marks.iter().any(|mark| line.starts_with(mark)) && !line.starts_with(b"--p") && !line.starts_with(b"--t")
}

/// Whether a line gives a variable its value: `NAME=`, `- NAME=`, `export NAME=`, `NAME: `, in capitals.
fn is_variable(line: &[u8]) -> bool {
    let mut line = line.trim_ascii_start();
    for start in [&b"- "[..], b"export ", b"ENV ", b"\"", b"'"] {
        line = line.strip_prefix(start).unwrap_or(line);
    }
    let name =
        line.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'_').count();
    let is_given = match line[name..] {
        [b'=', next, ..] => !b" =".contains(&next),
        [b':', b' ', ..] => true,
        _ => false,
    };
    name > 2 && is_given
}

/// How many runs of 32 hexadecimal digits and more there are.
fn hexadecimal_texts(window: &[u8]) -> usize {
    window.split(|b| !b.is_ascii_hexdigit()).filter(|run| run.len() >= 32).count()
}

/// A word of examples on its own: not the one of `example.com`, `acme.example`, `@example`.
fn shows_examples(window: &str) -> bool {
    let lower = window.to_ascii_lowercase();
    let is_own = |word: &str, at: usize| {
        let before = lower[..at].bytes().next_back();
        let after = &lower[at + word.len()..];
        let is_host = after.starts_with(".com") || after.starts_with(".org") || after.starts_with(".net");
        !is_host && !matches!(before, Some(b'.' | b'@' | b'/' | b'-'))
    };
    EXAMPLES.iter().any(|word| memchr::memmem::find_iter(lower.as_bytes(), word).any(|at| is_own(word, at)))
}

/// Lines of sentences. Of a configuration's comments none counts, unless the place itself is in one.
fn prose_lines(window: &str, in_comment: bool) -> usize {
    let is_sentence = |line: &&str| {
        let line = line.trim_start();
        if !in_comment && (line.starts_with('#') || line.starts_with("//")) {
            return false;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let plain = |word: &&&str| {
            let word = word.trim_matches(|c: char| ",.;:()'\"`!?".contains(c));
            !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'')
        };
        words.len() >= 6 && words.iter().filter(plain).count() * 10 >= words.len() * 8
    };
    window.lines().filter(is_sentence).count()
}

/// Whether a line near by, indented and written as this one, names the user or the host.
fn has_companions(text: &[u8], line: &[u8], at: Span, from: usize, to: usize) -> bool {
    let Some((indent, _, sign)) = setting(line) else { return false };
    let beside = |lines: &[u8], backwards: bool| {
        let is_one = |other: &[u8]| {
            setting(other).is_some_and(|(its, name, other_sign)| {
                its == indent && other_sign == sign && is_companion(name)
            })
        };
        let mut split: Vec<&[u8]> = lines.split(|b| *b == b'\n').collect();
        if backwards {
            split.reverse();
        }
        split.into_iter().skip(1).take(4).any(is_one)
    };
    beside(&text[from..at.start], true) || beside(&text[at.end..to], false)
}

fn is_companion(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let last = name.rsplit(['.', '_', '-']).next().unwrap_or_default();
    COMPANIONS.contains(&last)
}

/// The indentation, the name and the sign of `name: value` or `name=value`, where the value is a plain one.
fn setting(line: &[u8]) -> Option<(usize, &[u8], u8)> {
    let indent = line.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let rest = line[indent..].trim_ascii_end();
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)).count();
    let value = match rest.get(name..)? {
        [b':', b' ', value @ ..] | [b'=', value @ ..] => value,
        _ => return None,
    };
    let is_plain = !value.is_empty()
        && !value.starts_with(b" ")
        && !matches!(value.last(), Some(b',' | b';' | b'(' | b'{' | b'['))
        && !value.iter().any(|b| b"()|<>".contains(b));
    (name > 0 && is_plain).then_some((indent, &rest[..name], rest[name]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen round the `@@` of a text.
    fn round(text: &str) -> Surroundings {
        let start = text.find("@@").expect("a mark");
        Surroundings::of(text.as_bytes(), Span { start, end: start + 2 })
    }

    #[test]
    fn companions_are_written_as_the_line_is() {
        for with in ["auth:\n  username: app\n  password: @@\n", "db.password=@@\ndb.host=db\n"] {
            assert!(round(with).has_companions, "{with}");
        }
        for without in [
            "password: @@\n",
            "user:\n  password: @@\n",
            "user=user,\npassword=@@\n",
            "username: app\n\n\n\n\n\n\npassword: @@\n",
            "db.host=db\ndb.password: @@\n",
        ] {
            assert!(!round(without).has_companions, "{without}");
        }
    }

    #[test]
    fn comments_examples_tests_and_texts_are_told() {
        assert!(round("# password: @@").is_comment && round("x\n  // @@").is_comment);
        assert!(!round("#!/bin/sh\nrun @@").is_comment);
        assert!(round("Example:\n@@").is_example && !round("host: example.com\n@@").is_example);
        assert!(round("assert login(@@)").is_test && !round("login(@@)").is_test);
        let text = "Give the token that you were given when you signed up.\nIt is sent with every request that you make.\n";
        assert!(round(&format!("{text}@@")).is_prose);
        let comment = text.lines().map(|line| format!("# {line}\n")).collect::<String>();
        assert!(!round(&format!("{comment}token: @@")).is_prose, "a setting's comment");
        assert!(round("- TOKEN=@@").is_environment && !round("token = @@").is_environment);
    }
}
