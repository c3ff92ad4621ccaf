//! The commands: what they are, that shells can read them, and that none has a value.

use std::process::Command;

use unbake::advise::plan::{PlannedSecret, Target};
use unbake::advise::store::emit::{sealed_secret_commands, sops_commands};
use unbake::advise::store::{Store, StoreType};

use super::{assert_no_value, key, plan, planned};

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

/// What is typed, or stands in a file that is named, is in the file of the store; and a file that is there stays.
#[test]
fn the_command_for_the_local_file_writes_json_and_overwrites_nothing() {
    let keys = vec![key("k%s", b"unbake"), key("l", b"unbake"), key("m", b"unbake\ninvented\n")];
    let plan = [planned("a-b", keys)];
    let line = Store::new(StoreType::LocalFile, Target::SelfHosted).commands(&plan).remove(1).line;
    for shell in ["sh", "bash"] {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("typed"), "un\"ba\\ke$HOME %s \u{e4}\nsecond\nlines\n").unwrap();
        std::fs::write(path("lines"), "unbake \"invented\"\n\\\n").unwrap();
        let run = || {
            let input = std::fs::File::open(path("typed")).unwrap();
            let mut command = Command::new(shell);
            command.args(["-c", &line]).stdin(input).current_dir(directory.path()).output().unwrap()
        };
        assert!(run().status.success());
        let text = std::fs::read_to_string(path("secrets.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let wanted = serde_json::json!({"a-b": {
            "k%s": "un\"ba\\ke$HOME %s \u{e4}", "l": "second", "m": "unbake \"invented\"\n\\\n"
        }});
        assert_eq!(json, wanted, "{shell}");
        let again = run();
        assert!(String::from_utf8_lossy(&again.stderr).contains("secrets.json is there"), "{shell}");
        assert_eq!(std::fs::read_to_string(path("secrets.json")).unwrap(), text);
    }
}
