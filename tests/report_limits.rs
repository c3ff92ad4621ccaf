//! What code hosts take of a report: so many annotations, rows, results, bytes. What is left out is said.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::Value;
use unbake::finding::{
    Advice, Confidence, Coverage, Finding, Quieted, Report, Severity, SkipKind, Skipped, Suppressed, Target,
    TargetKind, Verdict,
};
use unbake::place::{ImageId, Location};
use unbake::report::{Format, Options, write};
use unbake::secret::{Fingerprint, Secret};
use unbake::span::{Position, Region};

fn render(format: Format, report: &Report, category: Option<&str>) -> String {
    let mut out = Vec::new();
    let options = Options { category: category.map(str::to_owned), ..Options::default() };
    write(format, report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn at(path: &str, line: u64) -> Location {
    let region = Region { start: Position { line, column: 5 }, end: Position { line, column: 25 } };
    Location { region: Some(region), ..Location::new(path) }
}

fn in_image(path: &str) -> Location {
    let image = ImageId { digest: format!("sha256:{}", "1".repeat(64)), platform: "linux/amd64".to_owned() };
    Location { image: Some(image), ..at(path, 3) }
}

fn finding(number: usize, severity: Severity, locations: Vec<Location>) -> Finding {
    Finding {
        rule: "invented-token".to_owned(),
        title: "Invented token".to_owned(),
        severity,
        confidence: Confidence::High,
        fingerprint: Fingerprint(number as u64),
        secret: Secret::new(format!("unbakeInventedToken{number:08}").as_bytes(), 0),
        locations,
        quieted: Quieted::default(),
        advice: Advice { summary: "Revoke it.".to_owned(), steps: vec![], fix: None },
        references: vec![],
        suppressed: None,
    }
}

fn report(findings: Vec<Finding>) -> Report {
    let verdict = if findings.is_empty() { Verdict::Clean } else { Verdict::Leak };
    Report {
        ruleset: "sha256:0".to_owned(),
        disabled: vec![],
        targets: vec![Target {
            referrers: Vec::new(),
            target: ".".to_owned(),
            kind: TargetKind::Directory,
            digest: None,
            platforms: vec![],
            verdict,
        }],
        findings,
        suppressed: Suppressed::default(),
        unshown: vec![],
        fixes: BTreeMap::new(),
        coverage: Coverage { files: 1, bytes: 1, skipped: vec![] },
    }
}

fn many(count: usize, severity: Severity, path: &str) -> Vec<Finding> {
    (0..count).map(|n| finding(n, severity, vec![at(&format!("{path}{n}.env"), 7)])).collect()
}

fn count(text: &str, of: &str) -> usize {
    text.lines().filter(|line| line.starts_with(of)).count()
}

#[test]
fn no_more_annotations_than_are_shown_and_the_last_says_how_many_are_missing() {
    let mut findings = many(12, Severity::Critical, "a");
    findings.extend(many(10, Severity::Medium, "b"));
    findings.extend(many(11, Severity::Low, "c"));
    let mut report = report(findings);
    let out = render(Format::Github, &report, None);
    assert_eq!((count(&out, "::error "), count(&out, "::warning "), count(&out, "::notice ")), (10, 10, 10));
    assert!(out.contains(
        "::error file=a0.env,line=7,endLine=7,col=5,endColumn=25,title=unbake%3A Invented token (critical)::"
    ));
    assert!(out.contains("title=unbake%3A more findings::3 findings more of this level"), "{out}");
    assert!(out.contains("title=unbake%3A more findings::2 findings more of this level"), "{out}");

    // That not everything was read is said first, and takes the place of one.
    let skipped = |n| Skipped {
        path: format!("{n}.tar"),
        reason: "ends early".to_owned(),
        bytes: 0,
        kind: SkipKind::Unread,
    };
    report.coverage.skipped = (0..5).map(skipped).collect();
    let out = render(Format::Github, &report, None);
    assert!(out.starts_with("::error title=unbake%3A not everything was read::"), "{out}");
    assert!(
        out.contains("%0A0.tar: ends early%0A1.tar: ends early%0A2.tar: ends early%0Aand 2 more"),
        "{out}"
    );
    assert_eq!(count(&out, "::error "), 10);
    assert!(render(Format::GithubOutput, &report, None).contains("verdict=unscannable"));
}

#[test]
fn a_path_of_an_image_is_no_file_of_the_repository() {
    let image_only = finding(1, Severity::High, vec![in_image("app/.env")]);
    let both = finding(2, Severity::High, vec![in_image("app/.env"), at("./deploy/api.yaml", 9)]);
    let nested = finding(3, Severity::High, vec![at("lib/app.jar!conf/app.properties", 2)]);
    let commit = Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned());
    let committed = finding(4, Severity::High, vec![Location { commit, ..at("app/old.env", 2) }]);
    let report = report(vec![image_only, both, nested, committed]);
    let out = render(Format::Github, &report, None);
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].starts_with("::error title="), "{out}");
    assert!(lines[0].contains("::app/.env:3 of the image sha256:111111111111 (linux/amd64): "), "{out}");
    assert!(lines[1].starts_with("::error file=deploy/api.yaml,line=9,"), "{out}");
    assert!(lines[2].starts_with("::error file=lib/app.jar,title="), "{out}");
    assert!(lines[3].contains("::app/old.env:2 of the commit 4b825dc642cb: "), "{out}");

    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &report, None)).unwrap();
    let both = &sarif["runs"][0]["results"][1];
    let uri = |location: &Value| location["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(uri(&both["locations"][0]), "deploy/api.yaml");
    assert_eq!(uri(&both["relatedLocations"][0]), "app/.env");
}

#[test]
fn the_summary_stays_below_a_mebibyte_and_a_thousand_rows() {
    let short = render(Format::GithubSummary, &report(many(1_500, Severity::High, "a")), None);
    assert_eq!(count(&short, "| high |"), 1_000);
    assert!(short.contains("and 500 more (the JSON report has all)"));

    // Each character of this path is written as ten, and those are escaped.
    let mut long = report(many(2_000, Severity::High, &"\u{202e}".repeat(4_000)));
    let skipped = |n| Skipped {
        path: format!("{n}{}", "\u{e0041}".repeat(4_000)),
        reason: "|".repeat(4_000),
        bytes: 0,
        kind: SkipKind::Unread,
    };
    long.coverage.skipped = (0..1_000).map(skipped).collect();
    long.targets = vec![Target { target: "\u{e0041}".repeat(4_000), ..long.targets[0].clone() }; 100];
    let long = render(Format::GithubSummary, &long, None);
    assert!(long.len() < 1 << 20, "{}", long.len());
    assert!(count(&long, "| high |") > 100);
    assert!(long.contains("(the JSON report has all)"));
}

#[test]
fn sarif_has_as_many_results_as_github_keeps_and_says_what_is_missing() {
    let mut findings = many(4_000, Severity::High, "a");
    findings.extend(many(1_002, Severity::Low, "b"));
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &report(findings), None)).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 5_000);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let said = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(said.starts_with("2 findings are left out"), "{said}");
    let all: Value =
        serde_json::from_str(&render(Format::Sarif, &report(many(5_000, Severity::Low, "a")), None)).unwrap();
    assert_eq!(all["runs"][0]["invocations"][0].get("toolExecutionNotifications"), None);
}

#[test]
fn sarif_has_as_many_locations_as_github_takes() {
    let places = (1..=1_200).map(|line| at("a.env", line)).collect();
    let sarif: Value =
        serde_json::from_str(&render(Format::Sarif, &report(vec![finding(1, Severity::High, places)]), None))
            .unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let number = |list: &str| result[list].as_array().unwrap().len();
    assert_eq!((number("locations"), number("relatedLocations")), (1, 999));
    assert!(result["message"]["text"].as_str().unwrap().contains("1,199 other places"));
}

#[test]
fn the_category_tells_scans_of_one_commit_apart() {
    let report = report(vec![]);
    let id = |category| {
        let sarif: Value = serde_json::from_str(&render(Format::Sarif, &report, category)).unwrap();
        sarif["runs"][0]["automationDetails"]["id"].clone()
    };
    assert_eq!(id(None), Value::Null);
    assert_eq!(id(Some("image-arm64")), "image-arm64/");
    assert_eq!(id(Some("image/arm64/")), "image/arm64/");
}
