//! The scanner on the rules' own examples, on every encoding, and across the edges of chunks.

#![allow(clippy::unwrap_used)]

#[path = "support/scan_options.rs"]
mod scan_options;

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use unbake::credentials;
use unbake::detect::{Engine, Scanner, Text, examples};
use unbake::finding::{Confidence, Report, Severity};
use unbake::pipeline;
use unbake::rules::load;
use unbake::rules::model::Shape;
use unbake::source::feeder::Tally;

use scan_options::scan_options;

fn engine() -> Engine {
    Engine::new(load::builtin().unwrap()).unwrap()
}

/// A classic GitHub token of our own making, with the checksum that its format has.
fn token(number: usize) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = format!("unbakeInventedToken{number:011}");
    let (mut sum, mut tail) = (crc32fast::hash(body.as_bytes()), Vec::new());
    for _ in 0..6 {
        tail.insert(0, DIGITS[sum as usize % 62]);
        sum /= 62;
    }
    format!("ghp_{body}{}", String::from_utf8(tail).unwrap())
}

fn found(engine: &Engine, text: &[u8]) -> Vec<(String, String)> {
    let candidates = Scanner::new(engine).scan(&Text::whole(text));
    let name = |rule| engine.rule(rule).id.clone();
    let value = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    candidates.iter().map(|c| (name(c.rule), value(c.secret.reveal()))).collect()
}

/// What the whole pipeline says of a file with this text.
fn report_of(text: &str, min_confidence: Confidence) -> Report {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let options = scan_options(min_confidence);
    let target = file.path().to_string_lossy().into_owned();
    pipeline::run(&engine(), &[target], &options, &Arc::new(Tally::default())).report
}

#[test]
fn every_example_is_found_by_its_rule_and_no_negative_example_is() {
    let (engine, mut wrong) = (engine(), String::new());
    for rule in load::documented().unwrap() {
        let failing = match rule.shape {
            Shape::File => credentials::examples::failing(&rule),
            _ => examples::failing(&engine, &rule),
        };
        for failure in failing {
            writeln!(wrong, "{}: {}: {}", rule.id, failure.field, failure.message).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_encoding_gives_the_value_away() {
    let engine = engine();
    let secret = token(1);
    let line = format!("GITHUB_TOKEN={secret}\n");
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let little: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let percent: String = line.bytes().map(|b| format!("%{b:02X}")).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain", line.clone().into()),
        ("UTF-16, low byte first", little.clone()),
        ("UTF-16, high byte first", big),
        ("UTF-16 with a mark", [&b"\xff\xfe"[..], &little].concat()),
        ("base64", format!("data: {}", base64(line.as_bytes())).into()),
        ("base64 twice", format!("data: {}", base64(base64(line.as_bytes()).as_bytes())).into()),
        ("base64 of UTF-16", format!("-EncodedCommand {}", base64(&little)).into()),
        ("hex", format!("x'{}'", hex(line.as_bytes())).into()),
        ("percent-encoding", format!("body={percent}").into()),
        ("JSON in JSON", format!(r#"{{"config": "{{\"token\": \"{secret}\"}}"}}"#).into()),
        ("wide string in a binary", [&b"\x7fELF\0\0\0\x01"[..], &[0x90; 40], &little, &[0; 40]].concat()),
        ("glued in a binary", [&b"\x7fELF\0\0\0\x01\0column"[..], secret.as_bytes(), b"\0\0"].concat()),
    ];
    for (name, text) in cases {
        let values = found(&engine, &text);
        assert!(values.contains(&("github-pat".to_owned(), secret.clone())), "{name}: {values:?}");
    }
}

/// Symbols of C++ are full of words that a mark may stand in.
#[test]
fn names_of_functions_in_a_binary_are_no_tokens() {
    let engine = engine();
    let binary = b"\x7fELF\x02\0\0\0_ZN5Highs_getDualUnboundednessDirectionP5HighsRbPd\0_ZN5Highs_mipPostsolveP5HighsRK13HighsSolution\0";
    let sure = Scanner::new(&engine).scan(&Text::whole(binary));
    assert!(sure.iter().all(|candidate| candidate.confidence == Confidence::Low), "{sure:?}");
}

/// One finding each, on the right line, wherever a value stands to the edge of a chunk (1 MiB) and to what chunks
/// overlap by.
#[test]
fn a_value_across_an_edge_is_found_once_on_its_line() {
    const CHUNK: usize = 1 << 20;
    let (mut text, mut expected) = (String::new(), Vec::new());
    let places = (1..=3).flat_map(|k| (0..60).map(move |i| k * CHUNK - 3000 + 100 * i));
    for (number, place) in places.enumerate() {
        while text.len() + 64 < place {
            text.push_str("one more line of no meaning at all, as sources have them\n");
        }
        text.push_str(&"-".repeat(place.saturating_sub(text.len())));
        expected.push((token(number), text.matches('\n').count() as u64 + 1));
        writeln!(text, " {}", token(number)).unwrap();
    }
    let report = report_of(&text, Confidence::Low);
    let mut seen: Vec<(String, u64)> = report
        .findings
        .iter()
        .flat_map(|f| f.locations.iter().map(|l| (f.secret.reveal(), l.region.unwrap().start.line)))
        .map(|(value, line)| (String::from_utf8_lossy(value).into_owned(), line))
        .collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}

/// A weak password is reported where it is used, and as no more than it is.
#[test]
fn a_weak_password_in_use_has_severity_low() {
    let text = "POSTGRES_PASSWORD=postgres\nREDIS_PASSWORD=kX9-unbake-Inv3nted\n";
    let report = report_of(text, Confidence::Medium);
    let found: Vec<(&[u8], Severity)> =
        report.findings.iter().map(|f| (f.secret.reveal(), f.severity)).collect();
    let expected: [(&[u8], Severity); 2] =
        [(b"kX9-unbake-Inv3nted", Severity::Medium), (b"postgres", Severity::Low)];
    assert_eq!(found, expected);
}

/// What stands in the files of a manifest is told once, on its own line, with the field that holds it, under the rule of
/// its file; what is encoded together is told apart.
#[test]
fn credentials_in_the_files_of_manifests() {
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let login = encode("unbake:Inv3nted-kX9");
    let docker = encode(&format!(r#"{{"auths":{{"r.unbake.example":{{"auth":"{login}"}}}}}}"#));
    let config = encode("password: Inv3nted-kX8\ndb:\n  token: Inv3nted-kX7\n");
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  redis.conf: |\n    appendonly yes\n    requirepass Inv3nted-kX6\n  \
         app.yaml: |\n    db:\n      password:\n        postgres\n---\napiVersion: v1\nkind: Secret\ndata:\n  \
         .dockerconfigjson: {docker}\n  config.yaml: {config}\n---\napiVersion: v1\nkind: Config\nusers:\n- user:\n    \
         token: Inv3nted-kX5-unbake-7Qw3\n"
    );
    let report = report_of(&text, Confidence::Medium);
    let mut found: Vec<(u64, &str, &str)> = Vec::new();
    for finding in &report.findings {
        for location in &finding.locations {
            let field = location.document.as_ref().map_or("", |document| &document.field);
            found.push((location.region.unwrap().start.line, &finding.rule, field));
        }
    }
    found.sort_unstable();
    let expected = [
        (6, "redis-password", "data[\"redis.conf\"]!requirepass"),
        (10, "generic-credential", "data[\"app.yaml\"]!db.password"),
        (15, "docker-config-auth", "data[\".dockerconfigjson\"]!auths[\"r.unbake.example\"].auth"),
        (16, "generic-credential", "data[\"config.yaml\"]!db.token"),
        (16, "generic-credential", "data[\"config.yaml\"]!password"),
        (22, "kubeconfig-credential", "users[0].user.token"),
    ];
    assert_eq!(found, expected);
}
