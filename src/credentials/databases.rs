//! Clients and servers of databases: MySQL, Redis, PgBouncer.

use super::file::File;
use super::lines::{lines, settings, words};
use super::value::is_set;
use crate::finding::Confidence;

/// Option files (MySQL, "Using Option Files"); `loose-` and the like may stand before an option.
pub(super) fn mysql(file: &mut File<'_>) {
    for setting in settings(file.text, &['=']) {
        let name = setting.name.replace('_', "-");
        let known = ["password", "report-password", "master-password", "ssl-passphrase", "wsrep-sst-auth"];
        if known.iter().any(|known| name.ends_with(known)) {
            let value = setting.value;
            let value =
                if name.ends_with("sst-auth") { value.split_once(':').map_or("", |(_, v)| v) } else { value };
            file.secret("mysql-option-password", value, setting.section, setting.name);
        }
    }
}

/// `mysql_config_editor`'s file: 4 bytes of zero, a key of 20 bytes, and options encrypted with that very key.
pub(super) fn mysql_login_path(file: &mut File<'_>) {
    if file.bytes.starts_with(&[0; 4]) && file.bytes.len() > 28 {
        file.present("mysql-login-path", file.bytes, Confidence::High);
    }
}

/// `requirepass`, `masterauth`, users with `>password` (redis.conf), `auth-pass` (Sentinel).
pub(super) fn redis(file: &mut File<'_>) {
    for line in lines(file.text).filter(|line| !line.trim_start().starts_with('#')) {
        let fields: Vec<_> = words(line).collect();
        match fields[..] {
            [name, value]
                if name.eq_ignore_ascii_case("requirepass") || name.eq_ignore_ascii_case("masterauth") =>
            {
                file.secret("redis-password", value, "", name);
            }
            ["sentinel", name @ ("auth-pass" | "sentinel-pass"), .., value] => {
                file.secret("redis-password", value, "sentinel", name);
            }
            ["user", user, ..] => {
                for value in fields.iter().filter_map(|rule| rule.strip_prefix('>')) {
                    file.secret("redis-password", value, user, "user");
                }
            }
            _ => {}
        }
    }
}

/// `"user" "password"` (PgBouncer, "Authentication file format"). A hash (`md5…`, `SCRAM-SHA-256$…`) is enough to log in
/// with at the server, or to guess at.
pub(super) fn pgbouncer(file: &mut File<'_>) {
    for line in lines(file.text).filter(|line| line.starts_with('"')) {
        let fields: Vec<_> = words(line).collect();
        if let [user, value, ..] = fields[..]
            && is_set(value)
        {
            file.add("pgbouncer-user-password", value, value, "", user, Confidence::High);
        }
    }
}
