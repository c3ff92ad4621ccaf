//! Expressions as Go writes them (RE2), for the `regex` crate. The two agree on nearly all; this rewrites where they
//! read the same text differently, and leaves alone what only one of them has, which then does not compile.

/// The expression with Go's meaning. In a class, `[` and the doubled signs of the crate's set operations are plain
/// characters to Go; outside, so is a `{` that begins no repetition.
pub(super) fn from_go(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len() + 8);
    let mut rest = regex;
    // Where a class has just begun, `]` and `^` have a meaning of their own.
    let (mut in_class, mut class_begins) = (false, false);
    while let Some(c) = rest.chars().next() {
        let begins = std::mem::take(&mut class_begins);
        if c == '\\' {
            let len = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..len]);
            rest = &rest[len..];
            continue;
        }
        if in_class {
            let posix = if rest.starts_with("[:") { rest.find(":]") } else { None };
            match c {
                _ if posix.is_some() => {
                    let len = posix.unwrap_or(0) + 2;
                    out.push_str(&rest[..len]);
                    rest = &rest[len..];
                    continue;
                }
                '^' if begins && out.ends_with('[') => class_begins = true,
                ']' if begins => out.push('\\'),
                ']' => in_class = false,
                '[' | '&' | '~' => out.push('\\'),
                '-' if rest.starts_with("--") => out.push('\\'),
                _ => {}
            }
        } else if c == '[' {
            (in_class, class_begins) = (true, true);
        } else if c == '{' && !is_repetition(rest) {
            out.push('\\');
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Whether the text begins with `{2}`, `{2,}` or `{2,5}`.
fn is_repetition(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    !least.is_empty() && least.bytes().chain(most.bytes()).all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_two_read_differently_is_rewritten_and_the_rest_kept() {
        for (go, ours) in [
            (r#"["'[]x"#, r#"["'\[]x"#),
            ("[]a]", r"[\]a]"),
            ("[^]a]", r"[^\]a]"),
            ("[a&&b]", r"[a\&\&b]"),
            ("[[:alnum:]_]{3,5}", "[[:alnum:]_]{3,5}"),
            ("{{x}}", r"\{\{x}}"),
            ("a{2}b{2,}c{,3}", r"a{2}b{2,}c\{,3}"),
            (r"\[[\]\[]", r"\[[\]\[]"),
        ] {
            assert_eq!(from_go(go), ours);
            assert!(regex::bytes::Regex::new(ours).is_ok(), "{ours}");
        }
    }
}
