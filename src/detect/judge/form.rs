//! What the form of a value alone says: a type, code, a hash, a UUID.

/// Names of types, which stand after the colon where a name is declared.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "any", "array", "attribute", "bool", "boolean", "buffer", "byte", "bytes", "char", "const", "dict", "double", "final", "float", "incomplete", "int",
    "integer", "list", "long", "never", "number", "object", "optional", "option", "pathlike", "secretstr", "securestring",
    "self", "sensitivestring", "str", "string", "text", "tuple", "uint8array", "unknown", "uuid", "varchar", "void",
];

/// Whether a value names a type.
pub(super) fn is_type_name(value: &str) -> bool {
    let word = value.trim_end_matches(['?', ';', ',', '!']).trim_start_matches(['*', '&', '?']);
    TYPES.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// Whether a value without quotes is code: a call, a path of names, an index, an operator.
pub(super) fn is_code(value: &str) -> bool {
    let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let calls = value.as_bytes().windows(2).any(|w| is_name_byte(w[0]) && b"([{".contains(&w[1]));
    let operates =
        ["->", "=>", "::", "==", "&&", "||", "();", "+=", "(?", "[^", "/[", "\\x", "\\w", "\\d", "\\s"]
            .iter()
            .any(|sign| value.contains(sign));
    let assigns = value.trim_end_matches('=').contains('=');
    let is_name = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(is_name_byte)
            && part.len() < 40
    };
    let is_path = value.split('.').count() > 1 && value.split('.').all(is_name);
    calls || operates || assigns || is_path || value.starts_with(['*', '&', '!', '(', '['])
}

/// Whether a value is what a password or a content was hashed to, in a form that says so.
pub(super) fn is_hash(value: &str) -> bool {
    #[rustfmt::skip]
    const MARKS: &[&str] = &[
        "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$apr1$", "$argon2", "$pbkdf2", "$scrypt$",
        "{SHA", "{SSHA", "{CRYPT}", "{bcrypt}", "{MD5}", "pbkdf2_sha256$", "pbkdf2:sha", "scrypt:", "SCRAM-SHA-256$",
        "bcrypt$", "argon2$", "md5$", "sha1$", "sha256$",
    ];
    MARKS.iter().any(|mark| value.starts_with(mark))
}

/// Whether a value is a UUID, in any case.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_types_and_hashes() {
        for code in [
            "foo(bar)",
            "os.environ",
            "call_credentials_1.CallCredentials",
            "a=b=c",
            "Foo::new",
            "x[0]",
            "*ptr",
            "&token",
        ] {
            assert!(is_code(code), "{code}");
        }
        for value in ["kX9-unbake-Inv3nted", "aW52ZW50ZWQ=", "p.4", "Inv3nted!", "0badc0de"] {
            assert!(!is_code(value), "{value}");
        }
        for name in ["string", "String;", "*str", "SecretStr", "bytes?"] {
            assert!(is_type_name(name), "{name}");
        }
        assert!(is_hash("$2b$10$unbakeInvented") && !is_hash("$ecret"));
        assert!(
            is_uuid("a8ca07e4-61ec-4399-99f4-19853801bcd5")
                && !is_uuid("a8ca07e4-61ec-4399-99f4-19853801bcdx")
        );
    }
}
