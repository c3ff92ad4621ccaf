//! Rules of a team's own: what is wrong with their files, what of another scanner's file is honoured, and what the
//! command line does with both.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use unbake::detect::{Engine, Scanner, Text};
use unbake::rules::load::{self, Rules};

const KEY: &str = "0badc0ffee1decade2facade3f00d4b1";

/// A sound rule file with one rule, whose `{more}` is free.
fn rule(more: &str) -> String {
    format!(
        "provider: Invented\nrules:\n  - id: invented-token\n    title: Invented token\n    severity: high\n    \
         keywords: [unbk_]\n    regex: 'unbk_[a-z0-9]{{12}}\\b'\n{more}    examples: ['unbk_inventedabcd']\n    \
         negative_examples: ['unbk_short']\n"
    )
}

/// What is wrong with a file, a line each, without its name.
fn wrong(text: &str) -> Vec<String> {
    let problems = load::parse("x.yml", text).err().map(|problems| problems.0).unwrap_or_default();
    problems.iter().map(|problem| problem.to_string().trim_start_matches("x.yml:").to_owned()).collect()
}

fn assert_wrong(text: &str, expected: &[&str]) {
    let all = wrong(text);
    assert_eq!(all.len(), expected.len(), "{all:#?}");
    for (problem, start) in all.iter().zip(expected) {
        assert!(problem.starts_with(start), "{problem}\nis not\n{start}");
    }
}

#[test]
fn every_mistake_is_told_with_its_line_and_field() {
    assert_wrong(&rule(""), &[]);
    assert_wrong("provider: X\nrules:\n  - id: 'x\n", &["3: unclosed quote"]);
    assert_wrong("", &["1: a rule file is one document"]);
    assert_wrong("- 1", &["1: not a mapping"]);
    assert_wrong(
        "colour: red\n",
        &["1: colour: unknown field `colour`", "1: provider: missing", "1: rules: there is no"],
    );
    let text = "\
provider: Invented
rules:
  - id: Bad_Id
    title: 3
    severity: awful
    keywords: [ab, abc, 12]
    regex: 'a(b'
    checksum: github-crc23
    examples: [x]
    negative_examples: []
  - title: No id
    severity: low
    regex: '(abc)'
    colour: red
    examples: [x]
    negative_examples: [x]
  - not a mapping
";
    assert_wrong(
        text,
        &[
            "3: rules[0].id: `Bad_Id` is not in kebab-case",
            "4: rules[0].title: invalid type: integer `3`, expected a string",
            "5: rules[0].severity: unknown variant `awful`",
            "6: rules[0].keywords[2]: invalid type: integer `12`",
            "6: rules[0].keywords[0]: `ab` is shorter than 3 bytes",
            "7: rules[0].regex: unclosed group, at byte 1",
            "8: rules[0].checksum: there is no checksum `github-crc23`; did you mean `github-crc32`?",
            "10: rules[0].negative_examples: empty",
            "11: rules[1].id: missing",
            "11: rules[1].keywords: no keyword",
            "13: rules[1].regex: has a group that captures",
            "14: rules[1].colour: unknown field `colour`",
            "17: rules[2]: a rule is a mapping",
        ],
    );
}

#[test]
fn expressions_that_can_not_be_used_are_refused() {
    let with = |regex: &str| wrong(&rule("").replace("unbk_[a-z0-9]{12}\\b", regex));
    let says = |regex: &str, what: &str| {
        let all = with(regex);
        assert!(
            all.len() == 1 && all[0].starts_with(&format!("7: rules[0].regex: {what}")),
            "{regex}: {all:?}"
        );
    };
    says("unbk_[a-z]*|", "matches the empty text");
    says("(?P<value>unbk_)", "has the group `value`");
    says(r"(?:unbk_\w{1000}){60}", "compiles to more than 4 MiB; 1 MiB is the limit");
    says("unbk_[z-a]", "invalid character class range");
    assert!(with("(?P<secret>unbk_)").is_empty());
}

#[test]
fn fields_that_exclude_each_other_and_ids_that_stand_twice_are_told() {
    let both = rule("    near: [invented]\n    allow: {regexes: ['(']}\n    title: again\n");
    assert_wrong(
        &both,
        &[
            "8: rules[0].near: a rule has `keywords` or `near`",
            "9: rules[0].allow: `(`",
            "10: rules[0].title: stands twice",
        ],
    );
    let second = rule("").replace("provider: Invented\nrules:\n", "");
    assert_wrong(
        &format!("{}{second}", rule("")),
        &["10: rules[1].id: `invented-token` is the id of another rule, at x.yml:3"],
    );
    let mut reader = unbake::rules::Reader::default();
    reader.read("a.yml", &rule(""));
    reader.read("b.yml", &rule(""));
    let message = reader.finish().err().unwrap().to_string();
    assert!(message.starts_with("1 error in the rules\nb.yml:3: rules[0].id: "), "{message}");
    assert!(message.ends_with("at a.yml:3"), "{message}");
}

/// The engine under a file of rules alone, and what could not be honoured in it.
fn engine(file: &str, text: &str) -> (Engine, Vec<String>) {
    let mut rules = Rules { rules: Vec::new(), digest: String::new() };
    let notes = rules.add_file(file, text).unwrap();
    (Engine::new(rules).unwrap(), notes)
}

fn found(engine: &Engine, path: &str, text: &str) -> Vec<String> {
    let text = Text { path, ..Text::whole(text.as_bytes()) };
    let candidates = Scanner::new(engine).scan(&text);
    candidates.iter().map(|c| String::from_utf8_lossy(c.secret.reveal()).into_owned()).collect()
}

#[test]
fn what_a_rule_allows_is_let_pass() {
    let value = "unbk_inventedabcd";
    let passes = |allow: &str, path: &str, line: &str| {
        let (engine, _) = engine("x.yml", &rule(&format!("    allow: {allow}\n")));
        found(&engine, path, line).is_empty()
    };
    let line = format!("key = {value} # fine");
    assert!(!passes("{}", "a", &line));
    assert!(passes("{regexes: ['abcd$']}", "a", &line) && !passes("{regexes: ['fine']}", "a", &line));
    assert!(passes("{regexes: ['fine'], target: line}", "a", &line));
    assert!(!passes("{regexes: ['fine'], target: line}", "a", &format!("{value}\nfine")));
    assert!(passes("{stopwords: [INVENTED]}", "a", &line) && !passes("{stopwords: [fine]}", "a", &line));
    assert!(passes("{paths: ['^test/']}", "test/a", &line) && !passes("{paths: ['^test/']}", "src/a", &line));
    let both = "{paths: ['^test/'], regexes: ['abcd'], all: true}";
    assert!(passes(both, "test/a", &line) && !passes(both, "src/a", &line));
    assert!(passes("[{stopwords: [nothing]}, {stopwords: [abcd]}]", "a", &line));
    let (engine, _) = engine("x.yml", &rule("    paths: ['\\.env$']\n"));
    assert_eq!(
        (found(&engine, "a/.env", &line), found(&engine, "a", &line)),
        (vec![value.to_owned()], vec![])
    );
}

#[test]
fn a_gitleaks_file_is_honoured() {
    let (engine, notes) = engine(
        "g.toml",
        r#"
title = "ours"
[[rules]]
id = "grouped"
description = "Grouped"
regex = '''(?i)(acme|corp)_key\s*=\s*["'[]?([a-z0-9]{32})'''
secretGroup = 2
entropy = 2
keywords = ["acme_key", "corp_key"]
[rules.allowlist]
stopwords = ["STOP"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ["harmless"]
paths = ["^docs/"]

[[rules]]
id = "derived"
regex = '''\bunbk_([a-f0-9]{32})\b'''

[[rules]]
id = "apart"
regex = '''\b[a-f0-9]{32}\b'''
keywords = ["elsewhere"]

[[allowlists]]
targetRules = ["derived"]
paths = ["^vendor/"]
"#,
    );
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("g.toml: rule apart: its expression matches without its keywords"),
        "{notes:?}"
    );
    let values = |path: &str, line: String| found(&engine, path, &line);
    assert_eq!(values("a", format!("ACME_KEY = [{KEY}")), [KEY]);
    assert!(values("a", "acme_key = stop0badc0ffee1decade2facade3f0".into()).is_empty());
    assert!(values("a", format!("acme_key = {}", "0".repeat(32))).is_empty());
    assert!(values("docs/a", format!("acme_key = {KEY} harmless")).is_empty());
    assert_eq!(values("src/a", format!("acme_key = {KEY} harmless")), [KEY]);
    assert_eq!(values("a", format!("x unbk_{KEY}")), [KEY]);
    assert!(values("vendor/a", format!("x unbk_{KEY}")).is_empty());
    assert_eq!(values("vendor/a", format!("elsewhere {KEY}")), [KEY]);
    assert!(values("a", KEY.to_owned()).is_empty());
}

#[test]
fn what_can_not_be_honoured_of_a_gitleaks_file_is_named() {
    let text = r#"
[extend]
useDefault = true
path = "other.toml"
disabledRules = ["jwt", "github-pta"]
[[rules]]
id = "no-literal"
regex = '''[a-f0-9]{40}'''
[[rules]]
id = "lookahead"
regex = '''unbk_(?=x)'''
[[rules]]
id = "by-path"
path = '''\.p12$'''
[[rules]]
id = "no-group"
regex = '''unbk_(a+)'''
secretGroup = 2
[[rules]]
id = "composite"
regex = '''unbk_(a+)'''
skipReport = true
[rules.allowlist]
commits = ["0badc0de"]
[[rules]]
id = "github-pat"
[rules.allowlist]
stopwords = ["invented"]
[allowlist]
paths = ["^third_party/"]
"#;
    let mut rules = load::builtin().unwrap();
    let (before, digest) = (rules.rules.len(), rules.digest.clone());
    let notes = rules.add_file("g.toml", text).unwrap();
    for expected in [
        "`extend.path` is not followed",
        "`extend.disabledRules`: there is no rule `github-pta`; did you mean `github-pat`?",
        "rule no-literal: left out: it has no keywords",
        "rule lookahead: left out: `regex`: look-around",
        "rule by-path: left out: it has no `regex`",
        "rule no-group: left out: `regex` has no group 2",
        "rule composite: `skipReport` is not honoured",
        "rule composite: an allowlist's `commits` are not honoured",
    ] {
        assert!(
            notes.iter().any(|note| note.starts_with(&format!("g.toml: {expected}"))),
            "{expected}: {notes:#?}"
        );
    }
    assert_eq!(notes.len(), 8, "{notes:#?}");
    // `composite` came, `jwt` went.
    assert_eq!(rules.rules.len(), before);
    assert!(rules.rules.iter().all(|rule| rule.id != "jwt"));
    assert_ne!(rules.digest, digest);
    let pat = rules.rules.iter().find(|rule| rule.id == "github-pat").unwrap();
    assert_eq!(pat.allow.len(), 2, "its own, and the one for all");
    let broken = rules.add_file("g.toml", "[[rules]]\nid = 3\n").unwrap_err().to_string();
    assert!(broken.starts_with("1 error in the rules\ng.toml:2: "), "{broken}");
}

fn unbake(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn check_passes_fails_and_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files: Vec<String> = fs::read_dir(rules)
        .unwrap()
        .map(|file| file.unwrap().path().to_string_lossy().into_owned())
        .collect();
    files.retain(|file| file.ends_with(".yml"));
    let arguments: Vec<&str> =
        ["rules", "check"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let (code, told, errors) = unbake(&arguments);
    assert!(code == 0 && told.ends_with(" examples, all pass\n"), "{told}{errors}");

    let broken = write(folder.path(), "broken.yml", &rule("").replace("inventedabcd", "short"));
    let (code, told, _) = unbake(&["rules", "check", &broken]);
    assert_eq!(code, 1);
    let first = format!("{broken}:3: invented-token: examples[0]: the rule does not find it\n");
    assert_eq!(told, format!("{first}1 rules, 2 examples, 1 fail\n"));

    let wrong = write(folder.path(), "wrong.yml", "rules: 3\n");
    let (code, told, errors) = unbake(&["rules", "check", &broken, &wrong]);
    assert_eq!((code, told.as_str()), (2, ""));
    assert!(errors.starts_with("unbake: 2 errors in the rules\n"), "{errors}");
    assert_eq!(unbake(&["rules", "check", "no-such-file.yml"]).0, 2);
}

#[test]
fn rules_are_listed_and_explained() {
    let (code, listed, _) = unbake(&["rules", "list"]);
    assert!(
        code == 0 && listed.lines().any(|line| line.starts_with("github-pat ") && line.contains("critical"))
    );
    let (_, json, _) = unbake(&["rules", "list", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all.as_array().unwrap().len(), listed.lines().count());
    assert!(all[0]["id"].is_string() && all[0]["severity"].is_string() && all[0]["title"].is_string());
    let (code, shown, _) = unbake(&["rules", "show", "github-pat"]);
    assert_eq!(code, 0);
    for part in
        ["critical", "ghp_", "github-crc32", "https://docs.github.com/", "\nfinds\n", "\ndoes not find\n"]
    {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let (code, _, errors) = unbake(&["rules", "show", "github-pta"]);
    assert!(code == 2 && errors.contains("did you mean `github-pat`?"), "{errors}");
}

#[test]
fn a_scan_takes_rules_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let own = write(folder.path(), "own.yml", &rule(""));
    let toml = write(
        folder.path(),
        "leaks.toml",
        "[[rules]]\nid='tomlish'\nregex='tml_[a-z]{12}'\n[[rules]]\nid='vague'\nregex='[a-z]+'\n",
    );
    let target = write(folder.path(), "app.env", "A=unbk_inventedabcd\nB=tml_inventedabcd\n");
    assert_eq!(unbake(&["scan", &target]).0, 0);
    let (code, report, errors) =
        unbake(&["scan", "--format", "json", "--rules", &own, "--rules", &toml, &target]);
    assert_eq!(code, 1, "{errors}");
    assert!(report.contains("\"invented-token\"") && report.contains("\"tomlish\""), "{report}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("rule vague: left out"), "{errors}");
    let wrong = write(folder.path(), "wrong.yml", "rules: 3\n");
    assert_eq!(unbake(&["scan", "--rules", &wrong, &target]).0, 2);
}
