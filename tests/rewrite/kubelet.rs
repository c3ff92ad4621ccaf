//! Whatever is rewritten, the programs get what they got: variables and words as the kubelet makes them, before and
//! after. The model of the kubelet here, and the reader, are not those of the product.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_yaml::Value;

use super::fix::{Fixed, fix_with};
use unbake::advise::rewrite::Options;

/// Puts variables that are known into a text.
fn expanded(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].strip_prefix('(').and_then(|inner| inner.split_once(')')).map(|(name, _)| name);
        if let Some(after) = rest.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some(name) = name {
            out.push_str(known.get(name).map_or(&rest[..name.len() + 3], |value| value));
            rest = &rest[name.len() + 3..];
        } else {
            out.push('$');
            rest = &rest[1..];
        }
    }
    out + rest
}

/// Variables and words of the only container of a pod. `secrets` has `name/key`.
fn run(text: &str, secrets: &BTreeMap<String, String>) -> (BTreeMap<String, String>, Vec<String>) {
    let pod: Value = serde_yaml::from_str(text).unwrap();
    let container = &pod["spec"]["containers"][0];
    let mut variables = BTreeMap::new();
    for item in container["env"].as_sequence().into_iter().flatten() {
        let key = &item["valueFrom"]["secretKeyRef"];
        let value = match item["value"].as_str() {
            Some(value) => expanded(value, &variables),
            None => {
                let key = format!("{}/{}", key["name"].as_str().unwrap(), key["key"].as_str().unwrap());
                secrets.get(&key).unwrap_or_else(|| panic!("no Secret {key}:\n{text}")).clone()
            }
        };
        variables.insert(item["name"].as_str().unwrap().to_owned(), value);
    }
    let words = container["args"].as_sequence().into_iter().flatten();
    let words = words.map(|word| expanded(word.as_str().unwrap(), &variables)).collect();
    (variables, words)
}

/// Letters of credentials, with what the kubelet, YAML and URLs care for.
fn value() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "unbake", "x1Y", "$", "$$", "$(", "$(A)", ")", "'", "\"", "%40", "é", "#", " # ", ": ", "\\", "\n",
        "{", "12345678",
    ]);
    let own = prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat());
    (own, 0..4).prop_map(|(own, form)| match form {
        0 => format!("postgres://app:{own}@db:5432/app?x=$$1"),
        1 => format!("Server=db;Password={own};Encrypt=true"),
        _ => own,
    })
}

fn written(value: &str, style: u8) -> String {
    let double = serde_json::Value::from(value).to_string();
    match style {
        0 if !value.contains('\n') => format!("'{}'", value.replace('\'', "''")),
        1 if value.bytes().all(|b| b.is_ascii_alphanumeric()) && value.contains(char::is_alphabetic) => {
            value.to_owned()
        }
        _ => double,
    }
}

fn pod() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["DB_PASSWORD", "API_TOKEN", "A", "URL", "URL_PASSWORD", "MODE"]);
    let env = prop::collection::vec((name, value(), 0..3_u8, any::<bool>()), 0..5);
    let flag =
        prop::sample::select(vec!["--password=", "--api-token=", "--url=", "", "--set=auth.password="]);
    let args = prop::collection::vec((flag, value(), 0..3_u8), 0..4);
    (env, args, any::<bool>()).prop_map(|(env, args, args_first)| {
        let env: String = env
            .iter()
            .map(|(name, value, style, flow)| match flow {
                true => format!("        - {{name: {name}, value: {}}}\n", written(value, *style)),
                false => format!("        - name: {name}\n          value: {}\n", written(value, *style)),
            })
            .collect();
        let args: String =
            args.iter().map(|(flag, value, style)| format!("        - {}\n", written(&format!("{flag}{value}"), *style))).collect();
        let list = |key: &str, items: &str| match items {
            "" => String::new(),
            items => format!("      {key}:\n{items}"),
        };
        let (env, args) = (list("env", &env), list("args", &args));
        let both = if args_first { args + &env } else { env + &args };
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: one}}\nspec:\n  containers:\n    - name: one\n{both}")
    })
}

/// What the Secrets hold; one key has one value.
fn secrets(fixed: &Fixed) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::new();
    for (key, value) in &fixed.secrets {
        let former = secrets.insert(key.clone(), value.clone());
        assert!(former.is_none_or(|former| former == *value), "two values of one key");
    }
    secrets
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn programs_get_what_they_got(text in pod(), compose in any::<bool>()) {
        let options = Options { compose, ..Options::default() };
        let fixed = fix_with(&text, &options);
        let (before, words) = run(&text, &BTreeMap::new());
        let (after, words_after) = run(&fixed.text, &secrets(&fixed));
        for (name, value) in &before {
            prop_assert_eq!(after.get(name), Some(value), "{} of\n{}\n{}", name, text, fixed.text);
        }
        prop_assert_eq!(words_after, words, "{}\n{}", text, fixed.text);
        let again = fix_with(&fixed.text, &options);
        prop_assert_eq!(again.text, fixed.text);
    }
}
