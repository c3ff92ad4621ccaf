//! Whatever a manifest looks like: what is fixed is clean for good, the rest of the file stays as it is.

use proptest::prelude::*;
use unbake::advise::plan::Options;

use super::{Fixed, fixed_texts};

/// One variable of a container, and whether it is a credential.
#[derive(Debug, Clone)]
struct Variable {
    name: String,
    value: String,
    secret: bool,
}

/// How a manifest is written.
#[derive(Debug, Clone, Copy)]
enum Style {
    Block,
    Indented,
    Flow,
    Json,
    Quoted,
}

fn variable() -> impl Strategy<Value = Variable> {
    let credential = ("[A-Z]{3,8}_(PASSWORD|TOKEN|API_KEY|SECRET)", "unbake[A-Za-z0-9]{12}9[A-Za-z0-9]{6}x2")
        .prop_map(|(name, value)| Variable { name, value, secret: true });
    let plain = prop_oneof![
        ("[A-Z]{3,8}_(HOST|PORT|LEVEL)", "[a-z]{3,9}").boxed(),
        (Just("PASSWORD_MIN_LENGTH".to_owned()), "[1-9][0-9]").boxed(),
        (Just("DB_PASSWORD_FILE".to_owned()), Just("/run/secrets/db".to_owned())).boxed(),
        (Just("NOTE_é".to_owned()), "[a-zäöü ]{2,20}").boxed(),
    ]
    .prop_map(|(name, value)| Variable { name, value, secret: false });
    prop_oneof![credential, plain]
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        Just(Style::Block),
        Just(Style::Indented),
        Just(Style::Flow),
        Just(Style::Json),
        Just(Style::Quoted)
    ]
}

fn written(number: usize, variables: &[Variable], style: Style) -> String {
    let text = |text: &str| format!("{text:?}");
    let items = |item: &dyn Fn(&Variable) -> String| variables.iter().map(item).collect::<Vec<_>>();
    let head = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod-{number} # theirs\nspec:\n  containers:\n"
    );
    match style {
        Style::Block => {
            let item = |v: &Variable| format!("    - name: {}\n      value: {}\n", v.name, text(&v.value));
            format!("{head}  - name: main\n    env:\n{}", items(&item).concat())
        }
        Style::Indented => {
            let item = |v: &Variable| {
                format!(
                    "          # of {}\n          - value: {}   # see there\n            name: {}\n",
                    v.name.to_lowercase(),
                    text(&v.value),
                    v.name
                )
            };
            format!("{head}    - name: main\n      env:\n{}      image: x\n", items(&item).concat())
        }
        Style::Flow => {
            let item = |v: &Variable| format!("{{name: {}, value: {}}}", v.name, text(&v.value));
            format!("{head}  - {{name: main, env: [{}]}}\n", items(&item).join(", "))
        }
        Style::Quoted => {
            let item = |v: &Variable| format!("    - \"name\": '{}'\n      'value': '{}'\n", v.name, v.value);
            format!("{head}  - name: main\n    env:\n{}", items(&item).concat())
        }
        Style::Json => {
            let env: Vec<_> =
                variables.iter().map(|v| serde_json::json!({"name": v.name, "value": v.value})).collect();
            let pod = serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("pod-{number}")},
                "spec": {"containers": [{"name": "main", "env": env}]}});
            serde_json::to_string_pretty(&pod).unwrap()
        }
    }
}

/// Documents of one file; JSON stands alone.
fn manifest() -> impl Strategy<Value = (Vec<Variable>, String)> {
    let document = (prop::collection::vec(variable(), 1..6), style());
    (prop::collection::vec(document, 1..4), any::<bool>(), any::<bool>()).prop_map(
        |(documents, crlf, bom)| {
            let mut variables = Vec::new();
            let mut texts = Vec::new();
            for (number, (mut own, style)) in documents.into_iter().enumerate() {
                let mut seen = std::collections::BTreeSet::new();
                own.retain(|variable| seen.insert(variable.name.clone()));
                let style = if matches!(style, Style::Json) && number > 0 { Style::Block } else { style };
                texts.push(written(number, &own, style));
                variables.extend(own);
                if matches!(style, Style::Json) {
                    break;
                }
            }
            let mut text = texts.join("---\n");
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            if bom {
                text.insert(0, '\u{feff}');
            }
            (variables, text)
        },
    )
}

fn fix(text: &str) -> Fixed {
    fixed_texts(&[("pods.yaml", text)], &Options::default())
}

/// What `new` is more than a subsequence of `old`: each line of it that was not there before.
fn new_lines<'a>(old: &str, new: &'a str) -> Vec<&'a str> {
    let mut left = old.lines().peekable();
    let mut added = Vec::new();
    for line in new.lines() {
        let mut ahead = left.clone();
        if ahead.any(|old| old == line) {
            left = ahead;
        } else {
            added.push(line);
        }
    }
    added
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_fixed_is_clean_and_the_rest_is_as_it_was((variables, text) in manifest()) {
        let first = fix(&text);
        let secrets: Vec<&Variable> = variables.iter().filter(|variable| variable.secret).collect();
        if secrets.is_empty() {
            prop_assert!(first.after.is_empty(), "look-alikes only: the file stays\n{text}");
            return Ok(());
        }
        prop_assert!(first.plan.refused.is_empty(), "{:?}", first.plan.refused);
        let after = first.text("pods.yaml");
        for secret in &secrets {
            prop_assert!(!after.contains(&secret.value), "a value is left\n{after}");
        }
        let planned: usize = first.plan.secrets.iter().flat_map(|s| &s.keys).map(|key| key.uses.len()).sum();
        prop_assert_eq!(planned, secrets.len());
        let is_new = |line: &str| {
            let known = ["valueFrom", "secretKeyRef", "name:", "key:", "name\"", "name'", "key\"", "key'", "}"];
            !known.iter().any(|word| line.contains(word))
        };
        let new: Vec<&str> = new_lines(&text, after).into_iter().filter(|line| is_new(line)).collect();
        prop_assert!(new.is_empty(), "{new:?}\n{after}");
        prop_assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
        if text.contains("\r\n") {
            prop_assert!(!after.replace("\r\n", "").contains('\n'), "one kind of line end");
        }
        let second = fix(after);
        prop_assert!(second.report.findings.is_empty(), "{:?}", second.report.findings);
        prop_assert!(second.after.is_empty(), "a second run changes nothing");
    }
}
