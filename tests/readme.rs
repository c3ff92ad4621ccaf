//! The first command of the README, on the fixture that comes with the project.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value;

fn scan(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(["scan", "fixtures/task-api"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_fixture_gives_findings_from_the_image_and_from_its_manifests() {
    let (code, json) = scan(&["--format", "json"]);
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&json).unwrap();
    let places: Vec<(&str, &Value)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|f| f["locations"].as_array().unwrap().iter().map(|l| (f["rule"].as_str().unwrap(), l)))
        .collect();
    let has = |rule: &str, is: &dyn Fn(&Value) -> bool| places.iter().any(|(r, l)| *r == rule && is(l));
    assert!(has("github-pat", &|l| l["path"] == "app/.env"
        && l["line"] == 2
        && l["layer"]["state"] == "deleted"));
    assert!(has("npm-access-token", &|l| l["path"] == "history[2]" && l["document"]["name"] == "NPM_TOKEN"));
    assert!(has("stripe-secret-key", &|l| l["path"] == "config:Env[PAYMENT_API_KEY]"));
    assert!(has("stripe-secret-key", &|l| l["document"]["kind"] == "Deployment"));
    assert!(has("generic-credential", &|l| l["document"]["field"] == "spec.metadata[1].value"));
    assert!(
        !places
            .iter()
            .any(|(_, l)| l["document"]["field"] == "spec.template.spec.containers[0].env[1].value")
    );
}

#[test]
fn the_same_scan_twice_gives_the_same_bytes() {
    for format in ["text", "json", "sarif"] {
        assert_eq!(scan(&["--format", format]), scan(&["--format", format]), "{format}");
    }
}
