//! Logins: where they are found, to whom they are shown, and that nobody else sees them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tempfile::TempDir;

use crate::make::{OCI_TAR, planted};
use crate::run::Outcome;
use crate::scan_from;
use crate::server::{Asked, Reply, Server};

const PASSWORD: &str = "unbake-invented-password";
const TOKEN: &str = "unbake-invented-bearer";

fn served() -> Server {
    let server = Server::start();
    server.tag("1", &server.image("amd64", &[server.blob(OCI_TAR, &planted())]));
    server
}

fn home(config: &serde_json::Value) -> TempDir {
    let home = TempDir::new().unwrap();
    std::fs::create_dir(home.path().join(".docker")).unwrap();
    std::fs::write(home.path().join(".docker/config.json"), config.to_string()).unwrap();
    home
}

fn login(server: &Server, path: &str, password: &str) -> (String, serde_json::Value) {
    let key = format!("127.0.0.1:{}{path}", server.port);
    (key, json!({"auth": STANDARD.encode(format!("unbake:{password}"))}))
}

fn basic(password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("unbake:{password}")))
}

fn shows_no_secret(scanned: &Outcome) {
    for text in [&scanned.text, &scanned.stderr, &scanned.report.to_string()] {
        for secret in [PASSWORD, TOKEN, &STANDARD.encode(format!("unbake:{PASSWORD}"))] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// As a token server of Docker Hub or Harbor does it.
fn token_server(
    port: u16,
    accept: impl Fn(&Asked) -> bool + Send + Sync + 'static,
) -> impl Fn(&Asked) -> Option<Reply> {
    move |asked| {
        if asked.path.starts_with("/token") {
            let token = json!({"token": TOKEN}).to_string();
            return Some(if accept(asked) { Reply::of(200).body(token) } else { Reply::of(401) });
        }
        let challenge = format!("Bearer realm=\"http://127.0.0.1:{port}/token?x=1\",service=\"unbake test\"");
        (asked.header("authorization") != format!("Bearer {TOKEN}"))
            .then(|| Reply::of(401).with("WWW-Authenticate", challenge))
    }
}

#[test]
fn basic_login_of_docker() {
    let server = served();
    server.behave(|asked| {
        (asked.header("authorization") != basic(PASSWORD))
            .then(|| Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\""))
    });
    let (key, entry) = login(&server, "", PASSWORD);
    let scanned = scan_from(home(&json!({"auths": {key: entry}})).path(), &server.target(":1"), &[]);
    scanned.exits(1).tells_only(0).finds("app/.env");
    shows_no_secret(&scanned);
    // The first request tells how to log in; no other is refused.
    let refused = server.asked().iter().filter(|a| a.header("authorization").is_empty()).count();
    assert_eq!(refused, 1);
}

#[test]
fn token_with_and_without_a_login() {
    let server = served();
    server.behave(token_server(server.port, |_| true));
    let scanned = crate::scan(&server.target(":1"));
    scanned.exits(1).tells_only(0);
    shows_no_secret(&scanned);
    let tokens = server.asked_of("/token");
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert_eq!(tokens[0].path, "/token?x=1&service=unbake%20test&scope=repository%3Aapp%3Apull");

    server.behave(token_server(server.port, |asked| asked.header("authorization") == basic(PASSWORD)));
    crate::scan(&server.target(":1")).exits(4);
    let (key, entry) = login(&server, "", PASSWORD);
    let scanned = scan_from(home(&json!({"auths": {key: entry}})).path(), &server.target(":1"), &[]);
    scanned.exits(1).tells_only(0);
    shows_no_secret(&scanned);
}

#[test]
fn identity_token_is_posted() {
    let server = served();
    server.behave(token_server(server.port, |asked| {
        asked.method == "POST"
            && asked.body.contains("grant_type=refresh_token")
            && asked.body.contains("refresh_token=unbake%2Dinvented%2Dpassword")
    }));
    let auths = json!({"auths": {format!("127.0.0.1:{}", server.port): {"identitytoken": PASSWORD}}});
    let scanned = scan_from(home(&auths).path(), &server.target(":1"), &[]);
    scanned.exits(1).tells_only(0);
    shows_no_secret(&scanned);
}

/// An outdated login for the path, then the right one for the host, as kubelet would go through them.
#[test]
fn the_next_login_is_tried() {
    let server = served();
    server.behave(|asked| {
        (asked.header("authorization") != basic(PASSWORD))
            .then(|| Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\""))
    });
    let ((host, good), (path, old)) =
        (login(&server, "", PASSWORD), login(&server, "/app", "unbake-outdated"));
    let home = home(&json!({"auths": {host: good, path: old}}));
    let scanned = scan_from(home.path(), &server.target(":1"), &[]);
    scanned.exits(1).tells_only(0);
    shows_no_secret(&scanned);
}

/// A registry that never has enough.
#[test]
fn loop_of_401() {
    let server = served();
    let port = server.port;
    server.behave(move |asked| {
        let challenge = format!("Bearer realm=\"http://127.0.0.1:{port}/token\"");
        Some(match asked.path.starts_with("/token") {
            true => Reply::of(200).body(json!({"access_token": TOKEN}).to_string()),
            false => Reply::of(401).with("WWW-Authenticate", challenge),
        })
    });
    let (key, entry) = login(&server, "", PASSWORD);
    let scanned = scan_from(home(&json!({"auths": {key: entry}})).path(), &server.target(":1"), &[]);
    scanned.exits(4);
    assert!(scanned.stderr.contains("refused the login (1 tried); log in again"), "{}", scanned.stderr);
    shows_no_secret(&scanned);
    assert!(server.asked().len() < 8, "{:?}", server.asked());
}

#[test]
fn refusals_say_what_to_do() {
    let server = served();
    server.behave(|_| Some(Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\"")));
    let scanned = crate::scan(&server.target(":1"));
    let expected =
        format!("not public, and no login for it was found; use `docker login 127.0.0.1:{}`", server.port);
    scanned.exits(4);
    assert!(scanned.stderr.contains(&expected), "{}", scanned.stderr);
    server.behave(|_| Some(Reply::of(403)));
    let scanned = crate::scan(&server.target(":1"));
    scanned.exits(4);
    assert!(
        scanned.stderr.contains("/app:1: the login is not allowed to read this (403)"),
        "{}",
        scanned.stderr
    );
}

/// Blobs are elsewhere, as with most clouds: what is there must not see the login.
#[test]
fn redirect_to_another_host_does_not_take_the_login_along() {
    let (server, elsewhere) = (served(), served());
    let to = elsewhere.url("localhost", "");
    server.behave(move |asked| {
        if asked.header("authorization") != basic(PASSWORD) {
            return Some(Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\""));
        }
        asked.path.contains("/blobs/").then(|| Reply::of(307).with("Location", format!("{to}{}", asked.path)))
    });
    let (key, entry) = login(&server, "", PASSWORD);
    let scanned = scan_from(home(&json!({"auths": {key: entry}})).path(), &server.target(":1"), &[]);
    scanned.exits(1).tells_only(0).finds("app/.env");
    assert!(elsewhere.asked_of("/blobs/").len() >= 2);
    assert!(elsewhere.asked().iter().all(|asked| asked.header("authorization").is_empty()));
    // Within the server it goes along.
    let within = served();
    within.behave(|asked| {
        if asked.header("authorization") != basic(PASSWORD) {
            return Some(Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\""));
        }
        let rest = asked.path.strip_prefix("/v2/app/blobs/")?;
        (!rest.contains('?')).then(|| Reply::of(302).with("Location", format!("../blobs/{rest}?there")))
    });
    let (key, entry) = login(&within, "", PASSWORD);
    let scanned = scan_from(home(&json!({"auths": {key: entry}})).path(), &within.target(":1"), &[]);
    // Nothing is stored at that path.
    scanned.exits(3);
    assert_eq!(within.asked_of("?there").len(), 2);
    assert!(within.asked_of("?there").iter().all(|asked| asked.header("authorization") == basic(PASSWORD)));
}

/// A credential helper is run, and what it says is used.
#[cfg(unix)]
#[test]
fn credential_helper() {
    use std::os::unix::fs::PermissionsExt;
    let server = served();
    server.behave(|asked| {
        (asked.header("authorization") != basic(PASSWORD))
            .then(|| Reply::of(401).with("WWW-Authenticate", "Basic realm=\"test\""))
    });
    let home = home(&json!({"credsStore": "unbake-test"}));
    let helper = home.path().join("docker-credential-unbake-test");
    let script = format!(
        "#!/bin/sh\nread -r server\n[ \"$1 $server\" = 'get 127.0.0.1:{}' ] || exit 1\n\
         echo '{{\"Username\":\"unbake\",\"Secret\":\"{PASSWORD}\"}}'\n",
        server.port
    );
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("unbake"));
    let path = format!("{}:{}", home.path().display(), std::env::var("PATH").unwrap());
    command.env("HOME", home.path()).env("PATH", path).env_remove("DOCKER_CONFIG");
    let scanned = crate::run::run(command, server.target(":1").as_ref());
    scanned.exits(1).tells_only(0);
    shows_no_secret(&scanned);
}

#[test]
fn a_login_in_the_reference_is_not_repeated() {
    let scanned = crate::scan(&format!("docker://unbake:{PASSWORD}@127.0.0.1:9/app"));
    scanned.exits(4);
    assert!(scanned.stderr.contains("a reference can't hold a login"), "{}", scanned.stderr);
    shows_no_secret(&scanned);
}
