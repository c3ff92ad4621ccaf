//! Which scalars are texts to the YAML readers of Kubernetes and Dapr (Go's, YAML 1.1).

use super::reason::Reason;
use crate::yaml::node::{Scalar, Style};

/// Words that are booleans or numbers without quotes; compared in lower case.
const WORDS: &[&str] =
    &["y", "n", "yes", "no", "on", "off", "true", "false", ".inf", "+.inf", "-.inf", ".nan"];

/// Whether a scalar says the text that stands there. On the safe side: what another reader may take for a number is
/// none.
pub(super) fn is_text(scalar: &Scalar) -> Result<(), Reason> {
    match scalar.tag.as_deref() {
        Some("tag:yaml.org,2002:str" | "!") => return Ok(()),
        Some(_) => return Err(Reason::Tagged),
        None => {}
    }
    let plain = scalar.style == Style::Plain;
    let something_else = plain
        && (scalar.is_null() || is_word(&scalar.text) || is_number(&scalar.text) || is_date(&scalar.text));
    if something_else { Err(Reason::NotText) } else { Ok(()) }
}

fn is_word(text: &str) -> bool {
    text.len() <= 5 && WORDS.contains(&&*text.to_ascii_lowercase())
}

/// `0123`, `1_000`, `1e3`, `.5`, `0x1F`, `0b1`, `0o7`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let digits = digits.replace('_', "").to_ascii_lowercase();
    let of = |prefix: &str, radix: u32| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    of("0x", 16) || of("0o", 8) || of("0b", 2) || digits.parse::<f64>().is_ok()
}

/// `2024-01-01`, also with a time behind it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut digits = |count: &[usize], rest: bool| {
        parts.next().is_some_and(|part| {
            let length = part.bytes().take_while(u8::is_ascii_digit).count();
            count.contains(&length) && (rest || length == part.len())
        })
    };
    digits(&[4], false) && digits(&[1, 2], false) && digits(&[1, 2], true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse::parse;

    #[test]
    fn texts_are_told_from_numbers() {
        let yaml = |text: &str| {
            let stream = parse(format!("v: {text}\n").as_bytes());
            stream.documents[0].root.get("v").and_then(|node| node.scalar()).map(is_text)
        };
        for text in
            ["hunter2", "'123'", "\"yes\"", "!!str 123", "e3", "1.2.3", "0xzz", "12-34", "2024-a", "1-2-3"]
        {
            assert_eq!(yaml(text), Some(Ok(())), "{text}");
        }
        for text in [
            "123",
            "-0123",
            "1_000",
            "1e3",
            ".5",
            "0x1F",
            "Yes",
            "off",
            "2024-01-01",
            "2024-1-1T01:02:03Z",
            "~",
        ] {
            assert_eq!(yaml(text), Some(Err(Reason::NotText)), "{text}");
        }
        assert_eq!(yaml("!!binary aGk="), Some(Err(Reason::Tagged)));
    }
}
