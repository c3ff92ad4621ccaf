//! What `git push` sends, with the hook installed.

use crate::repo::{OTHER, Repo, TOKEN, git, line, secret};

#[test]
fn a_secret_that_the_next_commit_removes_is_refused_and_passes_after_a_rewrite() {
    let repo = Repo::pushed();
    let base = repo.id("HEAD");
    let adds = repo.commit(&[("deploy/app.txt", &format!("one\n{}", secret()))], "Add the deployment");
    repo.commit(&[("deploy/app.txt", "one\n")], "Remove it again");
    assert_eq!(
        repo.git(&["diff", "origin/main", "HEAD", "-G", "ghp_"]).ok().out,
        "",
        "the ends don't differ by it"
    );
    let refused = repo.push(&["main"]);
    refused.says(
        1,
        &[
            "1 credential would leave with this push to origin",
            "rule github-pat",
            "deploy/app.txt:2",
            &format!("commit {} Add the deployment", &adds[..7]),
            "A later commit that removes it does not help",
            &format!("git rebase -i {}^", &adds[..7]),
            "unbake:allow",
            "UNBAKE_SKIP=1",
            "The push is refused.",
        ],
    );
    assert_eq!(repo.id("origin/main"), base, "nothing left");
    repo.git(&["reset", "-q", "--soft", &base]).ok();
    repo.git(&["commit", "-q", "-m", "Add the deployment"]).ok();
    repo.push(&["main"]).ok();
    assert_eq!(repo.id("origin/main"), repo.id("HEAD"));
}

#[test]
fn the_last_commit_is_amended() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", &secret())], "Add");
    let refused = repo.push(&["main"]);
    refused.says(1, &["It is in the last commit", "git commit --amend"]);
    assert!(!refused.err.contains("rebase -i"), "{}", refused.err);
    repo.write("a.txt", "token: from the environment\n");
    repo.git(&["commit", "-q", "-a", "--amend", "--no-edit"]).ok();
    repo.push(&["main"]).ok();
}

#[test]
fn every_reference_is_read_and_not_only_the_first() {
    let repo = Repo::pushed();
    repo.git(&["switch", "-q", "-c", "a"]).ok();
    repo.commit(&[("a.txt", "nothing\n")], "Nothing");
    repo.git(&["switch", "-q", "-c", "b", "main"]).ok();
    repo.commit(&[("b.txt", &secret())], "Leak");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.push(&["a", "b"]).says(1, &["b.txt:1", "First switch to the branch that is pushed"]);
    repo.push(&["a"]).ok();
}

#[test]
fn a_deletion_sends_nothing() {
    let repo = Repo::pushed();
    repo.push(&["main:refs/heads/gone"]).ok();
    repo.commit(&[("a.txt", &secret())], "Leak, not pushed");
    repo.push(&[":gone"]).ok();
    repo.push(&["main"]).says(1, &["a.txt:1"]);
}

#[test]
fn a_new_branch_sends_what_the_remote_lacks_and_no_more() {
    let repo = Repo::new();
    // What the remote has already is not refused again: it is out.
    repo.commit(&[("old.txt", &secret())], "Old leak");
    repo.push(&["main"]).ok();
    repo.unbake(&["hook", "install"]).ok();
    repo.git(&["switch", "-q", "-c", "topic"]).ok();
    repo.commit(&[("new.txt", "nothing\n")], "Nothing");
    repo.push(&["topic"]).ok();
    repo.commit(&[("new.txt", &format!("token: {OTHER}\n"))], "New leak");
    let refused = repo.push(&["topic"]);
    refused.says(1, &["1 credential would leave", "new.txt:1"]);
}

#[test]
fn a_forced_push_over_an_unknown_commit_is_read() {
    let repo = Repo::pushed();
    git(repo.root.path(), &["clone", "-q", "up.git", "other"]).ok();
    let other = repo.root.path().join("other");
    git(&other, &["commit", "-q", "--allow-empty", "-m", "Not fetched"]).ok();
    git(&other, &["push", "-q", "origin", "main"]).ok();
    repo.commit(&[("a.txt", &secret())], "Leak");
    repo.push(&["--force", "main"]).says(1, &["1 credential", "a.txt:1"]);
    repo.write("a.txt", "nothing\n");
    repo.git(&["commit", "-q", "-a", "--amend", "-m", "Nothing"]).ok();
    repo.push(&["--force", "main"]).ok();
}

#[test]
fn a_push_by_url_knows_the_remote_of_that_url() {
    let repo = Repo::new();
    repo.commit(&[("old.txt", &secret())], "Old leak");
    repo.push(&["main"]).ok();
    repo.unbake(&["hook", "install"]).ok();
    repo.commit(&[("new.txt", "nothing\n")], "Nothing");
    let pushed = repo.git(&["push", "-q", "../up.git", "main"]).ok();
    assert!(!pushed.err.contains("none of this repository's remotes"), "{}", pushed.err);
    // As git rewrites it.
    repo.git(&["config", "remote.origin.url", "up:up.git"]).ok();
    repo.git(&["config", "url.../.insteadOf", "up:"]).ok();
    repo.commit(&[("new.txt", "more\n")], "More");
    repo.git(&["push", "-q", "up:up.git", "main"]).ok();
    // Of a URL that is none of the remotes', nothing is known.
    git(repo.root.path(), &["init", "-q", "--bare", "public.git"]).ok();
    let refused = repo.git(&["push", "-q", "../public.git", "main"]);
    refused.says(1, &["../public.git is none of this repository's remotes", "old.txt:1"]);
}

#[test]
fn what_a_private_remote_has_is_new_to_a_public_one() {
    let repo = Repo::pushed();
    git(repo.root.path(), &["init", "-q", "--bare", "public.git"]).ok();
    repo.git(&["remote", "add", "public", "../public.git"]).ok();
    repo.git(&["push", "-q", "public", "main"]).ok();
    repo.commit(&[("a.txt", &secret())], "Leak");
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).ok();
    repo.commit(&[("b.txt", "nothing\n")], "Nothing");
    repo.push(&["main"]).ok();
    repo.git(&["push", "-q", "public", "main"]).says(1, &["push to public", "a.txt:1"]);
}

#[test]
fn the_text_of_an_annotated_tag_is_read() {
    let repo = Repo::pushed();
    repo.git(&["tag", "-a", "v1", "-m", &format!("Deployed\n\nwith {}", TOKEN)]).ok();
    repo.git(&["tag", "-a", "outer", "v1", "-m", "A tag of a tag"]).ok();
    repo.push(&["v1"]).says(1, &["tag:v1:message:3", "git tag -d v1 && git tag -a v1"]);
    repo.push(&["outer"]).says(1, &["tag:v1:message:3"]);
    repo.git(&["tag", "-d", "v1", "outer"]).ok();
    repo.git(&["tag", "-a", "v1", "-m", "Deployed"]).ok();
    repo.push(&["v1"]).ok();
}

#[test]
fn a_tag_of_a_blob_or_a_tree_is_read() {
    let repo = Repo::pushed();
    repo.write("loose.txt", &secret());
    let blob = repo.git(&["hash-object", "-w", "loose.txt"]).ok().out.trim().to_owned();
    repo.git(&["tag", "-a", "blob", &blob, "-m", "A blob"]).ok();
    repo.push(&["blob"]).says(1, &["1 credential"]);
    repo.git(&["add", "loose.txt"]).ok();
    let tree = repo.git(&["write-tree"]).ok().out.trim().to_owned();
    repo.push(&[&format!("{tree}:refs/tags/tree")]).says(1, &["loose.txt:1"]);
}

#[test]
fn messages_and_names_are_read() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", "a\n")], &format!("Set it up\n\nThe token is {TOKEN}"));
    repo.push(&["main"]).says(1, &["commit:message:3", "Set it up"]);
    repo.git(&["commit", "-q", "--amend", "-m", &format!("With {TOKEN}")]).ok();
    let refused = repo.push(&["main"]);
    refused.says(1, &["commit:message:1", "With ghp_…"]);
    repo.git(&[
        "commit",
        "-q",
        "--amend",
        "-m",
        "Set it up",
        "--author",
        &format!("{TOKEN} <a@unbake.example>"),
    ])
    .ok();
    repo.push(&["main"]).says(1, &["commit:header"]);
}

#[test]
fn what_only_a_merge_brings_is_read_and_what_it_merges_is_not_read_again() {
    let repo = Repo::pushed();
    repo.git(&["switch", "-q", "-c", "topic"]).ok();
    repo.commit(&[("topic.txt", "topic\n")], "Topic");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.commit(&[("main.txt", &secret())], "It is out");
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).ok();
    repo.git(&["switch", "-q", "topic"]).ok();
    repo.git(&["merge", "-q", "main", "-m", "Merge"]).ok();
    repo.push(&["topic"]).ok();
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "main"]).ok();
    repo.write("evil.txt", &format!("token: {OTHER}\n"));
    repo.git(&["add", "-A"]).ok();
    repo.git(&["commit", "-q", "--amend", "-m", "Merge, and more"]).ok();
    repo.push(&["topic", "--force"]).says(1, &["1 credential", "evil.txt:1", "Merge, and more"]);
}

#[test]
fn a_manifest_names_what_fix_can_do() {
    let repo = Repo::pushed();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n  - name: api\n    image: api\n    \
               env:\n    - name: TOKEN\n      value: ";
    repo.commit(&[("deploy/pod.yaml", &format!("{pod}{TOKEN}\n"))], "Add the pod");
    repo.push(&["main"]).says(1, &["unbake fix deploy/pod.yaml", "deploy/pod.yaml:11"]);
}

#[test]
fn what_the_configuration_and_comments_quiet_passes() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", &format!("token: {TOKEN} # unbake:allow\n"))], "Allowed");
    repo.push(&["main"]).ok();
    repo.write(".unbake.toml", "baseline = \"known.json\"\nexclude = [\"vendor/**\"]\n");
    repo.write("known.txt", &format!("token: {OTHER}\n"));
    repo.unbake(&["baseline", "create", "--no-config", "-o", "known.json", "known.txt"]).ok();
    repo.commit(&[("vendor/b.txt", &secret())], "Known, and excluded");
    repo.push(&["main"]).ok();
    repo.commit(&[("c.txt", &secret())], "Neither");
    let refused = repo.push(&["main"]);
    refused.says(1, &["1 credential", "c.txt:1"]);
    assert!(!refused.err.contains("known.txt"), "{}", refused.err);
}

#[test]
fn a_rule_that_is_switched_off_refuses_nothing() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", &secret())], "Leak");
    repo.write(".unbake.toml", "disable = [\"github-pat\"]\n");
    repo.push(&["main"]).ok();
}

#[test]
fn what_is_below_the_threshold_is_told_and_passes() {
    let repo = Repo::pushed();
    let id =
        repo.commit(&[(".netrc", "machine unbake.example login inventor password kV3xq8ZmT1\n")], "Login");
    repo.hook(&["origin", "../up.git"], &line(&id)).says(1, &[".netrc:1", "The push is refused."]);
    repo.hook(&["--fail-on", "critical", "origin", "../up.git"], &line(&id))
        .says(0, &[".netrc:1", "None of it is of severity critical or above: the push goes on."]);
}

#[test]
fn as_the_pre_commit_framework_tells_it() {
    let repo = Repo::pushed();
    repo.git(&["switch", "-q", "-c", "topic"]).ok();
    let first = repo.commit(&[("a.txt", &secret())], "Leak");
    repo.commit(&[("a.txt", "nothing\n")], "Nothing");
    let hook = |variables: &[(&str, &str)]| {
        let mut hook = crate::repo::unbake(&repo.work, &["hook", "pre-push"]);
        hook.env("PRE_COMMIT", "1").envs(variables.iter().copied());
        crate::repo::run(hook, b"")
    };
    let origin = [("PRE_COMMIT_REMOTE_NAME", "origin"), ("PRE_COMMIT_REMOTE_URL", "../up.git")];
    let branch = ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/topic");
    // A first push tells neither end; and what is told as known by the framework's own reckoning is not believed.
    hook(&[origin[0], origin[1], branch]).says(1, &["push to origin", "a.txt:1"]);
    let ends = [("PRE_COMMIT_FROM_REF", first.as_str()), ("PRE_COMMIT_TO_REF", "HEAD")];
    hook(&[origin[0], origin[1], branch, ends[0], ends[1]]).says(1, &["a.txt:1"]);
    hook(&[origin[0], origin[1], ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")]).says(0, &[]);
    hook(&[]).says(1, &["a remote that was not told", "a.txt:1"]);
    hook(&[("PRE_COMMIT_TO_REF", "no-such")]).says(2, &["pre-commit names `no-such`, which is not there"]);
}

#[test]
fn a_skip_passes_and_leaves_a_trace() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", &secret())], "Leak");
    let mut push = crate::repo::bare("git", &repo.work);
    push.args(["push", "-q", "origin", "main"]).env("UNBAKE_SKIP", "1");
    let pushed = crate::repo::run(push, b"");
    pushed.says(0, &["UNBAKE_SKIP is set: nothing was scanned", "unbake/skips.log"]);
    let log = std::fs::read_to_string(repo.work.join(".git/unbake/skips.log")).unwrap();
    assert!(log.contains("pre-push by Inventor <i@unbake.example>: refs/heads/main"), "{log}");
    assert!(log.contains("to refs/heads/main, to origin"), "{log}");
    assert_eq!(log.lines().count(), 1);
    let mut push = crate::repo::unbake(&repo.work, &["hook", "pre-push", "origin", "../up.git"]);
    push.env("UNBAKE_SKIP", "0");
    let id = repo.commit(&[("b.txt", &format!("token: {OTHER}\n"))], "Another");
    crate::repo::run(push, line(&id).as_bytes()).says(1, &["b.txt:1"]);
}
