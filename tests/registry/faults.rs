//! Registries that fail, or lie.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::make::{OCI_GZIP, OCI_TAR, Tar, gzip, noise, planted};
use crate::scan;
use crate::server::{INDEX, MANIFEST, Reply, Server};

/// A token, and after it more than what is read ahead.
fn large() -> Vec<u8> {
    Tar::default().file(b"app/.env", crate::make::PLANTED).file(b"big", &noise(600_000)).end()
}

fn served() -> (Server, String) {
    let server = Server::start();
    let layer = server.blob(OCI_TAR, &large());
    server.tag("1", &server.image("amd64", std::slice::from_ref(&layer)));
    (server, layer["digest"].as_str().unwrap().to_owned())
}

fn path_of(digest: &str) -> String {
    digest.replace(':', "/")
}

#[test]
fn layer_with_another_digest() {
    let (server, digest) = served();
    let mut changed = large();
    let at = changed.len() - 100_000;
    changed[at] ^= 1;
    server.store(&format!("/v2/app/blobs/{digest}"), "x", &changed);
    let scanned = scan(&server.target(":1"));
    scanned.is_incomplete().tells(&path_of(&digest), "its digest is ").finds("app/.env");
    assert_eq!(scanned.report["targets"][0]["verdict"], "leak");
}

#[test]
fn manifest_with_another_digest() {
    let server = Server::start();
    let image = server.image("amd64", &[server.blob(OCI_TAR, &planted())]);
    let digest = image["digest"].as_str().unwrap().to_owned();
    let clean = json!({"schemaVersion": 2, "config": server.blob("x", b"{}"), "layers": []}).to_string();
    server.store(&format!("/v2/app/manifests/{digest}"), MANIFEST, clean.as_bytes());
    let scanned = scan(&server.target(&format!("@{digest}")));
    scanned.exits(3).tells(&path_of(&digest), "its digest is ");
    assert_eq!(scanned.report["targets"][0]["verdict"], "unscannable");
}

#[test]
fn blob_that_is_always_cut_off() {
    let (server, digest) = served();
    let body = large();
    server.behave(move |asked| {
        asked.path.contains(&digest).then(|| Reply::of(200).body(body.clone()).cut(200_000))
    });
    let scanned = scan(&server.target(":1"));
    scanned.is_incomplete().tells("", "cut off").finds("app/.env");
    assert!(server.asked_of("/blobs/").len() < 12);
}

/// Once in the middle; the rest is asked for, and the digest is that of the whole.
#[test]
fn blob_that_is_cut_off_goes_on_where_it_was() {
    for ranges in [true, false] {
        let (server, digest) = served();
        let (body, tries) = (large(), AtomicUsize::new(0));
        let of = digest.clone();
        server.behave(move |asked| {
            if !asked.path.contains(&of) {
                return None;
            }
            let from = asked.from().filter(|_| ranges).unwrap_or(0);
            let rest = body[from..].to_vec();
            let range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
            let reply = match from {
                0 => Reply::of(200),
                _ => Reply::of(206).with("Content-Range", range),
            };
            Some(match tries.fetch_add(1, Ordering::SeqCst) {
                0 => reply.body(rest).cut(300_000),
                1 => Reply::of(503),
                _ => reply.body(rest),
            })
        });
        let scanned = scan(&server.target(":1"));
        scanned.exits(1).tells_only(0).finds("app/.env");
        let asked = server.asked_of(&digest);
        assert_eq!(asked.len(), 3);
        assert!(asked[0].from().is_none() && asked[1].from().unwrap() > 0, "{asked:?}");
    }
}

#[test]
fn another_range_than_was_asked_for() {
    let (server, digest) = served();
    let body = large();
    server.behave(move |asked| {
        asked.path.contains(&digest).then(|| match asked.from() {
            None => Reply::of(200).body(body.clone()).cut(300_000),
            Some(_) => Reply::of(206).with("Content-Range", "bytes 500000-500001/9").body("xx"),
        })
    });
    scan(&server.target(":1")).is_incomplete().tells("", "another range than was asked for");
}

#[test]
fn blob_that_is_longer_than_it_should_be() {
    let (server, digest) = served();
    let mut longer = large();
    longer.extend(noise(400_000));
    server.store(&format!("/v2/app/blobs/{digest}"), "x", &longer);
    scan(&server.target(":1")).is_incomplete().tells("", "more bytes than the manifest says");
}

#[test]
fn storm_of_429() {
    let (server, _) = served();
    server.behave(|_| Some(Reply::of(429).with("Retry-After", "0")));
    let scanned = scan(&server.target(":1"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("it limits requests: wait, or log in"), "{}", scanned.stderr);
    assert_eq!(server.asked().len(), 5);
    // Nobody waits an hour.
    let (server, _) = served();
    server.behave(|_| Some(Reply::of(429).with("Retry-After", "3600")));
    let scanned = scan(&server.target(":1"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("asks to wait 3600 s"), "{}", scanned.stderr);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn one_429_and_one_503_are_waited_for() {
    let (server, digest) = served();
    let tries = AtomicUsize::new(0);
    server.behave(move |asked| {
        let first = asked.path.contains(&digest) && tries.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| Reply::of(429).with("Retry-After", "1"))
    });
    scan(&server.target(":1")).exits(1).tells_only(0);
    server.behave({
        let tries = AtomicUsize::new(0);
        move |_| (tries.fetch_add(1, Ordering::SeqCst) == 0).then(|| Reply::of(503))
    });
    scan(&server.target(":1")).exits(1).tells_only(0);
}

#[test]
fn what_is_not_there() {
    let (server, digest) = served();
    let scanned = scan(&server.target(":2"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("/app:2: the registry does not have it"), "{}", scanned.stderr);
    // A registry that fails on one layer: the rest is read.
    server.behave(move |asked| asked.path.contains(&digest).then(|| Reply::of(404)));
    scan(&server.target(":1")).exits(3).tells("", "the registry does not have it");
    // Nobody listens.
    let scanned = scan("docker://127.0.0.1:9/app");
    scanned.exits(4);
    assert!(scanned.stderr.contains("127.0.0.1:9: nothing listens there"), "{}", scanned.stderr);
    scan("docker://Not/A/Reference").exits(4);
}

#[test]
fn schema_1_is_not_clean() {
    let server = Server::start();
    let manifest = json!({
        "schemaVersion": 1, "name": "app", "tag": "1", "architecture": "amd64", "fsLayers": [],
        "history": [{"v1Compatibility": "{}"}], "signatures": [{"signature": "x"}],
    });
    let old = server.manifest("application/vnd.docker.distribution.manifest.v1+prettyjws", &manifest);
    server.tag("1", &old);
    let scanned = scan(&server.target(":1"));
    scanned.exits(3).tells("", "schema 1").tells_only(1);
    assert_eq!(scanned.report["targets"][0]["verdict"], "unscannable");
}

/// `urls` lead to where the author of the manifest wants; nobody goes there.
#[test]
fn foreign_layer_is_told_and_its_url_not_asked() {
    let (server, elsewhere) = (Server::start(), Server::start());
    let foreign = json!({
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "size": 10,
        "digest": format!("sha256:{}", "ab".repeat(32)), "urls": [elsewhere.url("127.0.0.1", "/layer")],
    });
    let image = server.image("amd64", &[foreign, server.blob(OCI_TAR, &planted())]);
    server.tag("1", &image);
    let scanned = scan(&server.target(":1"));
    scanned.is_incomplete().tells_only(1).tells("", "foreign layer").finds("app/.env");
    assert!(elsewhere.asked().is_empty());
    // One that the registry keeps itself is read.
    let mut kept = server.blob("x", &gzip(&planted()));
    kept["mediaType"] = json!("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    kept["urls"] = json!([elsewhere.url("127.0.0.1", "/layer")]);
    server.tag("2", &server.image("amd64", &[kept]));
    scan(&server.target(":2")).exits(1).tells_only(0);
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn encrypted_layer_is_told() {
    let server = Server::start();
    let encrypted = server.blob("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", &noise(5_000));
    server.tag("1", &server.image("amd64", &[encrypted, server.blob(OCI_GZIP, &gzip(&planted()))]));
    scan(&server.target(":1")).is_incomplete().tells_only(1).tells("", "encrypted").finds("app/.env");
}

#[test]
fn index_in_index_without_end() {
    let server = Server::start();
    let mut inner = server.image("amd64", &[server.blob(OCI_TAR, &planted())]);
    let beside = inner.clone();
    for n in 0..20 {
        inner = server.manifest(
            INDEX,
            &json!({"schemaVersion": 2, "manifests": [inner], "annotations": {"n": n.to_string()}}),
        );
    }
    let top = server.manifest(INDEX, &json!({"schemaVersion": 2, "manifests": [inner, beside]}));
    server.tag("1", &top);
    let scanned = scan(&server.target(":1"));
    scanned.is_incomplete().tells("", "deep in each other").finds("app/.env");
    assert!(server.asked_of("/manifests/").len() < 20, "{}", server.asked().len());
}

#[test]
fn manifest_of_an_index_that_is_not_there() {
    let server = Server::start();
    let image = server.image("amd64", &[server.blob(OCI_TAR, &planted())]);
    let lost = json!({"mediaType": MANIFEST, "size": 10, "digest": format!("sha256:{}", "cd".repeat(32))});
    server.tag("1", &server.manifest(INDEX, &json!({"schemaVersion": 2, "manifests": [image, lost]})));
    let scanned = scan(&server.target(":1"));
    scanned.is_incomplete().tells_only(1).tells(&"cd".repeat(32), "the registry does not have it");
    scanned.finds("app/.env");
}

#[test]
fn manifest_that_is_too_large() {
    let (server, _) = served();
    server.behave(|asked| {
        (asked.method == "GET" && asked.path.contains("/manifests/"))
            .then(|| Reply::of(200).body(vec![b' '; (4 << 20) + 1]))
    });
    let scanned = scan(&server.target(":1"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("a document of more than 4 MiB"), "{}", scanned.stderr);
}

/// References, realms and redirects can't reach the metadata service of a cloud.
#[test]
fn nothing_leads_to_a_metadata_address() {
    for host in ["169.254.169.254", "169.254.170.2:80", "168.63.129.16"] {
        let scanned = scan(&format!("docker://{host}/app"));
        scanned.exits(4);
        assert!(scanned.stderr.contains("link-local and metadata addresses"), "{}", scanned.stderr);
    }
    let (server, digest) = served();
    server.behave(move |asked| {
        asked.path.contains(&digest).then(|| {
            Reply::of(307).with("Location", "http://169.254.169.254/latest/meta-data/iam?x=unbake-invented")
        })
    });
    let scanned = scan(&server.target(":1"));
    scanned.exits(3).tells("", "link-local and metadata addresses");
    assert!(!scanned.text.contains("unbake-invented"));
    for realm in ["http://169.254.169.254/token", "http://2852039166/token", "http://[fe80::1]/token"] {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"x\"");
        server.behave(move |_| Some(Reply::of(401).with("WWW-Authenticate", challenge.clone())));
        let scanned = scan(&server.target(":1"));
        scanned.exits(4);
        assert!(scanned.stderr.contains("link-local and metadata addresses"), "{}", scanned.stderr);
    }
}

#[test]
fn redirects_end() {
    let (server, digest) = served();
    server.behave(move |asked| {
        asked.path.contains(&digest).then(|| Reply::of(302).with("Location", asked.path.clone()))
    });
    scan(&server.target(":1")).exits(3).tells("", "more than 5 redirects");
    server.behave(|asked| {
        asked.path.contains("/blobs/").then(|| Reply::of(302).with("Location", "ftp://127.0.0.1/layer"))
    });
    scan(&server.target(":1")).exits(3).tells("", "only http and https are spoken");
}
