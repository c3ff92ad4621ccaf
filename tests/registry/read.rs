//! What is read of an image in a registry.

use serde_json::json;
use unbake::oci::images::digest;

use crate::make::{OCI_GZIP, OCI_TAR, PLANTED, Tar, gzip, planted};
use crate::scan;
use crate::server::{INDEX, MANIFEST, Server};

/// A tag is asked for once, by HEAD, and all else by digest; nothing is asked twice.
#[test]
fn image_by_tag() {
    let server = Server::start();
    let layers = [
        server.blob(OCI_GZIP, &gzip(&planted())),
        server.blob(OCI_TAR, &Tar::default().file(b"x", b"y").end()),
    ];
    let image = server.image("amd64", &layers);
    server.tag("1", &image);
    let scanned = scan(&server.target(":1"));
    scanned.exits(1).tells_only(0);
    let place = scanned.finds("app/.env");
    assert_eq!(place["layer"]["index"], 0);
    assert_eq!(place["image"]["digest"], image["digest"]);
    let target = &scanned.report["targets"][0];
    assert_eq!((&target["digest"], &target["verdict"]), (&image["digest"], &json!("leak")));
    assert_eq!(target["platforms"], json!(["linux/amd64"]));
    let by_tag: Vec<_> = server.asked_of("manifests/1").into_iter().map(|a| a.method).collect();
    assert_eq!(by_tag, ["HEAD"]);
    for layer in &layers {
        assert_eq!(server.asked_of(layer["digest"].as_str().unwrap()).len(), 1);
    }
    assert!(server.asked().iter().all(|a| a.header("authorization").is_empty()));
}

#[test]
fn image_by_digest_and_a_registry_without_head() {
    let server = Server::start();
    let image = server.image("amd64", &[server.blob(OCI_TAR, &planted())]);
    server.tag("1", &image);
    server.behave(|asked| (asked.method == "HEAD").then(|| crate::server::Reply::of(405)));
    scan(&server.target(":1")).exits(1).finds("app/.env");
    let before = server.asked_of("manifests/1").len();
    let by_digest = format!("@{}", image["digest"].as_str().unwrap());
    scan(&server.target(&by_digest)).exits(1).finds("app/.env");
    assert_eq!(server.asked_of("manifests/1").len(), before);
}

/// Every platform of an index, one of an index in it, and the provenance of BuildKit.
#[test]
fn all_platforms_and_attestations() {
    let server = Server::start();
    let arm =
        server.image("arm64", &[server.blob(OCI_TAR, &Tar::default().file(b"arm/.env", PLANTED).end())]);
    let amd = server.image("amd64", &[server.blob(OCI_TAR, &planted())]);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {"invocation": {"parameters": {"args": {"build-arg:GITHUB_TOKEN": token()}}}},
    });
    let statement = server.blob("application/vnd.in-toto+json", statement.to_string().as_bytes());
    let config = server.blob("application/vnd.oci.image.config.v1+json", b"{}");
    let attestation =
        server.manifest(MANIFEST, &json!({"schemaVersion": 2, "config": config, "layers": [statement]}));
    let inner = server.manifest(INDEX, &json!({"schemaVersion": 2, "manifests": [arm]}));
    let mut attestation = attestation;
    attestation["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": amd["digest"],
    });
    let index = server.manifest(INDEX, &json!({"schemaVersion": 2, "manifests": [amd, attestation, inner]}));
    server.tag("1", &index);
    let scanned = scan(&server.target(":1"));
    scanned.exits(1).tells_only(0);
    scanned.finds("app/.env");
    assert_eq!(scanned.finds("arm/.env")["image"]["platform"], "linux/arm64");
    scanned.finds("attestation:build-arg:GITHUB_TOKEN");
    assert_eq!(scanned.report["targets"][0]["platforms"], json!(["linux/amd64", "linux/arm64"]));
}

fn token() -> &'static str {
    std::str::from_utf8(PLANTED).unwrap().trim_end().split_once('=').unwrap().1
}

/// A list of referrers in pages, one of them in a loop with another; their blobs are read as files.
#[test]
fn referrers_are_listed_and_read_and_a_loop_ends() {
    let server = Server::start();
    let image = server.image("amd64", &[server.blob(OCI_TAR, b"")]);
    server.tag("1", &image);
    let about = image["digest"].as_str().unwrap().to_owned();
    let referrer = |name: &str| {
        let sbom = format!(
            "{{\"name\": \"{name}\", \"download\": \"https://unbake:{}@example.com/{name}\"}}",
            token()
        );
        let layer = server.blob("application/spdx+json", sbom.as_bytes());
        server.manifest(
            MANIFEST,
            &json!({
                "schemaVersion": 2, "artifactType": "application/spdx+json", "layers": [layer],
                "config": server.blob("application/vnd.oci.empty.v1+json", b"{}"),
            }),
        )
    };
    let (one, two) = (referrer("one"), referrer("two"));
    let list = |path: &str, entries: &[&serde_json::Value]| {
        server.store(path, INDEX, json!({"schemaVersion": 2, "manifests": entries}).to_string().as_bytes());
    };
    list(&format!("/v2/app/referrers/{about}"), &[&one]);
    // They refer to each other, and to the image.
    list(&format!("/v2/app/referrers/{}", one["digest"].as_str().unwrap()), &[&two, &image]);
    list(&format!("/v2/app/referrers/{}", two["digest"].as_str().unwrap()), &[&one, &two]);
    let scanned = scan(&server.target(":1"));
    scanned.exits(1).tells_only(0);
    let referrers = &scanned.report["targets"][0]["referrers"];
    assert_eq!(
        referrers[0],
        json!({
            "digest": one["digest"], "artifact_type": "application/spdx+json", "about": about,
        })
    );
    assert_eq!((&referrers[1]["digest"], &referrers[1]["about"]), (&two["digest"], &one["digest"]));
    assert_eq!(referrers.as_array().unwrap().len(), 2);
    assert_eq!(server.asked_of("/referrers/").len(), 3);
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    assert!(schema.is_valid(&scanned.report));
}

/// A registry without the list has a tag in its place; cosign has tags of its own.
#[test]
fn referrers_by_tag() {
    let server = Server::start();
    let image = server.image("amd64", &[server.blob(OCI_TAR, b"")]);
    server.tag("1", &image);
    let layer = server.blob("application/json", format!("{{\"github_token\": \"{}\"}}", token()).as_bytes());
    let config = server.blob("application/vnd.oci.empty.v1+json", b"{}");
    let sbom = server.manifest(MANIFEST, &json!({"schemaVersion": 2, "config": config, "layers": [layer]}));
    let index = server.manifest(INDEX, &json!({"schemaVersion": 2, "manifests": [sbom]}));
    let tag = image["digest"].as_str().unwrap().replace(':', "-");
    server.tag(&tag, &index);
    let signature = server.manifest(MANIFEST, &json!({"schemaVersion": 2, "config": config, "layers": []}));
    server.tag(&format!("{tag}.sig"), &signature);
    let scanned = scan(&server.target(":1"));
    scanned.exits(1).tells_only(0);
    scanned.finds(layer["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap());
    let referrers = scanned.report["targets"][0]["referrers"].as_array().unwrap();
    let digests: Vec<_> = referrers.iter().map(|r| &r["digest"]).collect();
    assert_eq!(digests, [&sbom["digest"], &signature["digest"]]);
}

/// An answer is cached nowhere: what is there is read anew, and the same bytes are told.
#[test]
fn two_scans_say_the_same() {
    let server = Server::start();
    let layers: Vec<_> = (0..8)
        .map(|n| {
            let path = format!("{n}/.env");
            server.blob(OCI_GZIP, &gzip(&Tar::default().file(path.as_bytes(), PLANTED).end()))
        })
        .collect();
    server.tag("1", &server.image("amd64", &layers));
    let (one, two) = (scan(&server.target(":1")), scan(&server.target(":1")));
    one.exits(1).tells_only(0);
    assert_eq!(one.report, two.report);
    assert_eq!(digest(one.text.as_bytes()), digest(two.text.as_bytes()));
}
