//! Scans a text: from bytes to candidates. One scanner a thread; the rules are shared.

use std::ops::Range;

use super::allow::allowed;
use super::assignment;
use super::checksum::{BASIC_AUTH, Outcome, WEAK_PASSWORD, password_within};
use super::classify::{Class, classify};
use super::decode::{DEPTH, Decoded, Trigger, from_utf16, runs, wide_strings};
use super::engine::{Engine, Ready, Use};
use super::entropy::shannon;
use super::excerpt::excerpt;
use super::judge;
use super::matcher::Match;
use super::prefilter::Hit;
use crate::finding::Confidence;
use crate::rules::model::Shape;
use crate::secret::Secret;
use crate::span::{Position, Region, Span};

/// A piece of a file: the part to be answered for, with what stands round it.
#[derive(Debug, Clone)]
pub struct Text<'t> {
    /// What may be looked at.
    pub bytes: &'t [u8],
    /// Values that begin in this part are reported; those before and after it belong to other pieces.
    pub own: Range<usize>,
    /// Where the first byte of `own` stands in the file.
    pub start: Position,
    /// Path of the file, for the rules that ask for it.
    pub path: &'t str,
}

impl<'t> Text<'t> {
    /// A whole text.
    pub fn whole(bytes: &'t [u8]) -> Self {
        Self { bytes, own: 0..bytes.len(), start: Position::START, path: "" }
    }
}

/// What a rule matched, before anyone asked where it stands.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Number of the rule in the engine.
    pub rule: usize,
    /// The value.
    pub secret: Secret,
    /// Where it stands in `Text::bytes`; for an encoded value, where its encoded form does.
    pub span: Span,
    /// The same in lines and columns of the file.
    pub region: Region,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// Its line, with every value masked.
    pub excerpt: String,
    /// Whether a comment beside it says that it may stand there.
    pub allowed: bool,
}

/// So many values before one and after it may stand in its excerpt.
const NEIGHBOURS: usize = 64;

/// A match on its way to become a candidate.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) rule: u16,
    pub(super) span: Span,
    pub(super) confidence: Confidence,
}

/// A match with its value.
type Valued = (Raw, Secret);

/// Scans texts under one set of rules, with buffers that are used again.
pub struct Scanner<'e> {
    engine: &'e Engine,
    hits: Vec<Vec<Hit>>,
    manifest: bool,
    /// Path of the text, where a rule asks for it.
    path: String,
}

impl<'e> Scanner<'e> {
    /// A scanner under these rules.
    pub fn new(engine: &'e Engine) -> Self {
        Self { engine, hits: Vec::new(), manifest: false, path: String::new() }
    }

    /// The rules it scans under.
    pub fn engine(&self) -> &'e Engine {
        self.engine
    }

    /// Every candidate whose value begins in the text's own part, in the order of the text.
    pub fn scan(&mut self, text: &Text<'_>) -> Vec<Candidate> {
        let class = classify(text.bytes);
        self.manifest = false;
        if self.engine.by_path {
            text.path.clone_into(&mut self.path);
        }
        let mut found = Vec::new();
        match class {
            Class::Text => self.plain(text.bytes, 0, &mut found),
            Class::Binary => {
                self.prefiltered(text.bytes, true, 0, &mut found);
                wide_strings(text.bytes, |decoded| self.nested(&decoded, 1, &mut found));
            }
            Class::Utf16Le | Class::Utf16Be => {
                let decoded = from_utf16(text.bytes, class == Class::Utf16Le);
                return self.utf16(text, &decoded);
            }
        }
        self.candidates(text, found, class == Class::Text)
    }

    /// Whether the text last scanned may be a manifest, and is worth reading by structure.
    pub fn saw_manifest(&self) -> bool {
        self.manifest
    }

    /// A value that was found by structure, as a candidate under this rule.
    pub fn candidate(
        &self,
        text: &Text<'_>,
        rule: usize,
        span: Span,
        value: &str,
        confidence: Confidence,
    ) -> Candidate {
        let start = text.start.after(&text.bytes[text.own.start..span.start]);
        self.candidate_at(text, start, rule, span, value, confidence)
    }

    /// The same where it is known in which line and column the value begins: a file's structure may give very many.
    pub fn candidate_at(
        &self,
        text: &Text<'_>,
        start: Position,
        rule: usize,
        span: Span,
        value: &str,
        confidence: Confidence,
    ) -> Candidate {
        let secret = Secret::new(value.as_bytes(), 0);
        let raw = Raw { rule: rule as u16, span, confidence };
        let shown = excerpt(text.bytes, span, &[(raw, secret.clone())]);
        let end = start.after(&text.bytes[span.start..span.end]);
        Candidate {
            rule,
            secret,
            span,
            region: Region { start, end },
            confidence,
            excerpt: shown,
            allowed: self.allows(text.bytes, span, rule),
        }
    }

    /// Makes the excerpts of a text's candidates anew, with each value masked in all of them: those that were found by
    /// structure stand in lines that were shown before.
    pub fn mask(&self, text: &Text<'_>, mut candidates: Vec<&mut Candidate>) {
        candidates.sort_by_key(|candidate| candidate.span);
        let raw = |c: &&mut Candidate| Raw { rule: c.rule as u16, span: c.span, confidence: c.confidence };
        let all: Vec<Valued> = candidates.iter().map(|c| (raw(c), c.secret.clone())).collect();
        for (at, candidate) in candidates.into_iter().enumerate() {
            let near = at.saturating_sub(NEIGHBOURS)..all.len().min(at + NEIGHBOURS);
            candidate.excerpt = excerpt(text.bytes, candidate.span, &all[near]);
        }
    }

    /// Scans the decoded text in place of its encoded form, so that lines and excerpts are those of the text.
    fn utf16(&mut self, text: &Text<'_>, decoded: &Decoded) -> Vec<Candidate> {
        let to_decoded = |byte: usize| decoded.origin.partition_point(|o| (*o as usize) < byte);
        let own = to_decoded(text.own.start)..to_decoded(text.own.end).min(decoded.bytes.len());
        let mut found = Vec::new();
        self.plain(&decoded.bytes, 0, &mut found);
        let mut candidates =
            self.candidates(&Text { bytes: &decoded.bytes, own, ..text.clone() }, found, true);
        for candidate in &mut candidates {
            candidate.span = outer(decoded, candidate.span);
        }
        candidates
    }

    /// A text and what is encoded in it.
    fn plain(&mut self, text: &[u8], depth: usize, found: &mut Vec<Valued>) {
        self.prefiltered(text, false, depth, found);
        if depth < DEPTH {
            runs(text, |decoded| self.nested(&decoded, depth + 1, found));
        }
    }

    fn nested(&mut self, decoded: &Decoded, depth: usize, found: &mut Vec<Valued>) {
        let mut inner = Vec::new();
        if matches!(classify(&decoded.bytes), Class::Utf16Le) {
            let narrow = from_utf16(&decoded.bytes, true);
            self.plain(&narrow.bytes, depth, &mut inner);
            inner.iter_mut().for_each(|(raw, _)| raw.span = outer(&narrow, raw.span));
        } else {
            self.plain(&decoded.bytes, depth, &mut inner);
        }
        found.extend(inner.into_iter().map(|(raw, secret)| {
            let span = outer(decoded, raw.span);
            (Raw { span, ..raw }, secret)
        }));
    }

    fn prefiltered(&mut self, text: &[u8], binary: bool, depth: usize, found: &mut Vec<Valued>) {
        if self.hits.len() <= depth {
            self.hits.resize_with(depth + 1, Vec::new);
        }
        let mut hits = std::mem::take(&mut self.hits[depth]);
        hits.clear();
        let prefilter = if binary { &self.engine.binary } else { &self.engine.text };
        prefilter.find(text, 0, &mut hits);
        let mut decoded_to = 0;
        for hit in &hits {
            let keyword = &self.engine.keywords[usize::from(hit.keyword)];
            let span = Span { start: hit.end - keyword.len, end: hit.end };
            for what in &keyword.uses {
                match what {
                    Use::Expression(rule) => self.expression(*rule, text, span, binary, found),
                    Use::Near(rule) => self.near(*rule, text, span, binary, found),
                    Use::Assignment(rule) => self.assignment(*rule, text, span, found),
                    Use::Decode(trigger) if depth < DEPTH && span.start >= decoded_to => {
                        decoded_to = self.escaped(*trigger, text, span, depth, found);
                    }
                    Use::Decode(_) => {}
                    Use::Manifest => self.manifest |= depth == 0,
                }
            }
        }
        self.hits[depth] = hits;
    }

    fn escaped(
        &mut self,
        trigger: Trigger,
        text: &[u8],
        at: Span,
        depth: usize,
        found: &mut Vec<Valued>,
    ) -> usize {
        let (decoded, end) = trigger.decode(text, at.start);
        let before = found.len();
        self.nested(&decoded, depth + 1, found);
        // What stood there unencoded was found by the pass over the text itself.
        let mut i = before;
        while i < found.len() {
            let (raw, secret) = &found[i];
            if text.get(raw.span.start..raw.span.end) == Some(secret.reveal()) {
                found.swap_remove(i);
            } else {
                i += 1;
            }
        }
        end
    }

    fn expression(&self, number: u16, text: &[u8], hit: Span, binary: bool, found: &mut Vec<Valued>) {
        let ready = &self.engine.rules[usize::from(number)];
        if binary && !ready.rule.in_binaries() {
            return;
        }
        let matched = ready.matcher.find(&ready.rule, text, hit, binary);
        let before = found.len();
        self.matched(number, text, matched, found);
        if binary && matched.is_some_and(|matched| is_of_a_symbol(text, matched)) {
            found[before..].iter_mut().for_each(|(raw, _)| raw.confidence = Confidence::Low);
        }
    }

    fn near(&self, number: u16, text: &[u8], word: Span, binary: bool, found: &mut Vec<Valued>) {
        let ready = &self.engine.rules[usize::from(number)];
        if binary && !ready.rule.in_binaries() {
            return;
        }
        let matched = ready.matcher.find_near(&ready.rule, text, word);
        self.matched(number, text, matched, found);
    }

    /// Judges what a rule's expression found.
    fn matched(&self, number: u16, text: &[u8], matched: Option<Match>, found: &mut Vec<Valued>) {
        let ready = &self.engine.rules[usize::from(number)];
        let Some(matched) = matched else { return };
        let span = matched.secret;
        if found.iter().rev().take(8).any(|(raw, _)| raw.rule == number && raw.span == span) {
            return;
        }
        let value = &text[span.start..span.end];
        let judged = ready.judge(value).and_then(|sure| match ready.rule.checksum.as_deref() {
            Some(check @ (WEAK_PASSWORD | BASIC_AUTH)) => {
                judge::login(text, span, password_within(check, value).as_deref(), sure)
            }
            _ => Some(sure),
        });
        let judged = judged.filter(|_| !ready.allowed.lets_pass(&ready.rule, text, matched, &self.path));
        found.extend(judged.map(|confidence| (Raw { rule: number, span, confidence }, ready.secret(value))));
    }

    fn assignment(&self, number: u16, text: &[u8], hit: Span, found: &mut Vec<Valued>) {
        let Some(assigned) = assignment::read(text, hit) else { return };
        // Two rules have this shape: whichever keyword was hit, the reading tells whose the value is.
        let number = if self.engine.rules[usize::from(number)].rule.id == assigned.rule {
            number
        } else {
            let named = |ready: &Ready| ready.rule.id == assigned.rule;
            self.engine.rules.iter().position(named).map_or(number, |other| other as u16)
        };
        let raw = Raw { rule: number, span: assigned.value, confidence: assigned.confidence };
        if found.iter().rev().take(8).any(|(other, _)| other.span == raw.span) {
            return;
        }
        let ready = &self.engine.rules[usize::from(number)];
        let matched = Match { whole: raw.span, secret: raw.span };
        if ready.allowed.lets_pass(&ready.rule, text, matched, &self.path) {
            return;
        }
        let secret = Secret::new(&text[raw.span.start..raw.span.end], 0);
        found.push((raw, secret));
    }

    /// Those that begin in the text's own part, each overlap settled, with their places. Only a text has comments.
    fn candidates(&self, text: &Text<'_>, mut found: Vec<Valued>, comments: bool) -> Vec<Candidate> {
        if found.is_empty() {
            return Vec::new();
        }
        found.sort_by_key(|(raw, _)| (raw.span, raw.rule));
        let settled = self.settle(found);
        // Lines are counted on from one candidate to the next: a file may have very many.
        let (mut at, mut start) = (text.own.start, text.start);
        settled
            .iter()
            .enumerate()
            .filter(|(_, (raw, _))| text.own.contains(&raw.span.start))
            .map(|(number, (raw, secret))| {
                let value = &text.bytes[raw.span.start..raw.span.end];
                let near = number.saturating_sub(NEIGHBOURS)..settled.len().min(number + NEIGHBOURS);
                start = start.after(&text.bytes[at..raw.span.start]);
                at = raw.span.start;
                Candidate {
                    rule: usize::from(raw.rule),
                    secret: secret.clone(),
                    span: raw.span,
                    region: Region { start, end: start.after(value) },
                    confidence: raw.confidence,
                    excerpt: excerpt(text.bytes, raw.span, &settled[near]),
                    allowed: comments && self.allows(text.bytes, raw.span, usize::from(raw.rule)),
                }
            })
            .collect()
    }

    /// Whether a comment beside it allows what this rule found.
    fn allows(&self, text: &[u8], span: Span, rule: usize) -> bool {
        allowed(text, span.start, span.end, &self.engine.rules[rule].rule.id)
    }

    /// Of two that overlap, the surer stays: the provider's own mark before a word that stands near, that before the
    /// rule for any assignment; then the higher confidence, then the longer value.
    fn settle(&self, found: Vec<Valued>) -> Vec<Valued> {
        let rank = |(raw, _): &Valued| {
            let rule = &self.engine.rules[usize::from(raw.rule)].rule;
            (
                rule.shape == Shape::Expression,
                rule.near.is_empty(),
                raw.confidence,
                raw.span.end - raw.span.start,
            )
        };
        let mut settled: Vec<Valued> = Vec::with_capacity(found.len());
        for next in found {
            match settled.last_mut() {
                Some(last) if last.0.span.overlaps(next.0.span) => {
                    if rank(&next) > rank(last) {
                        *last = next;
                    }
                }
                _ => settled.push(next),
            }
        }
        settled
    }
}

impl Ready {
    /// How sure the rule is of this value; none when it is not one.
    fn judge(&self, value: &[u8]) -> Option<Confidence> {
        if self.rule.entropy.is_some_and(|least| shannon(value) < least) {
            return None;
        }
        match self.check.map_or(Outcome::Unknown, |check| check(value)) {
            Outcome::Valid => Some(Confidence::High),
            Outcome::Unknown => Some(self.rule.confidence),
            Outcome::Invalid => Some(self.rule.confidence.lowered()),
            Outcome::NotACredential => None,
        }
    }

    /// The value, with the provider's mark known.
    fn secret(&self, value: &[u8]) -> Secret {
        let mark = self.rule.public_prefix.unwrap_or_else(|| {
            let begins =
                |k: &&String| value.get(..k.len()).is_some_and(|v| v.eq_ignore_ascii_case(k.as_bytes()));
            self.rule.keywords.iter().filter(begins).map(String::len).max().unwrap_or(0)
        });
        Secret::new(value, mark)
    }
}

/// Whether the match is part of a function's name: of a mangled one (`_ZN5Highs_getDual…`, Itanium C++ ABI §5.1), or
/// words glued to a word.
fn is_of_a_symbol(text: &[u8], matched: Match) -> bool {
    const LONGEST: usize = 1024;
    let before = &text[matched.whole.start.saturating_sub(LONGEST)..matched.whole.start];
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let glued = before.iter().rev().take_while(|b| word(b)).count();
    let value = &text[matched.secret.start..matched.secret.end];
    glued > 0
        && (before[before.len() - glued..].starts_with(b"_Z")
            || judge::is_wordy(&String::from_utf8_lossy(value)))
}

/// The place, in the encoding text, of a span of the decoded one.
fn outer(decoded: &Decoded, span: Span) -> Span {
    Span { start: decoded.origin[span.start] as usize, end: decoded.origin[span.end] as usize }
}
