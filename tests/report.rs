//! The three faces of one report that has everything in it: what people see, and what programs are promised.
//!
//! Every credential here is invented.

use std::collections::BTreeMap;
use std::error::Error;

use base64::Engine as _;
use serde_json::Value;
use unbake::finding::{
    Advice, Confidence, Coverage, Expired, FileFix, Finding, Fix, Quieted, Replacement, Report, Severity,
    SkipKind, Skipped, Suppressed, Suppression, Target, TargetKind, Verdict,
};
use unbake::place::{Document, ImageId, Layer, Location, State, printable_path};
use unbake::report::{Format, Options, write};
use unbake::secret::{Fingerprint, Secret};
use unbake::span::{Position, Region};

type Tested = Result<(), Box<dyn Error>>;

const FORMATS: [Format; 6] =
    [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::GithubSummary, Format::GithubOutput];
const REVEAL: Options = Options { reveal: true, color: false, width: 80, category: None };

const TOKEN: &[u8] = b"ghp_unbakeInventedExampleValue00020fU4bb";
const PASSWORD: &[u8] = b"s3cr3t!";
const BINARY: &[u8] = b"\xff\xfeunbake-invented\x00key";
const QUIETED: &[u8] = b"unbakeInventedQuieted7";
const PACKAGED: &[u8] = b"-----BEGIN INVENTED KEY-----\ndW5iYWtlIGludmVudGVk\n-----END INVENTED KEY-----";
const KEY: &[u8] = b"-----BEGIN INVENTED KEY-----\nbm90IGEga2V5\n-----END INVENTED KEY-----";

fn render(format: Format, report: &Report, options: &Options) -> Result<String, Box<dyn Error>> {
    let mut out = Vec::new();
    write(format, report, options, &mut out)?;
    Ok(String::from_utf8(out)?)
}

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

fn image(platform: &str) -> Option<ImageId> {
    Some(ImageId { digest: digest('1'), platform: platform.to_owned() })
}

fn layer(index: usize, state: State, created_by: &str) -> Option<Layer> {
    let (blob, diff_id) = (digest('a'), digest('b'));
    Some(Layer { index, digest: blob, diff_id, created_by: created_by.to_owned(), state })
}

fn region(line: u64, column: u64, length: u64) -> Option<Region> {
    let (start, end) = (Position { line, column }, Position { line, column: column + length });
    Some(Region { start, end })
}

fn advice(summary: &str, steps: &[&str], fix: Option<&str>) -> Advice {
    let steps = steps.iter().map(|&step| step.to_owned()).collect();
    Advice { summary: summary.to_owned(), steps, fix: fix.map(str::to_owned) }
}

fn skipped(kind: SkipKind, path: &str, reason: &str, bytes: u64) -> Skipped {
    Skipped { path: path.to_owned(), reason: reason.to_owned(), bytes, kind }
}

/// A token in an image: deleted, overwritten and live, on two platforms, and in a built-in place without lines.
fn token() -> Finding {
    let copy = "RUN |2 NPM_TOKEN=unbakeInventedQuieted7 GITHUB_TOKEN=ghp_unbakeInventedExampleValue00020fU4bb /bin/sh -c git clone \
                https://github.com/example/very-long-name.git /app # buildkit";
    let in_layer = |path: &str, index, state, platform| Location {
        region: region(3, 14, 40),
        image: image(platform),
        layer: layer(index, state, copy),
        excerpt: "GITHUB_TOKEN=ghp_…".to_owned(),
        ..Location::new(path)
    };
    let mut locations = vec![
        in_layer("app/.env", 4, State::Deleted, "linux/amd64"),
        in_layer("app/.env", 4, State::Deleted, "linux/arm64"),
        in_layer("app/app.jar!BOOT-INF/classes/application.properties", 5, State::Overwritten, "linux/amd64"),
        in_layer("root/ghp_unbakeInventedExampleValue00020fU4bb", 6, State::Live, "linux/amd64"),
        Location { image: image("linux/amd64"), ..Location::new("config:Env[GITHUB_TOKEN]") },
    ];
    locations.extend((0..3).map(|n| in_layer(&format!("srv/{n}.env"), 7, State::Live, "linux/amd64")));
    Finding {
        rule: "github-pat".to_owned(),
        title: "GitHub personal access token (classic)".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        fingerprint: Fingerprint(0x00c0_ffee_0000_0001),
        secret: Secret::new(TOKEN, 4),
        locations,
        quieted: Quieted { allowed: 1, expired: None },
        advice: advice(
            "Revoke the token at GitHub: whoever can pull the image has it, and no later layer takes it out.",
            &[
                "Open https://github.com/settings/tokens and delete the token.",
                "Build the image again with the token as a build secret, which leaves no trace in it:\n  \
                 RUN --mount=type=secret,id=github_token git clone …",
            ],
            Some("build-secret"),
        ),
        references: vec!["https://docs.github.com/en/authentication".to_owned()],
        suppressed: None,
    }
}

/// A password in a manifest, weak enough for other texts to have it as a word.
fn password() -> Finding {
    let document = Document {
        index: 1,
        kind: "Deployment".to_owned(),
        name: "api".to_owned(),
        field: "spec.template.spec.containers[0].env[2].value".to_owned(),
    };
    let long_line = format!("{}password: … {}", "{a: b} ".repeat(40), "# and so on ".repeat(40));
    Finding {
        rule: "generic-password".to_owned(),
        title: "Password".to_owned(),
        severity: Severity::High,
        confidence: Confidence::Medium,
        fingerprint: Fingerprint(2),
        secret: Secret::new(PASSWORD, 0),
        locations: vec![Location {
            region: region(42, 291, 7),
            document: Some(document),
            excerpt: long_line,
            ..Location::new("deploy/api.yaml")
        }],
        quieted: Quieted {
            allowed: 0,
            expired: Some(Expired {
                on: "2026-10-31".to_owned(),
                reason: Some("s3cr3t! goes away with the old login\u{1b}[2J".to_owned()),
                owner: Some("team-payments".to_owned()),
            }),
        },
        advice: advice(
            "Move the password into a Secret and name it from the Deployment.",
            &["Run `unbake fix deploy/api.yaml`.", "Change the password where it is checked."],
            Some("secretKeyRef"),
        ),
        references: vec![],
        suppressed: None,
    }
}

/// A value that is not UTF-8, under a name that is neither, in a package; and a hostile commit.
fn binary() -> Finding {
    Finding {
        rule: "binary-key".to_owned(),
        title: "Key in a binary file".to_owned(),
        severity: Severity::Medium,
        confidence: Confidence::Low,
        fingerprint: Fingerprint(3),
        secret: Secret::new(BINARY, 0),
        locations: vec![
            Location {
                package: Some("libinvented".to_owned()),
                excerpt: "\u{fffd}\u{202e}\x1b[31mkey=…".to_owned(),
                region: region(1, 9, 21),
                ..Location::new(printable_path(b"usr/lib/caf\xe9\x1b[2J.so"))
            },
            Location {
                commit: Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned()),
                ..Location::new("a b/\u{202e}gnp.exe#{1}?")
            },
        ],
        quieted: Quieted::default(),
        advice: advice("Replace the key.", &[], None),
        references: vec![],
        suppressed: None,
    }
}

/// A key that a public package brings, for its tests; shown because it was asked for.
fn packaged() -> Finding {
    Finding {
        rule: "private-key".to_owned(),
        title: "Private key".to_owned(),
        severity: Severity::Low,
        confidence: Confidence::High,
        fingerprint: Fingerprint(4),
        secret: Secret::new(PACKAGED, 11),
        locations: vec![Location {
            region: region(7, 1, 62),
            image: image("linux/amd64"),
            layer: layer(0, State::Live, "ADD rootfs.tar /"),
            package: Some("deb:libinvented-perl 5.36.0-7".to_owned()),
            excerpt: "-----BEGIN …".to_owned(),
            ..Location::new("usr/share/perl5/Invented/t/key.pem")
        }],
        advice: advice("It keeps no secret of yours.", &[], None),
        quieted: Quieted::default(),
        references: vec![],
        suppressed: Some(Suppression::Package),
    }
}

/// A value of several lines, in a file with an absolute path.
fn key() -> Finding {
    let region = Region { start: Position { line: 1, column: 1 }, end: Position { line: 3, column: 27 } };
    Finding {
        rule: "private-key".to_owned(),
        title: "Private key".to_owned(),
        severity: Severity::Low,
        confidence: Confidence::High,
        fingerprint: Fingerprint(u64::MAX),
        secret: Secret::new(KEY, 11),
        locations: vec![Location { region: Some(region), ..Location::new("/etc/ssl/server.key") }],
        quieted: Quieted::default(),
        advice: advice("Make a new key pair.", &["Replace the certificate as well."], None),
        references: vec!["https://example.com/keys".to_owned()],
        suppressed: None,
    }
}

/// The password's field refers to a Secret; a comment that repeats the password goes. Another fix has the token in it,
/// which none should: it is not shown.
fn fixes() -> BTreeMap<Fingerprint, Fix> {
    let replacement = |line, column, length, text: &str| Replacement {
        region: Region { start: Position { line, column }, end: Position { line, column: column + length } },
        text: text.to_owned(),
    };
    let reference = "valueFrom: {secretKeyRef: {name: api, key: password}}";
    let own = FileFix {
        path: "deploy/api.yaml".to_owned(),
        replacements: vec![replacement(42, 284, 16, reference), replacement(43, 1, 20, "")],
    };
    let other = FileFix {
        path: "a b/{1}.yaml".to_owned(),
        replacements: vec![replacement(1, 1, 0, "# ghp_unbakeInventedExampleValue00020fU4bb\n")],
    };
    let fix =
        |files| Fix { description: "Refer to the Secret {api} in place of the value.".to_owned(), files };
    BTreeMap::from([(Fingerprint(2), fix(vec![own])), (Fingerprint(3), fix(vec![other]))])
}

fn everything() -> Report {
    let mut unread: Vec<_> = (0..22)
        .map(|n| {
            skipped(SkipKind::Unread, &format!("var/lib/{n:02}.tar.gz"), "gzip: the file ends early", n * 512)
        })
        .collect();
    unread[0].reason =
        "layer 2: RUN echo s3cr3t!\u{1b}[2J\nends early. Pull the image again; if that does not \
                        help, the registry has a broken copy of it."
            .to_owned();
    let excluded = (0..7).map(|n| skipped(SkipKind::Excluded, &format!("node_modules/{n}"), "--exclude", 0));
    let raw = [skipped(SkipKind::Raw, "app/broken.zip", "zip: no central directory", 4096)];
    Report {
        ruleset: digest('f'),
        targets: vec![
            Target {
                target: "oci:app".to_owned(),
                kind: TargetKind::Image,
                digest: Some(digest('0')),
                platforms: vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()],
                referrers: vec![],
                verdict: Verdict::Leak,
            },
            bare("deploy", TargetKind::Directory, Verdict::Clean),
            bare("a.tar", TargetKind::File, Verdict::Unscannable),
            bare("-", TargetKind::Stream, Verdict::Pending),
            bare("docker://registry.example.com/app", TargetKind::Image, Verdict::Error),
        ],
        disabled: vec!["invented-rule".to_owned(), "other-rule".to_owned()],
        findings: vec![token(), password(), binary(), key(), packaged()],
        suppressed: Suppressed { package: 12, baseline: 3, inline: 1, disabled: 2, confidence: 1234 },
        unshown: vec![Secret::new(QUIETED, 0)],
        fixes: fixes(),
        coverage: Coverage {
            files: 85_637,
            bytes: 1_980_234_567,
            skipped: unread.into_iter().chain(excluded).chain(raw).collect(),
        },
    }
}

fn bare(target: &str, kind: TargetKind, verdict: Verdict) -> Target {
    Target { target: target.to_owned(), kind, digest: None, platforms: vec![], referrers: vec![], verdict }
}

fn clean() -> Report {
    Report {
        ruleset: digest('f'),
        targets: vec![bare("deploy", TargetKind::Directory, Verdict::Clean)],
        disabled: vec![],
        findings: vec![],
        suppressed: Suppressed::default(),
        unshown: vec![],
        fixes: BTreeMap::new(),
        coverage: Coverage { files: 1, bytes: 512, skipped: vec![] },
    }
}

#[test]
fn text_for_people() -> Tested {
    insta::assert_snapshot!("text", render(Format::Text, &everything(), &Options::default())?);
    insta::assert_snapshot!("text_clean", render(Format::Text, &clean(), &Options::default())?);
    Ok(())
}

#[test]
fn json_for_programs() -> Tested {
    insta::assert_snapshot!("json", render(Format::Json, &everything(), &Options::default())?);
    Ok(())
}

#[test]
fn sarif_for_code_hosts() -> Tested {
    insta::assert_snapshot!("sarif", render(Format::Sarif, &everything(), &Options::default())?);
    Ok(())
}

#[test]
fn what_a_workflow_of_github_shows() -> Tested {
    insta::assert_snapshot!("github", render(Format::Github, &everything(), &Options::default())?);
    insta::assert_snapshot!(
        "github_summary",
        render(Format::GithubSummary, &everything(), &Options::default())?
    );
    insta::assert_snapshot!(
        "github_output",
        render(Format::GithubOutput, &everything(), &Options::default())?
    );
    assert_eq!(render(Format::Github, &clean(), &Options::default())?, "");
    let summary = render(Format::GithubSummary, &clean(), &Options::default())?;
    assert!(summary.starts_with("## unbake: clean\n"), "{summary}");
    let outputs = render(Format::GithubOutput, &clean(), &Options::default())?;
    assert_eq!(outputs, "findings=0\nverdict=clean\ndigest=\n");
    Ok(())
}

/// Both promises hold for a report with everything, for one with nothing, and with the values.
#[test]
fn json_and_sarif_are_valid_against_their_schemas() -> Tested {
    let ours = include_str!("../docs/report.schema.json");
    jsonschema::meta::validate(&serde_json::from_str(ours)?).map_err(|e| e.to_string())?;
    // The committee's pattern for languages has a `]` that stands for itself, which only lax dialects of regular
    // expressions take. Escaped, it means the same.
    let oasis = include_str!("schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}\\\\]?$");
    for (format, schema) in [(Format::Json, ours), (Format::Sarif, oasis.as_str())] {
        let schema: Value = serde_json::from_str(schema)?;
        let validator = jsonschema::options().should_validate_formats(true).build(&schema)?;
        for report in [everything(), clean()] {
            for options in [Options::default(), REVEAL] {
                let document: Value = serde_json::from_str(&render(format, &report, &options)?)?;
                let errors: Vec<_> =
                    validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(errors.is_empty(), "{format:?}: {errors:#?}");
            }
        }
    }
    Ok(())
}

/// The texts of the report above have values in an instruction, a path and a reason; none may come out.
#[test]
fn no_value_is_shown_unless_asked_for() -> Tested {
    for format in FORMATS {
        let out = render(format, &everything(), &Options::default())?;
        assert_none_shown(&out, &format!("{format:?}"));
    }
    for format in [Format::Sarif, Format::Github, Format::GithubSummary, Format::GithubOutput] {
        let out = render(format, &everything(), &REVEAL)?;
        assert_none_shown(&out, &format!("{format:?}, asked to reveal"));
    }
    Ok(())
}

fn assert_none_shown(out: &str, face: &str) {
    for value in [TOKEN, PASSWORD, BINARY, KEY, QUIETED, PACKAGED] {
        let shown = |form: &str| out.contains(form);
        let lossy = String::from_utf8_lossy(value);
        assert!(!shown(&lossy), "{face}: {lossy}");
        let in_json = Value::from(lossy.clone()).to_string();
        assert!(!shown(in_json.trim_matches('"')), "{face}: {in_json}");
        let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(value);
        assert!(!shown(&base64), "{face}: {base64}");
        // Nor its second half: the first may begin with the public prefix.
        let half = String::from_utf8_lossy(&value[value.len() / 2..]);
        assert!(!shown(&half), "{face}: {half}");
    }
}

#[test]
fn reveal_gives_the_values_to_people_and_programs() -> Tested {
    let text = render(Format::Text, &everything(), &REVEAL)?;
    assert!(text.contains("ghp_unbakeInventedExampleValue00020fU4bb"));
    assert!(text.contains("      bm90IGEga2V5\n"), "each line of a key on its own");
    let json: Value = serde_json::from_str(&render(Format::Json, &everything(), &REVEAL)?)?;
    let secret = |n: usize| &json["findings"][n]["secret"];
    assert_eq!(secret(1)["value"], "s3cr3t!");
    assert_eq!(secret(1).get("value_base64"), None);
    let bytes = secret(2)["value_base64"].as_str().unwrap_or_default();
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(bytes)?, BINARY);
    Ok(())
}

#[test]
fn the_same_report_gives_the_same_bytes() -> Tested {
    for format in FORMATS {
        let first = render(format, &everything(), &REVEAL)?;
        assert!(first.ends_with('\n'), "{format:?}");
        assert_eq!(first, render(format, &everything(), &REVEAL)?);
    }
    Ok(())
}

/// Whatever a path, an instruction or a line says, no escape and no invisible character gets out.
#[test]
fn nothing_draws_on_a_terminal() -> Tested {
    for format in FORMATS {
        let out = render(format, &everything(), &REVEAL)?;
        let drawing: String = out
            .chars()
            .filter(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c))
            .collect();
        assert_eq!(drawing, "", "{format:?}");
    }
    Ok(())
}

#[test]
fn colours_are_only_there_when_wanted_and_change_no_words() -> Tested {
    let colored = render(Format::Text, &everything(), &Options { color: true, ..Options::default() })?;
    assert!(colored.contains("\x1b["));
    let plain = render(Format::Text, &everything(), &Options::default())?;
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    Ok(())
}

/// Only what is for copying (paths, fields, examples) may be wider than the terminal.
#[test]
fn text_keeps_to_the_width() -> Tested {
    for width in [80, 120] {
        let out = render(Format::Text, &everything(), &Options { width, ..Options::default() })?;
        let wide: Vec<_> = out.lines().filter(|line| line.chars().count() > width).collect();
        let for_copying = |line: &str| ["Deployment api:", "RUN --mount"].iter().any(|w| line.contains(w));
        assert!(wide.iter().all(|line| for_copying(line)), "{wide:#?}");
    }
    Ok(())
}

/// What a baseline, a comment or a switch quiets was found all the same.
#[test]
fn a_verdict_does_not_deny_what_is_quieted() -> Tested {
    let mut report = clean();
    report.suppressed.inline = 1;
    let text = render(Format::Text, &report, &Options::default())?;
    assert!(text.contains("1 by a comment beside them"), "{text}");
    assert!(text.contains("clean: no credential found but what is quieted"), "{text}");
    Ok(())
}

/// What is shown on request is no leak: not for the exit code, and marked for programs.
#[test]
fn what_is_shown_and_not_raised_is_marked_and_counts_for_nothing() -> Tested {
    let report = Report { findings: vec![packaged()], ..clean() };
    assert!(!report.leaks_at(Severity::Low));
    let text = render(Format::Text, &report, &Options::default())?;
    assert!(text.contains("LOW · 0 findings, 1 shown and not raised"), "{text}");
    assert!(text.contains("package deb:libinvented-perl 5.36.0-7"), "{text}");
    assert!(!text.contains("1 finding:"), "{text}");
    let json: Value = serde_json::from_str(&render(Format::Json, &report, &Options::default())?)?;
    assert_eq!(json["findings"][0]["suppressed"], "package");
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &report, &Options::default())?)?;
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    Ok(())
}

#[test]
fn a_scan_with_something_unread_is_never_called_clean() -> Tested {
    let mut report = clean();
    report.coverage.skipped.push(skipped(SkipKind::Unread, "deploy/x.tar", "cut short", 0));
    let text = render(Format::Text, &report, &Options::default())?;
    assert!(text.contains("incomplete:"), "{text}");
    assert!(!text.contains("clean:"), "{text}");
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &report, &Options::default())?)?;
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    Ok(())
}

/// What an editor can do at a press of a button: lines and columns, and no value.
#[test]
fn sarif_has_the_edits_of_a_finding() -> Tested {
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &everything(), &Options::default())?)?;
    let results = sarif["runs"][0]["results"].as_array().ok_or("no results")?;
    let with_fixes: Vec<_> = results.iter().filter(|result| result.get("fixes").is_some()).collect();
    assert_eq!(with_fixes.len(), 1);
    let changes = &with_fixes[0]["fixes"][0]["artifactChanges"];
    assert_eq!(changes[0]["artifactLocation"]["uri"], "deploy/api.yaml");
    let replacement = &changes[0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"]["startColumn"], 284);
    assert_eq!(replacement["deletedRegion"]["endColumn"], 300);
    let text = replacement["insertedContent"]["text"].as_str().unwrap_or_default();
    assert!(text.starts_with("valueFrom:"), "{text}");
    assert_eq!(changes[0]["replacements"][1].get("insertedContent"), None);
    Ok(())
}
