//! What a rule lets pass: values, texts and paths that it names. Compiled when a value of the rule is first judged.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::matcher::Match;
use crate::rules::model::{Allow, REGEX_SIZE_LIMIT, Rule, Target};

/// A rule's paths and lists.
#[derive(Default)]
pub(super) struct Allowed {
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    paths: Vec<Regex>,
    lists: Vec<List>,
}

struct List {
    regexes: Vec<Regex>,
    target: Target,
    stopwords: Vec<String>,
    paths: Vec<Regex>,
    all: bool,
}

impl Allowed {
    /// Whether a match in the file at `path` is none of the rule's: it stands in a file that the rule is not for, or
    /// fits one of its lists.
    pub(super) fn lets_pass(&self, rule: &Rule, text: &[u8], matched: Match, path: &str) -> bool {
        if rule.paths.is_empty() && rule.allow.is_empty() {
            return false;
        }
        let compiled = self.compiled.get_or_init(|| Compiled::new(rule));
        let elsewhere = !rule.paths.is_empty() && !fits(&compiled.paths, path.as_bytes());
        elsewhere || compiled.lists.iter().any(|list| list.fits(text, matched, path))
    }
}

impl Compiled {
    fn new(rule: &Rule) -> Self {
        let list = |allow: &Allow| List {
            regexes: compile(&allow.regexes),
            target: allow.target,
            stopwords: allow.stopwords.iter().map(|word| word.to_lowercase()).collect(),
            paths: compile(&allow.paths),
            all: allow.all,
        };
        Self { paths: compile(&rule.paths), lists: rule.allow.iter().map(list).collect() }
    }
}

/// Those that compile. Loading has refused the others by name.
fn compile(regexes: &[String]) -> Vec<Regex> {
    let one =
        |regex: &String| RegexBuilder::new(regex).unicode(false).size_limit(REGEX_SIZE_LIMIT).build().ok();
    regexes.iter().filter_map(one).collect()
}

fn fits(regexes: &[Regex], text: &[u8]) -> bool {
    regexes.iter().any(|regex| regex.is_match(text))
}

impl List {
    fn fits(&self, text: &[u8], matched: Match, path: &str) -> bool {
        let secret = &text[matched.secret.start..matched.secret.end];
        let looked_at = match self.target {
            Target::Secret => secret,
            Target::Match => &text[matched.whole.start..matched.whole.end],
            Target::Line => lines(text, matched),
        };
        let lower = String::from_utf8_lossy(secret).to_lowercase();
        let kinds = [
            (self.regexes.is_empty(), fits(&self.regexes, looked_at)),
            (self.stopwords.is_empty(), self.stopwords.iter().any(|word| lower.contains(word))),
            (self.paths.is_empty(), fits(&self.paths, path.as_bytes())),
        ];
        let mut given = kinds.iter().filter(|(empty, _)| !empty).map(|(_, fits)| *fits).peekable();
        if self.all { given.peek().is_some() && given.all(|fits| fits) } else { given.any(|fits| fits) }
    }
}

/// The lines that the match stands on.
fn lines(text: &[u8], matched: Match) -> &[u8] {
    let start = memchr::memrchr(b'\n', &text[..matched.whole.start]).map_or(0, |at| at + 1);
    let end =
        memchr::memchr(b'\n', &text[matched.whole.end..]).map_or(text.len(), |at| matched.whole.end + at);
    &text[start..end]
}
