//! Snippets. That they run, `tests/e2e` shows for Python.

use unbake::advise::code::{Language, Wanted, all, startup, without_sidecar};
use unbake::advise::plan::Reference;

use super::read_yaml;

const LANGUAGES: [Language; 5] =
    [Language::Python, Language::TypeScript, Language::Go, Language::Java, Language::CSharp];

fn wanted(name: &str, secret: &str, key: &str) -> Wanted {
    Wanted { name: name.to_owned(), at: Reference { name: secret.to_owned(), key: key.to_owned() } }
}

fn three() -> Vec<Wanted> {
    vec![
        wanted("API_KEY", "api-credentials", "api-key"),
        wanted("API_SECRET", "api-credentials", "api-secret"),
        wanted("redisPassword", "redis-password", "password"),
    ]
}

#[test]
fn each_language_loads_the_secrets_at_start_up() {
    for language in LANGUAGES {
        let mut text = String::new();
        for snippet in all(language, "kubernetes-secrets", &three(), true) {
            for name in ["kubernetes-secrets", "api-credentials", "api-secret", "redis-password"] {
                assert!(snippet.text.contains(&format!("\"{name}\"")), "{language:?}: {name}");
            }
            assert!(!snippet.text.contains("print("), "a snippet prints nothing");
            text.push_str(&format!("# {} ({})\n{}\n", snippet.what, snippet.language, snippet.text));
        }
        insta::assert_snapshot!(format!("code_{}", language.as_str()), text);
    }
}

#[test]
fn without_a_sidecar_the_environment_has_the_values() {
    let mut text = String::new();
    for language in LANGUAGES {
        let snippets = without_sidecar(language, &three());
        let env = &read_yaml(&snippets[0].text)[0]["env"];
        assert_eq!(env[2]["name"], "REDIS_PASSWORD");
        assert_eq!(env[2]["valueFrom"]["secretKeyRef"]["name"], "redis-password");
        text.push_str(
            &snippets
                .iter()
                .map(|s| format!("# {} ({})\n{}\n", s.what, s.language, s.text))
                .collect::<String>(),
        );
    }
    insta::assert_snapshot!("code_environment", text);
}

#[test]
fn nothing_wanted_is_no_snippet() {
    assert_eq!(startup(Language::Go, "kubernetes", &[], true), None);
    assert!(all(Language::Python, "kubernetes", &[], true).is_empty());
    assert!(without_sidecar(Language::Java, &[]).is_empty());
}

/// Names come out of manifests: in a program they are strings, or letters that can be no more than a name.
#[test]
fn a_hostile_name_is_a_string() {
    let hostile = "x\"); import os; os.system(\"id\n${id} {0} `";
    for language in LANGUAGES {
        for snippet in all(language, hostile, &[wanted(hostile, hostile, hostile)], true) {
            for line in snippet.text.lines().filter(|line| line.contains("os.system")) {
                assert!(line.contains(r#"x\"); import os"#), "{line}");
            }
        }
    }
}
