//! What is not edited, and edits that are dropped.

use super::cases::{edited, reference, text};
use unbake::span::Span;
use unbake::yaml::parse::parse;
use unbake::yaml::splice::{Edit, Editor, Refusal, Where, apply, ensure_gone, mentions, purge_comments};

fn replaced(route: &str, before: &str) -> Result<String, Refusal> {
    edited(before, 0, &[route], |editor| editor.replace_entry(route, "valueFrom", &reference()))
}

#[test]
fn what_is_shared_or_no_plain_value_is_refused() {
    type Of = fn(String) -> Refusal;
    let table: [(&str, &str, Of); 16] = [
        ("value", "name: A\n", Refusal::Missing),
        ("[0]", "- A\n", Refusal::Missing),
        ("value", "value: &a x\nb: *a\n", Refusal::Shared),
        ("b", "value: &a x\nb: *a\n", Refusal::Shared),
        ("b.c", "a: &a\n  c: d\nb: *a\n", Refusal::Shared),
        ("a.c", "a: &a\n  c: d\nb: *a\n", Refusal::Shared),
        ("b.c", "a: &a\n  c: d\nb:\n  <<: *a\n", Refusal::Shared),
        ("b.c", "a: &a\n  c: d\nb:\n  <<: *a\n  c: e\n", Refusal::Shared),
        ("value", "value: x\nvalue: y\n", Refusal::Twice),
        ("a.value", "a:\n  value: x\na:\n  value: y\n", Refusal::Twice),
        ("value", "value: {a: b}\n", Refusal::NotScalar),
        ("value", "value: {{ .Values.x }}\n", Refusal::NotScalar),
        ("value", "value: \"{{ .Values.x }}\"\n", Refusal::NotScalar),
        ("value", "? value\n: x\n", Refusal::NotScalar),
        ("value!", "value: 'a: b'\n", Refusal::Nested),
        ("[\"a.b\"]!a", "a.b: 'a: b'\n", Refusal::Nested),
    ];
    for (route, before, refusal) in table {
        assert_eq!(replaced(route, before), Err(refusal(route.to_owned())), "{before}");
    }
    assert!(matches!(replaced("value", "value: x\nvalueFrom: y\n"), Err(Refusal::Twice(_))));
    assert!(matches!(replaced("value", "value: x\rb: c\n"), Err(Refusal::Broken(_))));
}

#[test]
fn an_anchor_that_nothing_uses_does_no_harm() {
    let after = replaced("value", "value: &a x\nb: &c d\ne: *c\n").unwrap();
    assert_eq!(after, "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\nb: &c d\ne: *c\n");
}

#[test]
fn a_key_that_is_there_is_not_put_in_again() {
    for before in ["a: b\n", "{a: b}", "x: &x\n  a: b\n"] {
        let result =
            edited(before, 0, &["a"], |editor| editor.insert_entry("", &Where::Last, "a", &text("c")));
        assert_eq!(result.is_err(), !before.starts_with('x'), "{before}");
    }
    let merged = "x: &x\n  a: b\ny:\n  <<: *x\n";
    let result =
        edited(merged, 0, &["y.a"], |editor| editor.insert_entry("y", &Where::Last, "a", &text("c")));
    assert!(matches!(result, Err(Refusal::Shared(_))));
}

/// An edit that was made up, where it would do harm.
fn applied(before: &str, span: (usize, usize), new: &str, changed: &str) -> Result<Vec<u8>, Refusal> {
    let edit = Edit { span: Span { start: span.0, end: span.1 }, text: new.to_owned() };
    apply(before.as_bytes(), &[edit], &[(0, changed.to_owned())])
}

#[test]
fn an_edit_that_does_more_than_was_meant_is_dropped() {
    let table = [
        ("a: b\nc: d\n", (3, 4), "x\nc: e\nf: g", "a"),
        ("a: b\nc: d\n", (3, 4), "x: y", "a"),
        ("a: b\nc: d\n", (3, 4), "x\n---", "a"),
        ("a: b\nc: d\n", (3, 4), "x", "c"),
        ("a: b\nc: d\n", (0, 5), "", "c"),
        ("a: b\nc: d\n", (5, 5), "x: y\n", "z"),
        ("a: b\nc: d\n", (5, 5), "c: y\n", "c"),
        ("a: b\nc: d\n", (3, 4), "'x", "a"),
        ("a: b\nc: 'd'\n", (8, 11), "d", "a"),
        ("a: b\nc: d\n", (8, 99), "x", "a"),
        ("a: b\rc: d\n", (3, 4), "x", "a"),
        ("a: b\nc: d # e\n", (7, 7), " |\n ", "a"),
        ("- a\n- b\n", (4, 8), "", "[0]"),
        ("a: &x b\nc: *x\n", (6, 7), "d", "a"),
    ];
    for (before, span, new, changed) in table {
        let result = applied(before, span, new, changed);
        assert!(matches!(result, Err(Refusal::Broken(_))), "{before:?} {new:?} {result:?}");
    }
    assert_eq!(applied("a: b\nc: d\n", (3, 4), "x", "a").unwrap(), b"a: x\nc: d\n");
    assert_eq!(applied("- a\n- b\n", (0, 4), "", "[0]").unwrap(), b"- b\n");
}

#[test]
fn several_edits_of_one_text_hold_together() {
    let before = b"env:\n- name: A\n  value: x\n- value: y\n  name: B\nargs: [a, b]\nz: null\n";
    let stream = parse(before);
    let editor = Editor::new(before, &stream.documents[0]);
    let item = |name| super::cases::mapping(&[("name", text(name))]);
    let edits = vec![
        editor.replace_text("args[1]", "c").unwrap(),
        editor.replace_entry("env[1].value", "valueFrom", &reference()).unwrap(),
        editor.insert_item("env", &Where::BeforeItem(0), &item("NEW")).unwrap(),
        editor.insert_item("env", &Where::BeforeItem(0), &item("M")).unwrap(),
        editor.replace_entry("env[0].value", "valueFrom", &reference()).unwrap(),
        editor.insert_item("env", &Where::Last, &item("O")).unwrap(),
        editor.remove("z").unwrap(),
    ];
    let changed: Vec<_> = ["args[1]", "env[1].value", "env[0]", "env[0].value", "env[2]", "z"]
        .map(|route| (0, route.to_owned()))
        .into();
    let after = String::from_utf8(apply(before, &edits, &changed).unwrap()).unwrap();
    let reference = "valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n";
    assert_eq!(
        after,
        format!(
            "env:\n- name: NEW\n- name: M\n- name: A\n  {reference}- {reference}  name: B\n- name: O\nargs: [a, c]\n"
        )
    );
}

#[test]
fn overlapping_edits_are_dropped() {
    let edit = |start, end| Edit { span: Span { start, end }, text: "x".to_owned() };
    let result = apply(b"a: bcd\n", &[edit(3, 5), edit(4, 6)], &[(0, "a".to_owned())]);
    assert!(matches!(result, Err(Refusal::Broken(_))));
}

#[test]
fn a_mention_is_found_in_every_way_of_writing_it() {
    let table = [
        ("# was s3cr3t.", "s3cr3t", Some(6)),
        ("# was s3cr3ts", "s3cr3t", None),
        ("a: 'it''s x'", "it's x", Some(4)),
        ("a: \"x\\\"y\"", "x\"y", Some(4)),
        ("a: |\n  first line\n  second line\n", "first line\nsecond line\n", Some(7)),
        ("a: ab", "ab", None),
    ];
    for (text, value, wanted) in table {
        assert_eq!(mentions(text.as_bytes(), value), wanted, "{text}");
    }
}

#[test]
fn a_value_that_is_left_is_told_by_its_line() {
    let text = "a: b\n# s3cr3t\nc: |\n  -----BEGIN KEY-----\n  abcdefghij\n";
    assert_eq!(ensure_gone(text.as_bytes(), &["other", "s3cr3t"]), Err(Refusal::Remains(2)));
    assert_eq!(
        ensure_gone(text.as_bytes(), &["-----BEGIN KEY-----\nabcdefghij\n"]),
        Err(Refusal::Remains(5))
    );
    assert_eq!(ensure_gone(text.as_bytes(), &["-----BEGIN KEY-----\nklmnopqrst\n"]), Ok(()));
}

#[test]
fn comments_that_mention_a_value_are_taken_out() {
    let before = b"# s3cr3t-x here\na: b # s3cr3t-x\nc: 's3cr3t-x # no' # s3cr3t-x\nd: |\n  # s3cr3t-x\ne: [ # s3cr3t-x\n  f]\n";
    let stream = parse(before);
    let mut edits = Vec::new();
    purge_comments(before, &stream, &["s3cr3t-x"], &mut edits);
    let after = String::from_utf8(apply(before, &edits, &[]).unwrap()).unwrap();
    assert_eq!(after, "a: b\nc: 's3cr3t-x # no'\nd: |\n  # s3cr3t-x\ne: [\n  f]\n");
}
