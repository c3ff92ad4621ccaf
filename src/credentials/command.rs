//! One command line: which of its words is a password.

use super::file::File;
use super::history::RULE;
use super::lines::unquoted;
use super::value::{is_set, logins};
use crate::detect::judge::names_credential;
use crate::finding::Confidence;

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

/// Commands that take a password as a word: after which one, and how far.
const POSITIONS: &[(&str, &str, usize)] = &[
    ("htpasswd", "-b", 3),
    ("htpasswd", "-bc", 3),
    ("htpasswd", "-nb", 2),
    ("rabbitmqctl", "add_user", 2),
    ("rabbitmqctl", "change_password", 2),
    ("vault", "login", 1),
];

/// Whether a word of a command gives a password by a flag of one letter: where in the word the password begins, 0 for
/// the word after it. What needs a `login` before it is left out: here no other words are known.
pub(crate) fn password_flag(program: &str, word: &str) -> Option<usize> {
    FLAGS.iter().filter(|(name, ..)| *name == program && !ON_LOGIN.contains(name)).find_map(
        |(_, flag, glued)| match (word.strip_prefix(flag)?, glued) {
            ("", false) => Some(0),
            (value, true) if !value.is_empty() => Some(flag.len()),
            _ => None,
        },
    )
}

/// Words that stand before a command.
const BEFORE: &[&str] = &["sudo", "export", "env", "time", "exec", "nohup", "$"];

/// The commands of a line, each as its words with their quotes on, so that `-p'x y'` is one. A line ends a quote.
pub(super) fn commands(line: &str) -> Vec<Vec<&str>> {
    let (mut commands, mut words) = (Vec::new(), Vec::new());
    let (mut start, mut quote) = (None, None);
    for (at, c) in line.char_indices() {
        let ends_command = quote.is_none() && matches!(c, ';' | '|' | '&');
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c.is_whitespace() || ends_command => {
                words.extend(start.take().map(|start| &line[start..at]))
            }
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
        if ends_command {
            commands.push(std::mem::take(&mut words));
        } else if start.is_none() && !c.is_whitespace() {
            start = Some(at);
        }
    }
    words.extend(start.map(|start| &line[start..]));
    commands.push(words);
    commands
}

/// One command: assignments before it, its own flag or place for a password, flags and words with a credential's name.
pub(super) fn command<'t>(file: &mut File<'t>, words: &[&'t str]) {
    let program = words.iter().find(|word| !BEFORE.contains(word) && !word.contains('='));
    let program = program.map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    let is_login = !ON_LOGIN.contains(&program) || words.contains(&"login");
    for (at, word) in words.iter().enumerate() {
        let next = |further: usize| words.get(at + further).copied().unwrap_or_default();
        for (_, flag, glued) in FLAGS.iter().filter(|(name, ..)| *name == program && is_login) {
            match word.strip_prefix(flag) {
                Some("") if !glued => secret(file, next(1), program, flag),
                Some(value) if *glued && !value.is_empty() => secret(file, value, program, flag),
                _ => {}
            }
        }
        for (_, _, place) in POSITIONS.iter().filter(|(name, mark, _)| *name == program && mark == word) {
            secret(file, next(*place), program, word);
        }
        // `aws configure set aws_secret_access_key …`, `npm config set //registry/:_authToken …`
        if *word == "set" && names_credential(next(1)) {
            secret(file, next(2), program, next(1));
        }
        named(file, word, next(1), program);
        if matches!(program, "curl" | "http" | "https" | "smbclient") {
            user(file, word, next(1), program);
        }
        for login in logins(word) {
            file.add(RULE, login.password, login.password, login.host, login.user, Confidence::High);
        }
    }
}

/// `NAME=value`, `--name=value`, `--name value`, `pass:value` of OpenSSL, `Name: value` of a header.
fn named<'t>(file: &mut File<'t>, word: &'t str, next: &'t str, program: &str) {
    let flag = word.trim_start_matches('-');
    let is_flag = word.starts_with("--") && !flag.is_empty();
    if flag.contains('=') {
        assigned(file, flag, program);
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

/// `NAME=value`, also as the value of a flag (`--from-literal=NAME=value`).
fn assigned<'t>(file: &mut File<'t>, word: &'t str, program: &str) {
    let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-:/".contains(&b));
    let mut rest = inside_quotes(word);
    for _ in 0..2 {
        let Some((name, value)) = rest.split_once('=').filter(|(name, _)| is_name(name)) else { return };
        if names_credential(name) {
            return secret(file, value, program, name);
        }
        rest = inside_quotes(value);
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
    if is_set(value) && !value.contains("$(") && !value.starts_with(['`', '-']) {
        file.secret(RULE, value, program, field);
    }
}

fn inside_quotes(value: &str) -> &str {
    let quoted = |quote| value.strip_prefix(quote).and_then(|inner: &str| inner.strip_suffix(quote));
    quoted('\'').or_else(|| quoted('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_no_quote_is_open() {
        let line = "a -p'x; y' && b \"c|d\" | e&";
        assert_eq!(commands(line), [vec!["a", "-p'x; y'"], vec![], vec!["b", "\"c|d\""], vec!["e"], vec![]]);
        assert_eq!(commands("a 'open; b"), [vec!["a", "'open; b"]]);
    }
}
