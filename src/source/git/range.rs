//! `git:DIR[@RANGE]`: which commits of a repository.

use std::path::Path;

use super::command::{Git, in_hook};
use super::{Error, Id, Selection};

/// Splits `DIR[@RANGE]`. The directory ends at the first `@` before which one stands; a range may have one too
/// (`HEAD@{1}`), and so may a directory.
pub fn split(text: &str) -> (&str, Option<&str>) {
    if Path::new(text).is_dir() {
        return (text, None);
    }
    text.match_indices('@')
        .map(|(at, _)| (&text[..at], Some(&text[at + 1..])))
        .find(|(directory, _)| Path::new(directory).is_dir())
        .unwrap_or((text, None))
}

/// All that references reach: branches, tags, remote branches, notes, the stash, and HEAD.
pub fn everything(git: &Git) -> Result<Selection, Error> {
    let refs = git.ask(&["for-each-ref", "--format=%(objectname)"], Vec::new())?;
    let head = git.ask(&["rev-parse", "--verify", "--quiet", "HEAD"], Vec::new())?;
    let mut tips = ids(&refs.wait()?).0;
    // There is none before the first commit.
    tips.extend(head.wait().map(|head| ids(&head).0).unwrap_or_default());
    Ok(Selection { tips, hidden: Vec::new() })
}

/// What revisions say, with spaces between them (gitrevisions): `main..topic`, `v1.0 ^v0.9`.
pub fn of_range(git: &Git, range: &str) -> Result<Selection, Error> {
    let failed = |said: String| Error::Failed { command: "rev-parse".to_owned(), said };
    let mut arguments = vec!["rev-parse"];
    arguments.extend(range.split_whitespace());
    if let Some(option) = arguments[1..].iter().find(|word| word.starts_with('-')) {
        return Err(failed(format!("`{option}` is no revision")));
    }
    if arguments.len() == 1 {
        return Err(failed("the range after @ is empty".to_owned()));
    }
    // What follows can't be taken for a file.
    arguments.push("--");
    let (tips, hidden) = ids(&git.ask(&arguments, Vec::new())?.wait()?);
    Ok(Selection { tips, hidden })
}

/// Ids line by line, and those that `^` takes out.
fn ids(output: &[u8]) -> (Vec<Id>, Vec<Id>) {
    let lines = || output.split(|b| *b == b'\n');
    (
        lines().filter_map(Id::parse).collect(),
        lines().filter_map(|line| Id::parse(line.strip_prefix(b"^")?)).collect(),
    )
}

/// The repository of a directory; in a hook, that of the hook if the directory is the current one.
pub(crate) fn repository(directory: &str) -> Git {
    if directory == "." && in_hook() { Git::here() } else { Git::of(Path::new(directory)) }
}
