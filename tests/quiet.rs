//! Quieting one thing, with the real binary: comments beside a value, a baseline, `.unbake.toml`.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const TOKEN: &str = "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";
const OTHER: &str = "ghp_unbakeInventedExampleValue00020fU4bb";

/// The markers that allow whatever is found.
const MARKERS: [&str; 6] = [
    "unbake:allow",
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "ggignore",
];

/// 2026-06-01T00:00:00Z
const JUNE: &str = "1780272000";

/// What a run came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

/// A directory with these files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// Runs in a directory, on the first of June 2026.
fn run(directory: &Path, arguments: &[&str]) -> Ran {
    run_at(directory, arguments, JUNE)
}

fn run_at(directory: &Path, arguments: &[&str], seconds: &str) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_unbake"))
        .args(arguments)
        .current_dir(directory)
        .env("SOURCE_DATE_EPOCH", seconds)
        .env_remove("UNBAKE_FINGERPRINT_KEY")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn scan(directory: &Path, more: &[&str]) -> Ran {
    run(directory, &[&["scan", "src", "--format", "json"], more].concat())
}

/// How many findings are raised, and what is counted instead: `[baseline, inline, disabled]`.
fn counts(report: &Value) -> (usize, [u64; 3]) {
    let suppressed = &report["suppressed"];
    let counted = ["baseline", "inline", "disabled"].map(|why| suppressed[why].as_u64().unwrap());
    (report["findings"].as_array().unwrap().len(), counted)
}

#[test]
fn each_marker_quiets_its_line_and_is_counted() {
    for marker in MARKERS {
        for text in
            [format!("token = \"{TOKEN}\" # {marker}\n"), format!("// {marker}\ntoken = \"{TOKEN}\"\n")]
        {
            let root = tree(&[("src/a.py", &text)]);
            let ran = scan(root.path(), &[]);
            assert_eq!((ran.code, counts(&ran.json())), (0, (0, [0, 1, 0])), "{text}");
            assert_eq!(ran.json()["targets"][0]["verdict"], "clean");
        }
    }
    let root = tree(&[("src/a.py", &format!("x = 1 # unbake:allow\ntoken = \"{TOKEN}\"\n"))]);
    assert_eq!(counts(&scan(root.path(), &[]).json()), (1, [0, 0, 0]), "code, not a comment, before it");
}

#[test]
fn a_marker_with_rules_allows_these_only() {
    let cases =
        [("unbake:allow npm-access-token,github-pat", (0, [0, 1, 0])), ("unbake:allow jwt", (1, [0, 0, 0]))];
    for (marker, wanted) in cases {
        let root = tree(&[("src/a.py", &format!("token = \"{TOKEN}\" # {marker}\n"))]);
        assert_eq!(counts(&scan(root.path(), &[]).json()), wanted, "{marker}");
    }
}

#[test]
fn a_value_stays_with_the_places_that_are_not_allowed() {
    let root = tree(&[
        ("src/a.py", &format!("token = \"{TOKEN}\" # unbake:allow\n")),
        ("src/b.py", &format!("token = \"{TOKEN}\"\n")),
    ]);
    let ran = scan(root.path(), &[]);
    let report = ran.json();
    assert_eq!((ran.code, counts(&report)), (1, (1, [0, 0, 0])));
    let finding = &report["findings"][0];
    assert_eq!(finding["locations"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&finding["locations"][0]["path"], &finding["allowed_locations"]),
        (&"src/b.py".into(), &1.into())
    );
}

/// The key is the example of the rule for private keys.
#[test]
fn a_key_of_several_lines_is_allowed_at_its_first() {
    let rules = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/keys.yml")).unwrap();
    let rules: serde_json::Value = serde_yaml::from_str(&rules).unwrap();
    let key = rules["rules"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|rule| rule["examples"].as_array().unwrap())
        .filter_map(Value::as_str)
        .find(|example| example.starts_with("-----BEGIN") && example.lines().count() > 2)
        .unwrap();
    let root = tree(&[("src/key.pem", key)]);
    assert_eq!(counts(&scan(root.path(), &[]).json()), (1, [0, 0, 0]));
    let root = tree(&[("src/key.pem", &format!("# unbake:allow\n{key}"))]);
    assert_eq!(counts(&scan(root.path(), &[]).json()), (0, [0, 1, 0]));
    let root = tree(&[("src/key.pem", &format!("{key}\n# unbake:allow"))]);
    assert_eq!(counts(&scan(root.path(), &[]).json()), (1, [0, 0, 0]));
}

#[test]
fn a_comment_in_a_manifest_and_in_utf16_counts_too() {
    let manifest = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n    env:\n    \
         - name: DB_PASSWORD\n      # unbake:allow\n      value: hunter2Invented\n    - name: GH\n      value: {TOKEN} # ggignore\n"
    );
    let root = tree(&[("src/pod.yaml", &manifest)]);
    assert_eq!(counts(&scan(root.path(), &[]).json()), (0, [0, 2, 0]));
    let root = tree(&[("src/a.txt", "")]);
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    fs::write(root.path().join("src/a.txt"), wide(&format!("\u{feff}token = {TOKEN} # unbake:allow\n")))
        .unwrap();
    assert_eq!(counts(&scan(root.path(), &[]).json()), (0, [0, 1, 0]));
}

#[test]
fn a_baseline_is_made_used_and_brought_up_to_date() {
    let root = tree(&[("src/a.env", &format!("GITHUB_TOKEN={TOKEN}\n"))]);
    let here = root.path();
    let file = here.join(".unbake-baseline.json");
    let made = run(
        here,
        &["baseline", "create", "--reason", "old", "--owner", "ops", "--expires", "2026-06-30", "src"],
    );
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{}", made.out);
    assert!(made.out.starts_with(".unbake-baseline.json: 1 known\n"), "{}", made.out);
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(
        first,
        "{\n  \"version\": 1,\n  \"fingerprints\": \"public\",\n  \"entries\": [\n    {\n      \"rule\": \
         \"github-pat\",\n      \"path\": \"src/a.env\",\n      \"fingerprint\": \"0a3522757e2fe69b\",\n      \
         \"reason\": \"old\",\n      \"owner\": \"ops\",\n      \"expires\": \"2026-06-30\"\n    }\n  ]\n}\n"
    );
    let baseline = ["--baseline", ".unbake-baseline.json"];
    let known = scan(here, &baseline);
    assert_eq!((known.code, counts(&known.json())), (0, (0, [1, 0, 0])));
    assert_eq!(counts(&scan(here, &[]).json()), (1, [0, 0, 0]), "nothing counts that is not named");

    // What is new is raised; what moved is known.
    fs::write(here.join("src/b.env"), format!("\n\nOTHER_TOKEN={OTHER}\nOLD={TOKEN}\n")).unwrap();
    fs::remove_file(here.join("src/a.env")).unwrap();
    let new = scan(here, &baseline);
    assert_eq!((new.code, counts(&new.json())), (1, (1, [1, 0, 0])));
    assert_eq!(new.json()["findings"][0]["locations"][0]["line"], 3);

    let updated = run(here, &["baseline", "update", "--reason", "new", "src"]);
    assert_eq!(updated.code, 0, "{}", updated.err);
    assert!(
        updated.out.starts_with(
            ".unbake-baseline.json: 1 kept, 1 added, 0 gone\n  added    github-pat  src/b.env  "
        )
    );
    let json: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let of =
        |reason: &str| json["entries"].as_array().unwrap().iter().find(|e| e["reason"] == reason).unwrap();
    assert_eq!((&of("old")["expires"], &of("old")["path"]), (&"2026-06-30".into(), &"src/b.env".into()));
    assert_eq!(of("new").get("expires"), None);
    assert_eq!(counts(&scan(here, &baseline).json()), (0, [2, 0, 0]));

    // A second update changes nothing; then the value goes.
    let before = fs::read_to_string(&file).unwrap();
    assert!(run(here, &["baseline", "update", "src"]).out.contains("2 kept, 0 added, 0 gone"));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    fs::write(here.join("src/b.env"), format!("OLD={TOKEN}\n")).unwrap();
    assert!(
        run(here, &["baseline", "update", "src"])
            .out
            .contains("1 kept, 0 added, 1 gone\n  gone     github-pat")
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), first.replace("a.env", "b.env"));
}

#[test]
fn an_expired_entry_comes_back_and_says_so() {
    let root = tree(&[("src/a.env", &format!("GITHUB_TOKEN={TOKEN}\n"))]);
    let here = root.path();
    let create = [
        "baseline",
        "create",
        "src",
        "--expires",
        "2026-06-30",
        "--reason",
        "until the move",
        "-o",
        "b.json",
    ];
    assert_eq!(run(here, &create).code, 0);
    let at = |seconds: &str, format: &str| {
        run_at(here, &["scan", "src", "--baseline", "b.json", "--format", format], seconds)
    };
    let last_second = "1782863999";
    assert_eq!(at(last_second, "json").code, 0, "it holds on its day");
    let over = at("1782864000", "json");
    assert_eq!((over.code, counts(&over.json())), (1, (1, [0, 0, 0])));
    let expired = &over.json()["findings"][0]["expired"];
    assert_eq!((&expired["on"], &expired["reason"]), (&"2026-06-30".into(), &"until the move".into()));
    let text = at("1782864000", "text").out;
    assert!(text.contains("Its entry in the baseline expired after 2026-06-30: until the move"), "{text}");

    // An update does not renew it by itself.
    let update = run_at(here, &["baseline", "update", "src", "-o", "b.json"], "1782864000");
    assert!(
        update.out.contains("1 kept, 0 added, 0 gone\n  expired  github-pat  src/a.env"),
        "{}",
        update.out
    );
    assert_eq!(at("1782864000", "json").code, 1);
}

#[test]
fn a_baseline_never_has_a_value() {
    let root = tree(&[(
        &format!("src/{TOKEN}.env"),
        &format!("A={TOKEN}\nB={OTHER}\nDB=postgres://app:hunter2Inv@db/x\n"),
    )]);
    assert_eq!(run(root.path(), &["baseline", "create", "src"]).code, 0);
    let text = fs::read_to_string(root.path().join(".unbake-baseline.json")).unwrap();
    for value in [TOKEN, OTHER, "hunter2Inv"] {
        assert!(!text.contains(value), "{text}");
    }
    assert!(text.contains("\"path\": \"src/ghp_….env\""), "{text}");
    fs::rename(root.path().join(".unbake-baseline.json"), root.path().join("src/.unbake-baseline.json"))
        .unwrap();
    let again =
        scan(root.path(), &["--baseline", "src/.unbake-baseline.json", "--min-confidence", "low"]).json();
    assert_eq!(again["findings"].as_array().unwrap().len(), 0, "a baseline is no finding itself: {again:#}");
}

/// A weak value is known by its place: the line tells it from others of its file, and the line's number does not.
#[test]
fn another_weak_value_in_the_same_file_is_not_known() {
    let root = tree(&[("src/a.env", "A=postgres://app:hunter2Inv@db/x\n")]);
    let here = root.path();
    assert_eq!(run(here, &["baseline", "create", "src"]).code, 0);
    let baseline = ["--baseline", ".unbake-baseline.json"];
    fs::write(
        here.join("src/a.env"),
        "# a comment\nA=postgres://app:hunter2Inv@db/x\nB=postgres://app:hunter3Inv@db/x\n",
    )
    .unwrap();
    let report = scan(here, &baseline).json();
    assert_eq!(counts(&report), (1, [1, 0, 0]));
    assert_eq!(report["findings"][0]["locations"][0]["line"], 3);
}

#[test]
fn what_was_not_read_is_not_taken_for_gone() {
    let root = tree(&[("src/a.env", &format!("A={TOKEN}\n")), ("src/b.env", &format!("B={OTHER}\n"))]);
    let here = root.path();
    assert_eq!(run(here, &["baseline", "create", "src"]).code, 0);
    let before = fs::read_to_string(here.join(".unbake-baseline.json")).unwrap();
    // A gzip that ends early stands for a file that can't be read.
    fs::remove_file(here.join("src/a.env")).unwrap();
    fs::write(here.join("src/a.gz"), b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b").unwrap();
    let update = run(here, &["baseline", "update", "src"]);
    assert_eq!(update.code, 3, "{}{}", update.out, update.err);
    assert!(update.out.contains("2 kept, 0 added, 0 gone"), "{}", update.out);
    assert_eq!(fs::read_to_string(here.join(".unbake-baseline.json")).unwrap(), before);
    let unreachable = run(here, &["baseline", "update", "nowhere"]);
    assert_eq!(unreachable.code, 4);
    assert!(unreachable.err.contains(".unbake-baseline.json is as it was"), "{}", unreachable.err);
    assert_eq!(fs::read_to_string(here.join(".unbake-baseline.json")).unwrap(), before);
}

#[test]
fn what_is_wrong_with_a_baseline_stops_the_run() {
    let entry = "{\"rule\": \"a\", \"path\": \"b\", \"fingerprint\": \"0000000000000001\"";
    let file = |entries: &str| {
        format!("{{\"version\": 1, \"fingerprints\": \"public\",\n\"entries\": [{entries}]}}")
    };
    let cases = [
        ("[1, 2]".to_owned(), "b.json: not a baseline of unbake: "),
        ("{\"runs\": []}".to_owned(), "b.json: not a baseline of unbake: missing field `version`"),
        ("{\"version\": 7}".to_owned(), "b.json: version 7 of the format"),
        (
            file(&format!("{entry}, \"expires\": \"2026-02-30\"}}")),
            "`2026-02-30` is not a day of the calendar at line 2",
        ),
        (file(&format!("{entry}, \"until\": 1}}")), "unknown field `until`"),
        (file(&format!("{entry}}}, {entry}}}")), "fingerprint 0000000000000001 is there more than once"),
        (file("").replace("public", "0123456789abcdef"), "b.json was made with another fingerprint key"),
    ];
    for (text, why) in cases {
        let root = tree(&[("src/a.env", ""), ("b.json", &text)]);
        let ran = scan(root.path(), &["--baseline", "b.json"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let root = tree(&[("src/a.env", ""), ("b.json", "{}")]);
    for (arguments, why) in [
        (
            &["scan", "src", "--baseline", "c.json"][..],
            "c.json is not there; `unbake baseline create` makes it",
        ),
        (&["scan", "src", "--baseline", "src"], "src: "),
        (&["baseline", "create", "-o", "b.json", "src"], "b.json is there: `unbake baseline update` keeps"),
        (&["baseline", "update", "src"], ".unbake-baseline.json is not there"),
        (&["baseline", "create", "src", "--expires", "2026-05-31"], "is over: today is 2026-06-01"),
        (&["baseline", "create", "src", "--expires", "tomorrow"], "write it as YYYY-MM-DD"),
    ] {
        let ran = run(root.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let ran = run_at(root.path(), &["baseline", "create", "src"], "soon");
    assert!(ran.code == 2 && ran.err.contains("SOURCE_DATE_EPOCH is `soon`"), "{}", ran.err);
}

#[test]
fn a_configuration_excludes_disables_and_sets_thresholds() {
    let config = "exclude = [\"vendor/**\"]\ndisable = [\"github-pat\"]\nfail_on = \"critical\"\n";
    let root = tree(&[
        (".unbake.toml", config),
        ("src/a.env", &format!("GITHUB_TOKEN={TOKEN}\nDB=postgres://app:hunter2Inv@db/x\n")),
        ("src/vendor/b.env", &format!("X={OTHER}\n")),
    ]);
    let here = root.path();
    let ran = scan(here, &[]);
    let report = ran.json();
    assert_eq!((ran.code, counts(&report)), (0, (1, [0, 0, 1])), "the password is high, fail_on critical");
    assert_eq!(report["tool"]["disabled_rules"], serde_json::json!(["github-pat"]));
    let skipped = &report["coverage"]["skipped"][0];
    assert_eq!((&skipped["path"], &skipped["kind"]), (&"src/vendor/b.env".into(), &"excluded".into()));
    assert_eq!(skipped["reason"], "excluded by .unbake.toml");
    let text = run(here, &["scan", "src"]).out;
    assert!(text.contains("1 rule is switched off: github-pat."), "{text}");
    assert!(text.contains("Found and not raised: 1 of rules that are switched off."), "{text}");

    // The command line goes before the file.
    assert_eq!(scan(here, &["--fail-on", "low"]).code, 1);
    let without = scan(here, &["--no-config"]).json();
    assert_eq!(counts(&without), (3, [0, 0, 0]));
    let high = scan(here, &["--min-confidence", "high", "--exclude", "*.env"]).json();
    assert_eq!(high["coverage"]["skipped"][0]["reason"], "excluded by --exclude");
    assert_eq!(counts(&high), (0, [0, 0, 0]));
}

#[test]
fn a_configuration_is_that_of_the_repository() {
    let config = "disable = [\"github-pat\"]\nbaseline = \"known/b.json\"\nmin_confidence = \"high\"\n";
    let root = tree(&[
        ("repo/.git/HEAD", ""),
        ("repo/.unbake.toml", config),
        ("repo/app/src/a.env", &format!("GITHUB_TOKEN={TOKEN}\nDB=postgres://app:hunter2Inv@db/x\n")),
        ("repo/known/keep", ""),
    ]);
    let deep = root.path().join("repo/app");
    let missing = scan(&deep, &[]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("repo/.unbake.toml:2: `baseline`: "), "{}", missing.err);
    // The baseline that the configuration names is the one that is made.
    let made = run(&deep, &["baseline", "create", "src", "--min-confidence", "medium"]);
    assert_eq!((made.code, made.out.lines().count()), (0, 1), "{}{}", made.out, made.err);
    assert!(root.path().join("repo/known/b.json").exists());
    let ran = scan(&deep, &["--min-confidence", "medium"]);
    assert_eq!((ran.code, counts(&ran.json())), (0, (0, [1, 0, 1])));
    let ran = scan(&deep, &[]);
    assert_eq!((counts(&ran.json()), &ran.json()["suppressed"]["confidence"]), ((0, [0, 0, 1]), &1.into()));
    // Another configuration, and none outside of the repository.
    fs::write(root.path().join("repo/app/other.toml"), "").unwrap();
    assert_eq!(counts(&scan(&deep, &["--config", "other.toml"]).json()), (2, [0, 0, 0]));
    fs::write(root.path().join(".unbake.toml"), "nonsense").unwrap();
    fs::create_dir(root.path().join("src")).unwrap();
    fs::remove_dir_all(root.path().join("repo/.git")).unwrap();
    assert_eq!(counts(&scan(&deep, &[]).json()), (2, [0, 0, 0]));
    assert_eq!(scan(root.path(), &[]).code, 2);
}

#[test]
fn all_that_is_wrong_with_a_configuration_is_told_at_once() {
    let config = "disable = [\"github-pta\"]\nexclude = 3\ncolour = \"red\"\nfail_on = \"bad\"\n\
                  rules = [\"missing.yml\"]\nbaseline = \"src/a.env\"\n";
    let root = tree(&[(".unbake.toml", config), ("src/a.env", "A=1\n")]);
    let ran = scan(root.path(), &["--exclude", "a{b"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    for why in [
        ".unbake.toml:1: `disable` names a rule that does not exist: `github-pta`; did you mean `github-pat`?",
        ".unbake.toml:2: `exclude` must be a list of strings, and is a whole number",
        ".unbake.toml:3: there is no key `colour`",
        ".unbake.toml:4: `fail_on`: `bad` is not a severity",
        "missing.yml: ",
        ".unbake.toml:6: `baseline`: src/a.env: not a baseline of unbake",
        "--exclude: error parsing glob 'a{b'",
    ] {
        assert!(ran.err.contains(why), "{why}\n{}", ran.err);
    }
    for (config, why) in [("exclude = [\n", ".unbake.toml:"), ("a = 1\na = 2\n", ".unbake.toml:2: ")] {
        let root = tree(&[(".unbake.toml", config), ("src/a.env", "")]);
        let ran = scan(root.path(), &[]);
        assert!(ran.code == 2 && ran.err.contains(why), "{}", ran.err);
    }
    let root = tree(&[("src/a.env", "")]);
    let ran = scan(root.path(), &["--config", "none.toml"]);
    assert!(ran.code == 2 && ran.err.contains("none.toml: "), "{}", ran.err);
}

/// What is quieted is a credential all the same: no text of another finding shows it.
#[test]
fn a_quieted_value_is_masked_where_another_finding_names_it() {
    let named = format!("src/{TOKEN}.env");
    let root = tree(&[("src/a.env", &format!("A={TOKEN}\n")), (&named, &format!("B={OTHER}\n"))]);
    let here = root.path();
    assert_eq!(run(here, &["baseline", "create", "src/a.env"]).code, 0);
    let comment =
        tree(&[("src/a.env", &format!("A={TOKEN} # unbake:allow\n")), (&named, &format!("B={OTHER}\n"))]);
    let disabled = tree(&[
        (".unbake.toml", "disable = [\"github-pat\"]"),
        ("src/a.env", &format!("A={TOKEN}\n")),
        (&named, "DB=postgres://app:hunter2Inv@db/x\n"),
    ]);
    for (directory, more) in
        [(here, &["--baseline", ".unbake-baseline.json"][..]), (comment.path(), &[]), (disabled.path(), &[])]
    {
        for format in ["text", "json", "sarif"] {
            let ran = run(directory, &[&["scan", "src", "--format", format], more].concat());
            assert_eq!(ran.code, 1, "{}", ran.err);
            assert!(ran.out.contains(".env"), "{}", ran.out);
            assert!(!ran.out.contains(TOKEN), "{}", ran.out);
        }
    }
}

/// Whoever has no key can't tell a guess from the fingerprints, and a baseline is of the key it was made with.
#[test]
fn a_baseline_is_of_its_key() {
    let root = tree(&[("src/a.env", &format!("A={TOKEN}\n"))]);
    let here = root.path();
    let keyed =
        |arguments: &[&str]| run(here, &[arguments, &["--fingerprint-key", "an invented key"]].concat());
    assert_eq!(keyed(&["baseline", "create", "src", "-o", "b.json"]).code, 0);
    assert!(!fs::read_to_string(here.join("b.json")).unwrap().contains("\"public\""));
    assert_eq!(keyed(&["scan", "src", "--baseline", "b.json"]).code, 0);
    let other = run(here, &["scan", "src", "--baseline", "b.json"]);
    assert!(other.code == 2 && other.err.contains("another fingerprint key"), "{}", other.err);
}
