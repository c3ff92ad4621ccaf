//! How git is started: so that it asks nobody, fetches nothing, and shows the objects as they are.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// What git could not do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be started.
    #[error(
        "git can't be started ({0}): it has to be installed and on the PATH, since repositories are read with it"
    )]
    Start(#[from] io::Error),
    /// It ended with an error.
    #[error("git {command}: {said}")]
    Failed {
        /// Its subcommand.
        command: String,
        /// What it said.
        said: String,
    },
    /// Its answer is not of the form that its documentation tells.
    #[error("git {0}: its answer is not understood; unbake needs git 2.25 or newer")]
    Answer(&'static str),
}

/// Variables that name a repository. Git sets them for its hooks; they are not meant for another repository.
const OF_A_REPOSITORY: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
];

/// A repository, as git finds it.
#[derive(Debug, Clone)]
pub struct Git {
    directory: Option<PathBuf>,
}

impl Git {
    /// The repository that git finds from the current directory and its environment: in a hook, the one that the hook
    /// is of.
    pub fn here() -> Self {
        Self { directory: None }
    }

    /// The repository of a directory.
    pub fn of(directory: &Path) -> Self {
        Self { directory: Some(directory.to_owned()) }
    }

    /// A command that has not been started.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        if let Some(directory) = &self.directory {
            command.arg("-C").arg(directory);
            OF_A_REPOSITORY.iter().for_each(|name| {
                command.env_remove(name);
            });
        }
        command.args(arguments).env("LC_ALL", "C");
        // What is replaced on this machine (git-replace) is sent as it is, and so has to be read as it is.
        command.env("GIT_NO_REPLACE_OBJECTS", "1");
        // A partial clone fetches what it lacks when it is asked for it. Older versions only know the second: no
        // transport is allowed.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "");
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        command.env_remove("GIT_TRACE").env_remove("GIT_EXTERNAL_DIFF");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts a command, and gives it `input`; several can run at once.
    pub fn ask(&self, arguments: &[&str], input: Vec<u8>) -> Result<Answer, Error> {
        let mut command = self.command(arguments);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn()?;
        let writer = write_to(&mut child, input);
        Ok(Answer { child, writer, command: arguments.first().copied().unwrap_or_default().to_owned() })
    }

    /// Where git keeps something of the repository: `hooks`, `unbake/skips.log`.
    pub fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let path = first_line(self.ask(&["rev-parse", "--git-path", name], Vec::new())?.wait()?);
        Ok(self.directory.as_deref().unwrap_or(Path::new("")).join(path))
    }

    /// The directory that all worktrees of the repository share.
    pub fn common(&self) -> Result<PathBuf, Error> {
        self.common_of(self.ask_common()?)
    }

    /// Asks for that directory, and does not wait for the answer.
    pub fn ask_common(&self) -> Result<Answer, Error> {
        self.ask(&["rev-parse", "--git-common-dir"], Vec::new())
    }

    /// The directory that was asked for.
    pub fn common_of(&self, answer: Answer) -> Result<PathBuf, Error> {
        let path = first_line(answer.wait()?);
        Ok(self.directory.as_deref().unwrap_or(Path::new("")).join(path))
    }
}

/// Writes on a thread of its own: git may answer before it has read all.
pub(super) fn write_to(child: &mut Child, input: Vec<u8>) -> Option<JoinHandle<()>> {
    let mut stdin = child.stdin.take()?;
    Some(std::thread::spawn(move || {
        // A git that ends early is told by how it ends.
        let _ = stdin.write_all(&input);
    }))
}

/// A command under way.
pub struct Answer {
    child: Child,
    writer: Option<JoinHandle<()>>,
    command: String,
}

impl Answer {
    /// What it wrote.
    pub fn wait(self) -> Result<Vec<u8>, Error> {
        let Self { child, writer, command } = self;
        let output = child.wait_with_output()?;
        if let Some(writer) = writer {
            let _ = writer.join();
        }
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(Error::Failed { command, said: said(&output.stderr, output.status) })
        }
    }
}

/// What a command that failed said, on one line.
pub(super) fn said(stderr: &[u8], status: std::process::ExitStatus) -> String {
    let text = crate::place::printable_path(stderr.trim_ascii()).replace("\\x0a", "; ");
    if text.is_empty() { status.to_string() } else { text }
}

/// The bytes up to the first newline, as a path.
pub(super) fn first_line(output: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let line = output.strip_suffix(b"\n").map(<[u8]>::to_vec).unwrap_or(output);
    PathBuf::from(std::ffi::OsString::from_vec(line))
}

/// Whether the current process was started by git for a repository.
pub(super) fn in_hook() -> bool {
    env::var_os("GIT_DIR").is_some()
}
