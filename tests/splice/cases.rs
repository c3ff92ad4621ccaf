//! What an edit makes of a text, in every style.

use unbake::yaml::parse::parse;
use unbake::yaml::splice::{Edit, Editor, Refusal, Shape, Where, apply};

pub(crate) fn text(text: &str) -> Shape {
    Shape::Text(text.to_owned())
}

pub(crate) fn mapping(entries: &[(&str, Shape)]) -> Shape {
    Shape::Mapping(entries.iter().map(|(key, shape)| ((*key).to_owned(), shape.clone())).collect())
}

/// `secretKeyRef: {name: db, key: password}`
pub(crate) fn reference() -> Shape {
    mapping(&[("secretKeyRef", mapping(&[("name", text("db")), ("key", text("password"))]))])
}

/// The text after an edit of the document of this index.
pub(crate) fn edited(
    before: &str,
    document: usize,
    changed: &[&str],
    edit: impl Fn(Editor<'_>) -> Result<Edit, Refusal>,
) -> Result<String, Refusal> {
    let stream = parse(before.as_bytes());
    let edit = edit(Editor::new(before.as_bytes(), &stream.documents[document]))?;
    let changed: Vec<_> = changed.iter().map(|route| (document, (*route).to_owned())).collect();
    Ok(String::from_utf8(apply(before.as_bytes(), &[edit], &changed)?).unwrap())
}

/// Rows of a route, the text before, and the text after its entry became `valueFrom: …`.
fn replaces(table: &[(&str, &str, &str)]) {
    for (route, before, after) in table {
        let result =
            edited(before, 0, &[route], |editor| editor.replace_entry(route, "valueFrom", &reference()));
        assert_eq!(result.as_deref(), Ok(*after), "{before}");
    }
}

#[test]
fn an_entry_of_a_block_mapping_becomes_another() {
    replaces(&[
        (
            "value",
            "name: A\nvalue: x\n",
            "name: A\nvalueFrom:\n  secretKeyRef:\n    name: db\n    key: password\n",
        ),
        (
            "[0].value",
            "- name: A\n  value: \"x\"  # TODO move\n- name: B\n",
            "- name: A\n  valueFrom:  # TODO move\n    secretKeyRef:\n      name: db\n      key: password\n- name: B\n",
        ),
        (
            "[0].value",
            "- value: 'x'\n  name: A\n",
            "- valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n  name: A\n",
        ),
        (
            "[0].value",
            "-\n  name: A\n  value: x",
            "-\n  name: A\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password",
        ),
        (
            "a.b.value",
            "a:\n    b:\n        value: x\n        c: d\n",
            "a:\n    b:\n        valueFrom:\n            secretKeyRef:\n                name: db\n                key: password\n        c: d\n",
        ),
        (
            "value",
            "\u{feff}value: x\t\r\nb: c\r\n",
            "\u{feff}valueFrom:\r\n  secretKeyRef:\r\n    name: db\r\n    key: password\r\nb: c\r\n",
        ),
        (
            "value",
            "ä: ö # ü\n\"value\": \"x\"\n",
            "ä: ö # ü\n\"valueFrom\":\n  \"secretKeyRef\":\n    \"name\": db\n    \"key\": password\n",
        ),
        (
            "value",
            "value: !!str &a x\nb: c\n",
            "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\nb: c\n",
        ),
    ]);
}

#[test]
fn a_block_scalar_goes_with_its_header() {
    replaces(&[
        (
            "value",
            "value: |- # why\n  x\n  # y\n\nb: c\n",
            "valueFrom: # why\n  secretKeyRef:\n    name: db\n    key: password\n\nb: c\n",
        ),
        (
            "value",
            "value: >2\n   x\n\n  y\n# z\nb: c\n",
            "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\n# z\nb: c\n",
        ),
        (
            "value",
            "value: # one\n  # two\n  x # three\nb: c\n",
            "valueFrom: # one\n  # two\n  # three\n  secretKeyRef:\n    name: db\n    key: password\nb: c\n",
        ),
        (
            "value",
            "value: |\n\nb: c\n",
            "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\n\nb: c\n",
        ),
        (
            "value",
            "value: \"a\n  b\"\nb: c\n",
            "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\nb: c\n",
        ),
        ("value", "value:\nb: c\n", "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password\nb: c\n"),
    ]);
}

#[test]
fn flow_and_json_stay_what_they_are() {
    replaces(&[
        (
            "[0].value",
            "- {name: A, value: x} # c\n",
            "- {name: A, valueFrom: {secretKeyRef: {name: db, key: password}}} # c\n",
        ),
        (
            "value",
            "{ name: A,\n  value: x, # c\n}\n",
            "{ name: A,\n  valueFrom: { secretKeyRef: { name: db, key: password } }, # c\n}\n",
        ),
        (
            "[0].value",
            r#"[{"name":"A","value":"x"}]"#,
            r#"[{"name":"A","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]"#,
        ),
        (
            "a.value",
            "{\n    \"a\": {\n        \"name\": \"A\",\n        \"value\": \"x\"\n    }\n}\n",
            "{\n    \"a\": {\n        \"name\": \"A\",\n        \"valueFrom\": {\n            \"secretKeyRef\": {\n                \
             \"name\": \"db\",\n                \"key\": \"password\"\n            }\n        }\n    }\n}\n",
        ),
        (
            "value",
            "{\r\n\t\"value\": \"x\",\r\n\t\"b\": 1\r\n}",
            "{\r\n\t\"valueFrom\": {\r\n\t\t\"secretKeyRef\": {\r\n\t\t\t\"name\": \"db\",\r\n\t\t\t\"key\": \"password\"\r\n\t\t}\r\n\t},\r\n\t\"b\": 1\r\n}",
        ),
    ]);
}

#[test]
fn documents_are_told_by_their_index() {
    let before = "%YAML 1.2\n---\nvalue: x\n...\n# c\n---\nvalue: x\n--- # d\nvalue: x\n";
    let after = edited(before, 1, &["value"], |editor| editor.replace_entry("value", "value", &text("new")));
    assert_eq!(after.unwrap(), before.replacen("value: x\n---", "value: new\n---", 1));
}

#[test]
fn a_comment_that_repeats_the_value_goes_with_it() {
    let table = [
        ("value", "value: s3cr3t-x # was s3cr3t-x\nb: c\n", "value: new\nb: c\n"),
        ("value", "value: s3cr3t-x # was s3cr3t\nb: c\n", "value: new # was s3cr3t\nb: c\n"),
        ("value", "{value: s3cr3t-x } # s3cr3t-x\n", "{value: new }\n"),
        ("value", "value: |- # s3cr3t-x\n  s3cr3t-x\n", "value: new\n"),
    ];
    for (route, before, after) in table {
        let result = edited(before, 0, &[route], |editor| editor.replace_entry(route, "value", &text("new")));
        assert_eq!(result.as_deref(), Ok(after), "{before}");
    }
    let before = "url: http://a:s3cr3t@b # s3cr3t\n";
    let after = edited(before, 0, &["url"], |editor| editor.purging(&["s3cr3t"]).replace_text("url", "new"));
    assert_eq!(after.unwrap(), "url: new\n");
}

#[test]
fn a_text_keeps_its_style_if_that_can_hold_it() {
    let table = [
        ("a", "a: x # c\n", "new", "a: new # c\n"),
        ("a", "a: x\n", "0123", "a: \"0123\"\n"),
        ("a", "a: 'x'\n", "it's", "a: 'it''s'\n"),
        ("a", "a: \"x\"\n", "y\"z", "a: \"y\\\"z\"\n"),
        ("[1]", "[a, b, c]\n", "x, y", "[a, \"x, y\", c]\n"),
        ("[1]", "[\"a\",\"b\"]", "--x=$(Y)", "[\"a\",\"--x=$(Y)\"]"),
        ("[1]", "- a\n- b # c\n", "--x=$(Y)", "- a\n- --x=$(Y) # c\n"),
        ("a", "a: | # c\n    x\n    y\nb: c\n", "1\n\n2\n", "a: | # c\n    1\n\n    2\nb: c\n"),
        ("a", "a: >-\r\n  x\r\n  y\r\nb: c\r\n", "1\n2", "a: >-\r\n  1\r\n\r\n  2\r\nb: c\r\n"),
        ("a", "a: | # c\n  x\nb: c\n", "y", "a: \"y\" # c\nb: c\n"),
        ("[0]", "- |-\n  x\n- b\n", " y", "- \" y\"\n- b\n"),
        ("a", "a:\nb: c\n", "new", "a: new\nb: c\n"),
        ("a", "a: |- # c\n\nb: c\n", "new", "a: \"new\" # c\n\nb: c\n"),
        ("a", "a: |\n  x", "new\n", "a: \"new\\n\""),
        ("a", "{\"a\":1}", "new", "{\"a\":\"new\"}"),
    ];
    for (route, before, new, after) in table {
        let result = edited(before, 0, &[route], |editor| editor.replace_text(route, new));
        assert_eq!(result.as_deref(), Ok(after), "{before}");
        let stream = parse(after.as_bytes());
        let node = unbake::yaml::route::lookup(&stream.documents[0].root, route).unwrap();
        assert_eq!(node.text(), Some(new), "{after}");
    }
}

#[test]
fn an_entry_comes_where_it_was_wanted() {
    let table: [(&str, Where<'_>, &str, &str); 17] = [
        ("", Where::Last, "a: b\n", "a: b\nnew: s\n"),
        ("", Where::Last, "a: b", "a: b\nnew: s"),
        ("", Where::Last, "a: |+\n  b\n\n\n", "a: |+\n  b\n\n\nnew: s\n"),
        ("", Where::Last, "a:\n  - b # c\n# d\n---\ne: f\n", "a:\n  - b # c\nnew: s\n# d\n---\ne: f\n"),
        ("", Where::BeforeKey("b"), "a: 1\n# about b\nb: 2\n", "a: 1\nnew: s\n# about b\nb: 2\n"),
        ("", Where::BeforeKey("a"), "a: 1\nb: 2\n", "new: s\na: 1\nb: 2\n"),
        ("[0]", Where::BeforeKey("a"), "- a: 1\n  b: 2\n", "- new: s\n  a: 1\n  b: 2\n"),
        ("", Where::AfterKey("a"), "a: # x\r\n  b:\r\nc: d\r\n", "a: # x\r\n  b:\r\nnew: s\r\nc: d\r\n"),
        ("a", Where::Last, "a: # x\nc:\n    d: e\n", "a: # x\n    new: s\nc:\n    d: e\n"),
        ("a", Where::Last, "a: null # x\nc: d\n", "a: # x\n  new: s\nc: d\n"),
        ("a", Where::Last, "a: {}\n", "a: {new: s}\n"),
        ("a", Where::AfterKey("b"), "a: { b: c, d: e }\n", "a: { b: c, new: s, d: e }\n"),
        ("a", Where::BeforeKey("b"), "a: {b: c}\n", "a: {new: s, b: c}\n"),
        ("", Where::Last, "{\"a\":1}", "{\"a\":1,\"new\":\"s\"}"),
        ("", Where::Last, "{\n  \"a\": 1\n}\n", "{\n  \"a\": 1,\n  \"new\": \"s\"\n}\n"),
        ("a", Where::Last, "{\n  \"a\": {}\n}\n", "{\n  \"a\": {\n    \"new\": \"s\"\n  }\n}\n"),
        ("", Where::Last, "{\n  a: b # c\n}\n", "{\n  a: b, # c\n  new: s\n}\n"),
    ];
    for (route, at, before, after) in table {
        let new = if route.is_empty() { "new".to_owned() } else { format!("{route}.new") };
        let result = edited(before, 0, &[&new], |editor| editor.insert_entry(route, &at, "new", &text("s")));
        assert_eq!(result.as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn an_item_comes_where_it_was_wanted() {
    let table: [(&str, Where<'_>, &str, &str); 11] = [
        ("e", Where::Last, "e:\n- name: A\nx: y\n", "e:\n- name: A\n- name: NEW\n  value: s\nx: y\n"),
        ("e", Where::BeforeItem(0), "e:\n  - name: A\n", "e:\n  - name: NEW\n    value: s\n  - name: A\n"),
        (
            "e",
            Where::BeforeItem(1),
            "e:\n  # a\n  - A\n  # b\n  - B\n",
            "e:\n  # a\n  - A\n  - name: NEW\n    value: s\n  # b\n  - B\n",
        ),
        (
            "e",
            Where::Last,
            "e:\n  -\n    name: A\n",
            "e:\n  -\n    name: A\n  -\n    name: NEW\n    value: s\n",
        ),
        (
            "e",
            Where::Last,
            "e:\n-   name: A\n    b: c\n",
            "e:\n-   name: A\n    b: c\n-   name: NEW\n    value: s\n",
        ),
        ("e", Where::Last, "e: [{name: A}]\n", "e: [{name: A}, {name: NEW, value: s}]\n"),
        ("e", Where::Last, "{\"e\":[]}", "{\"e\":[{\"name\":\"NEW\",\"value\":\"s\"}]}"),
        ("e", Where::Last, "e: []\n", "e: [{name: NEW, value: s}]\n"),
        ("e", Where::Last, "e:\nf:\n- g\n", "e:\n- name: NEW\n  value: s\nf:\n- g\n"),
        ("e", Where::Last, "e:\n- a\n-\n- # c\nf: g\n", "e:\n- a\n-\n- # c\n- name: NEW\n  value: s\nf: g\n"),
        (
            "e",
            Where::Last,
            "{\n  \"e\": [\n    {\n      \"name\": \"A\"\n    }\n  ]\n}\n",
            "{\n  \"e\": [\n    {\n      \"name\": \"A\"\n    },\n    {\n      \"name\": \"NEW\",\n      \"value\": \"s\"\n    }\n  ]\n}\n",
        ),
    ];
    let new = mapping(&[("name", text("NEW")), ("value", text("s"))]);
    for (route, at, before, after) in table {
        let result =
            edited(before, 0, &[&format!("{route}[0]")], |editor| editor.insert_item(route, &at, &new));
        assert_eq!(result.as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn what_goes_takes_its_line_along() {
    let table = [
        ("a", "a: 1 # x\n# about b\nb: 2\n", "# about b\nb: 2\n"),
        ("b", "a: 1\nb: |\n  x\n\nc: 2\n", "a: 1\n\nc: 2\n"),
        ("b", "a: 1\r\nb: 2", "a: 1"),
        ("b", "a: |+\n  x\n\nb: 2\n\nc: d\n", "a: |+\n  x\n\nc: d\n"),
        ("b", "a: |\n  x\nb: 2", "a: |\n  x\n"),
        ("[0].a", "- a: 1 # x\n  b: 2\n", "- b: 2\n"),
        ("[0].a", "- a:\n    c: d\n  # about b\n  b: 2\n", "- # about b\n  b: 2\n"),
        ("[1]", "- a\n- b\n- c\n", "- a\n- c\n"),
        ("[2]", "- a\n- &x\n- !!str\n- &y # c\n- d\n", "- a\n- &x\n- &y # c\n- d\n"),
        ("a.b", "a: # x\n  b: 1 # y\nc: 2\n", "a: {} # x\nc: 2\n"),
        ("a[0]", "a:\n- b\nc: 2\n", "a: []\nc: 2\n"),
        ("[0].a", "- a: 1\n- b\n", "- {}\n- b\n"),
        ("a", "{a: 1, b: 2, c: 3}\n", "{b: 2, c: 3}\n"),
        ("b", "{a: 1, b: 2, c: 3}\n", "{a: 1, c: 3}\n"),
        ("c", "{a: 1, b: 2, c: 3}\n", "{a: 1, b: 2}\n"),
        ("a", "{ a: 1 }\n", "{}\n"),
        ("b", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "{\n  \"a\": 1\n}\n"),
        ("a", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "{\n  \"b\": 2\n}\n"),
        ("b", "{\n  a: 1, # x\n  b: 2 # y\n}\n", "{\n  a: 1 # x # y\n}\n"),
    ];
    for (route, before, after) in table {
        let result = edited(before, 0, &[route], |editor| editor.remove(route));
        assert_eq!(result.as_deref(), Ok(after), "{before}");
    }
}

#[test]
fn a_key_gets_another_name() {
    let before = "- configMapKeyRef: {name: a} # c\n- \"configMapKeyRef\":\n    name: a\n";
    for (route, after) in [
        ("[0].configMapKeyRef", before.replacen("configMapKeyRef", "secretKeyRef", 1)),
        ("[1].configMapKeyRef", before.replacen("\"configMapKeyRef\"", "\"secretKeyRef\"", 1)),
    ] {
        let result = edited(before, 0, &[route], |editor| editor.rename(route, "secretKeyRef"));
        assert_eq!(result.unwrap(), after);
    }
}
