//! Small words that the faces share: what can be shown, numbers as people read them, states in plain words.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Finding, Suppressed, Suppression};
use crate::place::State;

/// The state of a file of a layer, for someone who does not know that a layer keeps what a later one deletes.
pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Live => "live: every container sees it",
        State::Overwritten => "overwritten in a later layer, still in the image",
        State::Deleted => "deleted in a later layer, still in the image",
    }
}

/// Why a finding is shown and not raised.
pub(super) fn suppression(why: Suppression) -> &'static str {
    match why {
        Suppression::Package => "Only in unmodified files of public packages: not a leak of yours.",
    }
}

/// What was found and not raised, and why: what there is of it.
pub(super) fn unraised(suppressed: &Suppressed) -> Vec<(u64, &'static str)> {
    let reasons = [
        (suppressed.package, "in unmodified files of public packages"),
        (suppressed.baseline, "in the baseline"),
        (suppressed.inline, "by a comment beside them"),
        (suppressed.disabled, "of rules that are switched off"),
        (suppressed.confidence, "below the confidence asked for"),
    ];
    reasons.into_iter().filter(|(number, _)| *number > 0).collect()
}

/// Position of the place to show where only one can be: a file of the work tree before one of an image, since a code
/// host has the lines of the former.
pub(super) fn main_place(finding: &Finding) -> usize {
    finding.locations.iter().position(|place| place.image.is_none()).unwrap_or(0)
}

/// What it is, how it stands, what to do: all that some viewers show.
pub(super) fn explain(finding: &Finding) -> String {
    let secret = &finding.secret;
    let length = count(secret.len() as u64, "byte", "bytes");
    let mut text = format!("{} ({}, {length})", finding.title, secret.redacted());
    if let Some(layer) = finding.locations.get(main_place(finding)).and_then(|place| place.layer.as_ref()) {
        text.push_str(&format!(" in layer {}, {}", layer.index, state(layer.state)));
    }
    text.push('.');
    if finding.locations.len() > 1 {
        let others = count(finding.locations.len() as u64 - 1, "other place", "other places");
        text.push_str(&format!(" Also in {others}."));
    }
    if let Some(expired) = &finding.quieted.expired {
        text.push_str(&format!(" Its entry in the baseline expired after {}.", expired.on));
    }
    if !finding.advice.summary.is_empty() {
        text.push(' ');
        text.push_str(&finding.advice.summary);
    }
    text
}

/// What a place is that is no file of the image, for someone who does not know that an image has more than files.
pub(super) fn beside_the_files(path: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 4] = [
        ("config:", "in the configuration of the image: whoever can pull it can read it"),
        ("history[", "in the build history of the image: whoever can pull it can read it"),
        ("attestation:", "in the attestation of how the image was built, which is published with it"),
        ("annotation:", "in an annotation of the image, which is published with it"),
    ];
    KINDS.into_iter().find(|(prefix, _)| path.starts_with(prefix)).map(|(_, words)| words)
}

/// A text that can't draw on a terminal: what moves the cursor, changes the direction of the text or can't be seen
/// is written out. A tab becomes a space.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Writing to a String can't fail.
        let _ = match c {
            '\t' => out.write_char(' '),
            _ if c.is_ascii_control() => write!(out, "\\x{:02x}", u32::from(c)),
            _ if is_unseen(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
            _ => out.write_char(c),
        };
    }
    out
}

/// Pretty JSON and a newline. serde_json escapes the control characters of ASCII only; the others (a C1 control is
/// an escape sequence to some terminals, U+202E turns the text round) occur in strings alone, where `\u` says the same.
pub(crate) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string_pretty(value)?;
    let mut escaped = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if is_unseen(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String can't fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped.push('\n');
    out.write_all(escaped.as_bytes())
}

/// DEL, the C1 controls, and what Unicode has for invisible marks and for the direction of text.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// `1 file`, `85,637 files`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if n == 1 { one } else { many })
}

/// `40 bytes`, `1.98 GB`: decimal units, three digits.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return count(bytes, "byte", "bytes");
    }
    let mut amount = bytes as f64 / 1000.0;
    let mut units = ["kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    // 999.5 and not 1000, since 999.7 would be shown as 1000.
    while amount >= 999.5 {
        let Some(next) = units.next() else { break };
        (amount, unit) = (amount / 1000.0, next);
    }
    let decimals = if amount < 9.995 { 2 } else { usize::from(amount < 99.95) };
    format!("{amount:.decimals$} {unit}")
}

/// The first 12 hexadecimal digits of a digest, which is what docker shows.
pub(super) fn short_digest(digest: &str) -> &str {
    let hex = digest.find(':').map_or(0, |colon| colon + 1);
    digest.get(..hex + 12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draws_or_hides_is_written_out() {
        assert_eq!(visible("a\x1b[2J\tb\n"), "a\\x1b[2J b\\x0a");
        assert_eq!(visible("txt.\u{202e}gpj\u{9b}"), "txt.\\u{202e}gpj\\u{9b}");
        assert_eq!(visible("één 漢字"), "één 漢字");
    }

    #[test]
    fn json_is_the_same_after_escaping() -> io::Result<()> {
        let text = "\u{9b}2J \u{202e} \u{e0041} \x1b";
        let mut out = Vec::new();
        write_json(&text, &mut out)?;
        assert!(out.is_ascii());
        assert_eq!(serde_json::from_slice::<String>(&out)?, text);
        Ok(())
    }

    #[test]
    fn numbers_are_grouped_and_sizes_have_three_digits() {
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(85_637, "file", "files"), "85,637 files");
        assert_eq!(count(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_980_234_567), "1.98 GB");
        assert_eq!(size(20_100_000), "20.1 MB");
        assert_eq!(size(999_999), "1.00 MB");
    }

    #[test]
    fn a_digest_is_cut_after_its_algorithm() {
        assert_eq!(short_digest("sha256:0123456789abcdef"), "sha256:0123456789ab");
        assert_eq!(short_digest("sha256:é"), "sha256:é");
    }
}
