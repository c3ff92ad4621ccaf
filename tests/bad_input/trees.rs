//! Directories that can't be read, that lead round in circles or out of themselves.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;
use unbake::oci::images::digest;

use crate::make::{Layout, OCI_TAR, PLANTED, PLANTED_TOO, Tar, blob, planted, tree};
use crate::run::{Outcome, name, run, scan};

/// The user `nobody`.
const NOBODY: u32 = 65534;

/// Scans as somebody whom modes bind. Root is bound by none, so for root it runs as nobody, from a copy that nobody
/// can get at; anybody else runs it as they are.
fn scan_unprivileged(target: &Path, sealed: &Path) -> Outcome {
    let dir = TempDir::new().unwrap();
    let copy = dir.path().join("unbake");
    // By another process: a file that this one writes can't be run while a test beside this one starts a child, which
    // has it open until it runs its own.
    let copied =
        std::process::Command::new("cp").arg(assert_cmd::cargo::cargo_bin!("unbake")).arg(&copy).status();
    assert!(copied.unwrap().success());
    for path in [dir.path(), &copy] {
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let mut command = std::process::Command::new(&copy);
    if fs::read_dir(sealed).is_ok() || fs::File::open(sealed).is_ok() {
        command.uid(NOBODY).gid(NOBODY);
    }
    run(Command::from_std(command), target.as_os_str())
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn unreadable_directory_and_file() {
    let dir = tree(&[("beside.env", PLANTED), ("sealed.env", PLANTED)]);
    let sealed = dir.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    chmod(dir.path(), 0o755);
    chmod(&sealed, 0);
    chmod(&dir.path().join("sealed.env"), 0);
    let scanned = scan_unprivileged(dir.path(), &sealed);
    chmod(&sealed, 0o755);
    scanned.tells("/sealed", "Permission denied").tells("/sealed.env", "Permission denied");
    scanned.tells_only(2).is_incomplete().finds("beside.env");
}

/// In an OCI layout as well, where blobs that no manifest names may stand.
#[test]
fn unreadable_directory_of_a_layout() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    let sealed = layout.root().join("blobs/sealed");
    fs::create_dir(&sealed).unwrap();
    chmod(layout.root(), 0o755);
    chmod(&sealed, 0);
    let scanned = scan_unprivileged(layout.root(), &sealed);
    chmod(&sealed, 0o755);
    scanned.tells("blobs/sealed", "the directory can't be read: Permission denied").tells_only(1);
    scanned.is_incomplete().finds("app/.env");
}

/// The target itself: it could not be reached.
#[test]
fn unreadable_target() {
    let dir = tree(&[("sealed.env", PLANTED)]);
    let sealed = dir.path().join("sealed.env");
    chmod(dir.path(), 0o755);
    chmod(&sealed, 0);
    let scanned = scan_unprivileged(&sealed, &sealed);
    scanned.exits(4);
    assert!(scanned.stderr.contains("sealed.env: permission denied"), "{}", scanned.stderr);
}

/// Links are not followed, so none leads in a circle, and what they lead to within the target is read where it
/// stands: nothing is left unread.
#[test]
fn symlink_loop() {
    let dir = tree(&[("beside.env", PLANTED)]);
    symlink("b", dir.path().join("a")).unwrap();
    symlink("a", dir.path().join("b")).unwrap();
    symlink(".", dir.path().join("round")).unwrap();
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    scan(dir.path()).tells_only(0).exits(1).finds("beside.env");
    // Asked for by name, it can't be reached.
    let scanned = scan(dir.path().join("a"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("Too many levels of symbolic links"), "{}", scanned.stderr);
}

/// A layer's blob that is a link: to itself it is missing, out of the layout it is not followed.
#[test]
fn links_in_a_layout() {
    let elsewhere = tree(&[("layer.tar", &Tar::default().file(b"srv/out.env", PLANTED).end())]);
    let out = elsewhere.path().join("layer.tar");
    let layout = Layout::of(&[(OCI_TAR, planted()), (OCI_TAR, fs::read(&out).unwrap())]);
    let path = blob(&digest(&fs::read(&out).unwrap()));
    let link = layout.root().join(&path);
    fs::remove_file(&link).unwrap();
    symlink(name(&link), &link).unwrap();
    scan(layout.root()).tells(&path, "is missing").tells_only(1).is_incomplete().finds("app/.env");
    fs::remove_file(&link).unwrap();
    symlink(&out, &link).unwrap();
    let scanned = scan(layout.root());
    scanned.tells(&path, "the path leads out of the image").tells_only(1).is_incomplete().finds("app/.env");
    assert!(!scanned.report.to_string().contains("out.env"));
    // Within the layout it is followed.
    fs::remove_file(&link).unwrap();
    fs::copy(&out, layout.root().join("blobs/real")).unwrap();
    symlink("../real", &link).unwrap();
    assert!(scan(layout.root()).tells_only(0).exits(1).finds("srv/out.env")["layer"].is_object());
}

/// A docker archive, unpacked, whose manifest names files outside of it.
#[test]
fn manifest_with_paths_that_leave_the_root() {
    let outer = TempDir::new().unwrap();
    let root = outer.path().join("image");
    fs::create_dir(&root).unwrap();
    fs::write(outer.path().join("out.tar"), planted()).unwrap();
    fs::write(root.join("in.tar"), Tar::default().file(b"srv/.env", PLANTED).end()).unwrap();
    fs::write(root.join("c.json"), r#"{"os": "linux", "architecture": "amd64"}"#).unwrap();
    let absolute = outer.path().join("out.tar");
    let manifest = serde_json::json!([{"Config": "c.json", "Layers": ["../out.tar", absolute, "in.tar"]}]);
    fs::write(root.join("manifest.json"), manifest.to_string()).unwrap();
    let scanned = scan(&root);
    scanned.tells("../out.tar", "the path leads out of the image");
    scanned.tells(absolute.to_str().unwrap(), "the path leads out of the image");
    scanned.tells_only(2).is_incomplete().finds("srv/.env");
    assert!(!scanned.report.to_string().contains("app/.env"));
}

/// A pipe among the blobs would be waited for until somebody writes to it.
#[test]
fn pipe_in_a_layout_and_in_a_tree() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    let dir = tree(&[("beside.env", PLANTED)]);
    for root in [layout.root(), dir.path()] {
        let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
        assert!(made.success());
    }
    scan(layout.root()).tells_only(0).exits(1).finds("app/.env");
    scan(dir.path()).tells_only(0).exits(1).finds("beside.env");
}

/// Files and images are read whatever they are called.
#[test]
fn names_that_are_not_utf8() {
    let dir = TempDir::new().unwrap();
    let at = |name: &[u8]| dir.path().join(OsStr::from_bytes(name));
    let image = Tar::default()
        .file(b"c.json", br#"{"os": "linux", "architecture": "amd64"}"#)
        .file(b"l/layer.tar", &planted())
        .file(b"manifest.json", br#"[{"Config": "c.json", "Layers": ["l/layer.tar"]}]"#)
        .end();
    fs::write(at(b"caf\xe9.env"), PLANTED).unwrap();
    fs::write(at(b"imag\xe9.tar"), &image).unwrap();
    fs::write(at(b"oci:image.tar"), &image).unwrap();
    let scanned = scan(dir.path());
    scanned.tells_only(0).exits(1).finds("caf\\xe9.env");
    assert!(scanned.finds("app/.env")["layer"].is_object());
    assert_eq!(scanned.report["targets"].as_array().unwrap().len(), 3);

    let layout = Layout::of(&[(OCI_TAR, planted())]);
    fs::write(layout.root().join(OsStr::from_bytes(b"caf\xe9.env")), PLANTED_TOO).unwrap();
    scan(layout.root()).tells_only(0).exits(1).finds("caf\\xe9.env");
}
