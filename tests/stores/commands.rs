//! The commands: what they are, that shells can read them, and that none has a value.

use std::process::Command;

use unbake::advise::plan::{PlannedSecret, Target};
use unbake::advise::store::emit::{sealed_secret_commands, sops_commands};
use unbake::advise::store::{Store, StoreType};

use super::super::{assert_no_value, key, plan, planned};

/// Every command of a plan, store by store.
fn commands(plan: &[PlannedSecret]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for kind in StoreType::ALL {
        for command in Store::new(kind, Target::Kubernetes).commands(plan) {
            all.push((format!("{}: {}", kind.as_str(), command.what), command.line));
        }
    }
    for command in
        plan.iter().flat_map(|secret| [sealed_secret_commands(secret), sops_commands(secret)]).flatten()
    {
        all.push((command.what, command.line));
    }
    all
}

fn assert_readable(line: &str) {
    for shell in ["sh", "bash"] {
        let output = Command::new(shell).args(["-n", "-c", line]).output().unwrap();
        assert!(output.status.success(), "{shell}: {}\n{line}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn commands_ask_for_values_and_have_none() {
    let all = commands(&plan());
    let text: String = all.iter().map(|(what, line)| format!("# {what}\n{line}\n\n")).collect();
    assert_no_value(&text);
    all.iter().for_each(|(_, line)| assert_readable(line));
    insta::assert_snapshot!("store_commands", text);
}

/// Names come out of manifests: a shell gets them as words.
#[test]
fn a_hostile_name_is_one_word() {
    let hostile = "x'; touch /tmp/unbake-hostile; $(id) `id` \\ \"%s";
    let mut secret =
        planned(hostile, vec![key(hostile, b"unbake-invented-key"), key("b", b"unbake\ninvented")]);
    secret.namespace = Some(hostile.to_owned());
    for (_, line) in commands(&[secret]) {
        assert_readable(&line);
        // Only a quoted word may have it, in which each `'` ends the quotes and begins them again.
        assert!(!line.contains("x'; touch"), "{line}");
    }
}

/// With the first value on standard input and nothing else in the way, the JSON that a store gets is right.
#[test]
fn typed_values_become_json() {
    let secret = planned("a-b", vec![key("k%s", b"unbake"), key("l", b"unbake")]);
    let line = Store::new(StoreType::AwsSecretManager, Target::Kubernetes).commands(&[secret]).remove(0).line;
    // What the line hands to `aws` goes to `cat` here: the line itself is what is asked about.
    let line =
        line.replace("aws secretsmanager create-secret --name a-b --secret-string file:///dev/stdin", "cat");
    for shell in ["sh", "bash"] {
        let directory = tempfile::tempdir().unwrap();
        let typed = directory.path().join("typed");
        std::fs::write(&typed, "un\"ba\\ke$HOME %s \u{e4}\nsecond\n").unwrap();
        let input = std::fs::File::open(&typed).unwrap();
        let output = Command::new(shell).args(["-c", &line]).stdin(input).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json, serde_json::json!({"k%s": "un\"ba\\ke$HOME %s \u{e4}", "l": "second"}), "{shell}");
    }
}
