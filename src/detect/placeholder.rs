//! What stands where a value should and is none: `<token>`, `${TOKEN}`, `xxxxxxxx`.
//!
//! Only what can never be a running credential is named here. A weak word (`changeme`, `example`) can be one: the
//! place decides that, not this list.

/// Beginnings of keys that a vendor publishes for its emulator: Azurite's, the same for everyone.
const PUBLISHED: &[&str] = &["Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u"];

/// Whether the value refers to another, or is a template's hole, or is a filler.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || is_reference(value)
        || is_filler(value)
        || PUBLISHED.iter().any(|p| value.starts_with(p))
}

/// `$VAR`, `${VAR}`, `$(VAR)`, `%VAR%`, `{{ x }}`, `<x>`, `[x]`, `@x@`, `__X__`, and what secret managers write.
fn is_reference(value: &str) -> bool {
    const PAIRS: [(&str, &str); 9] = [
        ("<", ">"),
        ("{", "}"),
        ("[", "]"),
        ("%", "%"),
        ("@", "@"),
        ("__", "__"),
        ("#{", "}#"),
        ("$(", ")"),
        ("%(", ")s"),
    ];
    const MARKS: [&str; 10] = ["{{", "${", "$(", "<%", "#{", "ENC[", "<<", "%{", "%s", "{}"];
    const STORES: [&str; 7] = ["vault:", "op://", "ref+", "ssm:", "secretsmanager:", "arn:aws:", "env:"];
    let variable = value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && (name.len() < 24 || !name.bytes().any(|b| b.is_ascii_lowercase()))
    });
    variable
        || has_hole(value)
        || has_blank(value)
        || PAIRS.iter().any(|(open, close)| {
            value.len() > open.len() && value.starts_with(open) && value.ends_with(close)
        })
        || MARKS.iter().any(|mark| value.contains(mark))
        || STORES.iter().any(|store| value.starts_with(store))
}

/// `my_{name}_x`: a name in braces, which code fills in.
fn has_hole(value: &str) -> bool {
    let Some((_, after)) = value.split_once('{') else { return false };
    after.split_once('}').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:[]()!".contains(&b))
    })
}

/// `ghp_<your-token>`, `sk_live_****`: the provider's mark, and what the reader is to put after it.
fn has_blank(value: &str) -> bool {
    let named =
        value.split_once('<').and_then(|(_, after)| after.split_once('>')).is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b))
        });
    named || value.contains("****")
}

/// One character over and over, a run of the alphabet or of digits that fills it, or all the symbols of a keyboard.
fn is_filler(value: &str) -> bool {
    let bytes = value.as_bytes();
    // AWS writes this into every example of its documentation.
    let marked = value.contains("EXAMPLE");
    let mut seen = [false; 256];
    bytes.iter().for_each(|b| seen[usize::from(b.to_ascii_lowercase())] = true);
    let different = seen.iter().filter(|s| **s).count();
    let stepping = bytes.windows(2).filter(|w| w[1] == w[0].wrapping_add(1)).count();
    let masked = bytes.iter().filter(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'#')).count();
    let symbols = (0..128_u8).filter(|b| b.is_ascii_punctuation() && seen[usize::from(*b)]).count();
    marked
        || different <= 2
        || symbols > 13
        || (bytes.len() >= 8 && stepping * 4 >= bytes.len() * 3)
        || (masked * 10 >= bytes.len() * 6)
        || value.ends_with("...")
        || value.ends_with('…')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_fillers_are_no_values() {
        for none in [
            "",
            "$TOKEN",
            "${TOKEN}",
            "$(TOKEN)",
            "{{ .Values.token }}",
            "<your-token>",
            "xxxxxxxxxxxx",
            "ENC[AES256_GCM]",
            "************",
            "abcdefghijkl",
            "12345678",
            "op://vault/item/field",
            "sk_live_...",
            "ghp_<your-token>",
            "sk_live_************",
            "%TOKEN%",
            "token_{user}_x",
            "prefix-%s",
            "wJalrXUtnFEMIEXAMPLEKEY",
        ] {
            assert!(is_placeholder(none), "{none}");
        }
        for value in ["hunter2-hunter2", "changeme", "p@ssw0rd!", "$2y$10$abcdefgHIJ", "Xk29sPq0"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
