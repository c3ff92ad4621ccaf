//! Images whose documents are wrong, or whose blobs are.

use serde_json::{Value, json};
use unbake::oci::images::digest;

use crate::make::{Layout, OCI_GZIP, OCI_TAR, PLANTED, PLANTED_TOO, Tar, blob, planted, tree};
use crate::run::{scan, scan_stdin};

fn other() -> Vec<u8> {
    Tar::default().file(b"app/other.env", PLANTED).end()
}

#[test]
fn wrong_digest_of_a_layer() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    let path = blob(&digest(&planted()));
    layout.write(&path, &other());
    let scan = scan(layout.root());
    scan.tells(&path, &format!("its digest is {}", digest(&other()))).tells_only(1).is_incomplete();
    scan.finds("config:Env[GITHUB_TOKEN]");
    // What was put in its place is scanned, as a layer.
    assert!(scan.finds("app/other.env")["layer"].is_object());
}

#[test]
fn wrong_digest_of_a_config_and_of_a_manifest() {
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    let config = layout.image(&[layer]);
    let layout = layout.finish();
    for path in [blob(config["digest"].as_str().unwrap()), layout.manifest_path()] {
        let mut changed = std::fs::read(layout.root().join(&path)).unwrap();
        changed.push(b'\n');
        layout.write(&path, &changed);
        let scan = scan(layout.root());
        scan.tells(&path, "the content was changed, and was read as it stands").is_incomplete();
        scan.finds("config:Env[GITHUB_TOKEN]");
        assert!(scan.finds("app/.env")["layer"].is_object());
    }
}

#[test]
fn missing_layer() {
    let layout = Layout::of(&[(OCI_TAR, planted()), (OCI_TAR, other())]);
    let path = blob(&digest(&other()));
    std::fs::remove_file(layout.root().join(&path)).unwrap();
    let scan = scan(layout.root());
    scan.tells(&path, "is missing").tells_only(1).is_incomplete();
    scan.finds("app/.env");
}

#[test]
fn missing_config_and_missing_manifest() {
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    let config = layout.image(&[layer]);
    let layout = layout.finish();
    for path in [blob(config["digest"].as_str().unwrap()), layout.manifest_path()] {
        std::fs::remove_file(layout.root().join(&path)).unwrap();
        let scan = scan(layout.root());
        scan.tells(&path, "the image names it and it is missing").tells_only(1).is_incomplete();
        // Without its manifest a layer is an archive that is sent along.
        scan.finds("app/.env");
    }
}

/// A document that is no JSON is searched as text, so what is in it is found all the same.
#[test]
fn bad_json() {
    let broken = [b"{\"manifests\": [, ", PLANTED_TOO].concat();
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    let config = layout.image(&[layer]);
    let layout = layout.finish();
    for path in [blob(config["digest"].as_str().unwrap()), layout.manifest_path(), "index.json".to_owned()] {
        layout.write(&path, &broken);
        let scan = scan(layout.root());
        scan.tells(&path, "not JSON, and read as text: ").is_incomplete();
        scan.finds("app/.env");
        scan.finds(&path);
    }
}

/// JSON of another shape than it has to be is told as well, and not taken for an image with nothing in it.
#[test]
fn json_of_another_shape() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    layout.write("index.json", br#"{"manifests": {"digest": "sha256:0"}}"#);
    scan(layout.root()).tells("index.json", "no list `manifests`").is_incomplete().finds("app/.env");

    let mut layout = Layout::new();
    layout.descriptor(OCI_TAR, &planted());
    let config = layout.descriptor("application/vnd.oci.image.config.v1+json", b"{}");
    let manifest = layout.manifest(&json!({"schemaVersion": 2, "config": config, "layers": "all of them"}));
    let scan = scan(layout.finish().root());
    scan.tells(&blob(&manifest), "no list `layers`").is_incomplete().finds("app/.env");
}

#[test]
fn bad_json_of_a_docker_archive() {
    for (manifest, reason) in [
        ("[{\"Config\": ", "not JSON"),
        ("{\"Config\": \"c.json\"}", "it is no list of images"),
        ("[{\"Layers\": [\"l/layer.tar\"]}]", "an entry names no config"),
        ("[{\"Config\": \"c.json\", \"Layers\": 7}]", "no list `Layers`"),
        ("[{\"Config\": \"c.json\", \"Layers\": [7, \"l/layer.tar\"]}]", "layer 0 of an entry is no path"),
    ] {
        let archive = Tar::default()
            .file(b"c.json", br#"{"os": "linux", "architecture": "amd64"}"#)
            .file(b"l/layer.tar", &planted())
            .file(b"manifest.json", manifest.as_bytes())
            .end();
        let dir = tree(&[("image.tar", &archive)]);
        let scan = scan(dir.path().join("image.tar"));
        scan.tells("manifest.json", reason).is_incomplete().finds("app/.env");
        scan_stdin(archive).tells("manifest.json", reason).is_incomplete().finds("app/.env");
    }
}

/// Current engines write both documents: where the one is broken, the other tells what the layers are.
#[test]
fn a_broken_index_beside_a_sound_manifest_json() {
    let archive = Tar::default()
        .file(b"oci-layout", b"{}")
        .file(b"index.json", b"{")
        .file(b"c.json", br#"{"os": "linux", "architecture": "amd64"}"#)
        .file(b"l/layer.tar", &planted())
        .file(b"manifest.json", br#"[{"Config": "c.json", "Layers": ["l/layer.tar"]}]"#)
        .end();
    let scan = scan_stdin(archive);
    scan.tells("index.json", "not JSON").tells_only(1).is_incomplete();
    assert!(scan.finds("app/.env")["layer"].is_object());
}

/// Nothing is left unread, so the exit code is that of what was found: here the configuration's token.
#[test]
fn empty_image() {
    let scan = scan(Layout::of(&[]).root());
    scan.tells_only(0).exits(1).finds("config:Env[GITHUB_TOKEN]");
}

/// Programs in Go write a list with nothing in it as `null`; the index of some archives of Docker 25 has that.
#[test]
fn lists_that_are_null() {
    let archive = Tar::default()
        .file(b"oci-layout", b"{}")
        .file(b"index.json", br#"{"schemaVersion": 2, "manifests": null}"#)
        .file(b"c.json", [b"{\"author\": \"", PLANTED.trim_ascii_end(), b"\"}"].concat().as_slice())
        .file(b"manifest.json", br#"[{"Config": "c.json", "Layers": null}]"#)
        .end();
    scan_stdin(archive).tells_only(0).exits(1).finds("config:author");
}

#[test]
fn foreign_layer() {
    for media_type in [
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        OCI_GZIP,
    ] {
        let mut layout = Layout::new();
        let layer = layout.descriptor(OCI_TAR, &planted());
        let foreign = json!({
            "mediaType": media_type, "digest": digest(b"elsewhere"), "size": 9,
            "urls": ["https://unbake.example/layer"],
        });
        layout.image(&[foreign, layer]);
        let scan = scan(layout.finish().root());
        scan.tells(&blob(&digest(b"elsewhere")), &format!("a foreign layer ({media_type}) is not stored"));
        scan.tells_only(1).is_incomplete();
        assert_eq!(scan.finds("app/.env")["layer"]["index"], 1);
    }
}

/// One that is there is a layer like any other.
#[test]
fn foreign_layer_that_is_stored() {
    let media_type = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    scan(Layout::of(&[(media_type, planted())]).root()).tells_only(0).exits(1).finds("app/.env");
}

#[test]
fn encrypted_layer() {
    let media_type = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted";
    let sealed = crate::make::noise(4096);
    let layout = Layout::of(&[(media_type, sealed.clone()), (OCI_TAR, planted())]);
    let scan = scan(layout.root());
    // Once: that it is no tar either needs no telling.
    scan.tells(&blob(&digest(&sealed)), "the layer is encrypted (").tells_only(1).is_incomplete();
    assert_eq!(scan.finds("app/.env")["layer"]["index"], 1);
}

#[test]
fn schema_1() {
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    let compatible = json!({"config": {"Env": [std::str::from_utf8(PLANTED).unwrap()]}}).to_string();
    let manifest = layout.manifest(&json!({
        "schemaVersion": 1, "fsLayers": [{"blobSum": layer["digest"]}],
        "history": [{"v1Compatibility": compatible}],
    }));
    let scan = scan(layout.finish().root());
    scan.tells(&blob(&manifest), "schema 1").tells_only(1).is_incomplete();
    scan.finds("app/.env");
    // The configuration in it is read as text.
    scan.finds(&blob(&manifest));
}

/// Not a clean image: it is none. Whoever asked meant one.
#[test]
fn empty_index() {
    let layout = Layout::new();
    layout.descriptor(OCI_TAR, &planted());
    let scan = scan(layout.finish().root());
    scan.tells("index.json", "no image is in it").tells_only(1).is_incomplete().finds("app/.env");
}

/// An index can't hold its own digest unless the digest is wrong, so that is told; and there is an end to it.
#[test]
fn index_that_points_to_itself() {
    let own = digest(b"any");
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    layout.image(&[layer]);
    let image = std::fs::read(layout.root().join(layout.manifest_path())).unwrap();
    let entries = [json!({"digest": own}), json!({"digest": digest(&image)}), json!({"digest": own})];
    layout.write(&blob(&own), json!({"manifests": entries}).to_string().as_bytes());
    layout.write("index.json", json!({"manifests": [{"digest": own}]}).to_string().as_bytes());
    let scan = scan(layout.root());
    scan.tells(&blob(&own), "its digest is ").tells_only(1).is_incomplete();
    assert!(scan.finds("app/.env")["layer"].is_object());
}

#[test]
fn indexes_in_indexes_have_an_end() {
    let mut layout = Layout::new();
    let layer = layout.descriptor(OCI_TAR, &planted());
    layout.image(&[layer]);
    let mut entry: Value =
        json!({"digest": digest(&std::fs::read(layout.root().join(layout.manifest_path())).unwrap())});
    for _ in 0..9 {
        entry = layout.descriptor(
            "application/vnd.oci.image.index.v1+json",
            json!({"manifests": [entry]}).to_string().as_bytes(),
        );
    }
    layout.write("index.json", json!({"manifests": [entry]}).to_string().as_bytes());
    let scan = scan(layout.root());
    scan.tells("", "indexes stand more than 8 deep").is_incomplete().finds("app/.env");
}

#[test]
fn json_nested_without_end() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    layout.write("index.json", "[".repeat(1 << 20).as_bytes());
    scan(layout.root()).tells("index.json", "recursion limit").is_incomplete().finds("app/.env");
}

#[test]
fn a_document_that_is_too_large() {
    let layout = Layout::of(&[(OCI_TAR, planted())]);
    layout.write("index.json", " ".repeat((16 << 20) + 1).as_bytes());
    scan(layout.root()).tells("index.json", "more than 16 MiB").is_incomplete().finds("app/.env");
}
