//! A repository with a bare remote, and git and unbake run in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub(crate) const TOKEN: &str = "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";
pub(crate) const OTHER: &str = "ghp_unbakeInventedExampleValue00020fU4bb";

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Of one that must succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// The code, and that each of these words was said, and no value.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:#?}");
        for word in words {
            assert!(self.err.contains(word) || self.out.contains(word), "`{word}` is not said: {self:#?}");
        }
        for value in [TOKEN, OTHER] {
            assert!(!self.err.contains(value) && !self.out.contains(value), "a value is shown: {self:#?}");
        }
    }
}

/// A repository `work` with the remote `origin`, which is `up.git` beside it.
pub(crate) struct Repo {
    pub(crate) root: TempDir,
    pub(crate) work: PathBuf,
}

impl Repo {
    pub(crate) fn new() -> Self {
        Self::of("sha1")
    }

    /// With this form of object ids.
    pub(crate) fn of(format: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let repo = Self { work: root.path().join("work"), root };
        let format = format!("--object-format={format}");
        git(repo.root.path(), &["init", "-q", "--bare", &format, "-b", "main", "up.git"]).ok();
        git(repo.root.path(), &["init", "-q", &format, "-b", "main", "work"]).ok();
        repo.git(&["remote", "add", "origin", "../up.git"]).ok();
        repo
    }

    /// With the pre-push hook, and a first commit that is pushed.
    pub(crate) fn pushed() -> Self {
        let repo = Self::new();
        repo.begin();
        repo
    }

    /// Installs the hook, and pushes a first commit.
    pub(crate) fn begin(&self) {
        self.unbake(&["hook", "install"]).ok();
        self.commit(&[("README.md", "invented\n")], "Begin");
        self.git(&["push", "-q", "origin", "main"]).ok();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Ran {
        git(&self.work, arguments)
    }

    pub(crate) fn unbake(&self, arguments: &[&str]) -> Ran {
        run(unbake(&self.work, arguments), b"")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.work.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes the files and commits everything; gives the commit's id.
    pub(crate) fn commit(&self, files: &[(&str, &str)], message: &str) -> String {
        files.iter().for_each(|(path, text)| self.write(path, text));
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-q", "--allow-empty", "-m", message]).ok();
        self.id("HEAD")
    }

    pub(crate) fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision]).ok().out.trim().to_owned()
    }

    pub(crate) fn push(&self, refs: &[&str]) -> Ran {
        self.git(&[&["push", "-q", "origin"], refs].concat())
    }

    /// Runs the hook by hand, with this on its standard input.
    pub(crate) fn hook(&self, arguments: &[&str], input: &str) -> Ran {
        run(unbake(&self.work, &[&["hook", "pre-push"], arguments].concat()), input.as_bytes())
    }
}

/// A line of the protocol for a branch that is new.
pub(crate) fn line(id: &str) -> String {
    format!("refs/heads/main {id} refs/heads/main {}\n", "0".repeat(id.len()))
}

/// unbake in a directory, with nothing of whoever runs the tests.
pub(crate) fn unbake(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = bare(env!("CARGO_BIN_EXE_unbake"), directory);
    command.args(arguments);
    command
}

pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = bare("git", directory);
    command.args(arguments);
    run(command, b"")
}

pub(crate) fn bare(program: &str, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for name in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{name}_NAME"), "Inventor")
            .env(format!("GIT_{name}_EMAIL"), "i@unbake.example");
    }
    let others =
        ["UNBAKE_SKIP", "UNBAKE_FINGERPRINT_KEY", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "PRE_COMMIT"];
    others.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
}

pub(crate) fn run(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program may end before it has read all.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A line of a file with the token.
pub(crate) fn secret() -> String {
    format!("token: {TOKEN}\n")
}
