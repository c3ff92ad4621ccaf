//! Rules whose value has no mark, and counts only after a word.
#![allow(clippy::unwrap_used)]

use unbake::detect::{Engine, Scanner, Text};
use unbake::rules::load::{self, Rules};

/// A key of 32 hexadecimal digits, ours by its spelling.
const KEY: &str = "0badc0ffee1decade2facade3f00d4b1";

fn engine(more: &str) -> Engine {
    let rule = format!(
        "provider: Invented\nreferences: ['https://unbake.example']\nrules:\n  - id: invented-key\n    title: Invented key\n    \
         severity: high\n    confidence: medium\n    near: [InventCo]\n    regex: '[a-f0-9]{{32}}'\n    entropy: 2\n    {more}\n    \
         examples: ['inventco {KEY}']\n    negative_examples: ['{KEY}']\n"
    );
    let rules = load::parse("invented.yml", &rule).unwrap();
    Engine::new(Rules { rules, digest: String::new() }).unwrap()
}

fn found(engine: &Engine, text: &[u8]) -> Vec<String> {
    let candidates = Scanner::new(engine).scan(&Text::whole(text));
    candidates.iter().map(|c| String::from_utf8_lossy(c.secret.reveal()).into_owned()).collect()
}

#[test]
fn a_value_counts_after_its_word_and_not_without_it() {
    let engine = engine("");
    for text in [
        format!("INVENTCO_KEY={KEY}"),
        format!("inventco:\n  key: \"{KEY}\"\n"),
        format!("# InventCo\nkey = {KEY}"),
        format!("inventco inventco key {KEY} {KEY}"),
    ] {
        assert_eq!(found(&engine, text.as_bytes()), [KEY], "{text}");
    }
    for text in [
        KEY.to_owned(),
        format!("{KEY} inventco"),
        format!("inventco\n\n{KEY}"),
        format!("inventco:\n  key:\n    {KEY}"),
        format!("inventco {}{KEY}", " ".repeat(130)),
        format!("inventco {KEY}{KEY}"),
        format!("inventco {KEY}z"),
        format!("inventco x{KEY}"),
        format!("inventco_{KEY}"),
        "inventco 00000000000000000000000000000000".to_owned(),
    ] {
        assert_eq!(found(&engine, text.as_bytes()), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_window_that_ends_in_the_value_does_not_cut_it() {
    let engine = engine("");
    let text = format!("inventco {}{KEY}", " ".repeat(127));
    assert_eq!(found(&engine, text.as_bytes()), [KEY]);
}

#[test]
fn binaries_are_looked_into_on_request_and_a_boundary_can_be_waived() {
    let text = [b"\x7fELF\0\0\0\x01\0inventco ".as_slice(), KEY.as_bytes(), &[0; 40]].concat();
    assert!(found(&engine(""), &text).is_empty());
    assert_eq!(found(&engine("binary: true"), &text), [KEY]);
    let glued = format!("inventco_{KEY}ff");
    assert_eq!(found(&engine("boundary: false"), glued.as_bytes()), [KEY]);
}
