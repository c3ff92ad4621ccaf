//! `unbake fix` with the real binary: what is shown, written and refused, and how it ends.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "tasks-run-on-this-unbake";
const LOGIN: &str = "unbake-invented-redis-9";

/// What a run came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// A Deployment and a Component with a credential each.
fn manifests() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let deploy = root.path().join("deploy");
    fs::create_dir(&deploy).unwrap();
    let deployment = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec:\n  template:\n    spec:\n      \
         containers:\n        - name: api\n          env:\n            - name: DB_PASSWORD\n              value: {PASSWORD}\n"
    );
    fs::write(deploy.join("api.yaml"), deployment).unwrap();
    let component = format!(
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: state\n  namespace: shop\nspec:\n  type: \
         state.redis\n  version: v1\n  metadata:\n    - name: redisPassword\n      value: {LOGIN}\n"
    );
    fs::write(deploy.join("state.yaml"), component).unwrap();
    root
}

fn fix(root: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(["fix", "--no-config"])
        .args(arguments)
        .current_dir(root)
        .env_remove("UNBAKE_FINGERPRINT_KEY")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap()
}

fn assert_no_value(ran: &Ran) {
    for value in [PASSWORD, LOGIN] {
        assert!(!ran.out.contains(value) && !ran.err.contains(value), "{value}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn showing_changes_nothing_and_shows_no_value() {
    let root = manifests();
    let before = (read(root.path(), "deploy/api.yaml"), read(root.path(), "deploy/state.yaml"));
    for format in ["text", "json"] {
        let ran = fix(root.path(), &["deploy", "--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_no_value(&ran);
        assert!(ran.out.contains("Replacing the line does not un-leak it."), "{}", ran.out);
    }
    let text = fix(root.path(), &["deploy"]).out;
    assert!(text.contains("-              value: ********\n+              valueFrom:\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours but on a terminal");
    assert_eq!(before, (read(root.path(), "deploy/api.yaml"), read(root.path(), "deploy/state.yaml")));
}

#[test]
fn json_is_as_its_schema_says() {
    let root = manifests();
    let schema: Value = serde_json::from_str(include_str!("../docs/fix.schema.json")).unwrap();
    let validator = jsonschema::options().build(&schema).unwrap();
    let json: Value = serde_json::from_str(&fix(root.path(), &["deploy", "--format", "json"]).out).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(json["files"].as_array().unwrap().len(), 2);
    assert_eq!(json["secrets"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_written_needs_no_second_fix() {
    let root = manifests();
    let api = root.path().join("deploy/api.yaml");
    fs::set_permissions(&api, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(fix(root.path(), &["deploy", "--check"]).code, 1);
    let ran = fix(root.path(), &["deploy", "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_no_value(&ran);
    let after = (read(root.path(), "deploy/api.yaml"), read(root.path(), "deploy/state.yaml"));
    assert!(after.0.contains("secretKeyRef") && !after.0.contains(PASSWORD), "{}", after.0);
    assert!(after.1.contains("auth:\n  secretStore: kubernetes") && !after.1.contains(LOGIN), "{}", after.1);
    assert_eq!(fs::metadata(&api).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(root.path().join("deploy")).unwrap().count(), 2, "nothing is left beside");
    let again = fix(root.path(), &["deploy", "--check"]);
    assert_eq!((again.code, again.out.as_str()), (0, "Nothing to fix: no credential in a manifest.\n"));
    assert_eq!(fix(root.path(), &["deploy", "--write"]).code, 0);
    assert_eq!(after, (read(root.path(), "deploy/api.yaml"), read(root.path(), "deploy/state.yaml")));
}

#[test]
fn a_named_store_comes_with_its_component_which_is_never_written_over_another_file() {
    let root = manifests();
    let shown = fix(root.path(), &["deploy", "--secret-store", "shop-secrets", "--format", "json"]);
    let json: Value = serde_json::from_str(&shown.out).unwrap();
    let new: Vec<_> =
        json["new_files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert!(!new.is_empty());
    assert!(new.iter().all(|path| !root.path().join(path).exists()), "shown, not written");
    fs::write(root.path().join(new[0]), "mine\n").unwrap();
    let ran = fix(root.path(), &["deploy", "--secret-store", "shop-secrets", "--write"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("another file of this name"), "{}", ran.out);
    assert_eq!(read(root.path(), new[0]), "mine\n");
}

#[test]
fn values_are_emitted_outside_of_the_work_tree_alone() {
    let root = manifests();
    let inside = fix(root.path(), &["deploy", "--emit", "secret", "--emit-to", "out"]);
    assert_eq!(inside.code, 2);
    assert!(inside.err.contains("outside of the work tree"), "{}", inside.err);
    assert!(!root.path().join("out").exists());
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("secrets");
    let ran =
        fix(root.path(), &["deploy", "--write", "--emit", "secret", "--emit-to", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_no_value(&ran);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o700);
    let files: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|file| mode(file) == 0o600));
    let all: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    assert!(all.contains(PASSWORD) && all.contains(LOGIN), "the files have what the manifests lost");
    assert!(ran.out.contains("kubectl apply -f "), "{}", ran.out);
}

#[test]
fn a_target_that_is_not_there_stops_all() {
    let root = manifests();
    let before = read(root.path(), "deploy/api.yaml");
    let ran = fix(root.path(), &["deploy", "missing", "--write"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("missing") && ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(before, read(root.path(), "deploy/api.yaml"));
}

#[test]
fn what_a_link_leads_to_is_no_part_of_a_directory() {
    let (root, other) = (manifests(), manifests());
    fs::remove_dir_all(root.path().join("deploy")).unwrap();
    fs::create_dir(root.path().join("deploy")).unwrap();
    let outside = other.path().join("deploy/api.yaml");
    symlink(&outside, root.path().join("deploy/api.yaml")).unwrap();
    let before = fs::read_to_string(&outside).unwrap();
    assert_eq!(fix(root.path(), &["deploy", "--write"]).code, 0);
    assert_eq!(fs::read_to_string(&outside).unwrap(), before);
}

#[test]
fn wrong_usage_is_told() {
    let root = manifests();
    for wrong in [&["deploy", "--write", "--check"][..], &["deploy", "--emit", "secret"], &["--write"]] {
        assert_eq!(fix(root.path(), wrong).code, 2, "{wrong:?}");
    }
}
