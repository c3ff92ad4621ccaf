//! `unbake classify`: what people and programs see, what it agrees on with the scan, and that no Secret is shown.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn unbake(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn listed(paths: &[&str]) -> Value {
    let (code, json, _) = unbake(&[&["classify", "--format", "json"], paths].concat());
    assert_eq!(code, 0, "{json}");
    serde_json::from_str(&json).unwrap()
}

/// `name: class reason` of each literal.
fn told(listing: &Value) -> Vec<String> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let literals = listing["literals"].as_array().unwrap();
    literals
        .iter()
        .map(|one| format!("{}: {} {}", text(one, "name"), text(one, "class"), text(one, "reason")))
        .collect()
}

/// The five values of the question that started it.
#[test]
fn the_five_values_of_the_prompt() {
    let listing = listed(&["fixtures/classify/prompt.yaml"]);
    let expected = [
        "DATABASE_URL: secret password-inside",
        "FEATURE_NEW_NOTIFICATIONS: configuration switch",
        "API_CALL_MAX_RETRIES: configuration number",
        "PAYMENT_API_KEY: secret name",
        "ALERT_THRESHOLD: configuration number",
    ];
    assert_eq!(told(&listing), expected);
    let suggestions: Vec<&str> = listing["literals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["suggestion"].as_str().unwrap())
        .collect();
    let (store, api) = ("secret-store", "dapr-configuration-api");
    assert_eq!(suggestions, [store, api, api, store, api]);
}

#[test]
fn the_hard_ones() {
    insta::assert_snapshot!("hard", unbake(&["classify", "fixtures/classify/hard.yaml"]).1);
    insta::assert_snapshot!(
        "hard_json",
        unbake(&["classify", "-f", "json", "fixtures/classify/hard.yaml"])
            .1
            .split_once("\"literals\"")
            .unwrap()
            .1
    );
}

/// The page shows what the program says.
#[test]
fn the_page_shows_what_was_run() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/classify.md")).unwrap();
    for file in ["prompt", "hard"] {
        let path = format!("fixtures/classify/{file}.yaml");
        let command = format!("```console\n$ unbake classify {path}\n");
        let (_, shown) = page.split_once(&command).unwrap_or_else(|| panic!("{path} is not run in the page"));
        let (shown, _) = shown.split_once("```").unwrap();
        assert_eq!(
            shown,
            unbake(&["classify", &path]).1,
            "run it again and put its output into docs/classify.md"
        );
    }
}

#[test]
fn json_is_valid_against_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../docs/classify.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::options().build(&schema).unwrap();
    let broken = tempfile::tempdir().unwrap();
    fs::write(broken.path().join("b.yaml"), "apiVersion: v1\nkind: Pod\n---\n[\n").unwrap();
    let paths = ["fixtures", broken.path().to_str().unwrap()];
    let (code, json, _) = unbake(&[&["classify", "-f", "json"][..], &paths].concat());
    assert_eq!(code, 3);
    let document: Value = serde_json::from_str(&json).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(
        document["skipped"][0]["path"].as_str().unwrap().ends_with("b.yaml:4:1"),
        "{}",
        document["skipped"]
    );
}

/// What the scan raises is a Secret here, and the other way round.
#[test]
fn scan_and_classify_agree() {
    for file in ["fixtures/classify/prompt.yaml", "fixtures/classify/hard.yaml", "fixtures/task-api/deploy"] {
        let (_, json, _) = unbake(&["scan", "--no-config", "--format", "json", file]);
        let report: Value = serde_json::from_str(&json).unwrap();
        let field = |place: &Value| {
            let document = &place["document"];
            format!("{} {} {}", place["path"], document["index"], document["field"])
        };
        let findings = report["findings"].as_array().unwrap();
        let raised: BTreeSet<String> =
            findings.iter().flat_map(|f| f["locations"].as_array().unwrap()).map(field).collect();
        let listing = listed(&[file]);
        let literals = listing["literals"].as_array().unwrap();
        let secret: BTreeSet<String> =
            literals.iter().filter(|one| one["class"] == "secret").map(field).collect();
        assert_eq!(secret, raised, "{file}");
        assert!(!secret.is_empty());
    }
}

#[test]
fn no_secret_is_shown() {
    let values = [
        "unbake-invented-1",
        "unbakeInvented7Qw3Zr9Tb5",
        "unbake0Invented1Key2Qz",
        "postgres\n",
        "unbake-0Inv3nt3d-9xQz",
        "0123",
        "unbake+Invented/9xQz2Vd6Hs4J",
        "AKUNBAKEINVENTED",
        "\"postgres\"",
    ];
    for format in ["text", "json"] {
        let (_, out, err) = unbake(&["classify", "--format", format, "fixtures/classify"]);
        for value in values {
            assert!(!out.contains(value) && !err.contains(value), "{format}: {value}");
        }
        assert!(out.contains("https://tasks.internal:8443/v1"), "settings are");
    }
}

/// What stands in base64, and what stands beside it in a text that is written with escapes.
#[test]
fn encoded_and_nested_literals() {
    let folder = tempfile::tempdir().unwrap();
    let text = "apiVersion: v1\nkind: ConfigMap\nbinaryData: {blob: c2tfbGl2ZV91bmJha2VGaXh0dXJlME5vdFJlYWw0Mng=}\n---\n\
                apiVersion: v1\nkind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: \
                \"{\\\"apiVersion\\\":\\\"v1\\\",\\\"kind\\\":\\\"Secret\\\",\\\"stringData\\\":{\\\"password\\\":\
                \\\"unbake-0Inv3nt3d\\\",\\\"username\\\":\\\"tasks\\\"}}\"\n";
    let file = folder.path().join("objects.yaml");
    fs::write(&file, text).unwrap();
    let expected =
        ["blob: secret format", "password: secret kept-as-secret", "username: configuration companion"];
    assert_eq!(told(&listed(&[file.to_str().unwrap()])), expected);
}

#[test]
fn exit_codes() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    let (code, out, _) = unbake(&["classify", empty]);
    assert_eq!((code, out.as_str()), (0, "No manifest was found.\n"));
    let (code, out, err) =
        unbake(&["classify", "fixtures/classify/none.yaml", "fixtures/classify/prompt.yaml"]);
    assert_eq!(code, 4);
    assert!(
        out.contains("DATABASE_URL") && err.starts_with("unbake: fixtures/classify/none.yaml: "),
        "{err}"
    );
    assert_eq!(unbake(&["classify"]).0, 2);
}
