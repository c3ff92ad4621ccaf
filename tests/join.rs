//! An image and the manifests that run it, scanned together, with the real binary.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const IMAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/task-api/image");
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/task-api/deploy");

fn scan(targets: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(["scan", "--no-config", "--format", "json"])
        .args(targets)
        .env_remove("UNBAKE_FINGERPRINT_KEY")
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// Scans the image of the fixture with this manifest.
fn with_manifest(text: &str) -> Vec<Value> {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("deploy.yaml");
    fs::write(&file, text).unwrap();
    scan(&[IMAGE, file.to_str().unwrap()])
}

/// The finding with a place of this path.
fn at<'f>(findings: &'f [Value], path: &str) -> Vec<&'f Value> {
    let has = |finding: &&Value| finding["locations"].as_array().unwrap().iter().any(|l| l["path"] == path);
    findings.iter().filter(has).collect()
}

fn steps(finding: &Value) -> Vec<&str> {
    finding["advice"]["steps"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

fn deployment(env: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec:\n  template:\n    spec:\n      \
         containers:\n        - name: api\n          env:\n{env}"
    )
}

#[test]
fn a_value_of_the_image_and_of_a_manifest_is_one_finding_that_says_so() {
    let findings = scan(&[IMAGE, DEPLOY]);
    let env = at(&findings, "config:Env[PAYMENT_API_KEY]");
    assert_eq!(env.len(), 1);
    let documents: Vec<_> =
        env[0]["locations"].as_array().unwrap().iter().map(|l| &l["document"]["kind"]).collect();
    assert!(documents.iter().any(|kind| *kind == "Deployment"), "{documents:?}");
    let steps = steps(env[0]);
    let said = steps
        .iter()
        .find(|step| step.starts_with("Deployment task-api sets PAYMENT_API_KEY to the same value"));
    let said = said.unwrap_or_else(|| panic!("{steps:#?}"));
    assert!(said.contains("config:Env[PAYMENT_API_KEY]") && said.contains("deployment.yaml"), "{said}");
}

/// The image has it as the password of a URL, which a rule knows; in the manifest it is a value under a name.
#[test]
fn a_guess_in_a_manifest_and_a_rule_in_the_image_are_one_finding() {
    let whole = scan(&[IMAGE]);
    let url = at(&whole, "app/settings.py");
    let rule = url[0]["rule"].as_str().unwrap();
    let length = url[0]["secret"]["length"].as_u64().unwrap();
    let value = match length {
        18 => "Inv3nted-by-unbake",
        _ => "postgres://tasks:Inv3nted-by-unbake@db.internal:5432/tasks",
    };
    let findings =
        with_manifest(&deployment(&format!("            - {{name: DB_PASSWORD, value: '{value}'}}\n")));
    let joined = at(&findings, "app/settings.py");
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0]["rule"], rule);
    let steps = steps(joined[0]);
    assert!(steps.iter().any(|step| step.contains("sets DB_PASSWORD to the same value")), "{steps:#?}");
}

#[test]
fn a_variable_that_a_manifest_takes_from_a_secret_can_do_for_the_images_file() {
    let findings = with_manifest(&deployment(
        "            - name: GITHUB_TOKEN\n              valueFrom: {secretKeyRef: {name: github, key: token}}\n",
    ));
    let steps = steps(at(&findings, "app/.env")[0]).join("\n");
    assert!(steps.contains("Deployment api sets GITHUB_TOKEN from the Secret github"), "{steps}");
    assert!(steps.contains("take it out of the image (app/.env)"), "{steps}");
}

#[test]
fn a_variable_of_another_name_says_nothing() {
    let findings = with_manifest(&deployment(
        "            - name: GITLAB_TOKEN\n              valueFrom: {secretKeyRef: {name: gitlab, key: token}}\n",
    ));
    let steps = steps(at(&findings, "app/.env")[0]).join("\n");
    assert!(!steps.contains("Deployment"), "{steps}");
}

#[test]
fn manifests_alone_are_not_told_of_images() {
    let findings = scan(&[DEPLOY]);
    assert!(!findings.is_empty() && Path::new(DEPLOY).is_dir());
    assert!(findings.iter().all(|finding| steps(finding).iter().all(|step| !step.contains("image ("))));
}
