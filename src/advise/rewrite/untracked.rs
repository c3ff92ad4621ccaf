//! Files outside of Git that hold what a manifest had: `.env` beside a compose file, `secrets/…`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::advise::plan::Command;
use crate::advise::store::word;

/// Where a value is kept from now on, on the machine that runs the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untracked {
    /// Which of the leaks, by its number in what was given.
    pub leak: usize,
    /// The file, relative to the one that was rewritten.
    pub path: String,
    /// The line of the file that holds it, and how; the whole file where it is none.
    pub line: Option<Line>,
}

/// A line `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The name.
    pub name: String,
    /// Whether the reader of the file takes quotes off: compose does (Docker, "Env file syntax"), kustomize does not.
    pub quoted: bool,
}

impl Untracked {
    /// What `.gitignore` in the same directory has to have.
    pub fn ignore_line(&self) -> String {
        match self.path.split_once('/') {
            Some((directory, _)) => format!("/{directory}/"),
            None => format!("/{}", self.path),
        }
    }

    /// The command that writes the value, which it reads from its standard input, so that no list of processes and no
    /// history has it. To be run in the directory of the rewritten file; files are for their owner alone.
    pub fn command(&self) -> Command {
        let make = self.path.rsplit_once('/').map(|(directory, _)| format!("mkdir -p {directory} && "));
        let make = make.unwrap_or_default();
        let path = &self.path;
        let (what, write) = match &self.line {
            // `printf` is the shell's own, so that its words are no process's.
            Some(Line { name, quoted: true }) => (
                format!("puts {name} into {path}"),
                format!(r#"printf "%s='%s'\n" {name} "$(sed "s/'/\\\\'/g")" >> {path}"#),
            ),
            Some(Line { name, quoted: false }) => {
                (format!("puts {name} into {path}"), format!(r#"printf '%s=%s\n' {name} "$(cat)" >> {path}"#))
            }
            None => (format!("writes {path}"), format!("cat > {path}")),
        };
        Command { what, line: format!("(umask 077 && {make}{write})") }
    }
}

/// The commands for what goes out of a file, to be run from the directory that its path is relative to: first Git is
/// told to leave the new files out.
pub fn commands(file: &Path, untracked: &[Untracked]) -> Vec<Command> {
    let directory = file.parent().map(|directory| directory.to_string_lossy()).unwrap_or_default();
    let enter = match &*directory {
        "" => String::new(),
        directory => format!("cd {} && ", word(directory)),
    };
    let lines: BTreeSet<String> = untracked.iter().map(Untracked::ignore_line).collect();
    let ignore = lines.iter().map(|line| {
        let line = word(line);
        Command {
            what: format!("Keep {line} out of Git"),
            line: format!(
                "({enter}{{ grep -qxF {line} .gitignore 2>/dev/null || echo {line} >>.gitignore; }})"
            ),
        }
    });
    let write = untracked.iter().map(|one| {
        let Command { what, line } = one.command();
        Command { what, line: if enter.is_empty() { line } else { format!("({enter}{line})") } }
    });
    ignore.chain(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command as Process, Stdio};

    /// Runs the command as printed and gives what the file has afterwards.
    fn written(untracked: &Untracked, value: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let mut shell = Process::new("sh");
        shell.arg("-c").arg(untracked.command().line).current_dir(&directory).stdin(Stdio::piped());
        let mut running = shell.spawn().unwrap();
        running.stdin.take().unwrap().write_all(value.as_bytes()).unwrap();
        assert!(running.wait().unwrap().success());
        std::fs::read_to_string(directory.path().join(&untracked.path)).unwrap()
    }

    #[test]
    fn commands_take_the_value_from_their_input() {
        let untracked = |path: &str, line: Option<(&str, bool)>| Untracked {
            leak: 0,
            path: path.to_owned(),
            line: line.map(|(name, quoted)| Line { name: name.to_owned(), quoted }),
        };
        let value = "unbake's $invented \\ \"one\"";
        assert_eq!(written(&untracked("secrets/db", None), value), value);
        let env = untracked(".env", Some(("DB_PASSWORD", true)));
        assert_eq!(written(&env, value), "DB_PASSWORD='unbake\\'s $invented \\ \"one\"'\n");
        let plain = untracked("secrets/db.env", Some(("password", false)));
        assert_eq!(written(&plain, value), format!("password={value}\n"));
        assert_eq!((plain.ignore_line(), env.ignore_line()), ("/secrets/".to_owned(), "/.env".to_owned()));
    }
}
