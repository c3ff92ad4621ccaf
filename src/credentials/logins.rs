//! Lists of logins: netrc, pgpass, git's store, PPP's secrets.

use super::file::File;
use super::lines::{lines, words};
use super::value::logins;

/// `machine HOST login USER password WORD`, over any number of lines (ftp(1), curl). A `macdef` ends at an empty line.
pub(super) fn netrc(file: &mut File<'_>) {
    let (mut host, mut user, mut wanted) = ("", "", "");
    let mut in_macro = false;
    for line in lines(file.text) {
        in_macro &= !line.trim().is_empty();
        if in_macro || line.trim_start().starts_with('#') {
            continue;
        }
        for word in words(line) {
            match std::mem::take(&mut wanted) {
                "machine" => (host, user) = (word, ""),
                "login" => user = word,
                "password" | "passwd" => file.secret("netrc-password", word, host, user),
                "account" => {}
                _ => match word {
                    "default" => (host, user) = ("default", ""),
                    "macdef" => in_macro = true,
                    _ => wanted = word,
                },
            }
        }
    }
}

/// `host:port:database:user:password`, with `\:` and `\\` in fields (PostgreSQL, libpq-pgpass).
pub(super) fn pgpass(file: &mut File<'_>) {
    for line in lines(file.text).filter(|line| !line.starts_with('#')) {
        let mut fields = Vec::new();
        let mut rest = line;
        while fields.len() < 4 {
            let Some(end) = field_end(rest) else { break };
            fields.push(&rest[..end]);
            rest = &rest[end + 1..];
        }
        if let [host, _, _, user] = fields[..] {
            file.secret("pgpass-password", rest, host, user);
        }
    }
}

fn field_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b':' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// A URL with user and password on each line (git-credential-store).
pub(super) fn git_credentials(file: &mut File<'_>) {
    for login in logins(file.text) {
        file.secret("git-credentials-password", login.password, login.host, login.user);
    }
}

/// `client server secret addresses` (pppd(8)). `@/path` is a file that has the secret.
pub(super) fn ppp(file: &mut File<'_>) {
    for line in lines(file.text).filter(|line| !line.trim_start().starts_with('#')) {
        let fields: Vec<_> = words(line).take(3).collect();
        if let [client, server, secret] = fields[..]
            && !secret.starts_with("@/")
        {
            file.secret("ppp-secret", secret, server, client);
        }
    }
}
