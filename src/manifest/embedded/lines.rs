//! Files of lines: settings (`name = value`), directives (`requirepass …`, `proxy_set_header Authorization "…";`),
//! the variables of a script.

use super::{Content, span_in};
use crate::credentials::lines::{lines, unquoted, words};
use crate::manifest::scope::{Literal, Scope};
use crate::manifest::{Field, tree};
use crate::yaml::route::Route;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// YAML or JSON.
    Tree,
    /// `name = value`, `name: value`, under `[section]`.
    Settings,
    /// The same, and words: `name value`.
    Directives,
    /// `NAME=value` in a script.
    Shell,
}

/// Ends of names of code, of texts for people, of what is public.
#[rustfmt::skip]
const NOT_READ: &[&str] = &[
    "bat", "c", "cc", "cmd", "cpp", "crt", "cs", "css", "go", "groovy", "html", "java", "js", "kt", "lua", "md", "pem",
    "php", "pl", "ps1", "pub", "py", "rb", "rego", "rs", "scala", "sql", "svg", "swift", "tmpl", "tpl", "ts", "xml", "xsd",
];

impl Form {
    /// The form of a file, by its name or else by its lines. `None` for code, and for what is unknown.
    pub(super) fn of(name: &str, text: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref().unwrap_or_default() {
            "yaml" | "yml" | "json" => Some(Self::Tree),
            "properties" | "ini" | "toml" | "env" | "hcl" | "tfvars" => Some(Self::Settings),
            "conf" | "cfg" | "cnf" | "config" | "acl" => Some(Self::Directives),
            "sh" | "bash" | "zsh" | "envrc" => Some(Self::Shell),
            ending if NOT_READ.contains(&ending) => None,
            _ => Self::of_text(text),
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        let first = significant(text).next()?;
        if text.starts_with("#!") {
            return text.lines().next().is_some_and(|line| line.contains("sh")).then_some(Self::Shell);
        }
        let key = first.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' '));
        let is_section = first.starts_with('[') && first.ends_with(']') && !first.contains(['"', '{', ',']);
        if !is_section && (first.starts_with(['{', '[']) || first.starts_with("- ") || first == "---")
            || key.is_some_and(|(key, _)| is_name(key.trim_matches(['"', '\''])))
        {
            return Some(Self::Tree);
        }
        if significant(text).all(|line| line.starts_with('[') || assigned(line).is_some()) {
            return Some(Self::Settings);
        }
        // Prose has longer lines, code other signs.
        let is_directive = |line: &str| {
            let first = line.split_whitespace().next().unwrap_or_default();
            is_name(first)
                && line.split_whitespace().count() < 6
                && !line.ends_with(['.', ';', '{', ')', ','])
        };
        significant(text).all(is_directive).then_some(Self::Directives)
    }
}

/// Adds the credentials of lines.
pub(super) fn read(scope: &Scope<'_>, root: &Route, content: Content<'_>, form: Form, out: &mut Vec<Field>) {
    let mut section = "";
    for line in significant(content.text) {
        if let Some(inner) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && form != Form::Shell
        {
            section = inner.trim_matches(['[', ']']);
            continue;
        }
        let set =
            assigned(line).filter(|(name, value)| form != Form::Shell || is_variable(line, name, value));
        let mut add = |name: &str, value: &str| {
            let route = if section.is_empty() { root.clone() } else { root.key(section) };
            if let Some(span) = span_in(content.text, value)
                && tree::is_credential(name, value)
                && !is_filled_in(value)
            {
                let literal = Literal { name, value, role: content.role, proof: None };
                scope.add(route.key(name).to_string(), span, literal, out);
            }
        };
        match set {
            Some((name, value)) => add(name, value),
            None if form == Form::Directives => {
                statements(line).filter_map(directive).for_each(|(name, value)| add(name, value));
            }
            None => {}
        }
    }
}

/// Lines that are not blank and no comments, without blanks round them.
fn significant(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &str| ["#", ";", "//", "--", "!"].iter().any(|sign| line.starts_with(sign));
    lines(text).map(str::trim).filter(move |line| !line.is_empty() && (!is_comment(line) || *line == "---"))
}

/// `name = value`, `name: value`; `export` may stand before it.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim().trim_matches(['"', '\'']);
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    let value = unquoted(value.strip_prefix('=').unwrap_or(value));
    is_name(name).then(|| (name, value.trim_end_matches([';', ','])))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/".contains(&b))
}

/// In a script: a variable in capitals that is set to a text, not to what a command or another variable says.
fn is_variable(line: &str, name: &str, value: &str) -> bool {
    let has_sign = line[..line.len() - value.len().min(line.len())].contains('=');
    has_sign && !name.bytes().any(|b| b.is_ascii_lowercase()) && !value.contains(['$', '`', '('])
}

/// What stands in for a value until the file is used: `%(password)s`, Grafana's `$__env{…}`.
fn is_filled_in(value: &str) -> bool {
    value.starts_with("%(") || value.contains("$__")
}

/// The statements of a line, which `;` ends outside of quotes.
fn statements(line: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    line.split(move |c: char| {
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        c == ';' && quote.is_none()
    })
}

/// The last two words of a directive, as a name and its value: `masterauth …`, `set $token "…"`, `http-request
/// set-header Authorization "…"`. Where a proxy passes a request on to is no password.
fn directive(statement: &str) -> Option<(&str, &str)> {
    let words: Vec<&str> = words(statement).collect();
    let [.., name, value] = words[..] else { return None };
    let name = name.trim_start_matches('$');
    let passes_on = ["proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached"]
        .iter()
        .any(|what| name.strip_prefix(what) == Some("_pass"));
    (words.len() < 7 && is_name(name) && !passes_on && value != "{").then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_files() {
        let cases = [
            ("app.YAML", "", Some(Form::Tree)),
            ("app.ini", "", Some(Form::Settings)),
            ("nginx.conf", "", Some(Form::Directives)),
            ("run.sh", "", Some(Form::Shell)),
            ("main.py", "password = 1", None),
            ("config", "# x\na: b\n", Some(Form::Tree)),
            ("config", "{\"a\": 1}", Some(Form::Tree)),
            ("config", "---\na: b\n", Some(Form::Tree)),
            ("config", "[main]\na = b\n", Some(Form::Settings)),
            ("config", "a=b\nc=d\n", Some(Form::Settings)),
            ("master", "appendonly yes\nrequirepass x\n", Some(Form::Directives)),
            ("start", "#!/bin/sh\nA=b\n", Some(Form::Shell)),
            ("start", "#!/usr/bin/python3\nA=b\n", None),
            ("notes", "The password is kept elsewhere, as it should be.\nAsk.\n", None),
            ("code", "if (a) {\n  b();\n}\n", None),
        ];
        for (name, text, form) in cases {
            assert_eq!(Form::of(name, text), form, "{name} {text}");
        }
    }

    #[test]
    fn directives_name_their_last_word() {
        let cases = [
            ("requirepass x1", Some(("requirepass", "x1"))),
            ("proxy_set_header Authorization \"Basic a b\"", Some(("Authorization", "Basic a b"))),
            ("set $token 'x'", Some(("token", "x"))),
            ("proxy_pass backend", None),
            ("location /token {", None),
            ("daemonize", None),
        ];
        for (line, expected) in cases {
            assert_eq!(directive(line), expected, "{line}");
        }
        let parts: Vec<_> = statements("a \"b;c\"; d e;").map(str::trim).collect();
        assert_eq!(parts, ["a \"b;c\"", "d e", ""]);
    }
}
