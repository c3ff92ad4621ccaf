//! The rule for `name = value`: a credential that nothing but its name gives away.
//!
//! In: a text and where a credential's word stands in it. Out: the value that is assigned to the name which the
//! word is part of, if it is one. Written by hand: the words stand 1.3 million times in a 2 GB image, 166,000 of them
//! shaped like an assignment, and a look at the next bytes settles most.

use super::entropy::shannon;
use super::judge::names_credential;
use super::placeholder::is_placeholder;
use crate::finding::Confidence;
use crate::span::Span;

/// Id of the rule that this file carries out.
pub const RULE: &str = "generic-credential";

/// Bounds of a name and of a value, in bytes.
const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 512;
const SHORTEST_VALUE: usize = 8;

/// A value with a name that makes it a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The value, without quotes.
    pub value: Span,
    /// How sure.
    pub confidence: Confidence,
}

/// The assignment whose name holds `word`.
pub fn read(text: &[u8], word: Span) -> Option<Assigned> {
    let name = name_round(text, word)?;
    let (value, quoted) = value_after(text, name.end)?;
    let raw = std::str::from_utf8(&text[value.start..value.end]).ok()?;
    let name = std::str::from_utf8(&text[name.start..name.end]).ok()?;
    if !names_credential(name) {
        return None;
    }
    let confidence = judge(raw, quoted)?;
    Some(Assigned { value, confidence })
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// The identifier that the word is part of.
fn name_round(text: &[u8], word: Span) -> Option<Span> {
    let before = text[..word.start].iter().rev().take(LONGEST_NAME).take_while(|b| is_name(**b)).count();
    let after = text[word.end..].iter().take(LONGEST_NAME).take_while(|b| is_name(**b)).count();
    (before < LONGEST_NAME && after < LONGEST_NAME)
        .then_some(Span { start: word.start - before, end: word.end + after })
}

/// The value after `=`, `:`, `:=` or `=>`, and whether it stands in quotes.
fn value_after(text: &[u8], name_end: usize) -> Option<(Span, bool)> {
    let mut at = name_end;
    at += text[at..].iter().take(2).take_while(|b| matches!(b, b'"' | b'\'' | b'\\' | b']')).count();
    at = blanks(text, at);
    let sign = text.get(at..)?;
    at += match sign {
        [b'=', b'=' | b'~', ..] | [b':', b':', ..] => return None,
        [b':', b'=', ..] | [b'=', b'>', ..] => 2,
        [b'=' | b':', ..] => 1,
        _ => return None,
    };
    at = blanks(text, at);
    at += usize::from(text.get(at..at + 2) == Some(b"\\\""));
    match *text.get(at)? {
        quote @ (b'"' | b'\'' | b'`') => {
            let start = at + 1;
            let len = text[start..]
                .iter()
                .take(LONGEST_VALUE)
                .position(|b| *b == quote || matches!(b, b'\n' | b'\\'))?;
            (text[start + len] != b'\n').then_some((Span { start, end: start + len }, true))
        }
        _ => {
            let ends = |b: &u8| {
                b.is_ascii_whitespace()
                    || matches!(b, b'"' | b'\'' | b',' | b';' | b'<' | b'&' | b'`' | b')' | b'}')
            };
            let len = text[at..].iter().take(LONGEST_VALUE).position(ends).unwrap_or_else(|| text.len() - at);
            Some((Span { start: at, end: at + len.min(LONGEST_VALUE) }, false))
        }
    }
}

fn blanks(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take(16).take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// How sure the value's own shape makes us.
fn judge(value: &str, quoted: bool) -> Option<Confidence> {
    if value.len() < SHORTEST_VALUE || is_placeholder(value) || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let has = |class: fn(&u8) -> bool| value.as_bytes().iter().any(class);
    let digits = has(u8::is_ascii_digit);
    let letters = has(u8::is_ascii_alphabetic);
    let code = !quoted && value.bytes().any(|b| matches!(b, b'(' | b'[' | b'{' | b'$' | b'*'));
    if code || !digits || !letters {
        return None;
    }
    let entropy = shannon(value.as_bytes());
    let random = if value.len() >= 20 { entropy >= 3.5 } else { entropy >= 3.0 };
    if !random {
        return None;
    }
    Some(if quoted || entropy >= 4.0 { Confidence::Medium } else { Confidence::Low })
}
