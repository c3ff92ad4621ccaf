//! No text makes the YAML reader panic; spans are in the text, in order, and children in their parents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unbake::span::Span;
use unbake::yaml::node::{Node, Value};
use unbake::yaml::parse::parse;

fn check(node: &Node, within: Span) {
    let Span { start, end } = node.span;
    assert!(within.start <= start && start <= end && end <= within.end, "{:?} not in {within:?}", node.span);
    match &node.value {
        Value::Anchor(target) => check(target, node.span),
        Value::Mapping(entries) => {
            for entry in entries {
                check(&entry.key, node.span);
                check(&entry.value, node.span);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| check(item, node.span)),
        Value::Scalar(_) | Value::Alias(_) => {}
    }
}

fuzz_target!(|data: &[u8]| {
    for document in &parse(data).documents {
        check(&document.root, Span { start: 0, end: data.len() });
    }
});
