//! What shells and interpreters remember: passwords on command lines.

use std::sync::LazyLock;

use regex::Regex;

use super::command::{command, commands};
use super::file::File;
use super::lines::lines;

/// The rule of all that stands on command lines.
pub(super) const RULE: &str = "shell-history-password";

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

/// `echo user:password | chpasswd`.
static CHPASSWD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?:echo|printf)\s+(?:-\w+\s+)?["']?[\w.-]+:([^\s"'|]+)(?:\\n)?["']?\s*\|\s*(?:sudo\s+)?chpasswd\b"#).ok()
});

/// History of a shell, one command a line; zsh and fish write a time or a mark before it.
pub(super) fn shell(file: &mut File<'_>) {
    for line in lines(file.text) {
        let line = match line.strip_prefix(": ").and_then(|rest| rest.split_once(';')) {
            Some((stamp, command)) if stamp.bytes().all(|b| b.is_ascii_digit() || b == b':') => command,
            _ => line.strip_prefix("- cmd: ").unwrap_or(line),
        };
        for words in commands(line) {
            command(file, &words);
        }
        if let Some(password) = CHPASSWD.as_ref().and_then(|echo| echo.captures(line)?.get(1)) {
            file.secret(RULE, &line[password.range()], "chpasswd", "");
        }
        sql_of(file, line);
    }
}

/// History of PowerShell: commands, and variables with texts in quotes.
pub(super) fn powershell(file: &mut File<'_>) {
    shell(file);
    interpreter(file);
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
