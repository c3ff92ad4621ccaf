//! How names are given values: in code, JSON, YAML, properties, XML, on command lines, in URLs and headers.
//!
//! Only the bytes round the name are read, in order of how soon they say no.

use super::super::judge::Place;
use crate::span::Span;

/// Bounds of a name and of a value, in bytes.
const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 512;

/// What may stand between a line's start and the name of a setting or a variable.
const STARTS: [&[u8]; 16] = [
    b"",
    b"-",
    b"export",
    b"set",
    b"setx",
    b"ENV",
    b"ARG",
    b"local",
    b"declare -x",
    b"$env:",
    b"$Env:",
    b"Environment=",
    b"\"",
    b"'",
    b"- \"",
    b"- '",
];

/// Calls that only wrap the text they are given.
const WRAPPERS: [&str; 10] =
    ["secretstr", "from", "bytes", "byte", "securestring", "string", "some", "of", "encode", "buffer"];

/// A name and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The name, without the dashes of a flag.
    pub(super) name: Span,
    /// The value, without quotes.
    pub(super) value: Span,
    /// How the one is given to the other.
    pub(super) place: Place,
    /// Whether the value stands in quotes.
    pub(super) quoted: bool,
}

/// A value, and whether it stood in quotes.
type Value = (Span, bool);

/// Reads the assignment to the name that `word` is part of.
pub(super) fn read(text: &[u8], word: Span) -> Option<Found> {
    let whole = name_round(text, word)?;
    let dashes = text[whole.start..whole.end].iter().take_while(|b| matches!(b, b'-' | b'.')).count();
    let name = Span { start: whole.start + dashes, end: whole.end };
    // `AWS::IAM::AccessKey`, `arn:aws:secretsmanager:…:secret:name`: a part of a longer name.
    let in_path = matches!(text[..name.start], [.., before, b':'] if !b"[({, \t\n".contains(&before));
    if name.start > word.start || in_path {
        return None;
    }
    let closed = name.end + text[name.end..].iter().take(3).take_while(|b| b"\"'\\])".contains(b)).count();
    let reader = Reader { text, name, closed, is_flag: dashes > 0 && text[whole.start] == b'-' };
    let (value, quoted, place) = reader.value()?;
    Some(Found { name, value, place, quoted })
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

/// A name in a text, and where what closes it (quotes, brackets) ends.
struct Reader<'t> {
    text: &'t [u8],
    name: Span,
    closed: usize,
    is_flag: bool,
}

impl Reader<'_> {
    fn value(&self) -> Option<(Span, bool, Place)> {
        let sign = blanks(self.text, self.closed);
        let in_quotes = self.closed > self.name.end;
        match self.text.get(sign..)? {
            [b'=', b'=' | b'~', ..] | [b':', b':', ..] => None,
            [b':', b'=', ..] | [b'=', b'>', ..] => self.assigned(sign, 2),
            [b'=' | b':', ..] => self.assigned(sign, 1),
            [b'(', ..] if !in_quotes => self.text_at(sign + 1).map(argument),
            [b',', ..] if in_quotes => self.paired(sign + 1).or_else(|| self.second_argument(sign + 1)),
            [b'>', ..] if in_quotes || self.before(1) == b"<" => self.markup(sign + 1),
            [b'|', b'|', ..] | [b'?', b'?' | b':', ..] => {
                self.text_at(blanks(self.text, sign + 2)).map(argument)
            }
            [b'\r' | b'\n', ..] => self.paired(sign),
            rest if sign > self.closed => self.after_blank(sign, rest, in_quotes),
            _ => None,
        }
    }

    /// `name = value`, `name: value`, `name: Type = value`.
    fn assigned(&self, sign: usize, len: usize) -> Option<(Span, bool, Place)> {
        let at = blanks(self.text, sign + len);
        if let Some((value, place)) = self.text[sign..].starts_with(b":").then(|| self.typed(at)).flatten() {
            return Some((value, true, place));
        }
        if let Some((value, _)) = self.text_at(at).or_else(|| self.wrapped(at)) {
            return Some((value, true, self.place_of_text(value, sign, at)));
        }
        let prefix = self.text[at..].iter().take(2).take_while(|b| b.is_ascii_alphabetic()).count();
        let is_text = |at: usize| self.text.get(at).is_none_or(|b| matches!(b, b'"' | b'\'' | b'`' | b'='));
        if is_text(at) || is_text(at + prefix) {
            return None;
        }
        let starts_line = self.starts_line();
        let value = bare(self.text, at, starts_line)?;
        // `NAME: type = value;`
        if self.text[sign] == b':' && self.text[blanks(self.text, value.end)..].starts_with(b"=") {
            return None;
        }
        let alone = starts_line && ends_line(self.text, value.end);
        let may_go_on =
            self.text[sign] == b'=' && self.text.get(value.end).is_none_or(u8::is_ascii_whitespace);
        let place = if self.is_variable(sign, at) && (alone || may_go_on) {
            Place::Environment
        } else if alone && len == 1 {
            Place::Setting
        } else {
            self.place_of_bare()
        };
        Some((value, false, place))
    }

    fn place_of_text(&self, value: Span, sign: usize, at: usize) -> Place {
        let ends = ends_line(self.text, value.end + 1);
        if self.is_variable(sign, at) && ends { Place::Environment } else { Place::Literal }
    }

    fn place_of_bare(&self) -> Place {
        match self.before(1) {
            b"?" | b"&" => Place::Query,
            b"\"" | b"'" => Place::Literal,
            _ if self.is_flag => Place::Flag,
            _ => Place::Inline,
        }
    }

    /// `password: str = "…"`, `const token: &'static str = "…"`
    fn typed(&self, at: usize) -> Option<(Span, Place)> {
        let is_type = |b: &u8| b.is_ascii_alphanumeric() || b"_&'<> .[]|?".contains(b);
        let len = self.text[at..].iter().take(40).take_while(|b| is_type(b)).count();
        let is_one = len > 0 && self.text.get(at + len) == Some(&b'=');
        let (value, _) = is_one.then(|| self.text_at(blanks(self.text, at + len + 1))).flatten()?;
        Some((value, Place::Literal))
    }

    /// `SecretStr("…")`, `String::from("…")`, `[]byte("…")`.
    fn wrapped(&self, at: usize) -> Option<Value> {
        let is_path = |b: &u8| b.is_ascii_alphanumeric() || b"_.:[] ".contains(b);
        let len = self.text[at..].iter().take(40).take_while(|b| is_path(b)).count();
        if len == 0 || self.text.get(at + len) != Some(&b'(') {
            return None;
        }
        let path = self.text[at..at + len].to_ascii_lowercase();
        let called = path.rsplit(|b| b".: ]".contains(b)).next().unwrap_or_default();
        let wraps = WRAPPERS.iter().any(|name| name.as_bytes() == called);
        wraps.then(|| self.text_at(at + len + 1)).flatten()
    }

    /// The pair `name: NAME` and `value: …` of a list of variables; `key="…" value="…"` in XML.
    fn paired(&self, at: usize) -> Option<(Span, bool, Place)> {
        let skipped = self.text[at..].iter().take(80).take_while(|b| b.is_ascii_whitespace()).count();
        let mut at = at + skipped;
        at += usize::from(matches!(self.text.get(at), Some(b'"' | b'\'')));
        let rest = self.text.get(at..at + 6)?;
        if !rest[..5].eq_ignore_ascii_case(b"value") {
            return None;
        }
        at += 5;
        at += usize::from(matches!(rest[5], b'"' | b'\''));
        at = blanks(self.text, at);
        if !matches!(self.text.get(at), Some(b'=' | b':')) {
            return None;
        }
        at = blanks(self.text, at + 1);
        let in_capitals = is_in_capitals(&self.text[self.name.start..self.name.end]);
        let place = if in_capitals { Place::Environment } else { Place::Literal };
        if let Some((value, _)) = self.text_at(at) {
            return Some((value, true, place));
        }
        let value = bare(self.text, at, true)?;
        let place = if in_capitals { place } else { Place::Setting };
        ends_line(self.text, value.end).then_some((value, false, place))
    }

    /// The value in `define('NAME', 'value')`, and not the next of a list of texts.
    fn second_argument(&self, at: usize) -> Option<(Span, bool, Place)> {
        let before = self.line_before();
        let call = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"))?;
        let opens = call.trim_ascii_end().ends_with(b"(");
        opens.then(|| self.text_at(blanks(self.text, at)).map(argument)).flatten()
    }

    fn markup(&self, at: usize) -> Option<(Span, bool, Place)> {
        let len = self.text[at..].iter().take(LONGEST_VALUE).position(|b| *b == b'<')?;
        Some((Span { start: at, end: at + len }, true, Place::Markup))
    }

    /// `--password value`, `ENV NAME value`, `requirepass value`, `NAME" value="…"`, `… or "value"`.
    fn after_blank(&self, at: usize, rest: &[u8], in_quotes: bool) -> Option<(Span, bool, Place)> {
        if in_quotes {
            let or = rest
                .starts_with(b"or ")
                .then(|| self.text_at(blanks(self.text, at + 3)).map(argument))
                .flatten();
            return or.or_else(|| self.paired(at));
        }
        let named = &self.text[self.name.start..self.name.end];
        // Most words of a text are followed by a blank: what tells them apart is asked of the nearest bytes.
        let place = match named {
            b"requirepass" | b"masterauth" if self.starts_line() => Place::Setting,
            _ if self.is_flag && named.len() > 2 => Place::Flag,
            _ if self.before(4) == b"ENV " => Place::Environment,
            _ => return None,
        };
        if let Some((value, _)) = self.text_at(at) {
            return Some((value, true, place));
        }
        let value = bare(self.text, at, place != Place::Flag)?;
        (self.text[value.start] != b'-').then_some((value, false, place))
    }

    /// The text in quotes that begins at a place, also behind a prefix such as Python's `b`. Not one that is put
    /// together with others.
    fn text_at(&self, at: usize) -> Option<Value> {
        let mut at = at;
        let prefix = self.text[at..].iter().take(2).take_while(|b| b"bBrRuUfFL@$&".contains(b)).count();
        if matches!(self.text.get(at + prefix), Some(b'"' | b'\'' | b'`')) {
            at += prefix;
        }
        at += usize::from(self.text.get(at..at + 2) == Some(b"\\\""));
        let quote = *self.text.get(at).filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let start = at + 1;
        let ends = |b: &u8| *b == quote || matches!(b, b'\n' | b'\\');
        let len = self.text[start..].iter().take(LONGEST_VALUE).position(ends)?;
        let end = start + len;
        if self.text[end] == b'\n' || self.text[end] == b'\\' && self.text.get(end + 1) != Some(&quote) {
            return None;
        }
        let next = blanks(self.text, end + 1);
        let is_part = matches!(self.text.get(next..), Some([b'+', ..] | [b'%', b' ' | b'(', ..]))
            || self.text[next.min(self.text.len())..].starts_with(b".format(");
        (!is_part).then_some((Span { start, end }, true))
    }

    /// Whether `NAME=value` or `NAME: value` is that of a variable, by its capitals and the gap.
    fn is_variable(&self, sign: usize, at: usize) -> bool {
        let gap = match self.text[sign] {
            b'=' => sign == self.name.end && at == sign + 1,
            _ => at > sign + 1,
        };
        let given = self.line_before().trim_ascii_end();
        let by_flag = given.ends_with(b"-e") || given.ends_with(b"--env") || given.ends_with(b"--build-arg");
        gap && is_in_capitals(&self.text[self.name.start..self.name.end]) && (self.starts_line() || by_flag)
    }

    /// Whether nothing stands before the name on its line but what such lines begin with.
    fn starts_line(&self) -> bool {
        let before = self.line_before().trim_ascii();
        STARTS.contains(&before)
    }

    fn line_before(&self) -> &[u8] {
        let start = self.name.start - usize::from(self.is_flag);
        let window = &self.text[start.saturating_sub(64)..start];
        memchr::memrchr(b'\n', window).map_or(window, |at| &window[at + 1..])
    }

    fn before(&self, len: usize) -> &[u8] {
        &self.text[self.name.start.saturating_sub(len)..self.name.start]
    }
}

fn argument((value, quoted): Value) -> (Span, bool, Place) {
    (value, quoted, Place::Argument)
}

fn is_in_capitals(name: &[u8]) -> bool {
    name.iter().any(u8::is_ascii_uppercase)
        && !name.iter().any(u8::is_ascii_lowercase)
        && !name.contains(&b'.')
}

/// A value without quotes. On a line of its own it ends with a blank; in the middle of something, also with what
/// divides there.
fn bare(text: &[u8], at: usize, own_line: bool) -> Option<Span> {
    let divides =
        |b: &u8| matches!(b, b'"' | b'\'' | b',' | b';' | b'<' | b'>' | b'&' | b'`' | b')' | b'}' | b'|');
    let ends = |b: &u8| b.is_ascii_whitespace() || !own_line && divides(b);
    let rest = &text[at..];
    let mut len = rest.iter().take(LONGEST_VALUE).position(ends).unwrap_or(rest.len().min(LONGEST_VALUE));
    if own_line {
        let closing = rest[..len].iter().rev().take_while(|b| b"\"',;".contains(b)).count();
        len -= closing;
    }
    // `<your password>`: what is to be filled in may have blanks.
    let is_hole = rest[..len].starts_with(b"<") && !rest[..len].contains(&b'>');
    (len > 0 && !is_hole).then_some(Span { start: at, end: at + len })
}

/// Whether only blanks, a closing quote or a comment follow on the line.
fn ends_line(text: &[u8], at: usize) -> bool {
    let at = at.min(text.len());
    let quotes = text[at..].iter().take(2).take_while(|b| matches!(b, b'"' | b'\'')).count();
    match text[blanks(text, at + quotes)..] {
        [] | [b'\n' | b'\r', ..] => true,
        [b'#', ..] => text[at + quotes].is_ascii_whitespace(),
        _ => false,
    }
}

fn blanks(text: &[u8], at: usize) -> usize {
    let at = at.min(text.len());
    at + text[at..].iter().take(24).take_while(|b| matches!(b, b' ' | b'\t')).count()
}
