//! The last line of defence: a value that stands in a text of the report is masked there.
//!
//! The excerpt of a place comes masked. The instruction that made a layer (`RUN |1 TOKEN=…`), the name of a file,
//! the reason of a skip or the lines round an edit may hold the same value, and no face may show it.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::finding::{Fix, Report};
use crate::place::Location;
use crate::secret::Secret;

/// Needles are found by their first bytes; a shorter value would mask half of every text.
const HEAD: usize = 4;
/// From this length on a value is masked within a word too.
const WITHIN_A_WORD: usize = 8;
/// From this length on a value is masked in names. Below it, it may be a word that is a name in its own right
/// (`postgres`), and a path that is not told helps nobody.
const IN_NAMES: usize = 16;
/// What stands for a value in a line of a file, as in the excerpts of findings.
pub(super) const HIDDEN: &str = "********";

/// The same report, with no value of its findings, nor of those that were not raised, in any of its texts.
pub(crate) fn masked(report: &Report) -> Report {
    let mask = of_report(report);
    let mut report = report.clone();
    for target in &mut report.targets {
        mask.name(&mut target.target);
    }
    for finding in &mut report.findings {
        // What advice says is our own words, and what it quotes is names.
        mask.name(&mut finding.advice.summary);
        finding.advice.steps.iter_mut().for_each(|step| mask.name(step));
        finding.locations.iter_mut().for_each(|location| mask.location(location));
        if let Some(expired) = &mut finding.quieted.expired {
            expired.reason.iter_mut().chain(&mut expired.owner).for_each(|words| mask.text(words));
        }
    }
    // An edit with a part masked would do harm where it is applied.
    report.fixes.retain(|_, fix| !mask.is_in(fix));
    for skipped in &mut report.coverage.skipped {
        mask.name(&mut skipped.path);
        mask.text(&mut skipped.reason);
    }
    report
}

/// Masks the report's values in a text that is not part of it.
pub(super) fn of_report(report: &Report) -> Mask {
    Mask::new(report.findings.iter().map(|finding| &finding.secret).chain(&report.unshown))
}

/// What must not be seen, by its first bytes.
pub(super) struct Mask {
    needles: HashMap<[u8; HEAD], Vec<Needle>>,
}

struct Needle {
    bytes: Vec<u8>,
    shown: String,
}

impl Mask {
    fn new<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Self {
        let mut mask = Self { needles: HashMap::new() };
        for secret in secrets {
            let (value, shown) = (secret.reveal(), secret.redacted());
            mask.add(value, &shown);
            if value.len() >= WITHIN_A_WORD {
                mask.add(STANDARD_NO_PAD.encode(value).as_bytes(), "…");
            }
        }
        mask.sort();
        mask
    }

    /// For lines of files: a value of several lines is known by each of them, and one with escapes as JSON and YAML's
    /// double quotes have it.
    pub(super) fn of_lines<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Self {
        let mut mask = Self { needles: HashMap::new() };
        for secret in secrets {
            let text = String::from_utf8_lossy(secret.reveal());
            for line in text.lines().map(str::trim) {
                mask.add(line.as_bytes(), HIDDEN);
                let escaped = serde_json::Value::from(line).to_string();
                mask.add(escaped.trim_matches('"').as_bytes(), HIDDEN);
                // The kubelet reads `$$` as a dollar.
                mask.add(line.replace('$', "$$").as_bytes(), HIDDEN);
            }
            if secret.len() >= WITHIN_A_WORD {
                mask.add(STANDARD_NO_PAD.encode(secret.reveal()).as_bytes(), HIDDEN);
            }
        }
        mask.sort();
        mask
    }

    /// Longest first: of a connection URL and the password in it, the URL.
    fn sort(&mut self) {
        for needles in self.needles.values_mut() {
            needles.sort_by(|a, b| {
                (b.bytes.len(), &a.bytes, &a.shown).cmp(&(a.bytes.len(), &b.bytes, &b.shown))
            });
            needles.dedup_by(|a, b| a.bytes == b.bytes && a.shown == b.shown);
        }
    }

    fn add(&mut self, bytes: &[u8], shown: &str) {
        // A value that is not UTF-8 can't stand in a text.
        if std::str::from_utf8(bytes).is_err() {
            return;
        }
        if let Some(head) = bytes.first_chunk::<HEAD>() {
            let needle = Needle { bytes: bytes.to_vec(), shown: shown.to_owned() };
            self.needles.entry(*head).or_default().push(needle);
        }
    }

    /// Whether a value is in an edit, which by construction none is.
    fn is_in(&self, fix: &Fix) -> bool {
        let texts = fix.files.iter().flat_map(|file| {
            file.replacements.iter().map(|replacement| &replacement.text).chain([&file.path])
        });
        texts.chain([&fix.description]).any(|text| {
            let mut masked = text.clone();
            self.name(&mut masked);
            masked != *text
        })
    }

    fn location(&self, location: &mut Location) {
        self.name(&mut location.path);
        self.text(&mut location.excerpt);
        if let Some(layer) = &mut location.layer {
            self.text(&mut layer.created_by);
        }
        if let Some(document) = &mut location.document {
            self.name(&mut document.kind);
            self.name(&mut document.name);
            self.name(&mut document.field);
        }
        location.package.iter_mut().chain(&mut location.commit).for_each(|name| self.name(name));
    }

    pub(super) fn name(&self, name: &mut String) {
        self.replace(name, |needle, _, _| needle.len() >= IN_NAMES);
    }

    /// A line of a file. A short value of letters alone is a word that the line may have for its own sake
    /// (`image: postgres`): where it is the value, its place is known and hidden as such.
    pub(super) fn line(&self, line: &mut String) {
        self.replace(line, |needle, before, after| {
            let is_word = needle[0].is_ascii_alphabetic() && needle[1..].iter().all(u8::is_ascii_lowercase);
            needle.len() >= IN_NAMES || !is_word && (needle.len() >= WITHIN_A_WORD || !(before || after))
        });
    }

    pub(super) fn text(&self, text: &mut String) {
        self.replace(text, |needle, before, after| needle.len() >= WITHIN_A_WORD || !(before || after));
    }

    /// Masks the needles that `applies` takes: it is given the needle, and whether a word goes on before and after.
    fn replace(&self, text: &mut String, applies: impl Fn(&[u8], bool, bool) -> bool) {
        let bytes = text.as_bytes();
        let in_word = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let hit = |at: usize| {
            let needles = self.needles.get(bytes[at..].first_chunk::<HEAD>()?)?;
            needles.iter().find(|needle| {
                let before = at.checked_sub(1).and_then(|i| bytes.get(i));
                let after = bytes.get(at + needle.bytes.len());
                bytes[at..].starts_with(&needle.bytes)
                    && applies(&needle.bytes, in_word(before), in_word(after))
            })
        };
        let (mut masked, mut copied, mut at) = (String::new(), 0, 0);
        while at < bytes.len() {
            if let Some(needle) = hit(at) {
                // Needles and text are UTF-8, so both ends are at a character's edge.
                masked.push_str(&text[copied..at]);
                masked.push_str(&needle.shown);
                at += needle.bytes.len();
                copied = at;
            } else {
                at += 1;
            }
        }
        if copied > 0 {
            masked.push_str(&text[copied..]);
            *text = masked;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(values: &[&str]) -> Mask {
        let mut mask = Mask { needles: HashMap::new() };
        for value in values {
            mask.add(value.as_bytes(), "…");
        }
        mask
    }

    fn text(values: &[&str], text: &str) -> String {
        let mut text = text.to_owned();
        mask(values).text(&mut text);
        text
    }

    #[test]
    fn a_build_argument_in_an_instruction_is_masked() {
        assert_eq!(text(&["s3cr3t"], "RUN |1 PW=s3cr3t /bin/sh -c true"), "RUN |1 PW=… /bin/sh -c true");
        assert_eq!(text(&["inventedValue"], "xinventedValuey inventedValue"), "x…y …");
        assert_eq!(text(&["é234"], "=é234é"), "=…é");
    }

    #[test]
    fn a_short_value_within_a_word_is_that_word() {
        assert_eq!(text(&["root"], "chown rootless"), "chown rootless");
        assert_eq!(text(&["abc"], "abc"), "abc");
    }

    #[test]
    fn a_line_of_a_file_hides_each_line_of_a_value_and_keeps_words() {
        let secrets =
            ["postgres", "hunter-2", "one-invented\n  two\\invented\n"].map(|v| Secret::new(v.as_bytes(), 0));
        let mask = Mask::of_lines(secrets.iter());
        let shown = |line: &str| {
            let mut line = line.to_owned();
            mask.line(&mut line);
            line
        };
        assert_eq!(shown("image: postgres # not hunter-2"), "image: postgres # not ********");
        assert_eq!(shown("  one-invented"), "  ********");
        assert_eq!(shown(r#"{"a": "two\\invented"}"#), r#"{"a": "********"}"#);
        assert_eq!(shown("aHVudGVyLTI="), "********=");
    }

    #[test]
    fn a_name_keeps_the_words_that_a_weak_value_shares_with_it() {
        let mask = mask(&["postgresql", "aLongInventedToken"]);
        let mut path = "etc/postgresql/aLongInventedToken.env".to_owned();
        mask.name(&mut path);
        assert_eq!(path, "etc/postgresql/….env");
    }
}
