//! Properties of generated manifests: what is read is what was written, and its bytes lead to it and back.

use proptest::prelude::*;
use unbake::manifest;
use unbake::yaml::node::{Node, Scalar, Style, Value};
use unbake::yaml::parse::parse;
use unbake::yaml::route::lookup;

use super::read;

/// Scalars of a tree with their routes, in the order of the file.
fn scalars(node: &Node, route: &str, out: &mut Vec<(String, Node)>) {
    match &node.value {
        Value::Scalar(_) => out.push((route.to_owned(), node.clone())),
        Value::Mapping(entries) => {
            for entry in entries {
                let key = &*entry.key.scalar().unwrap().text;
                scalars(&entry.value, &format!("{route}[{}]", serde_json::Value::from(key)), out);
            }
        }
        Value::Sequence(items) => {
            for (i, item) in items.iter().enumerate() {
                scalars(item, &format!("{route}[{i}]"), out);
            }
        }
        Value::Anchor(target) | Value::Alias(target) => scalars(target, route, out),
    }
}

/// A value as `Node` has it: scalars as texts.
fn matches(node: &Node, value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(map) => {
            node.entries().len() == map.len()
                && map.iter().all(|(key, value)| node.get(key).is_some_and(|node| matches(node, value)))
        }
        serde_json::Value::Array(items) => {
            node.items().len() == items.len() && node.items().iter().zip(items).all(|(n, v)| matches(n, v))
        }
        serde_json::Value::String(text) => node.text() == Some(text),
        serde_json::Value::Null => node.scalar().is_some_and(Scalar::is_null),
        other => node.text() == Some(&other.to_string()),
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        "[a-z]{0,8}",
        "[ -~]{1,12}",
        "[a-zé😀\t\n'\":#{}&*!|>-]{0,12}",
        "[0-9]{1,4}",
        Just("~".to_owned())
    ];
    let leaf = prop_oneof![
        text.prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let key = prop_oneof!["[a-z]{1,6}", "[ -~é\n]{1,10}"].prop_filter("a merge key", |key| key != "<<");
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::hash_map(key, inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The ways one object may be written.
fn written(value: &serde_json::Value) -> [String; 5] {
    let block = serde_yaml::to_string(value).unwrap();
    let compact = serde_json::to_string(value).unwrap();
    let pretty = serde_json::to_string_pretty(value).unwrap();
    let windows = block.replace('\n', "\r\n");
    [block.clone(), compact, pretty, windows, format!("\u{feff}# über\n---\n{block}")]
}

fn object(data: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "n"}, "data": {"k": "v"}, "x": data})
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), offset in 0_usize..400) {
        let text = [b"apiVersion: v1\nkind: Pod\n", &*bytes].concat();
        if let Some(manifest) = manifest::read(&text) {
            manifest.locate(offset);
        }
    }

    #[test]
    fn no_yaml_makes_it_panic(lines in prop::collection::vec("[ ]{0,4}(- )?([a-z&*<?|>'\"\\[\\]{},:!%#-]{0,6} ?){1,4}", 0..12), offset in 0_usize..400) {
        let text = format!("apiVersion: v1\nkind: Secret\ndata:\n  {}\n", lines.join("\n"));
        if let Some(manifest) = manifest::read(text.as_bytes()) {
            manifest.locate(offset);
        }
        let stream = parse(text.as_bytes());
        for document in &stream.documents {
            let span = document.root.span;
            prop_assert!(span.start <= span.end && span.end <= text.len());
        }
    }

    /// What is read is what was written, whatever the style.
    #[test]
    fn trees_say_what_was_written(value in json()) {
        let value = object(&value);
        for text in written(&value) {
            let stream = parse(text.as_bytes());
            prop_assert_eq!(&stream.errors, &[], "{}", text);
            prop_assert!(matches(&stream.documents[0].root, &value), "{}", text);
        }
    }

    /// Each scalar's span points at the text that says it, in order; its route leads to it, and its bytes to the route.
    #[test]
    fn spans_and_routes_lead_to_scalars(value in json()) {
        for text in written(&object(&value)) {
            let stream = parse(text.as_bytes());
            let root = &stream.documents[0].root;
            let manifest = read(&text);
            let mut found = Vec::new();
            scalars(root, "", &mut found);
            let mut last = 0;
            for (route, node) in found {
                let Value::Scalar(scalar) = &node.value else { unreachable!() };
                let (whole, inner) = (node.span, node.inner_span());
                prop_assert!(last <= whole.start && whole.end <= text.len(), "{}", text);
                last = whole.end;
                let bytes = &text[whole.start..whole.end];
                match scalar.style {
                    Style::SingleQuoted => prop_assert!(bytes.starts_with('\'') && bytes.ends_with('\'')),
                    Style::DoubleQuoted => prop_assert!(bytes.starts_with('"') && bytes.ends_with('"')),
                    Style::Plain => prop_assert_eq!(bytes, &*scalar.text),
                    Style::Literal | Style::Folded => {
                        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                        prop_assert_eq!(words(bytes), words(&scalar.text));
                    }
                }
                prop_assert_eq!(lookup(root, &route), Some(&node));
                let located = manifest.locate(inner.start).unwrap().field;
                prop_assert_eq!(lookup(root, &located), Some(&node), "{} {}", located, text);
            }
        }
    }

    /// `locate` is the inverse of the fields.
    #[test]
    fn fields_are_located(data in prop::collection::btree_map("[a-z.]{1,8}", "[ -~\n]{1,20}", 1..6)) {
        let value = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "data": data});
        for text in written(&value) {
            let manifest = read(&text);
            prop_assert_eq!(manifest.fields.len(), data.len(), "{}", text);
            for field in &manifest.fields {
                prop_assert_eq!(&field.value, &data[&field.name], "{}", text);
                let located = manifest.locate(field.raw.start);
                prop_assert_eq!(located.as_ref(), Some(&field.document), "{}", text);
            }
        }
    }

    /// A value in a text that is written in a scalar is found at its own bytes, whatever stands beside it.
    #[test]
    fn values_in_texts_are_found_at_their_bytes(
        value in "[a-z]{4,8}[0-9]{2,4}",
        beside in "[ -~é\n\t]{0,24}",
        pretty in any::<bool>(),
    ) {
        let inner = serde_json::json!({"beside": beside, "db": {"password": value}, "last": [beside]});
        let text = if pretty { serde_json::to_string_pretty(&inner) } else { serde_json::to_string(&inner) };
        let map = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a.json": text.unwrap()}});
        for text in written(&map) {
            let manifest = read(&text);
            let field = manifest.fields.iter().find(|f| f.document.field == "data[\"a.json\"]!db.password");
            let field = field.unwrap_or_else(|| panic!("{text}"));
            prop_assert_eq!(&field.value, &value);
            prop_assert_eq!(&text[field.raw.start..field.raw.end], &*value, "{}", text);
        }
    }
}
