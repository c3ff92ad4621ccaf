//! Pages of `docs/` show what the program says.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::fs;
use std::process::Command;

use serde_json::Value;

fn fix(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(["fix", "fixtures/fix/cluster", "--secret-store", "kubernetes-secrets"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The texts of a list of objects.
fn texts(plan: &Value, list: &str, key: &str) -> Vec<String> {
    plan[list].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_block_of_the_dapr_page_is_cut_from_a_plan() {
    let mut said = vec![fix(&[])];
    for more in [&[][..], &["--scopes"]] {
        let plan = serde_json::from_str(&fix(&[&["--format", "json"], more].concat())).unwrap();
        said.extend(texts(&plan, "new_files", "text"));
        said.extend(texts(&plan, "snippets", "text"));
        said.extend(texts(&plan, "commands", "line").into_iter().map(|line| line + "\n"));
    }
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dapr.md")).unwrap();
    let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
    assert!(blocks.len() > 8);
    for block in blocks {
        let (kind, text) = block.split_once('\n').unwrap();
        if kind != "console" {
            assert!(said.iter().any(|said| said.contains(text)), "not said any more:\n{text}");
        }
    }
}
