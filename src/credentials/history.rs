//! What shells and interpreters remember: passwords on command lines.

use std::sync::LazyLock;

use regex::Regex;

use super::file::File;
use super::lines::{lines, unquoted};
use super::value::{is_set, logins};
use crate::detect::judge::names_credential;
use crate::finding::Confidence;

const RULE: &str = "shell-history-password";

/// Commands that take a password by a flag of one letter, and whether it is glued to the flag (`mysql -pWORD`).
#[rustfmt::skip]
const FLAGS: &[(&str, &str, bool)] = &[
    ("az", "-p", false), ("buildah", "-p", false), ("docker", "-p", false), ("helm", "-p", false),
    ("ldapadd", "-w", false), ("ldapmodify", "-w", false), ("ldapsearch", "-w", false), ("mariadb", "-p", true),
    ("mariadb-dump", "-p", true), ("mongo", "-p", false), ("mongodump", "-p", false), ("mongosh", "-p", false),
    ("mysql", "-p", true), ("mysqladmin", "-p", true), ("mysqldump", "-p", true), ("mysqlimport", "-p", true),
    ("nerdctl", "-p", false), ("oc", "-p", false), ("podman", "-p", false), ("redis-cli", "-a", false),
    ("skopeo", "-p", false), ("sqlcmd", "-P", false), ("sshpass", "-p", false), ("sshpass", "-p", true),
];

/// Of these, `-p` is a password only after `login`: else it is a port or a path.
const ON_LOGIN: &[&str] = &["az", "buildah", "docker", "helm", "nerdctl", "oc", "podman", "skopeo"];

/// SQL that sets a password: `IDENTIFIED BY '…'`, `PASSWORD '…'`, `PASSWORD('…')`, `SET PASSWORD … = '…'`.
static SQL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:\bIDENTIFIED\b[^'"\n;]{0,60}\b(?:BY|AS)|\bPASSWORD\b(?:\s+FOR\b[^=\n;]{0,80})?)[\s(=]{1,8}(?:PASSWORD\s{0,4}\(\s{0,4})?['"]([^'"\n]+)['"]"#).ok()
});

/// Redis: `AUTH [user] password`, `CONFIG SET requirepass password`.
static REDIS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?im)^\s*(?:auth(?:\s+\S+)?|config\s+set\s+(?:requirepass|masterauth))\s+(\S+)\s*$").ok()
});

/// A name and a text in quotes: `password = "…"`, `connect(password='…')`, `{"token": "…"}`.
static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z_][A-Za-z0-9_.-]{0,63})["'\]]{0,2}\s{0,4}[=:]\s{0,4}(?:"([^"\n]+)"|'([^'\n]+)')"#)
        .ok()
});

/// History of a shell, one command a line; zsh and fish write a time or a mark before it.
pub(super) fn shell(file: &mut File<'_>) {
    for line in lines(file.text) {
        let line = match line.strip_prefix(": ").and_then(|rest| rest.split_once(';')) {
            Some((stamp, command)) if stamp.bytes().all(|b| b.is_ascii_digit() || b == b':') => command,
            _ => line.strip_prefix("- cmd: ").unwrap_or(line),
        };
        for command in line.split([';', '|']).flat_map(|part| part.split("&&")) {
            self::command(file, &shell_words(command));
        }
        sql_of(file, line);
    }
}

/// The words of a command with their quotes on, so that `-p'x y'` is one.
fn shell_words(command: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote) = (Vec::new(), None, None);
    for (at, c) in command.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c.is_whitespace() => words.extend(start.take().map(|start| &command[start..at])),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
        if start.is_none() && !c.is_whitespace() {
            start = Some(at);
        }
    }
    words.extend(start.map(|start| &command[start..]));
    words
}

/// One command: assignments before it, its own flag for a password, flags and words with a credential's name.
fn command<'t>(file: &mut File<'t>, words: &[&'t str]) {
    let is_word =
        |word: &&&str| !matches!(**word, "sudo" | "export" | "env" | "time" | "exec") && !word.contains('=');
    let program = words.iter().find(is_word).map_or("", |word| base_name(word));
    let is_login = !ON_LOGIN.contains(&program) || words.contains(&"login");
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        for (_, flag, glued) in FLAGS.iter().filter(|(name, ..)| *name == program && is_login) {
            match word.strip_prefix(flag) {
                Some("") if !glued => secret(file, next, program, flag),
                Some(value) if *glued && !value.is_empty() => secret(file, value, program, flag),
                _ => {}
            }
        }
        named(file, word, next, program);
        if matches!(program, "curl" | "http" | "https" | "smbclient") {
            user(file, word, next, program);
        }
        for login in logins(word) {
            file.add(RULE, login.password, login.password, login.host, login.user, Confidence::High);
        }
    }
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// `NAME=value`, `--name=value`, `--name value`, `pass:value` of OpenSSL, `Name: value` of a header.
fn named<'t>(file: &mut File<'t>, word: &'t str, next: &'t str, program: &str) {
    let flag = word.trim_start_matches('-');
    let is_flag = word.starts_with("--") && !flag.is_empty();
    if let Some((name, value)) = flag.split_once('=') {
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-:".contains(&b));
        if is_name && names_credential(name) {
            secret(file, value, program, name);
        } else if is_name && value.contains('=') {
            // `--from-literal=password=…`
            named(file, value, "", program);
        }
    } else if is_flag && names_credential(flag) && !next.starts_with('-') {
        secret(file, next, program, flag);
    } else if let (true, Some(value)) = (program == "openssl", word.strip_prefix("pass:")) {
        secret(file, value, program, "pass");
    } else if let Some((name, value)) = unquoted(word).split_once(": ")
        && names_credential(name)
        && !name.contains(' ')
    {
        secret(file, value.strip_prefix("Bearer ").unwrap_or(value), program, name);
    }
}

/// `-u user:password`, `--user=user:password`; `-U user%password` of smbclient.
fn user<'t>(file: &mut File<'t>, word: &'t str, next: &'t str, program: &str) {
    let flags = ["--user", "--proxy-user", "-u", "-a", "-U"];
    let Some(flag) = flags.iter().find(|flag| word.starts_with(**flag)) else { return };
    let glued = &word[flag.len()..];
    let value = if glued.is_empty() { next } else { glued.trim_start_matches('=') };
    let divider = if program == "smbclient" { '%' } else { ':' };
    if let Some((_, password)) = inside_quotes(value).split_once(divider) {
        secret(file, password, program, flag);
    }
}

/// What a command is given is a password whatever it looks like, unless the shell puts another in its place.
fn secret<'t>(file: &mut File<'t>, value: &'t str, program: &str, field: &str) {
    let value = inside_quotes(value);
    if is_set(value) && !value.contains("$(") && !value.starts_with('`') {
        file.secret(RULE, value, program, field);
    }
}

fn inside_quotes(value: &str) -> &str {
    let quoted = |quote| value.strip_prefix(quote).and_then(|inner: &str| inner.strip_suffix(quote));
    quoted('\'').or_else(|| quoted('"')).unwrap_or(value)
}

/// History of a client of a database. libedit writes a blank as `\040`.
pub(super) fn sql(file: &mut File<'_>) {
    sql_of(file, file.text);
    if let (".rediscli_history", Some(redis)) = (file.name, REDIS.as_ref()) {
        let text = file.text;
        for found in redis.captures_iter(text).filter_map(|found| found.get(1)) {
            file.secret(RULE, &text[found.range()], "", "AUTH");
        }
    }
}

fn sql_of<'t>(file: &mut File<'t>, text: &'t str) {
    let Some(sql) = SQL.as_ref() else { return };
    // Of the same length, so that what is found stands at the same place.
    let plain = text.contains("\\040").then(|| text.replace("\\040", "    "));
    let ranges: Vec<_> = sql
        .captures_iter(plain.as_deref().unwrap_or(text))
        .filter_map(|found| {
            Some((found.get(1)?.range(), found.get(0)?.as_str().split_whitespace().next()?.to_owned()))
        })
        .collect();
    for (range, word) in ranges {
        file.secret(RULE, &text[range], "", &word);
    }
}

/// History of Python, Node and the like.
pub(super) fn interpreter(file: &mut File<'_>) {
    let (text, Some(assigned)) = (file.text, ASSIGNED.as_ref()) else { return };
    for found in assigned.captures_iter(text) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2).or(found.get(3))) else { continue };
        file.named(RULE, &text[value.range()], "", name.as_str());
    }
}
