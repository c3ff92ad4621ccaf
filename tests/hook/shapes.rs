//! What a repository can be.

use std::fs;

use crate::repo::{Repo, TOKEN, bare, git, run, secret, unbake};

#[test]
fn ids_of_sha256() {
    let repo = Repo::of("sha256");
    repo.begin();
    let id = repo.commit(&[("a.txt", &secret())], "Leak");
    assert_eq!(id.len(), 64);
    repo.push(&["main"]).says(1, &["a.txt:1", &id[..7]]);
    repo.push(&[":main"]).says(1, &[]);
}

#[test]
fn a_worktree() {
    let repo = Repo::pushed();
    repo.git(&["worktree", "add", "-q", "../tree", "-b", "topic"]).ok();
    let tree = repo.root.path().join("tree");
    fs::write(tree.join("a.txt"), secret()).unwrap();
    git(&tree, &["add", "-A"]).ok();
    git(&tree, &["commit", "-q", "-m", "Leak"]).ok();
    git(&tree, &["push", "-q", "origin", "topic"]).says(1, &["a.txt:1"]);
    run(unbake(&tree, &["hook", "status"]), b"").says(0, &["pre-push: installed"]);
}

#[test]
fn a_shallow_clone() {
    let repo = Repo::pushed();
    repo.commit(&[("old.txt", &secret())], "Out, and not in the clone");
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).ok();
    repo.commit(&[("old.txt", "nothing\n")], "Nothing");
    repo.push(&["main"]).ok();
    let url = format!("file://{}", repo.root.path().join("up.git").display());
    git(repo.root.path(), &["clone", "-q", "--depth=1", &url, "shallow"]).ok();
    let shallow = repo.root.path().join("shallow");
    run(unbake(&shallow, &["hook", "install"]), b"").ok();
    fs::write(shallow.join("a.txt"), "nothing\n").unwrap();
    git(&shallow, &["add", "-A"]).ok();
    git(&shallow, &["commit", "-q", "-m", "Nothing"]).ok();
    git(&shallow, &["push", "-q", "origin", "main"]).ok();
    fs::write(shallow.join("a.txt"), secret()).unwrap();
    git(&shallow, &["commit", "-q", "-am", "Leak"]).ok();
    git(&shallow, &["push", "-q", "origin", "main"]).says(1, &["a.txt:1"]);
}

#[test]
fn a_bare_repository() {
    let repo = Repo::pushed();
    repo.commit(&[("a.txt", &secret())], "Leak");
    git(repo.root.path(), &["clone", "-q", "--bare", "work", "bare.git"]).ok();
    git(repo.root.path(), &["init", "-q", "--bare", "third.git"]).ok();
    let bare_git = repo.root.path().join("bare.git");
    run(unbake(&bare_git, &["hook", "install"]), b"").ok();
    git(&bare_git, &["push", "-q", "../third.git", "main"]).says(1, &["a.txt:1"]);
}

#[test]
fn a_mirror_does_not_take_its_own_branches_for_the_remotes() {
    let repo = Repo::pushed();
    git(repo.root.path(), &["clone", "-q", "--mirror", "up.git", "mirror.git"]).ok();
    let mirror = repo.root.path().join("mirror.git");
    repo.commit(&[("a.txt", &secret())], "Leak");
    repo.git(&["push", "-q", "--no-verify", "../mirror.git", "main"]).ok();
    run(unbake(&mirror, &["hook", "install"]), b"").ok();
    git(&mirror, &["push", "-q", "origin"]).says(1, &["a.txt:1"]);
}

#[test]
fn a_path_with_a_newline_or_without_utf8_is_whole() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::pushed();
    repo.commit(&[("odd\nname/app.txt", &secret())], "A newline");
    repo.push(&["main"]).says(1, &["odd\\x0aname/app.txt:1"]);
    fs::remove_dir_all(repo.work.join("odd\nname")).unwrap();
    fs::write(repo.work.join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), secret()).unwrap();
    repo.git(&["add", "-A"]).ok();
    repo.git(&["commit", "-q", "--amend", "-m", "Not UTF-8"]).ok();
    repo.push(&["main"]).says(1, &["caf\\xe9.txt:1"]);
}

#[test]
fn a_submodule_and_a_link() {
    let repo = Repo::pushed();
    let id = repo.id("HEAD");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},module")]).ok();
    repo.git(&["commit", "-q", "-m", "A submodule, which is not here"]).ok();
    repo.push(&["main"]).ok();
    std::os::unix::fs::symlink(format!("https://unbake.example/?token={TOKEN}"), repo.work.join("link"))
        .unwrap();
    repo.git(&["add", "link"]).ok();
    repo.git(&["commit", "-q", "-m", "A link says something too"]).ok();
    repo.push(&["main"]).says(1, &["link:1"]);
}

#[test]
fn a_replaced_object_is_read_as_it_is_sent() {
    let repo = Repo::pushed();
    let leak = repo.commit(&[("a.txt", &secret())], "Leak");
    repo.write("clean.txt", "nothing\n");
    let clean = repo.git(&["hash-object", "-w", "clean.txt"]).ok().out.trim().to_owned();
    let blob = repo.id(&format!("{leak}:a.txt"));
    repo.git(&["replace", &blob, &clean]).ok();
    repo.push(&["main"]).says(1, &["a.txt:1"]);
}

#[test]
fn an_archive_in_a_commit_is_opened() {
    let repo = Repo::pushed();
    repo.write("inner.txt", &secret());
    let mut tar = bare("tar", &repo.work);
    tar.args(["czf", "data.tgz", "inner.txt"]);
    run(tar, b"").ok();
    fs::remove_file(repo.work.join("inner.txt")).unwrap();
    repo.commit(&[], "An archive");
    repo.push(&["main"]).says(1, &["data.tgz!inner.txt:1"]);
}
