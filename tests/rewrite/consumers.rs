//! Pods that read a key which moved from a ConfigMap to a Secret.

use unbake::advise::plan::Reference;
use unbake::advise::rewrite::{Moved, Original, Reason, Rewrite, consumers};
use unbake::yaml::parse::parse;
use unbake::yaml::splice::apply;

const POD: &str = "apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: by-name
      env:
        - name: PASSWORD
          valueFrom:
            configMapKeyRef: # moved?
              name: app
              key: DB_PASSWORD
              optional: false
        - name: LEVEL
          valueFrom: {configMapKeyRef: {name: app, key: LOG_LEVEL}}
        - {name: FLOW, valueFrom: {\"configMapKeyRef\": {name: \"app\", key: 'DB_PASSWORD'}}}
    - name: all
      envFrom:
        - configMapRef: {name: app}
          prefix: APP_
        - secretRef: {name: later}
      env:
        - name: URL
          value: http://x:$(APP_DB_PASSWORD)@h
    - name: none-yet
      image: app:1
      envFrom: [{configMapRef: {name: app}}]
      args: [run]
    - name: overridden
      envFrom: [{configMapRef: {name: app}}]
      env: [{name: DB_PASSWORD, value: \"\"}]
    - name: another
      envFrom: [{configMapRef: {name: another}}]
";

fn switched(text: &str, namespace: Option<&str>) -> (Rewrite, Vec<(usize, Reason)>) {
    let reference = Reference { name: "app-secrets".to_owned(), key: "db-password".to_owned() };
    let moved = Moved { namespace, config_map: "app", key: "DB_PASSWORD", reference: &reference };
    let stream = parse(text.as_bytes());
    consumers(Original { text: text.as_bytes(), document: &stream.documents[0] }, &[moved])
}

#[test]
fn each_way_to_read_a_key_is_switched() {
    let (rewrite, refused) = switched(POD, None);
    assert_eq!(refused, []);
    let after = apply(POD.as_bytes(), &rewrite.edits, &rewrite.changed).unwrap();
    let after = String::from_utf8(after).unwrap();
    insta::assert_snapshot!("consumers", format!("{after}\n---- {}", rewrite.notes.join("\n---- ")));
    assert!(switched(&after, None).0.edits.is_empty(), "a second time there is nothing to do");
}

#[test]
fn another_namespace_has_another_config_map() {
    let there = POD.replace("  name: app\nspec", "  name: app\n  namespace: shop\nspec");
    assert!(switched(&there, Some("test")).0.edits.is_empty());
    assert!(!switched(&there, Some("shop")).0.edits.is_empty());
    assert!(!switched(&there, None).0.edits.is_empty(), "a namespace that is given when it is applied");
}

#[test]
fn a_mounted_key_stays() {
    let pod = |volume: &str| {
        format!("apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - name: conf\n    {volume}\n")
    };
    for volume in [
        "configMap: {name: app}",
        "configMap: {name: app, items: [{key: DB_PASSWORD, path: p}]}",
        "projected: {sources: [{configMap: {name: app}}]}",
    ] {
        let (rewrite, refused) = switched(&pod(volume), None);
        assert_eq!(refused, [(0, Reason::Mounted("conf".to_owned()))], "{volume}");
        assert!(rewrite.edits.is_empty());
    }
    for volume in ["configMap: {name: app, items: [{key: LOG_LEVEL, path: p}]}", "configMap: {name: other}"] {
        let (rewrite, refused) = switched(&pod(volume), None);
        assert_eq!((rewrite.edits.len(), refused), (0, vec![]), "{volume}");
    }
}

#[test]
fn a_reference_that_an_alias_uses_keeps_the_key_where_it_is() {
    let text = "kind: Pod\nspec:\n  containers:\n  - env: [{name: A, valueFrom: &a {configMapKeyRef: {name: app, key: DB_PASSWORD}}}]\n  - env: [{name: B, valueFrom: *a}]\n";
    let (rewrite, refused) = switched(text, None);
    assert!(rewrite.edits.is_empty());
    assert!(matches!(&*refused, [(0, Reason::Edit(_))]), "{refused:?}");
    let generated = format!("# DO NOT EDIT\n{POD}");
    assert_eq!(switched(&generated, None).1, [(0, Reason::Generated)]);
}
