//! Programs that people log in with: FTP clients, mail clients, database and desktop clients.

use super::file::File;
use super::lines::{closing, lines, settings, unquoted, words};
use super::markup::{unescaped, walk};
use super::tree::{documents, scalars};
use super::value::{decoded, hexadecimal, is_set};
use crate::finding::Confidence;
use crate::yaml::route::At;

/// `Server/Pass`, in base64 where it says so. With a master password it is encrypted (`encoding="crypt"`).
pub(super) fn filezilla(file: &mut File<'_>) {
    let mut host = "";
    walk(file.text, |open, text| {
        let Some(element) = open.last().filter(|_| !text.is_empty()) else { return };
        match (element.name, element.attribute("encoding")) {
            ("Host", _) => host = text,
            ("Pass", None | Some("")) => add_if_set(file, text, &unescaped(text), host),
            ("Pass", Some("base64")) => {
                let password = decoded(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                add_if_set(file, text, &password.unwrap_or_default(), host);
            }
            _ => {}
        }
    });
}

fn add_if_set(file: &mut File<'_>, part: &str, value: &str, host: &str) {
    if is_set(value) {
        file.add("ftp-client-password", part, value, host, "Pass", Confidence::High);
    }
}

/// JSON of editors' FTP plugins, by lines since it may have comments; grunt's `.ftppass` is one too.
pub(super) fn ftp(file: &mut File<'_>) {
    let mut host = "";
    for line in lines(file.text).filter(|line| !line.trim_start().starts_with("//")) {
        for (name, value) in texts(line) {
            match name {
                "host" | "hostname" => host = value,
                "password" | "pass" | "passphrase" | "ftp_password" => {
                    file.secret("ftp-client-password", value, host, name);
                }
                _ => {}
            }
        }
    }
}

/// The `"name": "text"` pairs of a line of JSON.
fn texts(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        loop {
            let (name, after) = text(rest.split_once('"')?.1)?;
            rest = after;
            let value = after.trim_start().strip_prefix(':').and_then(|v| v.trim_start().strip_prefix('"'));
            if let Some((value, after)) = value.and_then(text) {
                rest = after;
                return Some((name, value));
            }
        }
    })
}

/// A text whose quote was just opened, and what follows it.
fn text(inner: &str) -> Option<(&str, &str)> {
    let end = closing(inner, '"')?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// WinSCP's sessions: `Password` is the password and a checksum, XORed with a number that everybody knows, in hexadecimal.
pub(super) fn winscp(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']).filter(|setting| setting.name == "Password") {
        if hexadecimal(setting.value) && setting.value.len() >= 8 {
            let (section, name) = (setting.section, setting.name);
            file.add("ftp-client-password", setting.value, setting.value, section, name, Confidence::High);
        }
    }
}

/// `password WORD` (msmtp), `set imap_pass = "…"` (mutt). A program's output (`` `pass show mail` ``) is none.
pub(super) fn mail(file: &mut File<'_>) {
    const RULE: &str = "mail-client-password";
    let mut account = "";
    for line in lines(file.text).map(str::trim) {
        if let Some(rest) = line.strip_prefix("set ") {
            let Some((name, value)) = rest.split_once('=') else { continue };
            let value = unquoted(value);
            match name.trim() {
                name @ ("imap_pass" | "smtp_pass" | "pop_pass" | "nntp_pass") if !value.starts_with('`') => {
                    file.secret(RULE, value, "", name);
                }
                name => file.passwords_in(RULE, value, "", name),
            }
            continue;
        }
        let fields: Vec<_> = words(line).collect();
        match fields[..] {
            ["account", name, ..] => account = name,
            ["password", value] => file.secret(RULE, value, account, "password"),
            _ => {}
        }
    }
}

/// Encrypted with a key that is part of DBeaver, unless a master password is set.
pub(super) fn dbeaver(file: &mut File<'_>) {
    const RULE: &str = "dbeaver-credentials";
    if !file.text.trim_start().starts_with('{') {
        if file.bytes.len() >= 32 && file.bytes.len().is_multiple_of(16) {
            file.present(RULE, file.bytes, Confidence::Medium);
        }
        return;
    }
    for document in &documents(file.text) {
        scalars(&At::root(&document.root), &mut |at, key| {
            if key == "password" {
                file.secret_at(RULE, at, "");
            }
        });
    }
}

/// `password 51:b:HEX`: encrypted for the Windows user who saved it.
pub(super) fn rdp(file: &mut File<'_>) {
    let mut host = "";
    for line in lines(file.text) {
        if let Some(address) = line.strip_prefix("full address:s:") {
            host = address;
        }
        if let Some(value) = line.strip_prefix("password 51:b:")
            && value.len() >= 32
            && hexadecimal(value)
        {
            file.add("remote-desktop-password", value, value, host, "password", Confidence::Low);
        }
    }
}

/// `password` of a connection, encrypted with the `secret` of `remmina.pref`, which stands beside it in a home.
pub(super) fn remmina(file: &mut File<'_>) {
    let server = settings(file.text, &['=']).find(|setting| setting.name == "server");
    let server = server.map_or("", |setting| setting.value);
    for setting in settings(file.text, &['=']) {
        let known =
            ["password", "ssh_tunnel_password", "ssh_tunnel_passphrase", "gateway_password", "secret"];
        if known.contains(&setting.name) {
            file.secret("remote-desktop-password", setting.value, server, setting.name);
        }
    }
}
