//! Rewrites of Kubernetes and Dapr: whole files before and after, what is refused, and that nothing is left to do.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "rewrite/consumers.rs"]
mod consumers;
#[path = "rewrite/fix.rs"]
mod fix;
#[path = "rewrite/kubelet.rs"]
mod kubelet;
#[path = "rewrite/refusals.rs"]
mod refusals;

use std::fs;
use std::path::PathBuf;

use fix::{Fixed, fix, fix_with};
use unbake::advise::rewrite::Options;
use unbake::manifest;

fn before(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rewrite/before").join(name);
    fs::read_to_string(path).unwrap()
}

const FILES: &[&str] = &[
    "deployment.yaml",
    "arguments.yaml",
    "deployment.json",
    "components.yaml",
    "sidecar.yaml",
    "config_map.yaml",
    "refused.yaml",
    "generated.yaml",
];

#[test]
fn files_before_and_after() {
    for name in FILES {
        insta::assert_snapshot!(*name, fix(&before(name)).to_string());
    }
}

#[test]
fn a_url_stays_readable_when_its_password_is_composed_into_it() {
    let options = Options { compose: true, ..Options::default() };
    insta::assert_snapshot!("compose.yaml", fix_with(&before("compose.yaml"), &options).to_string());
}

#[test]
fn another_store_is_named_where_none_is() {
    let options = Options { secret_store: "local", ..Options::default() };
    let after = fix_with(&before("components.yaml"), &options).text;
    assert_eq!(after.matches("\nauth:\n  secretStore: local\n").count(), 3);
    assert_eq!(after.matches("secretStore: vault").count(), 1, "an existing one is respected");
}

#[test]
fn lines_end_as_they_ended() {
    for name in FILES {
        let text = before(name);
        let crlf = fix(&text.replace('\n', "\r\n"));
        assert_eq!(crlf.text, fix(&text).text.replace('\n', "\r\n"), "{name}");
    }
}

#[test]
fn a_second_run_finds_what_was_refused_and_changes_nothing() {
    for name in FILES {
        let Fixed { text, refused, .. } = fix(&before(name));
        let again = fix(&text);
        assert_eq!(again.text, text, "{name}");
        let reasons = |refused: &[(String, _)]| {
            refused.iter().map(|(_, reason)| format!("{reason:?}")).collect::<Vec<_>>()
        };
        assert_eq!(reasons(&again.refused), reasons(&refused), "{name}");
    }
}

#[test]
fn what_was_rewritten_is_no_literal_any_more() {
    for name in FILES {
        let text = before(name);
        let Fixed { text: after, refused, .. } = fix(&text);
        let left = manifest::read(after.as_bytes()).unwrap().fields;
        let left = left.iter().filter(|field| field.is_credential()).count();
        assert_eq!(left, refused.len(), "{name}");
    }
}
