//! Provenance, from databases as the package managers write them to the report: a key in an unmodified file of a
//! public package is counted, in any other file it is a finding.
//!
//! Every credential here is invented. `tests/e2e/lib/packages.sh` does the same with real dpkg and pip.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::Md5;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A file with a token whose checksum holds; one byte of its comment can be changed.
const CONTENT: &str = "# a test key\ntoken = \"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\"\n";
/// A password that nothing but its place makes one.
const GUESS: &str = "const password = \"unbakeInv7f3Kq9Zt\";\n";

fn changed() -> String {
    CONTENT.replace("test", "Test")
}

/// A file system, with the databases that its files are recorded in.
#[derive(Default, Clone)]
struct Tree(Vec<(String, Vec<u8>)>);

impl Tree {
    fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.0.push((path.to_owned(), content.as_ref().to_vec()));
        self
    }

    /// As dpkg writes it: a paragraph in `status`, the digests in `info`.
    fn deb(self, prefix: &str, maintainer: &str, path: &str, recorded: &str) -> Self {
        let status = format!(
            "Package: invented\nStatus: install ok installed\nPriority: optional\nMaintainer: {maintainer}\n\
             Architecture: all\nVersion: 1.0-1\nDescription: invented\n of unbake\n\n"
        );
        let md5: String = Md5::digest(recorded).iter().map(|byte| format!("{byte:02x}")).collect();
        self.file(&format!("{prefix}var/lib/dpkg/status"), status)
            .file(&format!("{prefix}var/lib/dpkg/info/invented.md5sums"), format!("{md5}  {path}\n"))
    }

    /// As apk writes it.
    fn apk(self, maintainer: &str, directory: &str, name: &str, recorded: &str) -> Self {
        let sha1 = STANDARD.encode(Sha1::digest(recorded));
        let installed = format!(
            "C:Q1invented=\nP:invented\nV:1.0-r0\nA:noarch\nT:invented\nU:https://example.com\nm:{maintainer}\n\
             F:{directory}\nR:{name}\na:0:0:644\nZ:Q1{sha1}\n\n"
        );
        self.file("lib/apk/db/installed", installed)
    }

    /// As pip writes it.
    fn wheel(self, site: &str, name: &str, path: &str, recorded: &str) -> Self {
        let sha256 = URL_SAFE_NO_PAD.encode(Sha256::digest(recorded));
        let info = format!("{name}-1.0.dist-info");
        let record = format!("{path},sha256={sha256},{}\n{info}/RECORD,,\n", recorded.len());
        self.file(&format!("{site}{info}/RECORD"), record)
            .file(&format!("{site}{info}/METADATA"), format!("Metadata-Version: 2.1\nName: {name}\n"))
    }

    fn write(&self, root: &Path) {
        for (path, content) in &self.0 {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    fn tar(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, content) in &self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, content.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    }
}

/// The older form of `docker save`, with these layers.
fn docker_archive(at: &Path, layers: &[Tree]) -> PathBuf {
    let diff_ids: Vec<String> = (0..layers.len()).map(|n| format!("sha256:{n:064}")).collect();
    let config = json!({"architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids}});
    let names: Vec<String> = (0..layers.len()).map(|n| format!("{n}/layer.tar")).collect();
    let manifest = json!([{"Config": "config.json", "RepoTags": ["unbake:1"], "Layers": names}]);
    let mut archive = Tree::default();
    for (name, layer) in names.iter().zip(layers) {
        archive = archive.file(name, layer.tar());
    }
    archive = archive.file("config.json", config.to_string()).file("manifest.json", manifest.to_string());
    let path = at.join("image.tar");
    fs::write(&path, archive.tar()).unwrap();
    path
}

fn scan_from(target: &str, input: Option<&Path>, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unbake"));
    command.args(["scan", target, "--format", "json"]).args(arguments);
    if let Some(input) = input {
        command.stdin(fs::File::open(input).unwrap());
    }
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), report)
}

fn scan(target: &Path, arguments: &[&str]) -> (i32, Value) {
    scan_from(target.to_str().unwrap(), None, arguments)
}

/// Holds a tree to be public or reported, as a directory below a prefix, as an image, and as a stream.
fn expect(tree: &Tree, public: bool, package: &str) {
    let at = tempfile::tempdir().unwrap();
    let rootfs = at.path().join("rootfs");
    tree.write(&rootfs);
    let image = docker_archive(at.path(), std::slice::from_ref(tree));
    for (target, input) in
        [(rootfs.to_str().unwrap(), None), (image.to_str().unwrap(), None), ("-", Some(image.as_path()))]
    {
        let (code, report) = scan_from(target, input, &[]);
        let findings = report["findings"].as_array().unwrap();
        let (status, counted, verdict) = if public { (0, 1, "clean") } else { (1, 0, "leak") };
        assert_eq!(code, status, "{target}: {report:#}");
        assert_eq!(report["suppressed"]["package"], counted, "{target}: {report:#}");
        assert_eq!(report["targets"][0]["verdict"], verdict);
        assert_eq!(findings.len(), 1 - counted, "{target}");
        if public {
            let (code, report) = scan_from(target, input, &["--show-public"]);
            let finding = &report["findings"][0];
            assert_eq!((code, &report["suppressed"]["package"]), (0, &json!(1)));
            assert_eq!(finding["suppressed"], "package");
            assert_eq!(finding["locations"][0]["package"], package);
            assert_eq!(report["targets"][0]["verdict"], "clean");
        } else {
            let told = &findings[0]["locations"][0]["package"];
            assert_eq!(told.as_str().unwrap_or_default(), package, "{target}");
            assert!(findings[0].get("suppressed").is_none());
        }
    }
}

const DEBIAN: &str = "Unbake Inventors <unbake@packages.debian.org>";
const ACME: &str = "Acme Platform <platform@acme.example>";
const FILE: &str = "usr/share/invented/key.ini";

#[test]
fn a_file_of_a_distribution_s_package_is_public() {
    expect(&Tree::default().deb("", DEBIAN, FILE, CONTENT).file(FILE, CONTENT), true, "deb:invented 1.0-1");
}

#[test]
fn a_file_with_one_byte_changed_is_reported() {
    expect(&Tree::default().deb("", DEBIAN, FILE, CONTENT).file(FILE, changed()), false, "");
}

#[test]
fn a_file_of_a_private_package_is_reported_with_its_package() {
    expect(&Tree::default().deb("", ACME, FILE, CONTENT).file(FILE, CONTENT), false, "deb:invented 1.0-1");
}

#[test]
fn the_same_content_at_another_path_is_reported() {
    expect(&Tree::default().deb("", DEBIAN, FILE, CONTENT).file("app/key.ini", CONTENT), false, "");
}

#[test]
fn a_merged_usr_is_the_same_place_in_a_rootfs_below_a_prefix() {
    let tree = Tree::default().deb("base/", DEBIAN, "lib/invented/key.ini", CONTENT);
    expect(&tree.file("base/usr/lib/invented/key.ini", CONTENT), true, "deb:invented 1.0-1");
}

#[test]
fn a_configuration_file_is_recorded_in_the_status() {
    let md5: String = Md5::digest(CONTENT).iter().map(|byte| format!("{byte:02x}")).collect();
    let status = format!(
        "Package: invented\nVersion: 1.0-1\nMaintainer: {DEBIAN}\nConffiles:\n /etc/invented.ini {md5}\n\n"
    );
    let tree = Tree::default().file("var/lib/dpkg/status", status);
    expect(&tree.clone().file("etc/invented.ini", CONTENT), true, "deb:invented 1.0-1");
    expect(&tree.file("etc/invented.ini", changed()), false, "");
}

#[test]
fn distroless_keeps_a_paragraph_and_sums_for_each_package() {
    let md5: String = Md5::digest(CONTENT).iter().map(|byte| format!("{byte:02x}")).collect();
    let tree = |maintainer: &str| {
        Tree::default()
            .file(
                "var/lib/dpkg/status.d/invented",
                format!("Package: invented\nVersion: 1.0-1\nMaintainer: {maintainer}\n"),
            )
            .file("var/lib/dpkg/status.d/invented.md5sums", format!("{md5}  {FILE}\n"))
            .file(FILE, CONTENT)
    };
    expect(&tree(DEBIAN), true, "deb:invented 1.0-1");
    expect(&tree(ACME), false, "deb:invented 1.0-1");
}

#[test]
fn alpine_s_packages_are_public_and_others_are_not() {
    let tree = |maintainer: &str, content: &str| {
        let (directory, name) = FILE.rsplit_once('/').unwrap();
        Tree::default().apk(maintainer, directory, name, CONTENT).file(FILE, content)
    };
    let alpine = "Unbake Inventors <unbake@alpinelinux.org>";
    expect(&tree(alpine, CONTENT), true, "apk:invented 1.0-r0");
    expect(&tree(alpine, &changed()), false, "");
    expect(&tree(ACME, CONTENT), false, "apk:invented 1.0-r0");
}

#[test]
fn python_packages_are_public_by_name() {
    let site = "usr/lib/python3.11/site-packages/";
    let tree = |name: &str, content: &str| {
        Tree::default()
            .wheel(site, name, "invented/key.ini", CONTENT)
            .file(&format!("{site}invented/key.ini"), content)
    };
    expect(&tree("requests", CONTENT), true, "pypi:requests 1.0");
    expect(&tree("requests", &changed()), false, "");
    expect(&tree("acme_requests", CONTENT), false, "pypi:acme-requests 1.0");
    let direct =
        tree("requests", CONTENT).file(&format!("{site}requests-1.0.dist-info/direct_url.json"), "{}");
    expect(&direct, false, "pypi:requests 1.0");
}

#[test]
fn databases_of_one_layer_tell_of_files_of_another() {
    let at = tempfile::tempdir().unwrap();
    let file = Tree::default().file(FILE, CONTENT);
    let private = "Package: other\nVersion: 2\nMaintainer: Acme <platform@acme.example>\n\n";
    let later = Tree::default().file("var/lib/dpkg/status", private);
    let image = docker_archive(at.path(), &[file, Tree::default().deb("", DEBIAN, FILE, CONTENT), later]);
    let (code, report) = scan(&image, &[]);
    assert_eq!((code, &report["suppressed"]["package"]), (0, &json!(1)));
}

#[test]
fn a_value_that_also_stands_elsewhere_is_a_finding_there_alone() {
    let at = tempfile::tempdir().unwrap();
    Tree::default()
        .deb("", DEBIAN, FILE, CONTENT)
        .file(FILE, CONTENT)
        .file("app/a.ini", CONTENT)
        .write(at.path());
    let paths = |report: &Value| -> Vec<String> {
        let places = report["findings"][0]["locations"].as_array().unwrap();
        places.iter().map(|p| p["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    let (code, report) = scan(at.path(), &[]);
    assert_eq!((code, paths(&report)), (1, vec!["a.ini".to_owned()]));
    assert_eq!(report["suppressed"]["package"], 0);
    let (code, shown) = scan(at.path(), &["--show-public"]);
    assert_eq!((code, paths(&shown)), (1, vec!["a.ini".to_owned(), "key.ini".to_owned()]));
    assert_eq!(shown["findings"][0]["fingerprint"], report["findings"][0]["fingerprint"]);
}

/// Its digest is known only to who has all of it.
#[test]
fn a_file_of_several_pieces_is_never_told_public() {
    let large = format!("{CONTENT}{}", "# nothing\n".repeat(200_000));
    expect(&Tree::default().deb("", DEBIAN, FILE, &large).file(FILE, &large), false, "");
}

#[test]
fn a_database_of_several_pieces_is_read() {
    let tree = Tree::default().deb("", DEBIAN, FILE, CONTENT).file(FILE, CONTENT);
    let other = "Package: other\nVersion: 1\nMaintainer: Acme <platform@acme.example>\nDescription: x\n\n";
    let large = tree.0.iter().map(|(path, content)| {
        let filled = [other.repeat(20_000).as_bytes(), content].concat();
        (path.clone(), if path.ends_with("status") { filled } else { content.clone() })
    });
    expect(&Tree(large.collect()), true, "deb:invented 1.0-1");
}

/// In a tree without digests the package's own manifest lowers a guess by one step. A token with a good checksum
/// stays, and so does everything in a package that is not known to be public.
#[test]
fn a_public_npm_package_makes_a_guess_less_sure_and_a_checksum_stays() {
    let at = tempfile::tempdir().unwrap();
    let manifest = |name: &str| format!(r#"{{"name": "{name}", "version": "4.17.21"}}"#);
    Tree::default()
        .file("node_modules/lodash/package.json", manifest("lodash"))
        .file("node_modules/lodash/lib/a.js", GUESS)
        .file("node_modules/lodash/test/b.ini", CONTENT)
        .write(at.path());
    let (_, report) = scan(at.path(), &[]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    assert_eq!((&findings[0]["rule"], &findings[0]["confidence"]), (&json!("github-pat"), &json!("high")));
    assert_eq!(findings[0]["locations"][0]["package"], "npm:lodash 4.17.21");
    assert_eq!(report["suppressed"]["confidence"], 1);

    for (path, name) in [
        ("node_modules/@acme/web", "@acme/web"),
        ("node_modules/lodash/node_modules/acme-web", "acme-web"),
        ("src/lodash", "lodash"),
    ] {
        let at = tempfile::tempdir().unwrap();
        Tree::default()
            .file("node_modules/lodash/package.json", manifest("lodash"))
            .file(&format!("{path}/package.json"), manifest(name))
            .file(&format!("{path}/lib/a.js"), GUESS)
            .write(at.path());
        let (code, report) = scan(at.path(), &[]);
        assert_eq!((code, report["findings"].as_array().unwrap().len()), (1, 1), "{path}: {report:#}");
    }
}

/// The digest of a packed file is not that of what is in it; its name in a public package's record lowers a guess.
#[test]
fn a_member_of_a_packed_file_of_a_public_package_is_less_sure() {
    use std::io::Write;
    let packed = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    for (name, content, raised) in
        [("botocore", GUESS, 0), ("acme_models", GUESS, 1), ("botocore", CONTENT, 1)]
    {
        let at = tempfile::tempdir().unwrap();
        let tree = Tree::default().wheel("site/", name, "data/a.json.gz", "the packed bytes");
        tree.file("site/data/a.json.gz", packed(content)).write(at.path());
        let (code, report) = scan(at.path(), &[]);
        assert_eq!((code, report["findings"].as_array().unwrap().len()), (raised, raised as usize), "{name}");
        assert_eq!(report["suppressed"]["confidence"], 1 - raised);
    }
}
