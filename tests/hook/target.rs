//! `git:DIR[@RANGE]` as a target of every command that scans.

use serde_json::Value;

use crate::repo::{OTHER, Repo, git, run, secret, unbake};

fn report(repo: &Repo, target: &str) -> (i32, Value) {
    let ran = repo.unbake(&["scan", "-f", "json", target]);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:#?}")))
}

#[test]
fn a_place_has_the_commit_that_brought_it() {
    let repo = Repo::new();
    repo.commit(&[("a.txt", "one\n")], "One");
    let adds = repo.commit(&[("a.txt", &format!("one\n{}", secret()))], "Two");
    repo.commit(&[("a.txt", &format!("one\n{}three\n", secret()))], "Three");
    let again = repo.commit(&[("b.txt", &secret())], "Four");
    let (code, report) = report(&repo, "git:.");
    assert_eq!(code, 1);
    assert_eq!(report["targets"][0]["kind"], "repository");
    let [finding] = report["findings"].as_array().unwrap().as_slice() else { panic!("{report}") };
    let places: Vec<_> = finding["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            (place["path"].as_str().unwrap(), place["line"].as_u64(), place["commit"].as_str().unwrap())
        })
        .collect();
    assert_eq!(places, [("a.txt", Some(2), adds.as_str()), ("b.txt", Some(1), again.as_str())]);
}

#[test]
fn a_range_is_what_git_understands() {
    let repo = Repo::new();
    repo.commit(&[("a.txt", &secret())], "One");
    repo.commit(&[("b.txt", &format!("token: {OTHER}\n"))], "Two");
    repo.commit(&[("c.txt", "c\n")], "Three");
    let found = |target: &str| {
        let (code, report) = report(&repo, target);
        (code, report["findings"].as_array().unwrap().len())
    };
    assert_eq!(found("git:."), (1, 2));
    assert_eq!(found("git:.@HEAD"), (1, 2));
    assert_eq!(found("git:.@HEAD~2..HEAD"), (1, 1));
    assert_eq!(found("git:.@HEAD~1.."), (0, 0));
    assert_eq!(found("git:.@main ^main~1"), (0, 0));
    assert_eq!(found("git:.@HEAD@{1}"), (1, 2));
    let ran = repo.unbake(&["scan", "git:.@no-such-branch"]);
    ran.says(4, &["git:.@no-such-branch", "bad revision"]);
    repo.unbake(&["scan", "git:.@--output=x"]).says(4, &["is no revision"]);
    repo.unbake(&["scan", "git:nowhere"]).says(4, &["no such directory"]);
}

#[test]
fn all_references_are_read_and_a_repository_without_commits_is_clean() {
    let repo = Repo::new();
    repo.unbake(&["scan", "git:."]).says(0, &["clean"]);
    repo.commit(&[("a.txt", "a\n")], "One");
    repo.write("a.txt", &secret());
    repo.git(&["stash", "-q"]).ok();
    repo.unbake(&["scan", "git:."]).says(1, &["a.txt:1"]);
    let ran = run(unbake(repo.root.path(), &["scan", "git:work"]), b"");
    ran.says(1, &["a.txt:1", "git repository"]);
    let ran = run(unbake(repo.root.path(), &["scan", "git:."]), b"");
    ran.says(4, &["not a git repository"]);
}

#[test]
fn a_directory_with_an_at_sign() {
    let repo = Repo::new();
    repo.commit(&[("a.txt", &secret())], "One");
    git(repo.root.path(), &["clone", "-q", "work", "me@home"]).ok();
    for target in ["git:me@home", "git:me@home@HEAD"] {
        run(unbake(repo.root.path(), &["scan", target]), b"").says(1, &["a.txt:1"]);
    }
}

#[test]
fn the_report_is_the_same_each_time() {
    let repo = Repo::new();
    for n in 0..80 {
        let token = if n % 7 == 0 { secret() } else { String::new() };
        repo.write(&format!("d{}/f{n}.txt", n % 5), &format!("{n}\n{token}"));
        repo.git(&["add", "-A"]).ok();
        if n % 4 == 0 {
            repo.commit(&[], &format!("Commit {n}"));
        }
    }
    let one = repo.unbake(&["scan", "-f", "json", "git:."]);
    let two = repo.unbake(&["scan", "-f", "json", "git:."]);
    assert_eq!(one.out, two.out);
    one.says(1, &["d0/f0.txt"]);
}
