//! The expression of one rule on a window round one keyword.
//!
//! In: a text, and where a keyword stands in it. Out: the span of the value. No expression runs over a whole file,
//! and none is compiled before its keyword was seen.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::{LOOK_AHEAD, LOOK_BEHIND};
use crate::rules::model::{NEAR_REACH, REGEX_SIZE_LIMIT, Rule};
use crate::span::Span;

/// How many bytes a class may have to be taken apart into literals: `EAA[B-Z]` begins with one of 25.
const CLASS: usize = 32;

/// What an expression's automaton may keep, in bytes, for each scanner: some hundred expressions are at work in an image,
/// each on a window of a few hundred bytes.
const CACHE: usize = 128 << 10;

/// A rule's expression, compiled when it is first needed.
#[derive(Default)]
pub(super) struct Matcher {
    compiled: OnceLock<Option<Compiled>>,
}

struct Compiled {
    regex: Regex,
    /// Every match begins with one of the rule's keywords: the expression is tried at the keyword only.
    anchored: bool,
    /// How far a match can reach.
    reach: usize,
    /// What a match begins with, at least.
    head: Head,
    /// Number of the group that is the value, where the rule gives one.
    group: Option<usize>,
}

/// A value, and the match that it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) whole: Span,
    pub(super) secret: Span,
}

impl Matcher {
    /// The match of `rule` that holds the keyword at `hit`. In a binary, what stands before a string is its length
    /// or another string, so nothing is refused for being glued to it.
    pub(super) fn find(&self, rule: &Rule, text: &[u8], hit: Span, binary: bool) -> Option<Match> {
        let compiled = self.compiled.get_or_init(|| Compiled::new(rule)).as_ref()?;
        if compiled.anchored {
            if !compiled.head.may_begin(&text[hit.start..]) {
                return None;
            }
            let end = text.len().min(hit.start.saturating_add(compiled.reach));
            compiled.first(&text[hit.start..end], hit.start).filter(|m| binary || !glued(rule, text, m.whole))
        } else {
            let start = hit.start.saturating_sub(compiled.reach.min(LOOK_BEHIND));
            let end = text.len().min(hit.end.saturating_add(compiled.reach));
            compiled.around(&text[start..end], start, hit).filter(|m| binary || !glued(rule, text, m.whole))
        }
    }

    /// The first value of `rule` after the word at `hit`. The boundaries are looked for in the text, not in the
    /// window: what the window cuts is no value.
    pub(super) fn find_near(&self, rule: &Rule, text: &[u8], hit: Span) -> Option<Match> {
        let compiled = self.compiled.get_or_init(|| Compiled::new(rule)).as_ref()?;
        let reach = &text[..text.len().min(hit.end + NEAR_REACH)];
        let second_break = memchr::memchr_iter(b'\n', &reach[hit.end..]).nth(1);
        let window = &reach[hit.start..second_break.map_or(reach.len(), |at| hit.end + at)];
        let matches =
            compiled.regex.captures_iter(window).map(|captures| compiled.to_match(&captures, hit.start));
        matches
            .filter(|m| m.secret.start >= hit.end)
            .find(|m| !glued(rule, text, m.secret) && !continues(rule, text, m.secret.end))
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Whether the value that ends here is only the head of a longer word.
fn continues(rule: &Rule, text: &[u8], end: usize) -> bool {
    let last = end.checked_sub(1).and_then(|i| text.get(i)).copied();
    rule.boundary && last.is_some_and(is_word) && text.get(end).copied().is_some_and(is_word)
}

/// Whether the match is only the tail of a longer word.
fn glued(rule: &Rule, text: &[u8], whole: Span) -> bool {
    let before = whole.start.checked_sub(1).map(|i| text[i]);
    rule.boundary
        && before.is_some_and(is_word)
        && text.get(whole.start).copied().is_some_and(is_word)
        // `\nghp_…` in a string literal: the `n` belongs to the escape.
        && !(whole.start >= 2 && text[whole.start - 2] == b'\\' && matches!(before, Some(b'n' | b't' | b'r')))
}

impl Compiled {
    fn new(rule: &Rule) -> Option<Self> {
        let hir =
            regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(&rule.regex).ok()?;
        let prefixes = Extractor::new().kind(ExtractKind::Prefix).limit_class(CLASS).extract(&hir);
        let anchored = prefixes.literals().is_some_and(|literals| {
            !literals.is_empty()
                && literals.iter().all(|l| rule.keywords.iter().any(|k| starts_with(l.as_bytes(), k)))
        });
        let head = Head::of(&hir);
        let reach = hir.properties().maximum_len().map_or(LOOK_AHEAD, |len| (len + 1).min(LOOK_AHEAD));
        let pattern = if anchored { format!(r"\A(?:{})", rule.regex) } else { rule.regex.clone() };
        let regex = RegexBuilder::new(&pattern)
            .unicode(false)
            .size_limit(REGEX_SIZE_LIMIT)
            .dfa_size_limit(CACHE)
            .build()
            .ok()?;
        Some(Self { regex, anchored, reach, head, group: rule.group })
    }

    fn first(&self, window: &[u8], offset: usize) -> Option<Match> {
        self.regex.captures(window).map(|captures| self.to_match(&captures, offset))
    }

    /// The match round the keyword: an earlier one in the window is another keyword's.
    fn around(&self, window: &[u8], offset: usize, hit: Span) -> Option<Match> {
        self.regex
            .captures_iter(window)
            .map(|captures| self.to_match(&captures, offset))
            .find(|m| m.whole.start <= hit.start && hit.end <= m.whole.end)
    }

    /// The value is the group `secret`, or the one that the rule numbers, or the first that took part: only rules of
    /// other scanners have groups of another name. Without groups it is the whole match.
    fn to_match(&self, captures: &regex::bytes::Captures<'_>, offset: usize) -> Match {
        let span = |m: regex::bytes::Match<'_>| Span { start: offset + m.start(), end: offset + m.end() };
        let whole = captures.get(0).map_or(Span { start: offset, end: offset }, span);
        let group = captures.name("secret").or_else(|| match self.group {
            Some(number) => captures.get(number),
            None => captures.iter().skip(1).flatten().find(|group| !group.is_empty()),
        });
        Match { whole, secret: group.map_or(whole, span) }
    }
}

/// What is known of a match before its expression is asked: how many bytes it has at least, and of which alphabet they
/// are. A token is tens of letters and digits, while most keywords that are none have a sign soon after them: `EAAC,` in
/// source maps by the hundred thousand, where each asking of the expression took 0.8 µs.
struct Head {
    least: usize,
    alphabet: Box<[bool; 256]>,
}

impl Head {
    fn of(hir: &Hir) -> Self {
        let mut alphabet = Box::new([false; 256]);
        add_bytes(hir, &mut alphabet);
        Self { least: hir.properties().minimum_len().unwrap_or(0), alphabet }
    }

    fn may_begin(&self, text: &[u8]) -> bool {
        text.get(..self.least).is_some_and(|head| head.iter().all(|b| self.alphabet[usize::from(*b)]))
    }
}

/// Adds every byte that a match can have.
fn add_bytes(hir: &Hir, alphabet: &mut [bool; 256]) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|b| alphabet[usize::from(*b)] = true),
        HirKind::Class(Class::Bytes(class)) => {
            class
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .for_each(|b| alphabet[usize::from(b)] = true);
        }
        // No expression is compiled with Unicode classes; one that had any could have any byte.
        HirKind::Class(Class::Unicode(_)) => alphabet.fill(true),
        HirKind::Repetition(repetition) => add_bytes(&repetition.sub, alphabet),
        HirKind::Capture(capture) => add_bytes(&capture.sub, alphabet),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| add_bytes(part, alphabet));
        }
    }
}

fn starts_with(literal: &[u8], keyword: &str) -> bool {
    literal.get(..keyword.len()).is_some_and(|start| start.eq_ignore_ascii_case(keyword.as_bytes()))
}
