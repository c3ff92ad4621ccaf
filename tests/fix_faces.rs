//! The faces of a fix, of a plan that is made by hand: what people see and what programs are promised.
//!
//! Every credential here is invented.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use unbake::advise::plan::{
    Command, FileEdits, NewFile, Plan, PlannedKey, PlannedSecret, Refused, Snippet, Target, Use,
};
use unbake::place::Document;
use unbake::report::Options;
use unbake::report::fix::{Change, Done, Failed, Format, Mode, face};
use unbake::secret::Secret;
use unbake::span::{Position, Region, Span};
use unbake::yaml::splice::Edit;

const PASSWORD: &str = "tasks-run-on-this-unbake";
const OTHER: &str = "sk_live_unbakeInventedStripe42x";
const KEY: &str = "-----BEGIN INVENTED KEY-----\ndW5iYWtlIGludmVudGVk\n-----END INVENTED KEY-----\n";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: api
          env:
            - name: DB_PASSWORD
              value: \"tasks-run-on-this-unbake\"   # moves to a Secret
            # it was tasks-run-on-this-unbake before, too
            - name: LOG_LEVEL
              value: info
            - name: STRIPE_KEY
              value: sk_live_unbakeInventedStripe42x
            - name: TLS_KEY
              value: |
                -----BEGIN INVENTED KEY-----
                dW5iYWtlIGludmVudGVk
                -----END INVENTED KEY-----
            - name: A
              value: a
            - name: B
              value: b
            - name: C
              value: c
            - name: D
              value: d
            - name: LAST
              value: sk_live_unbakeInventedStripe42x";

/// The bytes that `old` stands in, and what takes their place.
fn edit(text: &str, old: &str, new: &str) -> Edit {
    let start = text.find(old).unwrap_or_else(|| panic!("no {old}"));
    Edit { span: Span { start, end: start + old.len() }, text: new.to_owned() }
}

fn position(text: &str, offset: usize) -> Position {
    Position::START.after(&text.as_bytes()[..offset])
}

fn regions(text: &str, values: &[&str]) -> Vec<Region> {
    let found = values.iter().flat_map(|value| text.match_indices(value));
    found.map(|(at, v)| Region { start: position(text, at), end: position(text, at + v.len()) }).collect()
}

fn document(field: &str) -> Document {
    Document { index: 0, kind: "Deployment".to_owned(), name: "api".to_owned(), field: field.to_owned() }
}

fn used(line: u64, name: &str) -> Use {
    Use {
        shown: "deploy/api.yaml".to_owned(),
        line,
        document: document("spec.template.spec.containers[0].env[0].value"),
        name: name.to_owned(),
    }
}

fn reference(key: &str) -> String {
    let pad = " ".repeat(14);
    format!("valueFrom:\n{pad}  secretKeyRef:\n{pad}    name: api\n{pad}    key: {key}")
}

fn deployment() -> FileEdits {
    let block = &DEPLOYMENT
        [DEPLOYMENT.find("value: |").unwrap()..DEPLOYMENT.find("            - name: A\n").unwrap()];
    let last = DEPLOYMENT.rfind("value: sk_live").unwrap();
    FileEdits {
        path: "deploy/api.yaml".into(),
        shown: "deploy/api.yaml".to_owned(),
        digest: [0; 32],
        edits: vec![
            edit(DEPLOYMENT, "value: \"tasks-run-on-this-unbake\"", &reference("db-password")),
            edit(DEPLOYMENT, "            # it was tasks-run-on-this-unbake before, too\n", ""),
            edit(DEPLOYMENT, block, &format!("{}\n", reference("tls-key"))),
            Edit { span: Span { start: last, end: DEPLOYMENT.len() }, text: reference("stripe-key") },
        ],
        changed: vec![],
        uses: vec![used(12, "DB_PASSWORD"), used(19, "TLS_KEY"), used(32, "LAST")],
    }
}

fn key(key: &str, value: &str, present: bool, uses: Vec<Use>) -> PlannedKey {
    PlannedKey { key: key.to_owned(), value: Secret::new(value.as_bytes(), 0), uses, present }
}

fn secret(
    namespace: Option<&str>,
    name: &str,
    keys: Vec<PlannedKey>,
    existing: Option<&str>,
) -> PlannedSecret {
    PlannedSecret {
        target: Target::Kubernetes,
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        keys,
        existing: existing.map(str::to_owned),
    }
}

fn refused(line: u64, reason: &str) -> Refused {
    Refused {
        shown: "deploy/web.yaml".to_owned(),
        line,
        document: document(&format!("spec.template.spec.containers[0].env[{line}].value")),
        reason: reason.to_owned(),
    }
}

fn plan() -> Plan {
    Plan {
        secrets: vec![
            secret(
                None,
                "api",
                vec![
                    key("db-password", PASSWORD, false, vec![used(12, "DB_PASSWORD")]),
                    key("stripe-key", OTHER, false, (0..7).map(|n| used(32 + n, "LAST")).collect()),
                    key("tls-key", KEY, false, vec![used(19, "TLS_KEY")]),
                ],
                None,
            ),
            secret(
                Some("shop"),
                "redis",
                vec![
                    key("old", "unbake-invented-9", true, vec![]),
                    key("password", "unbake-invented-8", false, vec![]),
                ],
                Some("deploy/redis.yaml"),
            ),
        ],
        files: vec![deployment()],
        new_files: vec![NewFile {
            path: "deploy/store.yaml".into(),
            text: "apiVersion: dapr.io/v1alpha1\nkind: Component\n".to_owned(),
            why: "Dapr knows the store `store` by this component.".to_owned(),
        }],
        refused: vec![
            refused(3, "Its value has $(OTHER) in it: the kubelet puts it together. Change it by hand."),
            refused(9, "Its value has $(OTHER) in it: the kubelet puts it together. Change it by hand."),
            refused(4, "The file is generated: change what it is generated from."),
        ],
        commands: vec![Command {
            what: "Create the Secret api; the value is asked for".to_owned(),
            line: "kubectl create secret generic api --from-file=db-password=/dev/stdin".to_owned(),
        }],
        snippets: vec![Snippet {
            language: "go".to_owned(),
            what: "Reads the value when the program starts.".to_owned(),
            text: "func load() {\n\tclient.GetSecret(ctx, \"kubernetes\", \"api\", nil)\n}\n".to_owned(),
        }],
        notes: vec!["The pods of a Deployment start again when the manifest is applied.".to_owned()],
    }
}

fn done() -> Done {
    let failed =
        Failed { shown: "deploy/old.yaml".to_owned(), reason: "it has changed since it was read".to_owned() };
    Done { failed: vec![failed], emitted: vec!["/home/me/out/api.yaml".into()] }
}

fn told(format: Format, mode: Mode, options: &Options, plan: &Plan, done: &Done) -> String {
    let hidden = regions(DEPLOYMENT, &[PASSWORD, OTHER]);
    let mut out = Vec::new();
    let secrets = plan.secrets.iter().flat_map(|secret| &secret.keys).map(|key| &key.value);
    let mut face = face(format, mode, options, secrets, &mut out);
    for file in &plan.files {
        face.change(&Change { file, before: DEPLOYMENT.as_bytes(), hidden: &hidden }).unwrap();
    }
    face.finish(plan, done).unwrap();
    drop(face);
    String::from_utf8(out).unwrap()
}

fn text(mode: Mode, plan: &Plan, done: &Done) -> String {
    told(Format::Text, mode, &Options::default(), plan, done)
}

#[test]
fn text_for_people() {
    insta::assert_snapshot!("shown", text(Mode::Show, &plan(), &Done::default()));
    insta::assert_snapshot!("written", text(Mode::Write, &plan(), &done()));
}

/// Little is said where there is little.
#[test]
fn a_plan_with_nothing_in_it_is_a_line() {
    let nothing = Plan::default();
    let shown = text(Mode::Show, &nothing, &Done::default());
    assert_eq!(shown, "Nothing to fix: no credential in a manifest.\n");
    let refused = Plan { refused: plan().refused, ..nothing };
    insta::assert_snapshot!("refused", text(Mode::Show, &refused, &Done::default()));
}

#[test]
fn json_for_programs_is_valid_against_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../docs/fix.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).map_err(|e| e.to_string()).unwrap();
    let validator = jsonschema::options().build(&schema).unwrap();
    for (plan, done) in [(plan(), done()), (Plan::default(), Done::default())] {
        let json = told(Format::Json, Mode::Write, &Options::default(), &plan, &done);
        let json: Value = serde_json::from_str(&json).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    insta::assert_snapshot!(
        "json",
        told(Format::Json, Mode::Show, &Options::default(), &plan(), &Done::default())
    );
}

/// Neither the diff, where the values are all over the old text, nor anything else.
#[test]
fn no_value_is_shown() {
    for format in [Format::Text, Format::Json] {
        let out = told(format, Mode::Show, &Options::default(), &plan(), &done());
        let inner = KEY.lines().nth(1).unwrap();
        for value in [PASSWORD, OTHER, inner, "unbake-invented-8"] {
            assert!(!out.contains(value), "{value}: {out}");
        }
    }
}

#[test]
fn colours_are_only_there_when_wanted_and_change_no_words() {
    let options = Options { color: true, ..Options::default() };
    let colored = told(Format::Text, Mode::Show, &options, &plan(), &done());
    assert!(colored.contains("\u{1b}[31m-"), "what goes is red");
    assert!(colored.contains("\u{1b}[32m+"), "what comes is green");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), text(Mode::Show, &plan(), &done()));
}

/// Prose keeps to the width; the diff, commands and code are for copying.
#[test]
fn prose_keeps_to_the_width() {
    for width in [60, 120] {
        let options = Options { width, ..Options::default() };
        let out = told(Format::Text, Mode::Show, &options, &plan(), &done());
        let wide: Vec<_> = out.lines().filter(|line| line.chars().count() > width).collect();
        let copied = |line: &&str| {
            ["kubectl", "client.GetSecret", "spec.template", "deploy/"].iter().any(|w| line.contains(w))
        };
        assert!(wide.iter().all(copied), "{wide:#?}");
    }
}

/// What the hunks say is what the edits do: the old lines and the new ones, put together, are the two texts.
#[test]
fn hunks_are_what_the_edits_do() {
    let file = deployment();
    let mut after = String::new();
    let mut at = 0;
    for edit in &file.edits {
        after.push_str(&DEPLOYMENT[at..edit.span.start]);
        after.push_str(&edit.text);
        at = edit.span.end;
    }
    after.push_str(&DEPLOYMENT[at..]);
    let mut out = Vec::new();
    let options = Options::default();
    let mut face = face(Format::Text, Mode::Show, &options, std::iter::empty(), &mut out);
    face.change(&Change { file: &file, before: DEPLOYMENT.as_bytes(), hidden: &[] }).unwrap();
    drop(face);
    let patch = String::from_utf8(out).unwrap();
    assert_eq!(patched(DEPLOYMENT, &patch), after);
}

/// Applies a unified diff by its line numbers.
fn patched(before: &str, patch: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let (mut new, mut at) = (Vec::<String>::new(), 0);
    let hunks = patch.lines().skip_while(|line| !line.starts_with("@@"));
    for line in hunks.filter(|line| !line.is_empty() && !line.starts_with('\\')) {
        if let Some(header) = line.strip_prefix("@@ -") {
            let number = header.split([',', ' ']).next().unwrap().parse::<usize>().unwrap();
            new.extend(old[at..number - 1].iter().map(|line| (*line).to_owned()));
            at = number - 1;
            let comes = header.split_once('+').unwrap().1.split([',', ' ']).next().unwrap();
            assert_eq!(comes.parse::<usize>().unwrap(), new.len() + 1, "{line}");
        } else if let Some(text) = line.strip_prefix('+') {
            new.push(format!("{text}\n"));
        } else {
            assert_eq!(old[at].trim_end(), line[1..].trim_end());
            if line.starts_with(' ') {
                new.push(old[at].to_owned());
            }
            at += 1;
        }
    }
    new.extend(old[at..].iter().map(|line| (*line).to_owned()));
    let text = new.concat();
    if before.ends_with('\n') { text } else { text.trim_end_matches('\n').to_owned() }
}
