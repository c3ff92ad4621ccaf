//! What was clean is not read again, and nothing else is taken for clean.

use std::fs;
use std::path::PathBuf;

use crate::repo::{Repo, line, secret};

fn files(repo: &Repo) -> Vec<PathBuf> {
    let directory = fs::read_dir(repo.work.join(".git/unbake")).unwrap();
    directory.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_clean_range_is_known_and_stale_under_other_rules() {
    let repo = Repo::pushed();
    let id = repo.commit(&[("a.txt", "invented-thing-123456\n")], "Nothing, so far");
    let hook = |more: &[&str]| repo.hook(&[&["origin", "../up.git"], more].concat(), &line(&id));
    hook(&[]).says(0, &[]);
    let [file] = files(&repo).try_into().unwrap();
    let size = fs::metadata(&file).unwrap().len();
    assert!(size >= 3 * 20, "the commit, the file and the range");
    hook(&[]).says(0, &[]);
    assert_eq!(fs::metadata(&file).unwrap().len(), size, "nothing was added");
    repo.write(
        "rules.yml",
        "provider: Invented\nrules:\n- id: invented-thing\n  title: An invented thing\n  severity: high\n  keywords: [invented-thing]\n  \
         regex: invented-thing-[0-9]{6}\n  examples: [invented-thing-123456]\n  \
         negative_examples: [invented-thing-x]\n",
    );
    repo.write(".unbake.toml", "rules = [\"rules.yml\"]\n");
    hook(&[]).says(1, &["a.txt:1", "An invented thing"]);
}

#[test]
fn a_leak_is_never_known_and_a_damaged_file_is_not_believed() {
    let repo = Repo::pushed();
    let id = repo.commit(&[("a.txt", &secret()), ("b.txt", "b\n")], "Leak");
    for _ in 0..3 {
        repo.hook(&["origin", "../up.git"], &line(&id)).says(1, &["a.txt:1"]);
    }
    for file in files(&repo) {
        let noise: Vec<u8> = (0..20_000_u32).map(|n| (n * 31 % 251) as u8).collect();
        fs::write(file, noise).unwrap();
    }
    repo.hook(&["origin", "../up.git"], &line(&id)).says(1, &["a.txt:1"]);
}

#[test]
fn a_blob_is_read_again_under_another_path() {
    let repo = Repo::pushed();
    // As text this says nothing; in a file of this name it is a login.
    let login = "machine unbake.example login inventor password kV3xq8ZmT1\n";
    repo.commit(&[("notes.txt", login)], "Notes");
    let first = repo.push(&["main"]);
    repo.git(&["mv", "notes.txt", ".netrc"]).ok();
    repo.git(&["commit", "-q", "-m", "Moved"]).ok();
    repo.push(&["main"]).says(1, &[".netrc:1"]);
    assert_eq!(first.code, 0, "{first:#?}");
}

#[test]
fn a_repository_that_cannot_be_written_is_read_all_the_same() {
    let repo = Repo::pushed();
    fs::remove_dir_all(repo.work.join(".git/unbake")).unwrap();
    fs::write(repo.work.join(".git/unbake"), "in the way").unwrap();
    let id = repo.commit(&[("a.txt", &secret())], "Leak");
    repo.hook(&["origin", "../up.git"], &line(&id)).says(1, &["a.txt:1"]);
}
