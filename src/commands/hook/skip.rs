//! `UNBAKE_SKIP`: the way past a hook that leaves a trace.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use super::complain;
use crate::gate::date::Date;
use crate::place::printable_path;
use crate::source::git::Git;

const VARIABLE: &str = "UNBAKE_SKIP";

/// Whether someone asked to pass.
pub(super) fn is_asked() -> bool {
    env::var(VARIABLE).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false" | "no"))
}

/// Writes down who passed, when and with what, and says so.
pub(super) fn leave_trace(git: &Git, hook: &str, what: &str) {
    let line = format!("{} {hook} by {}: {what}\n", now(), user(git));
    match write(git, &line) {
        Ok(file) => complain(&format!("{VARIABLE} is set: nothing was scanned, and {file} has a line of it")),
        Err(e) => {
            complain(&format!("{VARIABLE} is set: nothing was scanned. That could not be written down: {e}"))
        }
    }
}

fn write(git: &Git, line: &str) -> anyhow::Result<String> {
    let file = git.path("unbake/skips.log")?;
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    let mut log = OpenOptions::new().create(true).append(true).open(&file)?;
    log.write_all(line.as_bytes()).map_err(|e: io::Error| anyhow::anyhow!("{}: {e}", file.display()))?;
    Ok(file.display().to_string())
}

/// The committer that git knows, `NAME <MAIL>`; else the user of the machine.
fn user(git: &Git) -> String {
    let ident = git.ask(&["var", "GIT_COMMITTER_IDENT"], Vec::new()).and_then(|answer| answer.wait());
    let ident = ident.map(|ident| printable_path(ident.trim_ascii())).unwrap_or_default();
    match ident.split_once('>') {
        Some((name, _)) => format!("{name}>"),
        None => env::var("USER").unwrap_or_else(|_| "(unknown)".to_owned()),
    }
}

/// `2026-11-24T16:00:00Z`
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let day = Date::at(seconds).map(|day| day.to_string()).unwrap_or_default();
    let (hours, minutes, seconds) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{day}T{hours:02}:{minutes:02}:{seconds:02}Z")
}
