//! How what was found gets out of what would leave.

use std::collections::{BTreeMap, BTreeSet};

use super::protocol::Push;
use crate::finding::Report;
use crate::pipeline::Objects;
use crate::report::outgoing::Commit;
use crate::source::git::{Git, Id};

/// With more commits than this, a tool rewrites them better than a person.
const BY_HAND: usize = 3;

/// What there is to rewrite.
pub(super) struct Rewrite<'o> {
    /// The commits, the oldest first, each with its id.
    commits: Vec<(&'o str, &'o Commit)>,
    /// Names of annotated tags.
    tags: BTreeSet<&'o str>,
    report: &'o Report,
}

impl<'o> Rewrite<'o> {
    pub(super) fn of(objects: &'o Objects, commits: &'o BTreeMap<String, Commit>) -> Self {
        let mut commits: Vec<_> = commits.iter().map(|(id, commit)| (id.as_str(), commit)).collect();
        commits.sort_by_key(|(_, commit)| commit.order);
        let places = objects.report.raised().flat_map(|finding| &finding.locations);
        let tags = places.filter_map(|place| {
            let name = place.path.strip_prefix("tag:")?;
            name.strip_suffix(":message").or_else(|| name.strip_suffix(":header"))
        });
        Self { commits, tags: tags.collect(), report: &objects.report }
    }
}

/// Of a push. A line that begins with a space is to be copied.
pub(super) fn of_push(git: &Git, push: &Push, rewrite: &Rewrite<'_>) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    if let (Some((oldest_id, oldest)), Some((last_id, _))) = (rewrite.commits.first(), rewrite.commits.last())
    {
        lines.push(
            "To take it out, change the commit that brings it. A later commit that removes it does not help, since a push sends \
             both."
                .to_owned(),
        );
        let head =
            git.ask(&["rev-parse", "--verify", "--quiet", "HEAD"], Vec::new())?.wait().unwrap_or_default();
        let head = Id::parse(head.trim_ascii_end());
        let is_head = |id: &str| head.as_ref().is_some_and(|head| head.as_str() == id);
        if !push.sent().any(|update| is_head(update.local.as_str())) {
            let refs: Vec<&str> = push.sent().map(|update| update.local_ref.as_str()).collect();
            lines.push(format!("First switch to the branch that is pushed ({}).", refs.join(", ")));
        }
        if rewrite.commits.len() == 1 && is_head(last_id) {
            lines.push("It is in the last commit: take it out of the file or the message, and".to_owned());
            lines.push("  git add -u && git commit --amend".to_owned());
        } else {
            let names: Vec<&str> = rewrite.commits.iter().map(|(_, commit)| commit.short.as_str()).collect();
            let base = if oldest.is_root { "--root".to_owned() } else { format!("{}^", oldest.short) };
            lines.push(format!("  git rebase -i {base}"));
            lines.push(format!(
                "with `edit` for {}; at each stop take it out, then `git add -u`, `git commit --amend`, `git rebase \
                 --continue`.",
                names.join(", ")
            ));
            if rewrite.commits.len() > BY_HAND {
                let base = if oldest.is_root { String::new() } else { format!("{oldest_id}^..") };
                lines.push(format!(
                    "Of {} commits, git-filter-repo does it at once, with the values in a file outside of the \
                     repository:",
                    rewrite.commits.len()
                ));
                lines.push(format!("  git filter-repo --replace-text FILE --refs {base}BRANCH"));
            }
        }
    }
    for tag in &rewrite.tags {
        lines.push(format!("The text of the tag {tag} has it. Make the tag again:"));
        lines.push(format!("  git tag -d {tag} && git tag -a {tag}"));
    }
    lines.extend(of_manifests(rewrite.report));
    lines.push("If it was pushed or shared before, replace it at its issuer: it is known.".to_owned());
    lines.extend(ways_past("push"));
    Ok(lines)
}

/// Of a commit.
pub(super) fn of_commit(report: &Report) -> Vec<String> {
    let mut lines = vec![
        "Take it out of the file and `git add` it again, or `git restore --staged` the file.".to_owned(),
    ];
    lines.extend(of_manifests(report));
    lines.extend(ways_past("commit"));
    lines
}

/// What `unbake fix` can do about it.
fn of_manifests(report: &Report) -> Vec<String> {
    let fixable = report.raised().filter(|finding| finding.advice.fix.as_deref() == Some("secretKeyRef"));
    let places = fixable.flat_map(|finding| &finding.locations).filter(|place| place.document.is_some());
    let paths: BTreeSet<&str> = places.map(|place| place.path.as_str()).collect();
    if paths.is_empty() {
        return Vec::new();
    }
    let paths: Vec<String> = paths.into_iter().map(quoted).collect();
    vec![
        "It stands in a manifest, where a reference to a Secret can take its place. This shows the edits, and --write makes \
         them:"
            .to_owned(),
        format!("  unbake fix {}", paths.join(" ")),
    ]
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn ways_past(verb: &str) -> Vec<String> {
    vec![
        "If it is no secret, say so beside it in a comment, `unbake:allow`, or in the baseline (`unbake baseline --help`). To \
         pass this once, which leaves a trace:"
            .to_owned(),
        format!("  UNBAKE_SKIP=1 git {verb} …"),
    ]
}
