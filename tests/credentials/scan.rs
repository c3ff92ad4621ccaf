//! The same through a whole scan: what of a file's structure and of the rules reaches the report.

use std::path::Path;
use std::sync::Arc;

use unbake::detect::Engine;
use unbake::finding::{Confidence, Finding};
use unbake::pipeline;
use unbake::rules::load;
use unbake::source::feeder::Tally;

use super::scan_options::scan_options;

/// Files of a directory and what a scan of it finds.
fn scan(files: &[(&str, &str)]) -> Vec<Finding> {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    scan_tree(root.path())
}

fn scan_tree(root: &Path) -> Vec<Finding> {
    let options = scan_options(Confidence::Low);
    let engine = Engine::new(load::builtin().unwrap()).unwrap();
    let target = root.to_string_lossy().into_owned();
    pipeline::run(&engine, &[target], &options, &Arc::new(Tally::default())).report.findings
}

/// `rule value line kind confidence` of each.
fn lines(findings: &[Finding]) -> Vec<String> {
    let mut lines: Vec<String> = findings
        .iter()
        .map(|f| {
            let location = &f.locations[0];
            let kind = location.document.as_ref().map_or("-", |d| &d.kind);
            let value = String::from_utf8_lossy(f.secret.reveal()).into_owned();
            format!("{} {value} {} {kind} {}", f.rule, location.region.unwrap().start.line, f.confidence)
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn structure_goes_before_a_guess_and_a_provider_s_rule_stays() {
    let found = scan(&[
        ("home/.netrc", "machine git.invented\nlogin unbake\npassword weak\n"),
        // The rule for any assignment finds it as well.
        ("app/.env", "DB_PASSWORD=kX9-unbake-Inv3nted\n"),
        // URLs and AWS have rules of their own.
        ("home/.git-credentials", "https://unbake:Invented-7-token@git.invented\n"),
        ("home/.aws/credentials", "[a]\naws_secret_access_key = unbakeInvented7Qw3Zr9Tb5Kx1Lm8Np2Vd6Hs4J\n"),
        ("src/main.rs", "// machine git.invented login unbake password weak\n"),
    ]);
    let expected = [
        "aws-secret-access-key unbakeInvented7Qw3Zr9Tb5Kx1Lm8Np2Vd6Hs4J 2 AWS credentials high",
        "env-file-credential kX9-unbake-Inv3nted 1 environment file medium",
        "netrc-password weak 3 netrc high",
        "url-password Invented-7-token 1 git credentials high",
    ];
    assert_eq!(lines(&found), expected);
    // A netrc can't refer to a Secret.
    let netrc = found.iter().find(|f| f.rule == "netrc-password").unwrap();
    assert_eq!(netrc.advice.fix, None);
}

#[test]
fn what_is_encrypted_is_quiet() {
    let vault = "$ANSIBLE_VAULT;1.1;AES256\n63306666656530306261646330646530666163616465303064656361646530373a\n6330666665653030626164633064653066616361646530306465636164653037\n";
    let found = scan(&[
        ("group_vars/vault.yml", vault),
        ("config/secrets.yml", vault),
        (
            "inline.yml",
            "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  63306666656530306261646330646530666163616465303064656361646530373a\n",
        ),
        (
            "sealed.yaml",
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: unbake}\nspec:\n  encryptedData:\n    password: AgBunbake1nventedQw3Zr9Tb5Kx1Lm8Np2Vd6Hs4Jg0Fc\n",
        ),
        (
            "sops.yaml",
            "db_password: ENC[AES256_GCM,data:unbake1nvented,iv:Qw3Zr9Tb5Kx1Lm8Np2Vd6Hs4,tag:Jg0Fc,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:unbake1nvented,type:str]\n  version: 3.9.0\n",
        ),
        (
            ".m2/settings.xml",
            "<settings><servers><server><password>{unbakeInvented7Qw3Zr9Tb5Kx1==}</password></server></servers></settings>\n",
        ),
        ("application.properties", "spring.datasource.password=ENC(unbakeInvented7Qw3Zr9Tb5Kx1)\n"),
    ]);
    assert_eq!(lines(&found), [""; 0]);
}

/// More than one piece, so that only a file that is kept whole is read by structure.
#[test]
fn a_long_file_is_read_whole() {
    let filler = "ls -la /srv/unbake\n".repeat(90_000);
    let history = format!("{filler}mysql -u root -pInvented7 tasks\n{filler}");
    let found = scan(&[("home/.bash_history", &history), ("notes.txt", &history)]);
    assert_eq!(lines(&found), ["shell-history-password Invented7 90001 shell history high"]);
}

/// As many values as fit in, on one line and on lines of their own: in the time that it takes to read them.
#[test]
fn very_many_values_are_no_trap() {
    let lines = "DB_PASSWORD=kX9-unbake-Inv3nted\n".repeat(30_000);
    let line = "{\"password\": \"ab1\"}, ".repeat(30_000);
    let started = std::time::Instant::now();
    let found = scan(&[("a/.env", &lines), ("b/prod.tfvars.json", &format!("[{line}1]"))]);
    assert_eq!(found.iter().map(|f| f.locations.len()).sum::<usize>(), 60_000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Values on one line are masked in each other's excerpts, also those that structure found after the rules.
#[test]
fn excerpts_show_no_neighbour() {
    let found = scan(&[(
        "home/.bash_history",
        "mysql -u root -pabc tasks; curl -u unbake:xyz https://api.invented/tokens?key=AKIAUNBAKEINVENTED7Q\n",
    )]);
    assert_eq!(found.len(), 3, "{:?}", lines(&found));
    for finding in &found {
        let excerpt = &finding.locations[0].excerpt;
        assert!(!["abc", "xyz", "AKIAUNBAKE"].iter().any(|value| excerpt.contains(value)), "{excerpt}");
    }
}

/// A key store is one finding, told by its content; a store of certificates is none.
#[test]
fn a_key_store_is_reported_as_one() {
    let root = tempfile::tempdir().unwrap();
    let entry = |tag: u8, rest: &[u8]| [&[0, 0, 0, tag, 0, 6][..], b"unbake", &[0; 8], rest].concat();
    let store =
        |entry: &[u8]| [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1][..], entry, &[7; 20]].concat();
    let key = entry(1, &[&[0, 0, 0, 8][..], b"Invented", &[0; 4]].concat());
    let certificate = entry(2, &[&[0, 5][..], b"X.509", &[0, 0, 0, 4], b"cert"].concat());
    std::fs::write(root.path().join("server.jks"), store(&key)).unwrap();
    std::fs::write(root.path().join("trust.jks"), store(&certificate)).unwrap();
    let found = scan_tree(root.path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "key-store");
    assert!(found[0].locations[0].path.ends_with("server.jks"));
    assert_eq!(found[0].locations[0].excerpt, "********");
}
