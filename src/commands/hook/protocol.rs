//! What is pushed: as git tells a pre-push hook (githooks, "pre-push"), or as the pre-commit framework does.

use std::env;
use std::io::{IsTerminal, Read};

use anyhow::{Context, bail};

use crate::place::printable_path;
use crate::source::git::{Git, Id};

/// More than this is no list of references.
const LONGEST: u64 = 256 << 20;

/// A push.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Push {
    /// The remote's name, or its URL.
    pub(super) remote: String,
    pub(super) url: String,
    pub(super) updates: Vec<Update>,
}

/// A reference that is pushed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Update {
    /// As reports show it.
    pub(super) local_ref: String,
    /// All zeros where the remote's is deleted.
    pub(super) local: Id,
    pub(super) remote_ref: String,
    /// What the remote has; all zeros where it is new.
    pub(super) remote: Option<Id>,
}

impl Push {
    /// What the hook is told.
    pub(super) fn read(git: &Git, remote: Option<&str>, url: Option<&str>) -> anyhow::Result<Self> {
        let (remote, url) = (remote.unwrap_or_default(), url.or(remote).unwrap_or_default());
        if remote.is_empty() && env::var_os("PRE_COMMIT").is_some() {
            return of_pre_commit(git);
        }
        let mut stdin = std::io::stdin();
        if stdin.is_terminal() {
            bail!(
                "git runs this before a push, and tells it on standard input what it pushes; `unbake hook install` \
                 makes it do so, and `unbake scan git:.` scans the repository"
            );
        }
        let mut input = Vec::new();
        stdin.by_ref().take(LONGEST).read_to_end(&mut input).context("standard input")?;
        if input.len() as u64 == LONGEST {
            bail!("standard input is longer than any list of references");
        }
        Ok(Self { remote: remote.to_owned(), url: url.to_owned(), updates: parse(&input)? })
    }

    /// What of it leaves: all but the deletions.
    pub(super) fn sent(&self) -> impl Iterator<Item = &Update> {
        self.updates.iter().filter(|update| !update.local.is_zero())
    }
}

/// Lines of `LOCAL-REF SP LOCAL-ID SP REMOTE-REF SP REMOTE-ID`. The first is what was written on the command line, and may
/// have spaces in it (`HEAD^{/two words}`).
fn parse(input: &[u8]) -> anyhow::Result<Vec<Update>> {
    let input = input.strip_suffix(b"\n").unwrap_or(input);
    if input.is_empty() {
        return Ok(Vec::new());
    }
    let lines = input.split(|b| *b == b'\n').enumerate();
    lines
        .map(|(number, line)| {
            update(line).with_context(|| {
                format!(
                    "line {} of standard input is not what git tells a pre-push hook: it must be `<local ref> \
                     <local id> <remote ref> <remote id>`",
                    number + 1
                )
            })
        })
        .collect()
}

fn update(line: &[u8]) -> Option<Update> {
    let mut words = line.rsplitn(4, |b| *b == b' ');
    let remote = Id::parse(words.next()?)?;
    let remote_ref = printable_path(words.next()?);
    let local = Id::parse(words.next()?)?;
    let local_ref = printable_path(words.next()?);
    let is_whole = !local_ref.is_empty() && !remote_ref.is_empty();
    is_whole.then_some(Update { local_ref, local, remote_ref, remote: Some(remote) })
}

/// The framework reads standard input itself, and tells one reference in variables. When a whole history is new it
/// tells neither end of it, but the branch.
fn of_pre_commit(git: &Git) -> anyhow::Result<Push> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let tip = variable("PRE_COMMIT_TO_REF").or_else(|| variable("PRE_COMMIT_LOCAL_BRANCH"));
    let tip = tip.unwrap_or_else(|| "HEAD".to_owned());
    let revision = format!("{tip}^{{object}}");
    let answer = git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &revision], Vec::new())?;
    let answer = answer.wait().with_context(|| format!("pre-commit names `{tip}`, which is not there"))?;
    let local = Id::parse(answer.trim_ascii_end()).context("git rev-parse gives no object")?;
    let update = Update {
        local_ref: variable("PRE_COMMIT_LOCAL_BRANCH").unwrap_or(tip),
        local,
        remote_ref: variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default(),
        remote: None,
    };
    Ok(Push {
        remote: variable("PRE_COMMIT_REMOTE_NAME").unwrap_or_default(),
        url: variable("PRE_COMMIT_REMOTE_URL").unwrap_or_default(),
        updates: vec![update],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_their_end() {
        let (a, b) = ("a".repeat(40), "0".repeat(40));
        let input = format!(
            "refs/heads/x {a} refs/heads/x {b}\n(delete) {b} refs/tags/v1 {a}\nHEAD^{{/two words}} {a} refs/heads/y {b}\n"
        );
        let updates = parse(input.as_bytes()).unwrap();
        let refs: Vec<&str> = updates.iter().map(|update| update.local_ref.as_str()).collect();
        assert_eq!(refs, ["refs/heads/x", "(delete)", "HEAD^{/two words}"]);
        assert!(updates[1].local.is_zero());
        assert_eq!(parse(b"").unwrap(), []);
    }

    #[test]
    fn what_is_not_the_protocol_is_refused_with_its_line() {
        let a = "a".repeat(40);
        for wrong in [
            "hello".to_owned(),
            format!("x {a} y"),
            format!("x {a} y {}", "A".repeat(40)),
            format!("x {a} y {a}\n\nx {a} y {a}"),
            format!(" {a} y {a}"),
            format!("x {} y {a}", "a".repeat(39)),
        ] {
            let error = parse(wrong.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("of standard input"), "{wrong}: {error}");
        }
    }
}
