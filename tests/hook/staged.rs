//! `unbake hook pre-commit`.

use crate::repo::{OTHER, Repo, TOKEN, bare, run, secret};

#[test]
fn what_is_staged_is_read_and_not_what_is_in_the_work_tree() {
    let repo = Repo::new();
    repo.unbake(&["hook", "install", "--pre-commit"]).ok();
    repo.write("a.txt", &secret());
    repo.git(&["add", "a.txt"]).ok();
    repo.write("a.txt", "changed since\n");
    let refused = repo.git(&["commit", "-q", "-m", "Leak"]);
    refused.says(
        1,
        &["1 credential would be committed", "a.txt:1", "git restore --staged", "The commit is refused"],
    );
    repo.git(&["add", "a.txt"]).ok();
    repo.write("a.txt", &format!("token: {OTHER}\n"));
    repo.git(&["commit", "-q", "-m", "Nothing"]).ok();
    // `commit -a` has an index of its own.
    repo.git(&["commit", "-q", "-a", "-m", "Leak"]).says(1, &["a.txt:1"]);
}

#[test]
fn what_is_not_changed_or_goes_is_not_read() {
    let repo = Repo::new();
    repo.commit(&[("a.txt", &secret())], "Old leak");
    repo.unbake(&["hook", "install", "--pre-commit"]).ok();
    repo.commit(&[("b.txt", "b\n")], "Nothing");
    repo.git(&["rm", "-q", "a.txt"]).ok();
    repo.git(&["commit", "-q", "-m", "Gone"]).ok();
    assert!(!repo.id("HEAD").contains(TOKEN));
}

#[test]
fn a_skip_leaves_a_trace() {
    let repo = Repo::new();
    repo.unbake(&["hook", "install", "--pre-commit"]).ok();
    repo.write("a.txt", &secret());
    repo.git(&["add", "a.txt"]).ok();
    let mut commit = bare("git", &repo.work);
    commit.args(["commit", "-q", "-m", "Leak"]).env("UNBAKE_SKIP", "1");
    run(commit, b"").says(0, &["UNBAKE_SKIP is set"]);
    let log = std::fs::read_to_string(repo.work.join(".git/unbake/skips.log")).unwrap();
    assert!(log.contains(" pre-commit by Inventor"), "{log}");
}
