//! `unbake hook install`, `uninstall` and `status`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::repo::{Repo, bare, run, secret};

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_hook_that_is_there_goes_on_to_run_with_its_arguments_and_input() {
    let repo = Repo::new();
    let hook = repo.work.join(".git/hooks/pre-push");
    let before = "#!/bin/sh\necho \"$# $1 $2\" >seen\ncat >>seen\n[ ! -e refuse ] || exit 7\n";
    script(&hook, before);
    repo.unbake(&["hook", "status"]).says(1, &["pre-push: ", "is another one"]);
    repo.unbake(&["hook", "install"])
        .says(0, &["pre-push is installed", "pre-push.before-unbake runs before it"]);
    let once = fs::read_to_string(&hook).unwrap();
    repo.unbake(&["hook", "install"]).says(0, &["is installed"]);
    assert_eq!(fs::read_to_string(&hook).unwrap(), once, "twice is as once");
    repo.unbake(&["hook", "status"]).says(0, &["pre-push: installed in", "pre-commit: not installed"]);

    let id = repo.commit(&[("a.txt", "a\n")], "Nothing");
    repo.push(&["main", "main:refs/heads/second"]).ok();
    let seen = fs::read_to_string(repo.work.join("seen")).unwrap();
    assert!(seen.starts_with("2 origin ../up.git\n"), "{seen}");
    assert_eq!(seen.lines().filter(|line| line.contains(&id)).count(), 2, "{seen}");
    fs::write(repo.work.join("refuse"), "").unwrap();
    repo.git(&["commit", "-q", "--allow-empty", "-m", "Refused by the other"]).ok();
    repo.push(&["main"]).says(1, &[]);
    fs::remove_file(repo.work.join("refuse")).unwrap();
    fs::remove_file(repo.work.join("seen")).unwrap();
    repo.commit(&[("b.txt", &secret())], "Leak");
    repo.push(&["main"]).says(1, &["b.txt:1"]);

    repo.unbake(&["hook", "uninstall"]).says(0, &["what was there before is back"]);
    assert_eq!(fs::read_to_string(&hook).unwrap(), before);
    assert!(!repo.work.join(".git/hooks/pre-push.before-unbake").exists());
    repo.unbake(&["hook", "uninstall"]).says(0, &["is not unbake's, and stays"]);
}

#[test]
fn the_directory_of_hooks_that_is_configured_is_used() {
    let repo = Repo::new();
    repo.git(&["config", "core.hooksPath", "ci/hooks"]).ok();
    repo.unbake(&["hook", "install", "--pre-commit"]).says(0, &["core.hooksPath is"]);
    assert!(repo.work.join("ci/hooks/pre-push").exists());
    assert!(repo.work.join("ci/hooks/pre-commit").exists());
    assert!(!repo.work.join(".git/hooks/pre-push").exists());
    repo.unbake(&["hook", "uninstall"]).ok();
    assert!(!repo.work.join("ci/hooks/pre-push").exists());
    repo.git(&["config", "core.hooksPath", ".husky/_"]).ok();
    repo.unbake(&["hook", "install"]).says(2, &["unbake hook pre-push \"$@\"", ".husky/pre-push"]);
}

#[test]
fn two_hooks_that_are_not_ours_are_left_alone() {
    let repo = Repo::new();
    let hooks = repo.work.join(".git/hooks");
    script(&hooks.join("pre-push"), "#!/bin/sh\n");
    script(&hooks.join("pre-push.before-unbake"), "#!/bin/sh\n");
    repo.unbake(&["hook", "install"]).says(2, &["neither is unbake's"]);
    assert_eq!(fs::read_to_string(hooks.join("pre-push")).unwrap(), "#!/bin/sh\n");
}

#[test]
fn a_hook_whose_program_is_gone_refuses_and_says_why() {
    let repo = Repo::pushed();
    let hook = repo.work.join(".git/hooks/pre-push");
    let text = fs::read_to_string(&hook).unwrap();
    script(&hook, &text.replace(env!("CARGO_BIN_EXE_unbake"), "/nowhere/unbake"));
    repo.commit(&[("a.txt", "a\n")], "Nothing");
    let mut push = bare("git", &repo.work);
    push.args(["push", "-q", "origin", "main"]).env("PATH", "/usr/bin:/bin");
    run(push, b"").says(1, &["unbake is not there"]);
}
