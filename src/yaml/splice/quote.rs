//! Writes a text as a scalar of one line.

/// Quotes that are wanted; a text that can't stand in them gets others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// None, where the text is then read as that text.
    None,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}

/// The text with the quotes that are wanted or needed. `flow` says that brackets are round it.
pub(super) fn scalar(text: &str, wanted: Quotes, flow: bool) -> String {
    match wanted {
        Quotes::None if is_plain(text, flow) => text.to_owned(),
        Quotes::Single if text.chars().all(is_printable) => format!("'{}'", text.replace('\'', "''")),
        _ => double(text),
    }
}

/// Escapes that YAML and JSON have in common.
fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if is_printable(letter) => out.push(letter),
            letter => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

/// What may stand in a scalar without an escape, and is no line end for any reader.
pub(super) fn is_printable(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether every reader takes the text without quotes for this text. A text that might be a number is never taken
/// for one that needs no quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    let indicator = "?:,[]{}#&*!|>'\"%@`=<~".contains(first);
    let dash = matches!(text, "-" | "---") || text.starts_with("- ") || text.starts_with("--- ");
    let inside = text.contains(": ") || text.contains(" #") || text.ends_with(':');
    // Readers differ in what ends at a colon there.
    let brackets = flow && text.contains([',', '[', ']', '{', '}', ':', '?']);
    !text.is_empty()
        && !indicator
        && !dash
        && !inside
        && !brackets
        && text.trim() == text
        && text.chars().all(is_printable)
        && !is_number(text)
        && !is_word(text)
}

/// Anything that begins as a number or a date does.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-', '.']);
    let sign = digits.len() < text.len();
    text.starts_with("..")
        || digits.starts_with(|first: char| first.is_ascii_digit())
        || (sign && ["inf", "nan"].contains(&digits.to_ascii_lowercase().as_str()))
}

/// Booleans and nulls of YAML 1.1 and 1.2.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_where_a_reader_would_err() {
        let table = [
            ("db-password", "db-password"),
            ("--requirepass $(X)", "--requirepass $(X)"),
            ("https://user@host/a", "https://user@host/a"),
            ("", "\"\""),
            ("0123", "\"0123\""),
            ("1e3", "\"1e3\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("-1", "\"-1\""),
            (".5", "\".5\""),
            (".inf", "\".inf\""),
            ("Yes", "\"Yes\""),
            ("null", "\"null\""),
            ("~", "\"~\""),
            ("- a", "\"- a\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("a:", "\"a:\""),
            ("a\nb\u{7f}", "\"a\\nb\\u007f\""),
            (" a", "\" a\""),
            ("größe", "größe"),
            ("*a", "\"*a\""),
            ("a,b", "a,b"),
        ];
        for (text, wanted) in table {
            let written = scalar(text, Quotes::None, false);
            assert_eq!(written, wanted, "{text}");
            let read: serde_yaml::Value = serde_yaml::from_str(&written).unwrap();
            assert_eq!(read, serde_yaml::Value::String(text.to_owned()));
        }
        assert_eq!(scalar("a,b", Quotes::None, true), "\"a,b\"");
        assert_eq!(scalar("it's", Quotes::Single, true), "'it''s'");
        assert_eq!(scalar("a\tb", Quotes::Single, true), "\"a\\tb\"");
    }
}
