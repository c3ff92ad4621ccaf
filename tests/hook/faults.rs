//! Bad input: nothing passes unread.

use std::fs;

use crate::repo::{Repo, git, line, run, secret, unbake};

#[test]
fn what_is_not_the_protocol_is_refused_with_2() {
    let repo = Repo::pushed();
    let id = repo.id("HEAD");
    for input in
        ["hello\n", "refs/heads/main\n", &format!("{id}\n"), &format!("a {id} b {}\n", &id[1..]), "\0\0\0\0"]
    {
        repo.hook(&["origin", "../up.git"], input)
            .says(2, &["line 1 of standard input is not what git tells"]);
    }
}

#[test]
fn nothing_to_push_passes() {
    let repo = Repo::pushed();
    repo.hook(&["origin", "../up.git"], "").says(0, &[]);
    repo.hook(&["origin", "../up.git"], &line(&repo.id("HEAD"))).says(0, &[]);
    Repo::new().hook(&["origin", "../up.git"], "").says(0, &[]);
}

#[test]
fn outside_of_a_repository_it_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let ran =
        run(unbake(directory.path(), &["hook", "pre-push", "o", "u"]), line(&"a".repeat(40)).as_bytes());
    ran.says(2, &["not a git repository"]);
}

#[test]
fn a_tip_that_is_not_there_is_refused_with_3() {
    let repo = Repo::pushed();
    let ran = repo.hook(&["origin", "../up.git"], &line(&"a".repeat(40)));
    ran.says(3, &["(object aaaaaaa)", "it is not in this repository", "The push is refused"]);
}

#[test]
fn a_missing_blob_is_refused_with_3_and_the_rest_is_read() {
    let repo = Repo::pushed();
    let id = repo.commit(&[("a.txt", "gone\n"), ("b.txt", &secret())], "Two files");
    let blob = repo.id("HEAD:a.txt");
    fs::remove_file(repo.work.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let ran = repo.hook(&["origin", "../up.git"], &line(&id));
    ran.says(3, &["a.txt (commit", "it is not in this clone", "b.txt:1", "The push is refused"]);
}

#[test]
fn a_damaged_blob_is_refused_with_3_and_the_rest_is_read() {
    let repo = Repo::pushed();
    let id = repo.commit(&[("a.txt", "damaged\n"), ("b.txt", &secret())], "Two files");
    let blob = repo.id("HEAD:a.txt");
    let file = repo.work.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, "no object").unwrap();
    repo.hook(&["origin", "../up.git"], &line(&id)).says(3, &["a.txt (commit", "b.txt:1"]);
}

#[test]
fn a_missing_tree_or_commit_is_refused_with_3() {
    for what in ["HEAD^{tree}", "HEAD~1"] {
        let repo = Repo::pushed();
        repo.commit(&[("a.txt", "a\n")], "One");
        let id = repo.commit(&[("b.txt", "b\n")], "Two");
        let lost = repo.id(what);
        fs::remove_file(repo.work.join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
        let ran = repo.hook(&["origin", "../up.git"], &line(&id));
        ran.says(3, &["not all read", "The push is refused"]);
    }
}

#[test]
fn a_partial_clone_is_not_fetched() {
    let repo = Repo::pushed();
    repo.commit(&[("old.txt", "a\n")], "Old");
    repo.commit(&[("old.txt", "b\n")], "New");
    repo.push(&["main"]).ok();
    let up = repo.root.path().join("up.git");
    git(&up, &["config", "uploadpack.allowFilter", "true"]).ok();
    let url = format!("file://{}", up.display());
    git(repo.root.path(), &["clone", "-q", "--filter=blob:none", &url, "partial"]).ok();
    let partial = repo.root.path().join("partial");
    git(repo.root.path(), &["init", "-q", "--bare", "third.git"]).ok();
    let count = || git(&partial, &["count-objects", "-v"]).ok().out;
    let before = count();
    let id = git(&partial, &["rev-parse", "HEAD"]).ok().out.trim().to_owned();
    let ran =
        run(unbake(&partial, &["hook", "pre-push", "../third.git", "../third.git"]), line(&id).as_bytes());
    ran.says(3, &["old.txt (commit", "it is not in this clone, and nothing is fetched while scanning"]);
    assert_eq!(count(), before, "something was fetched");
}

#[test]
fn ten_thousand_references() {
    let repo = Repo::pushed();
    let id = repo.commit(&[("a.txt", &secret())], "Leak");
    let packed: String = (0..10_000).map(|n| format!("{id} refs/heads/many/{n:05}\n")).collect();
    fs::write(repo.work.join(".git/packed-refs"), format!("# pack-refs with: sorted\n{packed}")).unwrap();
    let input: String = (0..10_000)
        .map(|n| format!("refs/heads/many/{n:05} {id} refs/heads/many/{n:05} {}\n", "0".repeat(40)))
        .collect();
    repo.hook(&["origin", "../up.git"], &input).says(1, &["1 credential", "a.txt:1"]);
    repo.unbake(&["scan", "git:."]).says(1, &["a.txt:1"]);
}
