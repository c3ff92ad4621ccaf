//! Lines for a POSIX shell (and bash and zsh) that ask for a value and hand it on. The value is in no argument of a
//! process: `read` and `printf` are the shell's own. Nor is it in the history or on the terminal.

use crate::advise::plan::PlannedKey;

/// The echo comes back however the line ends, and an interrupt runs nothing more. Without a terminal `stty` fails,
/// which is all right.
const QUIET: &str = "trap 'stty echo 2>/dev/null' 0; trap 'exit 1' 2; stty -echo 2>/dev/null";

/// A word of a command: what a shell would read as more than a word is quoted.
pub(super) fn word(text: &str) -> String {
    let bare = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':' | b'=' | b'@' | b',')
    };
    if !text.is_empty() && text.bytes().all(bare) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A line that asks for one value. `then` gets the command that writes the value to its standard output.
pub(super) fn asking(key: &PlannedKey, then: impl FnOnce(&str) -> String) -> String {
    let name = word(&key.key);
    if has_lines(key) {
        let end = then("cat");
        return format!("({QUIET}; printf '%s, then Ctrl-D: ' {name} >&2; {end})");
    }
    let end = then(r#"printf %s "$v""#);
    format!(r#"({QUIET}; printf '%s: ' {name} >&2; IFS= read -r v; echo >&2; : "${{v:?is empty}}"; {end})"#)
}

/// A line that asks for the values of several keys, one after the other, and makes one JSON text of them. `json` is
/// that text, with `None` in the place of each value; `then` gets the command that writes it to standard output.
pub(super) fn asking_json(json: &[Json<'_>], umask: bool, then: impl FnOnce(&str) -> String) -> String {
    let mut format = String::new();
    let (mut asked, mut used) = (String::new(), String::new());
    let (mut typed, mut from_file, mut number) = (false, false, 0);
    for part in json {
        match part {
            Json::Text(text) => format.push_str(&text.replace('\\', r"\\").replace('%', "%%")),
            Json::Value(key) => {
                number += 1;
                let lines = has_lines(key);
                typed |= !lines;
                from_file |= lines;
                // `$(…)` takes the newlines off the end.
                format.push_str(if lines && key.value.reveal().ends_with(b"\n") { r"%s\\n" } else { "%s" });
                asked.push_str(&format!(
                    "v{number}=$({} {}) && ",
                    if lines { "f" } else { "q" },
                    word(&key.key)
                ));
                used.push_str(&format!(r#" "$v{number}""#));
            }
        }
    }
    let umask = if umask { "umask 077; " } else { "" };
    let typed = if typed {
        r#" q() { printf '%s: ' "$1" >&2; IFS= read -r v; echo >&2; [ "$v" ] && printf %s "$v" | sed 's/[\"]/\\&/g'; };"#
    } else {
        ""
    };
    let from_file = if from_file {
        r#" f() { printf 'file with %s: ' "$1" >&2; IFS= read -r v; echo >&2; awk '{ gsub(/["\\]/, "\\\\&"); printf "%s%s", s, $0; s = "\\n" }' "$v"; };"#
    } else {
        ""
    };
    let end = then(&format!("printf {}{used}", single_quoted(&format)));
    format!("({umask}{QUIET};{typed}{from_file} {asked}{end})")
}

/// A part of a JSON text that a command makes.
pub(super) enum Json<'a> {
    /// As it is.
    Text(String),
    /// What stands between the quotes of a string.
    Value(&'a PlannedKey),
}

/// The object of a Secret's keys.
pub(super) fn object<'a>(keys: impl IntoIterator<Item = (&'a str, &'a PlannedKey)>) -> Vec<Json<'a>> {
    let mut parts = vec![Json::Text("{".to_owned())];
    for (number, (name, key)) in keys.into_iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        parts.push(Json::Text(format!("{comma}{}:\"", json_text(name))));
        parts.push(Json::Value(key));
        parts.push(Json::Text("\"".to_owned()));
    }
    parts.push(Json::Text("}".to_owned()));
    parts
}

/// A text as JSON writes it.
pub(super) fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a value can't be typed as one line.
fn has_lines(key: &PlannedKey) -> bool {
    key.value.reveal().contains(&b'\n')
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
