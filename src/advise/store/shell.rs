//! Lines for a POSIX shell (and bash and zsh) that ask for a value and hand it on. The value is in no argument of a
//! process: `read` and `printf` are the shell's own. Nor is it in the history or on the terminal.

use crate::advise::plan::{PlannedKey, PlannedSecret};

/// The echo comes back however the line ends, and an interrupt runs nothing more. Without a terminal `stty` fails,
/// which is all right.
const QUIET: &str = "trap 'stty echo 2>/dev/null' 0; trap 'exit 1' 2; stty -echo 2>/dev/null";

/// A word of a command: what a shell would read as more than a word is quoted.
pub(in crate::advise) fn word(text: &str) -> String {
    let bare = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':' | b'=' | b'@' | b',')
    };
    if !text.is_empty() && text.bytes().all(bare) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A line that asks for the value of a key of `of`. `then` gets the command that writes the value to its standard output.
pub(super) fn asking(of: &str, key: &PlannedKey, then: impl FnOnce(&str) -> String) -> String {
    let label = word(&format!("{of}/{}", key.key));
    match Form::of(key) {
        Form::Line => {
            let end = then(r#"printf %s "$v""#);
            format!(
                r#"({QUIET}; printf '%s: ' {label} >&2; IFS= read -r v; echo >&2; : "${{v:?is empty}}"; {end})"#
            )
        }
        form => {
            let end = then(if form == Form::Lines { r#"printf %s "$(cat)""# } else { "cat" });
            format!("({QUIET}; printf '%s, then Ctrl-D: ' {label} >&2; {end})")
        }
    }
}

/// A command line that sets a variable of the very shell that reads it.
pub(super) fn asking_variable(variable: &str, key: &PlannedKey) -> String {
    let (name, hint, read) = match Form::of(key) {
        Form::Line => (word(variable), "", format!("IFS= read -r {}", word(variable))),
        Form::Lines => (word(variable), ", then Ctrl-D", format!("{}=$(cat)", word(variable))),
        // `$(…)` takes the newlines off the end, so something else has to be there.
        Form::Bytes => {
            (word(variable), ", then Ctrl-D", format!("{0}=$(cat; echo .); {0}=${{{0}%.}}", word(variable)))
        }
    };
    format!(
        "printf '%s{hint}: ' {name} >&2; stty -echo 2>/dev/null; {read}; stty echo 2>/dev/null; echo >&2; export {name}"
    )
}

/// A line that asks for the values of several keys, one after the other, and makes one JSON text of them. `before` is
/// run first; `then` gets the command that writes the text to standard output.
pub(super) fn asking_json(json: &[Json<'_>], before: &str, then: impl FnOnce(&str) -> String) -> String {
    let mut format = String::new();
    let (mut asked, mut used) = (String::new(), String::new());
    let (mut typed, mut from_file, mut number) = (false, false, 0);
    for part in json {
        match part {
            Json::Text(text) => format.push_str(&text.replace('\\', r"\\").replace('%', "%%")),
            Json::Value(of, key) => {
                number += 1;
                let line = Form::of(key) == Form::Line;
                typed |= line;
                from_file |= !line;
                // `$(…)` takes the newlines off the end.
                format.push_str(if key.value.reveal().ends_with(b"\n") { r"%s\\n" } else { "%s" });
                let label = word(&format!("{of}/{}", key.key));
                asked.push_str(&format!("v{number}=$({} {label}) && ", if line { "q" } else { "f" }));
                used.push_str(&format!(r#" "$v{number}""#));
            }
        }
    }
    let typed = if typed { TYPED } else { "" };
    let from_file = if from_file { FROM_FILE } else { "" };
    let end = then(&format!("printf {}{used}", single_quoted(&format)));
    format!("({before}{QUIET};{typed}{from_file} {asked}{end})")
}

/// Asks for a line, and writes it as it stands between the quotes of a JSON string.
const TYPED: &str = r#" q() { printf '%s: ' "$1" >&2; IFS= read -r v; echo >&2; [ "$v" ] && printf %s "$v" | sed 's/[\"]/\\&/g'; };"#;

/// Asks for the name of a file, since several values can't all come to the end of one standard input.
const FROM_FILE: &str = r#" f() { printf 'file with %s: ' "$1" >&2; IFS= read -r v; echo >&2; awk '{ gsub(/["\\]/, "\\\\&"); printf "%s%s", s, $0; s = "\\n" }' "$v"; };"#;

/// A part of a JSON text that a command makes.
pub(super) enum Json<'a> {
    /// As it is.
    Text(String),
    /// The value of a Secret's key: what stands between the quotes of a string.
    Value(&'a str, &'a PlannedKey),
}

/// How a value can be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As a line.
    Line,
    /// As lines, the last one without a newline at its end.
    Lines,
    /// To the last byte.
    Bytes,
}

impl Form {
    fn of(key: &PlannedKey) -> Self {
        let value = key.value.reveal();
        let text = std::str::from_utf8(value);
        if value.ends_with(b"\n") || text.is_err() || value.contains(&0) {
            Self::Bytes
        } else if value.contains(&b'\n') {
            Self::Lines
        } else {
            Self::Line
        }
    }
}

/// The object of a Secret's keys.
pub(super) fn object(secret: &PlannedSecret) -> Vec<Json<'_>> {
    let mut parts = vec![Json::Text("{".to_owned())];
    for (number, key) in secret.keys.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        parts.push(Json::Text(format!("{comma}{}:\"", json_text(&key.key))));
        parts.push(Json::Value(&secret.name, key));
        parts.push(Json::Text("\"".to_owned()));
    }
    parts.push(Json::Text("}".to_owned()));
    parts
}

/// A text as JSON writes it.
pub(super) fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
